// Drift: each class from the least input that makes it, and a hold only on proof, once, both ways.
#include "sluice/ledger/drift.hpp"

#include <rapidcheck.h>

#include "books.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::testing;

namespace {

drift_input input(truth_view seen, std::optional<ledger_line> line, std::int64_t now_ms) {
  drift_input in;
  in.position = btc;
  in.seen = std::move(seen);
  in.line = std::move(line);
  in.step = qty("0.001");
  in.now = now_at(now_ms);
  return in;
}

std::deque<drift_evidence> seen_fills(bool ours) {
  // Together +0.5, the first alone +0.2.
  return {{a_fill(1, side::buy, "0.2", "100"), ours, at_ms(1), {}, true},
          {a_fill(2, side::buy, "0.3", "100"), ours, at_ms(2), {}, true}};
}

drift_kind kind_of_drift(const drift_input& in, const std::deque<drift_evidence>& evidence = {}) {
  drift_watch watch{reconcile_settings{}};
  for (const auto& e : evidence)
    watch.note(e);
  return watch.observe(in).kind;
}

drift_evidence foreign(const fill& f, std::int64_t seen_ms) {
  return {f, false, at_ms(seen_ms), {}, true};
}

/// Looks, and answers at once whenever trades are wanted: there are none.
drift_report look_and_search(drift_watch& watch, const drift_input& in) {
  auto report = watch.observe(in);
  if (!report.trades_wanted)
    return report;
  watch.search_ended({in.now.steady, 0, {}});
  return watch.observe(in);
}

ledger_line line_filled_at(const char* amount, std::int64_t ms) {
  auto line = a_line(amount);
  line.last_fill_at = at_ms(ms);
  return line;
}

}  // namespace

TEST_CASE("each class of drift has its least example") {
  const auto base = input(open_truth("1", 100), a_line("1"), 100);
  CHECK(kind_of_drift(base) == drift_kind::none);
  CHECK(kind_of_drift(input(flat_truth(100), std::nullopt, 100)) == drift_kind::none);
  CHECK(kind_of_drift(input(open_truth("1", 100), std::nullopt, 100)) == drift_kind::unledgered);
  CHECK(kind_of_drift(input(truth_view{}, a_line("1"), 100)) == drift_kind::pending);
  auto unresolved = input(open_truth("2", 100), a_line("1"), 100);
  unresolved.order_unresolved = true;
  CHECK(kind_of_drift(unresolved) == drift_kind::pending);
  CHECK(kind_of_drift(input(open_truth("2", 100), line_filled_at("1", 100), 100)) ==
        drift_kind::pending);
  CHECK(kind_of_drift(input(open_truth("2", 101), line_filled_at("1", 100), 101)) ==
        drift_kind::unexplained);
  CHECK(kind_of_drift(input(open_truth("-1", 100), a_line("1"), 100)) == drift_kind::side_flip);
  CHECK(kind_of_drift(input(open_truth("1.5", 9), a_line("1"), 9), seen_fills(false)) ==
        drift_kind::foreign);
  CHECK(kind_of_drift(input(open_truth("1.2", 9), a_line("1"), 9), seen_fills(false)) ==
        drift_kind::foreign);
  CHECK(kind_of_drift(input(open_truth("1.5", 9), a_line("1"), 9), seen_fills(true)) ==
        drift_kind::explained);
  CHECK(kind_of_drift(input(open_truth("1.4", 9), a_line("1"), 9), seen_fills(true)) ==
        drift_kind::unexplained);
}

TEST_CASE("one foreign fill among ours makes the drift foreign") {
  auto evidence = seen_fills(true);
  evidence[1].ours = false;
  CHECK(kind_of_drift(input(open_truth("1.5", 9), a_line("1"), 9), evidence) ==
        drift_kind::foreign);
  CHECK(kind_of_drift(input(open_truth("1.2", 9), a_line("1"), 9), evidence) ==
        drift_kind::explained);
}

