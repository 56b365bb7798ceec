// The tables of [exits] for single symbols and sources.
#include "support/outcome.hpp"

namespace sluice::config {

TEST_CASE("a symbol's and a source's table begin as what [exits] says") {
  const auto read = parse(
      "mode = \"demo\"\n"
      "[exits.symbols.BTCUSDT]\nstop_bp = 100\n"
      "[exits]\ntarget_bp = 0\ntranches = []\n"
      "[exits.sources.alpha]\ntranches = [\"50% at 0.5r\"]\nenabled = false\n",
      "test.toml");
  REQUIRE(std::holds_alternative<settings>(read));
  const auto& exits = std::get<settings>(read).exits;
  CHECK(exits.stop_bp == 200);
  const auto& btc = exits.symbols.at("BTCUSDT");
  CHECK(btc.stop_bp == 100);
  CHECK(btc.target_bp == 0);
  CHECK(btc.tranches.empty());
  const auto& alpha = exits.sources.at("alpha");
  CHECK(alpha.tranches == std::vector<exit_tranche>{{ratio::from_raw(50'000'000), 50}});
  CHECK_FALSE(alpha.enabled);
  CHECK(alpha.target_bp == 0);
}

TEST_CASE("what cannot be kept in such a table is told with its name") {
  const auto told = faults_of(
      "mode = \"demo\"\n[exits.sources.alpha]\ntranches = [\"60% at 1r\", \"60% at 2r\"]\n"
      "[exits.symbols.BTCUSDT]\ntranches = [\"half\"]\n"
      "[exits.sources.\"a b\"]\nstop_bp = 1\n");
  for (const auto& f : told)
    UNSCOPED_INFO(f);
  REQUIRE(told.size() == 3);
  CHECK(any_contains(told, "exits.sources.alpha.tranches: take 120% together"));
  CHECK(any_contains(told, "exits.symbols.BTCUSDT.tranches: \"half\" is not like \"25% at 1.5r\""));
  CHECK(any_contains(told, "exits.sources.a b: "));
}

}  // namespace sluice::config
