// Settings of the exit engine: what cannot be kept, how tranches are spelled, whose policy holds.
#include "positions.hpp"
#include "sluice/exits/settings.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::testing;

TEST_CASE("settings of the exit engine that cannot be kept are named") {
  CHECK(exit_settings{}.validate().empty());
  exit_settings s;
  s.stop_bp = 10'000;
  s.kill_score_at = in_r("0.1");  // Below what a calm position has.
  s.peak_step_r = {};
  s.retry_after = milliseconds{0};
  s.regime.baseline = s.regime.volatility;
  const auto faults = s.validate();
  std::vector<std::string> keys;
  for (const auto& f : faults)
    keys.emplace_back(f.key);
  CHECK(keys == std::vector<std::string>{"stop_bp", "kill_score_at", "peak_step_r", "retry_after",
                                         "baseline_window"});
}

TEST_CASE("a first pause may be longer than the longest one, which then is as long") {
  exit_settings s;
  s.retry_after = std::chrono::minutes{6};
  CHECK(s.validate().empty());
  s.retry_after_max = std::chrono::minutes{61};
  REQUIRE(s.validate().size() == 1);
  CHECK(s.validate()[0].key == "retry_after_max");
}

TEST_CASE("tranches have to rise and may not take more than there is") {
  const auto faults = [](std::vector<exit_tranche> tranches) {
    exit_policy p;
    p.tranches = std::move(tranches);
    return p.validate().size();
  };
  CHECK(faults({}) == 0);
  CHECK(faults({{in_r("1"), 50}, {in_r("2"), 50}}) == 0);
  CHECK(faults({{in_r("1"), 50}, {in_r("1"), 25}}) == 1);
  CHECK(faults({{in_r("0"), 50}}) == 1);
  CHECK(faults({{in_r("1"), 0}}) == 1);
  CHECK(faults({{in_r("1"), 60}, {in_r("2"), 60}}) == 1);
}

TEST_CASE("a tranche is spelled like 25% at 1.5r") {
  CHECK(parse_tranche("25% at 1.5r").value() == exit_tranche{in_r("1.5"), 25});
  CHECK(format_tranche({in_r("1.5"), 25}) == "25% at 1.5r");
  for (const auto* wrong : {"", "25%", "25 at 1r", "25% at 1", "x% at 1r", "25% at r", "2.5% at 1r",
                            "25% at 1rr", "25% at 1e2r", " 25% at 1r"}) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_tranche(wrong));
  }
}

TEST_CASE("a symbol's policy goes before its source's, and that before the general one") {
  exit_settings s;
  s.stop_bp = 100;
  s.symbols["BTCUSDT"].stop_bp = 200;
  s.sources["alpha"].stop_bp = 300;
  const auto chosen = [&](const char* instrument, const char* source) {
    return policy_of(s, symbol{instrument}, source_id{source});
  };
  CHECK(chosen("BTCUSDT", "alpha").rules->stop_bp == 200);
  CHECK(chosen("BTCUSDT", "alpha").kind == "symbol");
  CHECK(chosen("BTCUSDT", "alpha").name == "BTCUSDT");
  CHECK(chosen("ETHUSDT", "alpha").rules->stop_bp == 300);
  CHECK(chosen("ETHUSDT", "alpha").kind == "source");
  CHECK(chosen("ETHUSDT", "beta").rules->stop_bp == 100);
  CHECK(chosen("ETHUSDT", "").kind == "general");
}
