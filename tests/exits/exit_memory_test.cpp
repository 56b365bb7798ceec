// What the exit tracker keeps while others are away: plans without an end, states of an earlier
// run, exits that cannot be carried out.
#include "positions.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::testing;

namespace {

const plan_id strategy{"strategy-1"};

/// The plan that rules the position which appears at this second; empty when none does.
std::string ruled_by(exit_tracker& t, std::int64_t s) {
  return std::string(t.on_truth(btc, open_truth("2", "100"), at_s(s)).value().what.origin.str());
}

/// Flat, by a read that was sent at this second.
truth_view proven_flat(std::int64_t s) {
  auto v = flat_truth();
  v.as_of = at_s(s).steady;
  return v;
}

/// Followed by its stop far into gain, one of two parts taken.
exit_state far_in_gain() {
  auto s = long_state();
  s.stop = at_price("130");
  s.stop_by = stop_mover::trailing;
  s.target.reset();
  s.peak = at_price("135");
  s.tranches = 1;
  s.cost = notional::whole(1);
  return s;
}

void bar(exit_tracker& t, std::int64_t s) {
  (void)t.plan_ended({btc, at_s(1).wall, 0}, exit_end::barred, at_s(s).steady);
}

/// Seconds at which an exit is asked for, each asking being barred at once.
std::vector<std::int64_t> asked_in(exit_tracker& t, std::int64_t from, std::int64_t to) {
  std::vector<std::int64_t> out;
  for (auto s = from; s < to; ++s)
    if (!proposals_at(t, "97", s).empty()) {
      out.push_back(s);
      bar(t, s);
    }
  return out;
}

}  // namespace

