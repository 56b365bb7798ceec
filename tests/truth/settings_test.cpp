// Defaults are valid; every setting out of range is named with what it may be.
#include "sluice/truth/settings.hpp"

#include "support/catch.hpp"

using namespace sluice;

namespace {
std::vector<std::string> keys_of(const std::vector<setting_fault>& faults) {
  std::vector<std::string> keys;
  for (const auto& f : faults)
    keys.push_back(f.key);
  return keys;
}
}  // namespace

TEST_CASE("the default truth settings have no fault and their bound can be kept") {
  const snapshot_settings s;
  CHECK(validate(s).empty());
  CHECK(validate(universe_settings{}).empty());
  freshness_request request;
  request.strategy = s.strategy;
  request.bound = s.bound;
  request.latency = s.latency;
  request.concurrency = s.concurrency;
  request.share_percent = s.budget_share_percent;
  CHECK(plan_freshness(request).has_value());
}

TEST_CASE("all faults of the snapshot settings are reported together") {
  snapshot_settings s;
  s.bound = milliseconds{0};
  s.concurrency = 0;
  s.latency = milliseconds{0};
  s.budget_share_percent = 101;
  s.demand_timeout = milliseconds{1};
  s.read_timeout = milliseconds{100'000};
  s.read_lag_grace = milliseconds{-1};
  s.verification_delay = milliseconds{-1};
  CHECK(keys_of(validate(s)) == std::vector<std::string>{"bound", "concurrency", "latency",
                                                         "budget_share_percent", "demand_timeout",
                                                         "read_timeout", "read_lag_grace",
                                                         "verification_delay"});
  CHECK(validate(s).front().text == "0ms is not from 50ms to 1h");
}

TEST_CASE("a universe that is too old before it is refreshed is a fault") {
  universe_settings u;
  u.max_age = milliseconds{30'000};
  REQUIRE(keys_of(validate(u)) == std::vector<std::string>{"max_age"});
  CHECK_THAT(validate(u).front().text, ContainsSubstring("1m"));
}

TEST_CASE("allowed symbols must be symbols, named once and within the capacity") {
  universe_settings u;
  u.capacity = 2;
  u.allow = {"BTCUSDT", "BTC USDT", "BTCUSDT"};
  CHECK(keys_of(validate(u)) == std::vector<std::string>{"allow", "allow", "allow"});
}
