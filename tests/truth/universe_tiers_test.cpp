// Live, last good, for exits alone: by age alone, each with what it offers.
#include "sluice/truth/universe_tiers.hpp"

#include "support/catch.hpp"
#include "truth/builders.hpp"

using namespace sluice;
using namespace sluice::test;
using namespace std::chrono_literals;

namespace {

instrument_rules rules(const char* name, const char* kind = "PERPETUAL") {
  instrument_rules r;
  r.instrument = symbol(name);
  r.tradable = true;
  r.status = "TRADING";
  r.contract_type = kind;
  r.quote_asset = "USDT";
  r.lot.step = quantity::whole(1);
  return r;
}

universe of(std::vector<instrument_rules> all, instant read_at) {
  universe u;
  u.instruments = std::move(all);
  u.rebuild_index();
  u.read_at = read_at;
  return u;
}

universe_settings settings(std::vector<std::string> allow = {}) {
  universe_settings s;
  s.max_age = 300'000ms;
  s.last_good_max_age = 3'600'000ms;
  s.allow = std::move(allow);
  return s;
}

}  // namespace

TEST_CASE("a universe is live, then last good, then for exits alone, by the rules that were") {
  universe_tiers tiers(settings({"BTCUSDT", "NEWUSDT"}));
  const auto unread = tiers.in_force(at(0));
  CHECK(unread->source == universe_source::configured);
  REQUIRE(unread->find(symbol("BTCUSDT")));
  CHECK_FALSE(unread->find(symbol("BTCUSDT"))->offered);
  CHECK_FALSE(unread->find(symbol("ETHUSDT")));
  CHECK_FALSE(tiers.next_fall());
  tiers.read(of({rules("BTCUSDT"), rules("ETHUSDT")}, at(0)));
  CHECK(tiers.in_force(at(0))->source == universe_source::live);
  CHECK(tiers.in_force(at(300'000)) == nullptr);
  REQUIRE(tiers.next_fall());
  CHECK(tiers.in_force(*tiers.next_fall())->source == universe_source::last_good);
  REQUIRE(tiers.next_fall());
  const auto old = tiers.in_force(*tiers.next_fall());
  REQUIRE(old);
  CHECK(old->source == universe_source::last_good);
  CHECK(old->read_at == at(0));
  for (const char* name : {"BTCUSDT", "ETHUSDT"}) {
    REQUIRE(old->find(symbol(name)));
    CHECK_FALSE(old->find(symbol(name))->offered);
    CHECK(old->find(symbol(name))->lot.step == quantity::whole(1));
  }
  // A name of the configuration that the list lacks can be closed, too.
  REQUIRE(old->find(symbol("NEWUSDT")));
  CHECK_FALSE(old->find(symbol("NEWUSDT"))->offered);
  CHECK_FALSE(tiers.next_fall());
  tiers.read(of({rules("BTCUSDT")}, at(9'000'000)));
  const auto live = tiers.in_force(at(9'000'000));
  CHECK(live->source == universe_source::live);
  CHECK(live->find(symbol("BTCUSDT"))->offered);
}

TEST_CASE("without configured names an old universe is for exits alone all the same") {
  universe_tiers tiers(settings());
  auto halted = rules("BTCUSDT");
  halted.tradable = false;
  tiers.read(of({halted}, at(0)));
  REQUIRE(tiers.in_force(at(3'600'000)));
  const auto old = tiers.in_force(at(3'600'001));
  REQUIRE(old);
  CHECK(old->source == universe_source::last_good);
  REQUIRE(old->find(symbol("BTCUSDT")));
  CHECK_FALSE(old->find(symbol("BTCUSDT"))->offered);
  CHECK(old->find(symbol("BTCUSDT"))->tradable);  // Nobody knows any more that it is not.
  CHECK(tiers.in_force(at(3'600'002)) == nullptr);
}

TEST_CASE("where nothing was ever read and nothing is configured nothing is known") {
  universe_tiers tiers(settings());
  const auto none = tiers.in_force(at(0));
  REQUIRE(none);
  CHECK(none->source == universe_source::none);
  CHECK(none->instruments.empty());
}

TEST_CASE("what an earlier process read is last good however young, and gives way to the venue's") {
  universe_tiers tiers(settings());
  tiers.keep_last_good(of({rules("BTCUSDT"), rules("OLDUSDT")}, instant{}), at(-1'000));
  const auto first = tiers.in_force(at(0));
  CHECK(first->source == universe_source::last_good);
  CHECK(first->read_at == at(-1'000));
  CHECK(first->find(symbol("OLDUSDT"))->offered);
  const auto changes = tiers.read(of({rules("BTCUSDT"), rules("NEWUSDT")}, at(10)));
  REQUIRE(changes);
  CHECK(changes->listed == std::vector{symbol("NEWUSDT")});
  CHECK(changes->delisted.empty());  // One list may be a part.
  CHECK(changes->changed.empty());
  const auto live = tiers.in_force(at(10));
  CHECK(live->source == universe_source::live);
  CHECK_FALSE(live->find(symbol("OLDUSDT"))->offered);
  const auto again = tiers.read(of({rules("BTCUSDT"), rules("NEWUSDT")}, at(60'010)));
  REQUIRE(again);
  CHECK(again->delisted == std::vector{symbol("OLDUSDT")});
}

TEST_CASE("what an earlier process read too long ago opens nothing and closes what is held") {
  universe_tiers tiers(settings());
  tiers.keep_last_good(of({rules("BTCUSDT")}, instant{}), at(-3'600'001));
  const auto old = tiers.in_force(at(0));
  CHECK(old->source == universe_source::last_good);
  REQUIRE(old->find(symbol("BTCUSDT")));
  CHECK_FALSE(old->find(symbol("BTCUSDT"))->offered);
  CHECK(old->find(symbol("BTCUSDT"))->lot.step == quantity::whole(1));
  CHECK_FALSE(offers_any(*old));
}

TEST_CASE("a symbol left out by name or by kind stays known and is not offered") {
  universe_tiers tiers(settings({"BTCUSDT", "GOLDUSDT"}));
  tiers.read(
      of({rules("BTCUSDT"), rules("ETHUSDT"), rules("GOLDUSDT", "TRADIFI_PERPETUAL")}, at(0)));
  const auto u = tiers.in_force(at(0));
  CHECK(u->find(symbol("BTCUSDT"))->offered);
  CHECK_FALSE(u->find(symbol("ETHUSDT"))->offered);
  CHECK_FALSE(u->find(symbol("GOLDUSDT"))->offered);
  CHECK(offers_any(*u));
}

TEST_CASE("a symbol whose quote asset the limits cannot count stays known and is not offered") {
  const auto quoted = [](const char* name, const char* asset) {
    auto r = rules(name);
    r.quote_asset = asset;
    return r;
  };
  const auto list = of({quoted("BTCUSDT", "USDT"), quoted("BTCUSDC", "USDC"),
                        quoted("ETHBTC", "BTC"), quoted("ODDONE", "")},
                       at(0));
  universe_tiers tiers(settings({"BTCUSDT", "BTCUSDC", "ETHBTC", "ODDONE"}));
  tiers.read(list);
  const auto u = tiers.in_force(at(0));
  CHECK(u->find(symbol("BTCUSDT"))->offered);
  CHECK(u->find(symbol("BTCUSDC"))->offered);
  CHECK_FALSE(u->find(symbol("ETHBTC"))->offered);
  CHECK(u->find(symbol("ETHBTC"))->tradable);
  CHECK_FALSE(u->find(symbol("ODDONE"))->offered);  // Unknown is none of them.
  tiers.allow({});
  CHECK_FALSE(tiers.in_force(at(1))->find(symbol("ETHBTC"))->offered);

  auto any = settings();
  any.quote_assets = {};
  universe_tiers open_to_all(any);
  open_to_all.read(list);
  CHECK(open_to_all.in_force(at(0))->find(symbol("ETHBTC"))->offered);
}

TEST_CASE("what an earlier process kept is offered by the quote assets of now") {
  universe_tiers tiers(settings());
  auto kept = rules("ETHBTC");
  kept.quote_asset = "BTC";
  kept.offered = true;
  tiers.keep_last_good(of({kept, rules("BTCUSDT")}, instant{}), at(-1'000));
  const auto u = tiers.in_force(at(0));
  CHECK(u->source == universe_source::last_good);
  CHECK_FALSE(u->find(symbol("ETHBTC"))->offered);
  CHECK(u->find(symbol("BTCUSDT"))->offered);
}

TEST_CASE("another filter, status or kind is a change, the same rules are none") {
  const auto before = of({rules("AUSDT"), rules("BUSDT"), rules("CUSDT")}, at(0));
  auto after = before;
  CHECK(difference(before, after).none());
  CHECK(content_hash(before) == content_hash(after));
  after.instruments[0].market_lot.step = quantity::whole(2);
  after.instruments[1].tradable = false;
  after.instruments[2].quote_asset = "EUR";
  CHECK(difference(before, after).changed ==
        std::vector{symbol("AUSDT"), symbol("BUSDT"), symbol("CUSDT")});
  CHECK(content_hash(before) != content_hash(after));
}

TEST_CASE("other symbols may be opened at once when the list of them changes") {
  universe_tiers tiers(settings({"BTCUSDT"}));
  tiers.read(of({rules("BTCUSDT"), rules("ETHUSDT")}, at(0)));
  REQUIRE(tiers.in_force(at(0)));
  tiers.allow({"ETHUSDT"});
  const auto other = tiers.in_force(at(1));
  REQUIRE(other);
  CHECK_FALSE(other->find(symbol("BTCUSDT"))->offered);
  CHECK(other->find(symbol("ETHUSDT"))->offered);
  CHECK(tiers.in_force(at(2)) == nullptr);
  tiers.allow({});
  CHECK(tiers.in_force(at(3))->find(symbol("BTCUSDT"))->offered);
}

TEST_CASE("a symbol that one read lacks is there for exits until a second one lacks it, too") {
  universe_tiers tiers(settings());
  tiers.read(of({rules("BTCUSDT"), rules("ETHUSDT")}, at(0)));
  const auto changes = tiers.read(of({rules("ETHUSDT")}, at(60'000)));
  REQUIRE(changes);
  CHECK(changes->none());
  const auto once = tiers.in_force(at(60'000));
  REQUIRE(once);
  REQUIRE(once->find(symbol("BTCUSDT")));
  CHECK(once->find(symbol("BTCUSDT"))->tradable);
  CHECK_FALSE(once->find(symbol("BTCUSDT"))->offered);
  CHECK(once->find(symbol("ETHUSDT"))->offered);
  SECTION("a second one ends it, but for one from the same moment") {
    const auto again = tiers.read(of({rules("ETHUSDT")}, at(60'300)));
    REQUIRE(again);
    CHECK(again->none());
    REQUIRE(tiers.in_force(at(60'300))->find(symbol("BTCUSDT")));
    const auto gone = tiers.read(of({rules("ETHUSDT")}, at(120'000)));
    REQUIRE(gone);
    CHECK(gone->delisted == std::vector{symbol("BTCUSDT")});
    CHECK_FALSE(tiers.in_force(at(120'000))->find(symbol("BTCUSDT")));
  }
  SECTION("one that has it offers it again") {
    tiers.read(of({rules("BTCUSDT"), rules("ETHUSDT")}, at(120'000)));
    CHECK(tiers.in_force(at(120'000))->find(symbol("BTCUSDT"))->offered);
  }
}
