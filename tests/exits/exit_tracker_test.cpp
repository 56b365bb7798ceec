// The exit tracker: a position's life from opening to flat, one proposal per change, restarts.
#include "sluice/exits/exit_tracker.hpp"

#include <rapidcheck.h>

#include "positions.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::testing;

TEST_CASE("a position that opens gets the settings' stop, target and time limit") {
  exit_tracker t{plain_settings()};
  const auto changed = t.on_truth(btc, open_truth("2", "100"), at_s(5));
  REQUIRE(changed);
  auto expected = long_state();
  expected.opened_at = at_s(5).wall;
  CHECK(changed->what == expected);
  CHECK(t.state(btc) == expected);
  CHECK(t.active() == 1);
  CHECK(t.unprotected().empty());
  CHECK_FALSE(t.on_truth(btc, open_truth("2", "100", 2), at_s(6)));

  const auto shorted =
      exit_tracker{plain_settings()}.on_truth(btc, open_truth("-2", "100"), at_s(5));
  REQUIRE(shorted);
  CHECK(shorted->what.stop == at_price("102"));
  CHECK(shorted->what.target == at_price("96"));
}

TEST_CASE("the plan's own values come before the settings'") {
  exit_tracker t{plain_settings()};
  t.note_plan(a_strategy_plan(side::buy));
  const auto state = t.on_truth(btc, open_truth("2", "100"), at_s(1)).value().what;
  CHECK(state.stop == at_price("95"));
  CHECK(state.target == at_price("120"));
  CHECK(state.time_limit == milliseconds{std::chrono::hours{4}});
  CHECK(state.origin.str() == "strategy-1");
  // Once used it is gone: the next position is another's.
  CHECK(t.on_truth(btc, flat_truth(), at_s(2)));
  const auto next = t.on_truth(btc, open_truth("2", "100"), at_s(3)).value().what;
  CHECK(next.origin.empty());
  CHECK(next.stop == at_price("98"));
}

TEST_CASE("a plan that came to nothing, is long over, or of the other side rules no position") {
  exit_tracker forgotten{plain_settings()};
  forgotten.note_plan(a_strategy_plan(side::buy));
  forgotten.note_ended(plan_id{"strategy-1"}, {}, at_s(1).steady);
  CHECK(forgotten.on_truth(btc, open_truth("2", "100"), at_s(1)).value().what.origin.empty());

  exit_tracker over{plain_settings()};
  over.note_plan(a_strategy_plan(side::buy));
  over.note_ended(plan_id{"strategy-1"}, qty("2"), at_s(100).steady);
  auto after = flat_truth();
  after.as_of = at_s(101).steady;
  (void)over.on_truth(btc, after, at_s(101));  // A minute of grace from here.
  CHECK(over.on_truth(btc, open_truth("2", "100"), at_s(162)).value().what.origin.empty());

  exit_tracker other{plain_settings()};
  other.note_plan(a_strategy_plan(side::sell));
  CHECK(other.on_truth(btc, open_truth("2", "100"), at_s(1)).value().what.origin.empty());
}

TEST_CASE("a position that grows keeps its stop while its entry follows the truth") {
  exit_tracker t{plain_settings()};
  (void)t.on_truth(btc, open_truth("2", "100"), at_s(1));
  t.note_plan(a_strategy_plan(side::buy));
  const auto grown = t.on_truth(btc, open_truth("4", "110"), at_s(2));
  REQUIRE(grown);
  CHECK(grown->what.entry == at_price("110"));
  CHECK(grown->what.stop == at_price("98"));
  CHECK(grown->what.initial == qty("4"));  // Parts are counted of the largest.
  CHECK(grown->what.risk == at_price("2"));
  CHECK(grown->what.opened_at == at_s(1).wall);
  CHECK_FALSE(t.on_truth(btc, open_truth("3", "110"), at_s(3)));  // Shrinking changes nothing.
  // The plan that added does not rule a later position.
  (void)t.on_truth(btc, flat_truth(), at_s(4));
  CHECK(t.on_truth(btc, open_truth("2", "100"), at_s(5)).value().what.origin.empty());
}

TEST_CASE("a flip is a new position and flat ends it") {
  exit_tracker t{plain_settings()};
  (void)t.on_truth(btc, open_truth("2", "100"), at_s(1));
  const auto flipped = t.on_truth(btc, open_truth("-1", "90"), at_s(2));
  REQUIRE(flipped);
  CHECK(flipped->what.initial == qty("-1"));
  CHECK(flipped->what.stop == at_price("91.8"));
  CHECK(flipped->what.opened_at == at_s(2).wall);
  const auto gone = t.on_truth(btc, flat_truth(), at_s(3));
  REQUIRE(gone);
  CHECK_FALSE(gone->what.active);
  CHECK(t.active() == 0);
  CHECK_FALSE(t.on_truth(btc, flat_truth(), at_s(4)));
  CHECK(proposals_at(t, "1", 5).empty());
}