TEST_CASE("a plan without an end rules what it opens, however long its deadline is over") {
  exit_tracker t{plain_settings()};
  t.note_plan(a_strategy_plan(side::buy));
  SECTION("without an end") {
    CHECK(ruled_by(t, 91) == "strategy-1");
    CHECK(t.state(btc)->stop == at_price("95"));
  }
  SECTION("long after") {
    CHECK(ruled_by(t, 7'200) == "strategy-1");
  }
  SECTION("within a minute of the first truth of after its end") {
    t.note_ended(strategy, qty("2"), at_s(7'200).steady);
    (void)t.on_truth(btc, proven_flat(7'201), at_s(7'300));
    CHECK(ruled_by(t, 7'360) == "strategy-1");
  }
  SECTION("not after that") {
    t.note_ended(strategy, qty("2"), at_s(7'200).steady);
    t.look_at_notes([](const position_key&) { return proven_flat(7'201); }, at_s(7'300).steady);
    t.look_at_notes([](const position_key&) { return proven_flat(7'310); }, at_s(7'311).steady);
    CHECK(ruled_by(t, 7'361).empty());
  }
  SECTION("a truth of before its end says nothing") {
    t.note_ended(strategy, qty("2"), at_s(7'200).steady);
    t.look_at_notes([](const position_key&) { return proven_flat(7'200); }, at_s(7'201).steady);
    CHECK(ruled_by(t, 12'000) == "strategy-1");
  }
}

TEST_CASE("a plan of an earlier run rules what is first seen in this one") {
  exit_tracker t{plain_settings()};
  SECTION("whose end is not on record") {
    t.note_earlier({a_strategy_plan(side::buy), false}, at_s(0).steady);
    CHECK(ruled_by(t, 40'000) == "strategy-1");
  }
  SECTION("whose end is told before the truth") {
    t.note_earlier({a_strategy_plan(side::buy), false}, at_s(0).steady);
    t.note_ended(strategy, qty("2"), at_s(1).steady);
    CHECK(ruled_by(t, 3'601) == "strategy-1");
  }
  SECTION("that came to nothing") {
    t.note_earlier({a_strategy_plan(side::buy), false}, at_s(0).steady);
    t.note_ended(strategy, {}, at_s(1).steady);
    CHECK(ruled_by(t, 2).empty());
  }
  SECTION("that had ended") {
    t.note_earlier({a_strategy_plan(side::buy), true}, at_s(0).steady);
    CHECK(ruled_by(t, 86'400) == "strategy-1");
  }
  SECTION("that had ended more than a day of silence ago") {
    t.note_earlier({a_strategy_plan(side::buy), true}, at_s(0).steady);
    CHECK(ruled_by(t, 86'401).empty());
  }
  SECTION("but not a minute after it was known to be flat") {
    t.note_earlier({a_strategy_plan(side::buy), true}, at_s(0).steady);
    CHECK_FALSE(t.on_truth(btc, proven_flat(9), at_s(10)));
    CHECK(ruled_by(t, 71).empty());
  }
  SECTION("the last one of a position counts") {
    auto older = a_strategy_plan(side::buy);
    older.id = plan_id{"older"};
    t.note_earlier({older, true}, at_s(0).steady);
    t.note_earlier({a_strategy_plan(side::buy), false}, at_s(0).steady);
    CHECK(ruled_by(t, 10) == "strategy-1");
  }
}

TEST_CASE("a plan that added to a restored position does not rule a later one") {
  exit_tracker t{plain_settings()};
  t.restore({long_state()}, at_s(0));
  t.note_earlier({a_strategy_plan(side::buy), false}, at_s(0).steady);
  CHECK(t.on_truth(btc, open_truth("3", "100"), at_s(1)).value().what.origin.empty());
  (void)t.on_truth(btc, flat_truth(), at_s(2));
  CHECK(ruled_by(t, 3).empty());
}

TEST_CASE("a restored state gets what its policy says by now, and keeps what it has") {
  auto bare = long_state();
  bare.stop.reset();
  bare.target.reset();
  bare.time_limit.reset();
  bare.risk = {};
  exit_tracker t{plain_settings()};
  t.restore({bare}, at_s(1));
  CHECK_FALSE(t.state(btc)->stop);
  const auto changed = t.on_truth(btc, open_truth("2", "100"), at_s(2));
  REQUIRE(changed);
  CHECK(changed->what == long_state());
  CHECK(t.unprotected().empty());

  auto raised = long_state();
  raised.stop = at_price("101");
  raised.stop_by = stop_mover::trailing;
  raised.target.reset();
  exit_tracker kept{plain_settings()};
  kept.restore({raised}, at_s(1));
  const auto filled = kept.on_truth(btc, open_truth("2", "100"), at_s(2)).value().what;
  CHECK(filled.stop == at_price("101"));
  CHECK(filled.target == at_price("104"));
  CHECK(filled.risk == at_price("2"));
}

TEST_CASE("a position that was closed, and another one opened unseen, leaves it nothing") {
  exit_tracker t{plain_settings()};
  t.restore({far_in_gain()}, at_s(10));
  SECTION("over a restart") {}
  SECTION("in a gap of the stream") {
    (void)t.on_truth(btc, open_truth("2", "100", 1), at_s(11));
    REQUIRE(t.state(btc)->stop == at_price("130"));
  }
  SECTION("and one read did not show it") {
    (void)t.on_truth(btc, open_truth("2", "100", 1), at_s(11));
    (void)t.on_truth(btc, missing_truth(at_s(12).steady), at_s(12));
  }
  SECTION("and it is the smaller one") {
    (void)t.on_truth(btc, open_truth("3", "100", 1), at_s(11));
  }
  const auto another = t.on_truth(btc, open_truth("2", "120", 100), at_s(20));
  REQUIRE(another);
  auto expected =
      exit_tracker{plain_settings()}.on_truth(btc, open_truth("2", "120"), at_s(20)).value().what;
  CHECK(expected.stop == at_price("117.6"));
  CHECK(another->what == expected);
  CHECK(another->what.opened_at == at_s(20).wall);
  CHECK(proposals_at(t, "120", 21).empty());
  CHECK(proposals_at(t, "117.5", 22).size() == 1);
}

TEST_CASE("the plan whose position took the place of another one unseen rules it") {
  exit_tracker t{plain_settings()};
  t.restore({far_in_gain()}, at_s(0));
  t.note_earlier({a_strategy_plan(side::buy), false}, at_s(0).steady);
  const auto another = t.on_truth(btc, open_truth("2", "120"), at_s(1)).value().what;
  CHECK(another.origin == strategy);
  CHECK(another.stop == at_price("95"));
}

TEST_CASE("what is no other position keeps all that it has learnt") {
  exit_tracker t{plain_settings()};
  auto stored = far_in_gain();
  stored.target = at_price("150");
  t.restore({stored}, at_s(10));
  const bool seen_before = GENERATE(false, true);
  if (seen_before)
    (void)t.on_truth(btc, open_truth("2", "100", 1), at_s(11));
  const auto keeps = [&](const truth_view& seen) {
    (void)t.on_truth(btc, seen, at_s(20));
    const auto now = t.state(btc).value();
    return now.opened_at == stored.opened_at && now.stop == stored.stop &&
           now.peak == stored.peak && now.tranches == 1;
  };
  SECTION("a part of it was closed") {
    CHECK(keeps(open_truth("1", "100", 2)));
    CHECK(proposals_at(t, "130", 21).size() == 1);
  }
  SECTION("it was added to") {
    CHECK(keeps(open_truth("2.001", "110", 2)));
  }
  SECTION("its entry is told with other digits") {
    CHECK(keeps(open_truth("2", "100.02", 2)));
    CHECK(keeps(open_truth("2", "100", 3)));
  }
  SECTION("its entry is not told") {
    CHECK(keeps(open_truth("2", "0", 2)));
    CHECK(keeps(open_truth("2", "100", 3)));
  }
}

TEST_CASE("the last digits of a very low entry make no other position") {
  exit_tracker t{plain_settings()};
  (void)t.on_truth(btc, open_truth("2", "0.00001"), at_s(1));
  (void)t.on_truth(btc, open_truth("2", "0.00001002", 2), at_s(2));
  CHECK(t.state(btc)->opened_at == at_s(1).wall);
  (void)t.on_truth(btc, open_truth("2", "0.00001005", 3), at_s(3));
  CHECK(t.state(btc)->opened_at == at_s(3).wall);
}

TEST_CASE("what is told late, after a look at what came after it, changes nothing") {
  exit_tracker t{plain_settings()};
  (void)t.on_truth(btc, open_truth("2", "100", 1), at_s(1));
  (void)t.on_truth(btc, open_truth("3", "110", 3), at_s(2));
  const auto before = t.state(btc);
  CHECK_FALSE(t.on_truth(btc, open_truth("2", "100", 2), at_s(3)));
  CHECK(t.state(btc) == before);
  const auto asked = proposals_at(t, "97", 4);
  REQUIRE(asked.size() == 1);
  CHECK(asked[0].seen.amount == qty("3"));
}

TEST_CASE("an exit that nobody could carry out is asked for ever more slowly") {
  auto settings = plain_settings();
  settings.retry_after_max = std::chrono::seconds{20};
  exit_tracker t{settings};
  (void)t.on_truth(btc, open_truth("2", "100"), at_s(1));
  CHECK(asked_in(t, 2, 75) == std::vector<std::int64_t>{2, 4, 8, 16, 32, 52, 72});
  SECTION("and soon when things have changed") {
    t.bars_changed();
    CHECK(asked_in(t, 75, 80) == std::vector<std::int64_t>{75, 77});
  }
  SECTION("and soon when the truth has moved") {
    (void)t.on_truth(btc, open_truth("1.5", "100", 2), at_s(75));
    CHECK(asked_in(t, 75, 80) == std::vector<std::int64_t>{75, 77});
  }
  SECTION("an end for another reason begins the pauses anew") {
    REQUIRE(proposals_at(t, "97", 92).size() == 1);
    (void)t.plan_ended({btc, at_s(1).wall, 0}, exit_end::unfinished, at_s(92).steady);
    CHECK(asked_in(t, 93, 99) == std::vector<std::int64_t>{94, 96});
  }
}

TEST_CASE("a larger exit does not wait for the pause of a smaller one") {
  auto settings = plain_settings();
  settings.tranches = {{in_r("1"), 25}};
  exit_tracker t{settings};
  (void)t.on_truth(btc, open_truth("2", "100"), at_s(1));
  std::int64_t last = 0;
  for (std::int64_t s = 2; s < 300; ++s)
    if (!proposals_at(t, "102.5", s).empty()) {
      last = s;
      (void)t.plan_ended({btc, at_s(1).wall, 1}, exit_end::barred, at_s(s).steady);
    }
  REQUIRE(last > 100);
  CHECK(asked_in(t, 300, 304) == std::vector<std::int64_t>{300, 302});
}
