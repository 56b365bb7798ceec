// What preflight finds in account, clock and symbols, and that a cure is noticed.
#include "preflight.hpp"

#include "support/catch.hpp"
#include "support/pipeline_fixture.hpp"

using namespace sluice;
using namespace sluice::actors;
using namespace sluice::testing;
using namespace std::chrono_literals;

namespace {

std::vector<std::string> words(const std::vector<finding>& all, finding_kind kind) {
  std::vector<std::string> out;
  for (const auto& f : all)
    if (f.kind == kind)
      out.push_back(f.reason);
  return out;
}

universe listing(const std::vector<std::pair<std::string, bool>>& symbols) {
  universe u;
  for (const auto& [name, tradable] : symbols) {
    instrument_rules r;
    r.instrument = symbol(name);
    r.tradable = tradable;
    r.contract_type = "PERPETUAL";
    r.quote_asset = "USDT";
    u.index.emplace(r.instrument, u.instruments.size());
    u.instruments.push_back(std::move(r));
  }
  return u;
}

using names = std::vector<std::string>;

universe_settings chosen(std::vector<std::string> allow) {
  universe_settings out;
  out.allow = std::move(allow);
  return out;
}

}  // namespace

TEST_CASE("an account that may trade in one-way mode has no findings") {
  CHECK(check_account({true, false, false}).empty());
}

TEST_CASE("each setting of the account that stops trading is named with its cure") {
  CHECK(words(check_account({false, false, false}), finding_kind::blocks) ==
        names{"key_cannot_trade"});
  CHECK(words(check_account({true, true, false}), finding_kind::blocks) == names{"hedge_mode"});
  CHECK(words(check_account({true, false, true}), finding_kind::warning) ==
        names{"multi_assets_mode"});
  for (const auto& f : check_account({false, true, true}))
    CHECK((f.detail.find(": ") != std::string::npos || f.detail.find("; ") != std::string::npos));
}

TEST_CASE("a clock that is known too roughly for the window of an order blocks") {
  CHECK(check_clock({0ms, 749ms, {}}, 1'500ms).empty());
  CHECK(words(check_clock({0ms, 750ms, {}}, 1'500ms), finding_kind::blocks) ==
        names{"clock_uncertain"});
}

TEST_CASE("a machine's clock that is off is corrected for and worth a warning") {
  CHECK(check_clock({-1'000ms, 10ms, {}}, 1'500ms).empty());
  const auto ahead = check_clock({-1'001ms, 10ms, {}}, 1'500ms);
  CHECK(words(ahead, finding_kind::warning) == names{"clock_off"});
  CHECK(ahead.front().detail.find("1001 ms ahead of") != std::string::npos);
  CHECK(check_clock({60'000ms, 10ms, {}}, 1'500ms).front().detail.find("behind") !=
        std::string::npos);
}

TEST_CASE("chosen symbols that cannot be traded are named, and block when none is left") {
  const auto u = listing({{"BTCUSDT", true}, {"OLDUSDT", false}});
  CHECK(check_symbols(chosen({}), u).empty());
  CHECK(check_symbols(chosen({"BTCUSDT"}), u).empty());
  CHECK(words(check_symbols(chosen({"BTCUSDT", "NOUSDT"}), u), finding_kind::warning) ==
        names{"symbols_not_listed"});
  CHECK(words(check_symbols(chosen({"BTCUSDT", "OLDUSDT"}), u), finding_kind::warning) ==
        names{"symbols_not_trading"});
  CHECK(words(check_symbols(chosen({"OLDUSDT", "NOUSDT"}), u), finding_kind::blocks) ==
        names{"symbols_not_listed", "symbols_not_trading"});
}

TEST_CASE("chosen symbols that other settings leave out are named, and block when none is left") {
  auto u = listing({{"BTCUSDT", true}, {"ETHBTC", true}, {"BTCUSDT_261225", true}});
  u.instruments[1].quote_asset = "BTC";
  u.instruments[2].contract_type = "CURRENT_QUARTER";
  CHECK(check_symbols(chosen({}), u).empty());
  const auto some = check_symbols(chosen({"BTCUSDT", "ETHBTC", "BTCUSDT_261225"}), u);
  CHECK(words(some, finding_kind::warning) == names{"symbols_left_out"});
  CHECK(some.front().detail.find("ETHBTC, BTCUSDT_261225 cannot be opened") != std::string::npos);
  CHECK(words(check_symbols(chosen({"ETHBTC"}), u), finding_kind::blocks) ==
        names{"symbols_left_out"});
}

TEST_CASE("settings that leave out every symbol are named, and block, where no names are chosen") {
  auto none = chosen({});
  none.quote_assets = {"EUR"};
  const auto u = listing({{"BTCUSDT", true}, {"ETHUSDT", false}});
  CHECK(words(check_symbols(none, u), finding_kind::blocks) == names{"symbols_left_out"});
  none.quote_assets = {"EUR", "USDT"};
  CHECK(check_symbols(none, u).empty());
  none.contract_types = {"CURRENT_QUARTER"};
  CHECK(words(check_symbols(none, u), finding_kind::blocks) == names{"symbols_left_out"});
  CHECK(check_symbols(none, universe{}).empty());
  CHECK(words(check_symbols(chosen({}), listing({{"ETHUSDT", false}})), finding_kind::blocks) ==
        names{"symbols_not_trading"});
}

TEST_CASE("a capacity that the listed symbols exceed is named: nobody would watch the others") {
  auto settings = chosen({"BTCUSDT"});
  settings.capacity = 2;
  CHECK(check_symbols(settings, listing({{"BTCUSDT", true}, {"ETHUSDT", true}})).empty());
  CHECK(words(check_symbols(settings,
                            listing({{"BTCUSDT", true}, {"ETHUSDT", true}, {"XRPUSDT", true}})),
              finding_kind::warning) == names{"symbols_beyond_capacity"});
}

TEST_CASE("a long list of missing symbols is cut short") {
  names many;
  for (int i = 0; i < 20; ++i)
    many.push_back("S" + std::to_string(i) + "USDT");
  const auto found = check_symbols(chosen(many), listing({{"BTCUSDT", true}}));
  REQUIRE(found.size() == 1);
  CHECK(found.front().detail.find("S4USDT and 15 more") != std::string::npos);
}

TEST_CASE("a cure is noticed at the next look") {
  pipeline_world world;
  world.exchange->settings.hedge_mode = true;
  world.chosen.universe.refresh = 5'000ms;
  pipeline_run run(world);
  run.make_ready();
  CHECK(words(run.given.vitals->findings(), finding_kind::blocks) == names{"hedge_mode"});
  world.exchange->settings.hedge_mode = false;
  run.live(6s, {});
  CHECK(run.given.vitals->findings().empty());
}

TEST_CASE("a bound that the venue's limit cannot keep is found with its arithmetic") {
  pipeline_world world;
  world.exchange->weight_limit_1m = 100;
  pipeline_run run(world);
  run.give_universe();
  const auto found = run.given.vitals->findings();
  REQUIRE(words(found, finding_kind::blocks) == names{"bound_cannot_be_kept"});
  CHECK(found.front().detail.find("100") != std::string::npos);
}

TEST_CASE("a plan file that cannot be followed is a warning until it can") {
  CHECK(check_plan_file("/plans", "").empty());
  const auto found = check_plan_file("/plans", "Permission denied");
  CHECK(words(found, finding_kind::warning) == names{"plan_file_missing"});
  CHECK(found.front().detail.find("/plans: Permission denied") != std::string::npos);
}