TEST_CASE("one read without the position ends nothing, and asks for nothing") {
  exit_tracker t{plain_settings()};
  (void)t.on_truth(btc, open_truth("2", "100"), at_s(1));
  (void)proposals_at(t, "101", 2);
  const auto before = t.state(btc);
  REQUIRE(before);
  CHECK_FALSE(t.on_truth(btc, missing_truth(at_s(3).steady), at_s(3)));
  CHECK(proposals_at(t, "1", 3).empty());
  CHECK(t.unprotected().empty());
  const auto same_read = [](const position_key&) { return missing_truth(at_s(3).steady); };
  CHECK(t.look_at_missing(same_read, at_s(3)).empty());
  SECTION("it is there again: the same position, with all that it had learnt") {
    CHECK_FALSE(t.on_truth(btc, open_truth("2", "100"), at_s(4)));
    CHECK(t.state(btc) == before);
    CHECK(proposals_at(t, "1", 5).size() == 1);
    const auto later = [](const position_key&) { return missing_truth(at_s(9).steady); };
    CHECK(t.look_at_missing(later, at_s(9)).empty());
  }
  SECTION("an entry was permitted meanwhile: what opens is its own position") {
    t.note_plan(a_strategy_plan(side::buy));
    const auto opened = t.on_truth(btc, open_truth("1", "110"), at_s(4));
    REQUIRE(opened);
    CHECK(opened->what.origin == a_strategy_plan(side::buy).id);
    CHECK(opened->what.opened_at == at_s(4).wall);
    CHECK(opened->what.initial == qty("1"));
  }
  SECTION("an entry of before, or to the other side, makes it no other position") {
    t.note_plan(a_strategy_plan(side::sell));
    CHECK_FALSE(t.on_truth(btc, open_truth("2", "100"), at_s(4)));
    CHECK(t.state(btc) == before);
  }
  SECTION("a later read agrees") {
    const auto later = [](const position_key&) { return missing_truth(at_s(4).steady); };
    const auto gone = t.look_at_missing(later, at_s(4));
    REQUIRE(gone.size() == 1);
    CHECK_FALSE(gone.front().what.active);
    CHECK(t.active() == 0);
  }
}

TEST_CASE("an unknown truth changes nothing") {
  exit_tracker t{plain_settings()};
  CHECK_FALSE(t.on_truth(btc, truth_view{}, at_s(1)));
  (void)t.on_truth(btc, open_truth("2", "100"), at_s(1));
  CHECK_FALSE(t.on_truth(btc, truth_view{}, at_s(2)));
  CHECK(t.state(btc)->active);
  CHECK(proposals_at(t, "98", 3).size() == 1);
}

TEST_CASE("a crossed stop is proposed once, with what it was seen on") {
  exit_tracker t{plain_settings()};
  (void)t.on_truth(btc, open_truth("2", "100", 17), at_s(1));
  CHECK(proposals_at(t, "99", 2).empty());
  const auto proposals = proposals_at(t, "97.5", 3);
  REQUIRE(proposals.size() == 1);
  CHECK(proposals[0].position == btc);
  CHECK(proposals[0].seen == position_open{qty("2"), at_price("100")});
  CHECK(proposals[0].truth_version == 17);
  CHECK(proposals[0].decision.reason == exit_reason::stop_crossed);
  CHECK(proposals[0].attempt == 0);
  CHECK(proposals_at(t, "97.5", 3).empty());
  CHECK(proposals_at(t, "90", 30).empty());
  CHECK(t.on_tick(at_s(31).steady).empty());
}

TEST_CASE("a proposal is repeated when its plan ended, the pause passed and the position stands") {
  exit_tracker t{plain_settings()};
  (void)t.on_truth(btc, open_truth("2", "100"), at_s(1));
  REQUIRE(proposals_at(t, "97", 2).size() == 1);
  (void)t.plan_ended({btc, at_s(1).wall, 0}, exit_end::unfinished, at_s(10).steady);
  CHECK(proposals_at(t, "97", 11).empty());
  const auto again = proposals_at(t, "97", 12);
  REQUIRE(again.size() == 1);
  CHECK(again[0].attempt == 1);
  CHECK(proposals_at(t, "97", 13).empty());
  (void)t.plan_ended({btc, at_s(1).wall, 0}, exit_end::unfinished, at_s(14).steady);
  CHECK(proposals_at(t, "99", 20).empty());  // It stands, but the reason has gone.
  (void)t.on_truth(btc, flat_truth(), at_s(21));
  CHECK(proposals_at(t, "97", 22).empty());
}