TEST_CASE("tolerance is the larger of one step and one percent, between two of a side") {
  CHECK(drift_tolerance(qty("0.05"), qty("0.051"), qty("0.001"), 1) == qty("0.001"));
  CHECK(drift_tolerance(qty("-2"), qty("-1.99"), qty("0.001"), 1) == qty("0.02"));
  CHECK(drift_tolerance(qty("0.001"), qty("0"), qty("0.001"), 1).is_zero());
  CHECK(drift_tolerance(qty("0.001"), qty("-0.001"), qty("0.001"), 1).is_zero());
  CHECK(kind_of_drift(input(open_truth("2", 9), a_line("1.98"), 9)) == drift_kind::none);
  CHECK(kind_of_drift(input(open_truth("2", 9), a_line("1.979"), 9)) == drift_kind::unexplained);
  // A position of one step out of nothing is a position.
  CHECK(kind_of_drift(input(open_truth("0.001", 9), a_line("0"), 9)) == drift_kind::unexplained);
  CHECK(kind_of_drift(input(flat_truth(9), a_line("0.001"), 9)) == drift_kind::unexplained);
}

TEST_CASE("an unexplained drift is a hold only after the quiet window and two newer reads") {
  drift_watch watch{reconcile_settings{}};
  const auto look = [&](std::int64_t as_of, std::int64_t now) {
    return look_and_search(watch, input(open_truth("2", as_of), a_line("1"), now));
  };
  CHECK(look(1'000, 1'000).action == drift_action::nothing);
  CHECK(look(2'000, 2'000).action == drift_action::nothing);
  CHECK(look(2'000, 5'999).action == drift_action::nothing);
  CHECK(look(2'000, 6'500).action == drift_action::nothing);  // Long enough, but one newer read.
  const auto placed = look(6'600, 6'700);
  CHECK(placed.action == drift_action::place_hold);
  CHECK(placed.cause == "unexplained_drift");
  CHECK_THAT(placed.evidence, ContainsSubstring("ledger 1, truth 2, drift 1"));
  CHECK_THAT(placed.evidence, ContainsSubstring("confirmed by 2 newer reads"));
  CHECK(watch.hold_stands());
  CHECK(look(7'000, 7'000).action == drift_action::nothing);

  const auto released = look_and_search(watch, input(open_truth("1", 8'000), a_line("1"), 8'000));
  CHECK(released.action == drift_action::release_hold);
  CHECK(released.cause == "drift_gone");
  CHECK(look_and_search(watch, input(open_truth("1", 9'000), a_line("1"), 9'000)).action ==
        drift_action::nothing);
}

TEST_CASE("two newer reads within the quiet window do not yet make a hold") {
  drift_watch watch{reconcile_settings{}};
  for (const std::int64_t ms : {1'000, 2'000, 3'000, 5'999})
    CHECK(look_and_search(watch, input(open_truth("2", ms), a_line("1"), ms)).action ==
          drift_action::nothing);
  CHECK(look_and_search(watch, input(open_truth("2", 6'000), a_line("1"), 6'000)).action ==
        drift_action::place_hold);
}

TEST_CASE("a fill of ours restarts the quiet window") {
  drift_watch watch{reconcile_settings{}};
  for (const std::int64_t ms : {1'000, 2'000, 3'000})
    CHECK(look_and_search(watch, input(open_truth("2", ms), a_line("1"), ms)).action ==
          drift_action::nothing);
  const auto line = line_filled_at("1", 4'000);
  CHECK(look_and_search(watch, input(open_truth("2", 8'999), line, 8'999)).action ==
        drift_action::nothing);
  CHECK(look_and_search(watch, input(open_truth("2", 9'000), line, 9'000)).action ==
        drift_action::place_hold);
}

TEST_CASE("a side flip is a hold whatever explains it") {
  drift_watch watch{reconcile_settings{}};
  watch.note(foreign(a_fill(1, side::sell, "2", "100"), 500));
  drift_report last;
  for (const std::int64_t ms : {1'000, 3'000, 6'000})
    last = look_and_search(watch, input(open_truth("-1", ms), a_line("1"), ms));
  CHECK(last.kind == drift_kind::side_flip);
  CHECK(last.action == drift_action::place_hold);
  CHECK(last.cause == "side_flip");
  CHECK_THAT(last.evidence, ContainsSubstring("sell 2 at 100"));
}

TEST_CASE("a foreign fill that accounts for the drift is adopted at once, and once") {
  drift_watch watch{reconcile_settings{}};
  auto liquidation = a_fill(77, side::sell, "1", "90");
  liquidation.client_id = client_order_id{"autoclose-123"};
  CHECK(watch.note(foreign(liquidation, 900)));
  CHECK_FALSE(watch.note(foreign(liquidation, 950)));
  const auto report = look_and_search(watch, input(flat_truth(1'000), a_line("1"), 1'000));
  CHECK(report.kind == drift_kind::foreign);
  CHECK(report.action == drift_action::adopt);
  CHECK(report.cause == "foreign_fill");
  CHECK_THAT(report.evidence,
             ContainsSubstring("trade 77 sell 1 at 90 by foreign order autoclose-123"));
  CHECK(look_and_search(watch, input(flat_truth(1'100), a_line("0"), 1'100)).kind ==
        drift_kind::none);
  CHECK(look_and_search(watch, input(flat_truth(1'200), a_line("1"), 1'200)).kind ==
        drift_kind::unexplained);
}

TEST_CASE("evidence spent on one adoption does not stand in the way of the next") {
  drift_watch watch{reconcile_settings{}};
  watch.note(foreign(a_fill(1, side::buy, "1", "90"), 900));
  // The read left before the event came: no time says that this truth has the fill in it.
  CHECK(look_and_search(watch, input(open_truth("2", 850), a_line("1"), 950)).action ==
        drift_action::adopt);
  watch.note(foreign(a_fill(2, side::buy, "3", "90"), 960));
  const auto report = look_and_search(watch, input(open_truth("5", 955), a_line("2"), 1'000));
  CHECK(report.action == drift_action::adopt);
  CHECK_THAT(report.evidence, !ContainsSubstring("trade 1 "));
}

TEST_CASE("under the policy hold a foreign fill stops increases until the drift is gone") {
  reconcile_settings settings;
  settings.foreign = foreign_policy::hold;
  drift_watch watch{settings};
  watch.note(foreign(a_fill(1, side::sell, "1", "90"), 900));
  const auto report = look_and_search(watch, input(flat_truth(1'000), a_line("1"), 1'000));
  CHECK(report.action == drift_action::place_hold);
  CHECK(report.cause == "foreign_fill");
  CHECK(look_and_search(watch, input(flat_truth(1'100), a_line("1"), 1'100)).action ==
        drift_action::nothing);
  CHECK(look_and_search(watch, input(flat_truth(1'200), a_line("0"), 1'200)).action ==
        drift_action::release_hold);
}

TEST_CASE("evidence that a matching truth already contains explains nothing later") {
  drift_watch watch{reconcile_settings{}};
  watch.note(foreign(a_fill(1, side::buy, "1", "90"), 900));
  CHECK(look_and_search(watch, input(open_truth("1", 1'000), a_line("1"), 1'000)).kind ==
        drift_kind::none);
  CHECK(look_and_search(watch, input(open_truth("2", 2'000), a_line("1"), 2'000)).kind ==
        drift_kind::unexplained);
}

TEST_CASE("a position found at start is adopted") {
  drift_watch watch{reconcile_settings{}};
  const auto report = look_and_search(watch, input(open_truth("3", 10), std::nullopt, 10));
  CHECK(report.kind == drift_kind::unledgered);
  CHECK(report.action == drift_action::adopt);
  CHECK(report.cause == "adopted_at_start");
  CHECK(report.truth_amount.str() == "3");
}

TEST_CASE("a hold from the journal is released by the first truth without drift") {
  drift_watch watch{reconcile_settings{}};
  watch.hold_restored();
  auto pending = input(open_truth("1", 10), a_line("1"), 10);
  pending.order_unresolved = true;
  CHECK(look_and_search(watch, pending).action == drift_action::nothing);
  CHECK(look_and_search(watch, input(truth_view{}, a_line("0"), 11)).action ==
        drift_action::nothing);
  CHECK(look_and_search(watch, input(open_truth("1", 12), a_line("1"), 12)).action ==
        drift_action::release_hold);
}

TEST_CASE("one read without the position ends no hold of what the books never had") {
  drift_watch watch{reconcile_settings{}};
  watch.hold_restored();
  const auto look = [&](const truth_view& seen, std::int64_t now) {
    return look_and_search(watch, input(seen, a_line("0"), now)).action;
  };
  CHECK(look(flat_truth(10), 10) == drift_action::nothing);
  CHECK(look(flat_truth(10), 20) == drift_action::nothing);  // The same read.
  CHECK(look(open_truth("-0.02", 30), 30) == drift_action::nothing);
  CHECK(look(flat_truth(40), 40) == drift_action::nothing);
  CHECK(watch.hold_stands());
  CHECK(look(flat_truth(50), 50) == drift_action::release_hold);
}

TEST_CASE("a hold that an operator lifted needs the whole proof again") {
  drift_watch watch{reconcile_settings{}};
  watch.hold_restored();
  const auto look = [&](std::int64_t ms) {
    return look_and_search(watch, input(open_truth("2", ms), a_line("1"), ms)).action;
  };
  CHECK(look(1'000) == drift_action::nothing);
  watch.hold_lifted();
  CHECK_FALSE(watch.hold_stands());
  for (const std::int64_t ms : {7'000, 9'000, 11'999})
    CHECK(look(ms) == drift_action::nothing);
  CHECK(look(12'000) == drift_action::place_hold);
}

TEST_CASE("holds are placed and released in turn, whatever is observed") {
  CHECK(rc::check([] {
    drift_watch watch{reconcile_settings{}};
    bool stands = false;
    std::int64_t now = 0;
    for (const auto step : *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 3'000))) {
      now += step;
      const auto amount = step % 3 == 0 ? "1" : step % 3 == 1 ? "2" : "-1";
      auto in = input(open_truth(amount, now - step % 7), a_line("1"), now);
      in.order_unresolved = step % 11 == 0;
      const auto report = look_and_search(watch, in);
      if (report.action == drift_action::place_hold) {
        RC_ASSERT(!stands);
        RC_ASSERT(report.kind == drift_kind::unexplained || report.kind == drift_kind::side_flip);
        stands = true;
      }
      if (report.action == drift_action::release_hold) {
        RC_ASSERT(stands);
        RC_ASSERT(report.kind == drift_kind::none);
        stands = false;
      }
      RC_ASSERT(watch.hold_stands() == stands);
    }
  }));
}

TEST_CASE("settings of the reconciler that cannot be kept are named") {
  CHECK(reconcile_settings{}.validate().empty());
  reconcile_settings s;
  s.quiet_window = milliseconds{-1};
  s.confirmations = 0;
  s.period = milliseconds{1};
  s.tolerance_percent = 50;
  const auto faults = s.validate();
  REQUIRE(faults.size() == 4);
  CHECK(faults[1].key == "confirmations");
  reconcile_settings t;
  t.evidence_window = milliseconds{4'999};
  t.close_max = milliseconds{-1};
  REQUIRE(t.validate().size() == 2);
  CHECK(t.validate()[0].text == "must not be shorter than quiet_window");
  CHECK(t.validate()[1].key == "close_max");
}
