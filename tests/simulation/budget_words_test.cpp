// The oracle knows by the client's own words that a budget was spent: they are the same words.
#include <boost/json.hpp>

#include "oracle/oracle.hpp"
#include "sluice/exchange/request_budget.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::exchange;

namespace {

/// An exit that was denied with these words.
oracle::history denied_for(const std::string& words) {
  const boost::json::object refusal{{"code", "rate_limited"}, {"observed", words}};
  const boost::json::object judged{
      {"plan_id", "exit"},
      {"lane", "exit"},
      {"verdict", {{"kind", "deny"}, {"refusals", boost::json::array{refusal}}}}};
  oracle::history h;
  h.records = {{1, "plan_judged", boost::json::serialize(judged), 1'000}};
  return h;
}

moment start() {
  return {instant{}, venue_time{1'790'000'040'000}};
}

/// What refuses once `reserve` has taken all there is.
std::string words_of(const std::function<budget_answer()>& reserve) {
  for (int tries = 0; tries < 10'000; ++tries)
    if (const auto answer = reserve(); const auto* why = std::get_if<budget_refusal>(&answer))
      return why->text;
  return {};
}

request_budget with_orders(std::int64_t in_10s, std::int64_t in_1m) {
  request_budget budget(2'400, weight_shares{});
  budget.adopt({{"ORDERS", milliseconds{10'000}, in_10s}, {"ORDERS", milliseconds{60'000}, in_1m}},
               limit_source::everybody);
  return budget;
}

}  // namespace

TEST_CASE("a spent budget is known by the words that the client has for it") {
  const auto now = start();
  std::string words;
  SECTION("weight of reads") {
    request_budget budget(2'400, weight_shares{});
    words = words_of([&] { return budget.reserve_read(read_class::exit_demand, 5, now); });
  }
  SECTION("orders of ten seconds") {
    auto budget = with_orders(20, 1'200);
    words = words_of([&] { return budget.reserve_order(request_budget::order_kind::closes, now); });
  }
  SECTION("orders of a minute") {
    auto budget = with_orders(300, 40);
    words = words_of([&] { return budget.reserve_order(request_budget::order_kind::closes, now); });
  }
  INFO(words);
  REQUIRE_FALSE(words.empty());
  REQUIRE(oracle::check_budget(denied_for(words)).size() == 1);
  CHECK(oracle::check_budget(denied_for(words)).front().invariant == "I5");
}

TEST_CASE("what the venue asks for is not a spent budget") {
  request_budget budget(2'400, weight_shares{});
  const auto now = start();
  SECTION("a pause") {
    budget.pause_until(now.steady + std::chrono::seconds{10},
                       request_budget::pause_scope::everything);
  }
  SECTION("a ban") {
    budget.ban_until(now.steady + std::chrono::seconds{10});
  }
  const auto words = words_of([&] { return budget.reserve_read(read_class::exit_demand, 5, now); });
  REQUIRE_FALSE(words.empty());
  CHECK(oracle::check_budget(denied_for(words)).empty());
}

TEST_CASE("a pause of orders alone is not a spent budget") {
  request_budget budget(2'400, weight_shares{});
  const auto now = start();
  budget.pause_until(now.steady + std::chrono::seconds{10},
                     request_budget::pause_scope::orders_only);
  const auto words =
      words_of([&] { return budget.reserve_order(request_budget::order_kind::closes, now); });
  REQUIRE_FALSE(words.empty());
  CHECK(oracle::check_budget(denied_for(words)).empty());
}