TEST_CASE("a plan of whose end nothing is heard is taken as over after its life") {
  exit_tracker t{plain_settings()};
  (void)t.on_truth(btc, open_truth("2", "100"), at_s(1));
  REQUIRE(proposals_at(t, "97", 2).size() == 1);
  CHECK(proposals_at(t, "97", 63).empty());  // 2 s + 60 s of life + 2 s of pause.
  CHECK(proposals_at(t, "97", 64).size() == 1);
}

TEST_CASE("a time limit holds without any mark") {
  auto settings = plain_settings();
  settings.time_limit = std::chrono::minutes{10};
  exit_tracker t{settings};
  (void)t.on_truth(btc, open_truth("2", "100"), at_s(0));
  CHECK(t.on_tick(at_s(599).steady).empty());
  const auto proposals = t.on_tick(at_s(600).steady);
  REQUIRE(proposals.size() == 1);
  CHECK(proposals[0].decision.reason == exit_reason::time_limit);
  CHECK(t.on_tick(at_s(601).steady).empty());
}

TEST_CASE("ticks propose in the order of the positions") {
  auto settings = plain_settings();
  settings.time_limit = std::chrono::minutes{10};
  exit_tracker t{settings};
  for (const auto* name : {"ETHUSDT", "ADAUSDT", "XRPUSDT", "BTCUSDT"})
    (void)t.on_truth({symbol{name}, position_side::both}, open_truth("2", "100"), at_s(0));
  const auto proposals = t.on_tick(at_s(600).steady);
  REQUIRE(proposals.size() == 4);
  CHECK(proposals[0].position.instrument.str() == "ADAUSDT");
  CHECK(proposals[3].position.instrument.str() == "XRPUSDT");
}

TEST_CASE("both legs of a symbol have their own exits") {
  exit_tracker t{plain_settings()};
  const position_key long_leg{btc.instrument, position_side::long_};
  const position_key short_leg{btc.instrument, position_side::short_};
  (void)t.on_truth(long_leg, open_truth("2", "100"), at_s(0));
  (void)t.on_truth(short_leg, open_truth("-3", "100"), at_s(0));
  const auto proposals = proposals_at(t, "97", 1);
  REQUIRE(proposals.size() == 1);
  CHECK(proposals[0].position == long_leg);
  CHECK(proposals_at(t, "102", 2).size() == 1);
}

