// What reads and events of whole accounts come to: who changes, who is proven, who stays unknown.
#include "sluice/truth/truth_keeper.hpp"

#include "support/catch.hpp"
#include "truth/builders.hpp"

using namespace sluice;
using namespace sluice::test;

namespace {

universe a_universe(const std::vector<std::string>& names) {
  universe u;
  for (const auto& n : names) {
    u.index.emplace(symbol{n}, u.instruments.size());
    instrument_rules rules;
    rules.instrument = symbol{n};
    u.instruments.push_back(rules);
  }
  return u;
}

truth_keeper a_keeper(const std::vector<std::string>& names = {"A", "B", "C"}) {
  truth_keeper keeper{{16, false, milliseconds{1'000}}};
  keeper.register_symbols(a_universe(names));
  return keeper;
}

truth_view view_of(const truth_keeper& k, const std::string& name) {
  return k.table()->read(both_of(name));
}

}  // namespace

TEST_CASE("registered symbols are unknown until an account-wide read proves them all") {
  auto keeper = a_keeper();
  CHECK(keeper.counts() == truth_counts{0, 0, 3});
  const auto changes = keeper.apply(a_read("", 100, {a_row("B", 4, venue_at(50))}));
  CHECK(changes.size() == 3);
  CHECK(keeper.counts() == truth_counts{1, 2, 0});
  CHECK(view_of(keeper, "A").content == truth{position_flat{}});
  CHECK(view_of(keeper, "B").content == open_truth(4));
  CHECK(view_of(keeper, "B").source == truth_source::bulk);
  CHECK(keeper.open_positions() == std::vector<position_key>{both_of("B")});
}

TEST_CASE("a later account-wide read renews every age and reports only what changed") {
  auto keeper = a_keeper();
  static_cast<void>(keeper.apply(a_read("", 100, {a_row("B", 4, venue_at(50))})));
  const auto changes = keeper.apply(a_read("", 200, {a_row("A", 1, venue_at(150))}));
  REQUIRE(changes.size() == 2);
  CHECK(changes[0].position == both_of("A"));
  CHECK(changes[0].before == truth{position_flat{}});
  CHECK(changes[0].after.content == open_truth(1));
  CHECK(changes[1].position == both_of("B"));
  CHECK(changes[1].after.content == truth{position_flat{}});
  for (const auto* name : {"A", "B", "C"})
    CHECK(view_of(keeper, name).as_of == at(200));
}

TEST_CASE("a change tells up to when what was before it was proven") {
  auto keeper = a_keeper();
  static_cast<void>(keeper.apply(a_read("", 100, {a_row("B", 4, venue_at(50))})));
  static_cast<void>(keeper.apply(a_read("", 200, {a_row("B", 4, venue_at(50))})));
  static_cast<void>(keeper.apply(a_read("B", 300, {a_row("B", 4, venue_at(50))})));
  // B by its own read, A by the account's; the read that shows the change proves nothing of it.
  auto changes =
      keeper.apply(a_read("", 400, {a_row("A", 1, venue_at(350)), a_row("B", 5, venue_at(390))}));
  REQUIRE(changes.size() == 2);
  CHECK(changes[0].proven_until == at(200));
  CHECK(changes[1].proven_until == at(300));
  // By an event; and no longer by reads that contradict it.
  static_cast<void>(keeper.apply(an_event("C", 2, venue_at(500)), at(510), at(500)));
  CHECK(keeper.apply(a_read("", 600)).size() == 2);
  changes = keeper.apply(a_read("", 30'510));
  REQUIRE(changes.size() == 1);
  CHECK(changes[0].position == both_of("C"));
  CHECK(changes[0].proven_until == at(500));
  changes = keeper.apply(an_event("C", 3, venue_at(31'000)), at(31'010), at(31'000));
  REQUIRE(changes.size() == 1);
  CHECK(changes[0].proven_until == at(30'510));
}

TEST_CASE("a read of one symbol proves that symbol only") {
  auto keeper = a_keeper();
  static_cast<void>(keeper.apply(a_read("", 100)));
  const auto changes = keeper.apply(a_read("A", 200, {a_row("A", 3, venue_at(150))}));
  REQUIRE(changes.size() == 1);
  CHECK(changes[0].after.source == truth_source::worker);
  CHECK(view_of(keeper, "A").as_of == at(200));
  CHECK(view_of(keeper, "B").as_of == at(100));
  static_cast<void>(keeper.apply(a_read("A", 300)));
  CHECK(view_of(keeper, "A").content == truth{position_flat{}});
}

TEST_CASE("a row of another symbol than the one asked for is counted and not believed") {
  auto keeper = a_keeper();
  static_cast<void>(keeper.apply(a_read("A", 100, {a_row("B", 3, venue_at(50))})));
  CHECK_FALSE(is_known(view_of(keeper, "B").content));
  CHECK(keeper.oddities().out_of_scope == 1);
}

TEST_CASE("a symbol that joins later is unknown until the next account-wide read") {
  auto keeper = a_keeper({"A"});
  static_cast<void>(keeper.apply(a_read("", 100)));
  CHECK(keeper.register_symbols(a_universe({"A", "B"})) == 1);
  CHECK_FALSE(is_known(view_of(keeper, "B").content));
  const auto changes = keeper.apply(a_read("", 200));
  CHECK(changes.size() == 1);
  CHECK(view_of(keeper, "B").content == truth{position_flat{}});
  CHECK(view_of(keeper, "B").as_of == at(200));
}

TEST_CASE("a read of a symbol that joined late is not made younger by an earlier account read") {
  auto keeper = a_keeper({"A"});
  static_cast<void>(keeper.apply(a_read("", 500)));
  keeper.register_symbols(a_universe({"B"}));
  static_cast<void>(keeper.apply(a_read("B", 300, {a_row("B", 2, venue_at(100))})));
  CHECK(view_of(keeper, "B").as_of == at(300));
}

TEST_CASE("an event is a delta: symbols it does not name keep their truth and age") {
  auto keeper = a_keeper();
  static_cast<void>(keeper.apply(a_read("", 100, {a_row("B", 4, venue_at(50))})));
  const auto changes = keeper.apply(an_event("A", 2, venue_at(150)), at(160), at(150));
  REQUIRE(changes.size() == 1);
  CHECK(changes[0].after.source == truth_source::stream);
  CHECK(view_of(keeper, "B").content == open_truth(4));
  CHECK(view_of(keeper, "B").as_of == at(100));
  account_update empty;
  empty.transaction_time = venue_at(200);
  CHECK(keeper.apply(empty, at(210), at(200)).empty());
  CHECK(keeper.counts() == truth_counts{2, 1, 0});
}

TEST_CASE("a position nobody registered is tracked all the same") {
  auto keeper = a_keeper({"A"});
  static_cast<void>(keeper.apply(a_read("", 100, {a_row("X", 1, venue_at(50))})));
  static_cast<void>(keeper.apply(an_event("Y", 2, venue_at(150)), at(160), at(150)));
  CHECK(view_of(keeper, "X").content == open_truth(1));
  CHECK(view_of(keeper, "Y").content == open_truth(2));
  CHECK(view_of(keeper, "Y").as_of == at(150));
}

TEST_CASE("in one-way mode rows of zero on the other legs leave no trace") {
  auto keeper = a_keeper({"A"});
  auto event = an_event("N", 0, venue_at(100));
  event.positions[0].position.leg = position_side::long_;
  CHECK(keeper.apply(event, at(110), at(100)).empty());
  CHECK(keeper.directory()->size() == 1);
  CHECK(keeper.oddities().untracked_legs == 0);
  event.positions[0].amount = quantity::whole(1);
  CHECK(keeper.apply(event, at(110), at(100)).empty());
  CHECK(keeper.oddities().untracked_legs == 1);
}

TEST_CASE("a read with a position on a leg that there is not proves nothing") {
  auto keeper = a_keeper({"A", "B"});
  static_cast<void>(keeper.apply(a_read("", 100, {a_row("A", 2, venue_at(50))})));
  auto row = a_row("B", 1, venue_at(150));
  row.position.leg = position_side::long_;
  for (const char* scope : {"", "B"}) {
    CHECK(keeper.apply(a_read(scope, 200, {row})).empty());
    CHECK(view_of(keeper, "A").content == open_truth(2));
    CHECK(view_of(keeper, "A").as_of == at(100));
    CHECK(view_of(keeper, "B").as_of == at(100));
  }
  CHECK(keeper.oddities().untracked_legs == 2);
  row.amount = {};
  static_cast<void>(keeper.apply(a_read("", 300, {row})));
  CHECK(view_of(keeper, "A").content == truth{position_flat{}});
}

TEST_CASE("a position on a symbol too many keeps nobody else from being proven") {
  truth_keeper keeper{{1, false, milliseconds{1'000}}};
  keeper.register_symbols(a_universe({"A"}));
  static_cast<void>(
      keeper.apply(a_read("", 100, {a_row("A", 5, venue_at(50)), a_row("B", 3, venue_at(50))})));
  CHECK(view_of(keeper, "A").content == open_truth(5));
  CHECK(keeper.table()->account_as_of() == at(100));
}

TEST_CASE("a liquidation price of an older read does not come back") {
  auto keeper = a_keeper({"A"});
  const position_open held{quantity::whole(2), price::whole(100)};
  const auto read_of = [&](std::int64_t sent, std::int64_t liquidation) {
    auto row = a_row("A", 2, venue_at(50));
    row.liquidation = price::whole(liquidation);
    static_cast<void>(keeper.apply(a_read("", sent, {row})));
  };
  read_of(200, 80);
  read_of(100, 90);
  CHECK(keeper.table()->liquidation(both_of("A"), held) == price::whole(80));
  read_of(300, 70);
  CHECK(keeper.table()->liquidation(both_of("A"), held) == price::whole(70));
}

TEST_CASE("in hedge mode a read of a symbol decides all its legs") {
  truth_keeper keeper{{16, true, milliseconds{1'000}}};
  auto row = a_row("A", -3, venue_at(50));
  row.position.leg = position_side::short_;
  CHECK(keeper.apply(a_read("A", 100, {row})).size() == 3);
  CHECK(keeper.table()->read(row.position).content == open_truth(-3));
  CHECK(keeper.table()->read({symbol{"A"}, position_side::long_}).content ==
        truth{position_flat{}});
  CHECK(keeper.counts() == truth_counts{1, 2, 0});
}

TEST_CASE("a read that lags behind an event leaves its slot out of the account's proof") {
  auto keeper = a_keeper();
  static_cast<void>(keeper.apply(a_read("", 100)));
  static_cast<void>(keeper.apply(an_event("A", 2, venue_at(150)), at(160), at(150)));
  static_cast<void>(keeper.apply(a_read("", 200)));
  CHECK(view_of(keeper, "A").content == open_truth(2));
  CHECK(view_of(keeper, "A").as_of == at(150));
  CHECK(view_of(keeper, "B").as_of == at(200));
  CHECK(keeper.oddities().contradictions == 1);
  static_cast<void>(keeper.apply(a_read("", 300, {a_row("A", 2, venue_at(150))})));
  CHECK(view_of(keeper, "A").as_of == at(300));
}

TEST_CASE("a lagging row on a slot an event made flat detaches it until absence agrees") {
  auto keeper = a_keeper();
  static_cast<void>(keeper.apply(a_read("", 100, {a_row("A", 2, venue_at(50))})));
  static_cast<void>(keeper.apply(an_event("A", 0, venue_at(150)), at(160), at(150)));
  static_cast<void>(keeper.apply(a_read("", 200, {a_row("A", 2, venue_at(50))})));
  CHECK(view_of(keeper, "A").content == truth{position_flat{}});
  CHECK(view_of(keeper, "A").as_of == at(150));
  static_cast<void>(keeper.apply(a_read("", 300)));
  CHECK(view_of(keeper, "A").as_of == at(300));
}

TEST_CASE("an account-wide read that comes after a newer one changes nothing") {
  auto keeper = a_keeper();
  static_cast<void>(keeper.apply(a_read("", 300, {a_row("A", 2, venue_at(250))})));
  CHECK(keeper.apply(a_read("", 100, {a_row("B", 1, venue_at(50))})).empty());
  CHECK(view_of(keeper, "A").content == open_truth(2));
  CHECK(view_of(keeper, "B").content == truth{position_flat{}});
  CHECK(view_of(keeper, "C").as_of == at(300));
}

TEST_CASE("symbols beyond the capacity are counted and stay unknown") {
  truth_keeper keeper{{1, false, milliseconds{1'000}}};
  CHECK(keeper.register_symbols(a_universe({"A", "B"})) == 1);
  CHECK(keeper.oddities().refused_symbols == 1);
  static_cast<void>(keeper.apply(a_read("", 100, {a_row("B", 1, venue_at(50))})));
  CHECK_FALSE(is_known(view_of(keeper, "B").content));
  CHECK(keeper.oddities().refused_symbols == 2);
}

TEST_CASE("ages are those of the known slots") {
  auto keeper = a_keeper();
  CHECK(keeper.ages(at(0)).count == 0);
  static_cast<void>(keeper.apply(a_read("A", 100)));
  CHECK(keeper.ages(at(150)) ==
        age_summary{1, milliseconds{50}, milliseconds{50}, milliseconds{50}});
  static_cast<void>(keeper.apply(a_read("", 120)));
  CHECK(keeper.ages(at(150)).count == 3);
  CHECK(keeper.ages(at(150)).max == milliseconds{30});
}