TEST_CASE("a restored state rests until truth is known and then goes on") {
  exit_tracker t{plain_settings()};
  auto stored = long_state();
  stored.opened_at = wall_time{at_s(0).wall.ms - 86'400'000 + 5'000};  // A day ago but 5 s.
  auto over = long_state();
  over.position.instrument = symbol{"ETHUSDT"};
  over.active = false;
  t.restore({stored, over}, at_s(0));
  CHECK(t.active() == 1);
  CHECK(proposals_at(t, "50", 1).empty());
  CHECK_FALSE(t.on_truth(btc, open_truth("2", "100"), at_s(2)));
  CHECK(t.state(btc) == stored);
  CHECK(t.on_tick(at_s(4).steady).empty());
  REQUIRE(t.on_tick(at_s(5).steady).size() == 1);
}

TEST_CASE("a restored state ends when the position is gone and is replaced when it flipped") {
  exit_tracker gone{plain_settings()};
  gone.restore({long_state()}, at_s(10));
  CHECK_FALSE(gone.on_truth(btc, flat_truth(), at_s(11)).value().what.active);

  exit_tracker flipped{plain_settings()};
  flipped.restore({long_state()}, at_s(10));
  const auto changed = flipped.on_truth(btc, open_truth("-1", "100"), at_s(11));
  CHECK(changed.value().what.opened_at == at_s(11).wall);
  CHECK(changed.value().what.stop == at_price("102"));
}

TEST_CASE("a jump of the wall clock closes nothing") {
  exit_tracker t{plain_settings()};
  (void)t.on_truth(btc, open_truth("2", "100"), at_s(0));
  auto jumped = at_s(1);
  jumped.wall.ms += 2 * 86'400'000LL;
  (void)t.on_truth(btc, open_truth("2", "100", 2), jumped);
  CHECK(t.on_tick(jumped.steady).empty());
}

TEST_CASE("positions without stop and time limit are listed as unprotected") {
  auto settings = plain_settings();
  settings.stop_bp = 0;
  settings.time_limit = milliseconds{0};
  exit_tracker t{settings};
  (void)t.on_truth(btc, open_truth("2", "100"), at_s(0));
  CHECK(t.unprotected() == std::vector{btc});
  (void)t.on_truth(btc, flat_truth(), at_s(1));
  CHECK(t.unprotected().empty());

  exit_settings off;
  off.enabled = false;
  exit_tracker disabled{off};
  (void)disabled.on_truth(btc, open_truth("2", "100"), at_s(0));
  CHECK(disabled.unprotected() == std::vector{btc});
}

TEST_CASE("an entry that the venue gives late brings the default levels with it") {
  exit_tracker t{plain_settings()};
  CHECK_FALSE(t.on_truth(btc, open_truth("2", "0"), at_s(0)).value().what.stop);
  CHECK(t.on_truth(btc, open_truth("2", "100"), at_s(1)).value().what.stop == at_price("98"));
}

TEST_CASE("a repeated mark gives no second proposal, and a restart at any step the same ones") {
  CHECK(rc::check([] {
    const auto path = *rc::gen::container<std::vector<std::int64_t>>(
        rc::gen::inRange<std::int64_t>(9'500, 10'800));
    const auto restart_at = *rc::gen::inRange<std::size_t>(0, path.size() + 1);
    exit_tracker whole{plain_settings()};
    exit_tracker halved{plain_settings()};
    const auto opened = whole.on_truth(btc, open_truth("2", "100"), at_s(0));
    (void)halved.on_truth(btc, open_truth("2", "100"), at_s(0));
    bool asked = false;
    bool asked_since_restart = false;
    for (std::size_t i = 0; i < path.size(); ++i) {
      const auto now = at_s(static_cast<std::int64_t>(i) / 4);
      if (i == restart_at) {
        halved = exit_tracker{plain_settings()};
        halved.restore({opened->what}, now);
        (void)halved.on_truth(btc, open_truth("2", "100"), now);
        asked_since_restart = false;
      }
      const mark_row rows[] = {{btc.instrument, price::from_raw(path[i] * 1'000'000), {}}};
      const bool wanted = rows[0].mark <= price::whole(98) || rows[0].mark >= price::whole(104);
      const auto first = whole.on_marks(rows, now).proposals;
      RC_ASSERT(first.empty() == (asked || !wanted));
      RC_ASSERT(whole.on_marks(rows, now).proposals.empty());
      asked = asked || wanted;
      // What was under way before a restart is asked for again: the planner knows the plan.
      const auto other = halved.on_marks(rows, now).proposals;
      RC_ASSERT(other.empty() == (asked_since_restart || !wanted));
      if (!first.empty() && !other.empty())
        RC_ASSERT(first[0].decision == other[0].decision);
      asked_since_restart = asked_since_restart || wanted;
      if (i > 200)
        break;  // Within the life of one plan.
    }
  }));
}

TEST_CASE("other settings hold for a position that stands, and leave what it has") {
  auto bare = plain_settings();
  bare.target_bp = 0;
  bare.time_limit = {};
  exit_tracker t{bare};
  REQUIRE(t.on_truth(btc, open_truth("2", "100"), at_s(1)));
  auto other = plain_settings();
  other.stop_bp = 50;
  other.loss_limit_r = in_r("0.5");
  const auto changed = t.settings_changed(other);
  REQUIRE(changed.size() == 1);
  CHECK(changed.front().what.stop == at_price("98"));
  CHECK(changed.front().what.target == at_price("104"));
  CHECK(changed.front().what.time_limit == other.time_limit);
  CHECK(t.settings_changed(other).empty());
  // At -0.6 r: beyond the new limit, short of the stop.
  const auto asked = t.on_marks(std::vector{mark("98.8")}, at_s(2)).proposals;
  REQUIRE(asked.size() == 1);
  CHECK(asked.front().decision.target.is_zero());
}

TEST_CASE("other settings wait for the truth of a position that was restored") {
  exit_tracker t{plain_settings()};
  auto stored = long_state();
  stored.target.reset();
  t.restore({stored}, at_s(1));
  CHECK(t.settings_changed(plain_settings()).empty());
  CHECK(t.on_truth(btc, open_truth("2", "100"), at_s(2)).value().what.target == at_price("104"));
}

TEST_CASE("a mark from before the position says nothing of it") {
  exit_tracker t{plain_settings()};
  REQUIRE(t.on_truth(btc, open_truth("2", "100"), at_s(10)));
  const auto look = [&](std::string_view at, std::int64_t made_at) {
    auto row = mark(at);
    row.as_of = at_s(made_at).steady;
    return t.on_marks(std::vector{row}, at_s(11));
  };
  CHECK(look("105", 9).proposals.empty());
  CHECK(look("90", 9).proposals.empty());
  CHECK(t.state(btc)->peak.is_zero());
  CHECK(look("105", 10).proposals.size() == 1);
}
