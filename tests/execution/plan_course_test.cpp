// What becomes of a plan after each end of an order.
#include "sluice/execution/plan_course.hpp"

#include <rapidcheck.h>

#include "harness.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::testing;
using namespace std::chrono_literals;

namespace {

constexpr quantity one = quantity::from_raw(100'000'000);

plan an_exit(quantity target = {}) {
  plan p;
  p.id = plan_id{"x"};
  p.instrument = symbol{"BTCUSDT"};
  p.body = reduce_plan{target, "stop_crossed"};
  p.deadline = at_ms(60'000);
  return p;
}

plan an_entry() {
  auto p = an_exit();
  p.body = open_plan{side::sell, quantity::whole(2), {}, {}, {}, {}};
  return p;
}

order_finished executed(std::int64_t units, order_state state = order_state::filled) {
  order_finished how;
  how.state = state;
  how.executed = quantity::whole(units);
  return how;
}

order_finished refused(int code, refusal_cure cure, bool for_operator = false) {
  order_finished how;
  how.state = order_state::rejected;
  how.cause = finish_cause::refused;
  how.venue_code = code;
  how.cure = cure;
  how.for_operator = for_operator;
  how.detail = "no";
  return how;
}

order_finished ended_by(finish_cause cause) {
  order_finished how;
  how.state = order_state::rejected;
  how.cause = cause;
  return how;
}

/// An order of two of a position of `held`, ended at 1 s.
course_step after(plan_course& course, const order_finished& how, std::int64_t held = 2,
                  std::int64_t now_ms = 1'000) {
  course.sent(1);
  return course.order_ended(how, a_task().request, quantity::whole(held), one, at_ms(now_ms));
}

const judge_once_more* again(const course_step& s) {
  return std::get_if<judge_once_more>(&s);
}
const end_plan* end_of(const course_step& s) {
  return std::get_if<end_plan>(&s);
}

verdict denied(std::vector<refusal> refusals) {
  return {verdict_kind::deny, std::move(refusals), std::nullopt};
}

}  // namespace

TEST_CASE("an exit whose order brought it to its target is done") {
  plan_course course(an_exit(), false);
  const auto step = after(course, executed(2));
  REQUIRE(end_of(step));
  CHECK(end_of(step)->how == plan_end::done);
  CHECK(course.executed() == quantity::whole(2));
  CHECK(course.orders() == 1);
}

TEST_CASE("a slice of an exit is followed by the next at once, under another id") {
  plan_course course(an_exit(), false);
  const auto step = after(course, executed(2), 5);
  REQUIRE(again(step));
  CHECK(again(step)->not_before == at_ms(1'000));
  CHECK(course.attempt(side::sell) == 2);
  const auto last = after(course, executed(2), 3);
  CHECK(again(last));
  CHECK(end_of(after(course, executed(2), 2))->how == plan_end::done);
  CHECK(course.executed() == quantity::whole(6));
  CHECK(course.orders() == 3);
}

TEST_CASE("a target between two steps is reached at the step above it") {
  plan_course course(an_exit(quantity::parse("0.5").value()), false);
  CHECK(end_of(after(course, executed(2), 3))->how == plan_end::done);
}

TEST_CASE("an exit is judged again when the position before its order is not known") {
  plan_course course(an_exit(), false);
  course.sent(1);
  const auto step =
      course.order_ended(executed(2), a_task().request, std::nullopt, one, at_ms(1'000));
  CHECK(again(step));
}

TEST_CASE("what ended short of everything is judged again at once while something is executed") {
  const auto state = GENERATE(order_state::expired, order_state::cancelled, order_state::filled);
  plan_course course(an_exit(), false);
  const auto step = after(course, executed(1, state));
  REQUIRE(again(step));
  CHECK(again(step)->not_before == at_ms(1'000));
}

TEST_CASE("pauses double from 200 ms to 5 s while nothing is executed, and begin anew after") {
  plan_course course(an_exit(), false);
  std::vector<std::int64_t> pauses;
  for (int i = 0; i < 7; ++i) {
    const auto step = after(course, executed(0, order_state::expired));
    REQUIRE(again(step));
    pauses.push_back(between(at_ms(1'000), again(step)->not_before).count());
  }
  CHECK(pauses == std::vector<std::int64_t>{200, 400, 800, 1'600, 3'200, 5'000, 5'000});
  CHECK(again(after(course, executed(1)))->not_before == at_ms(1'000));
  CHECK(again(after(course, executed(0)))->not_before == at_ms(1'200));
}

TEST_CASE("each refusal of an exit has its remedy before it is judged again") {
  struct row {
    int code;
    refusal_cure cure;
    remedy first;
    bool told;
  };
  const auto r = GENERATE(row{-2022, refusal_cure::reread_position, remedy::reread_position, false},
                          row{-2024, refusal_cure::reread_position, remedy::reread_position, false},
                          row{-4118, refusal_cure::free_orders, remedy::free_orders, false},
                          row{-2025, refusal_cure::free_orders, remedy::free_orders, false},
                          row{-1111, refusal_cure::fit_to_filters, remedy::reload_symbols, false},
                          row{-4164, refusal_cure::fit_to_filters, remedy::reload_symbols, false},
                          row{-4141, refusal_cure::reload_symbols, remedy::reload_symbols, false},
                          row{-4061, refusal_cure::reread_settings, remedy::reread_settings, true},
                          row{-4400, refusal_cure::only_reduce, remedy::none, true},
                          row{-2019, refusal_cure::none, remedy::none, true},
                          row{-2021, refusal_cure::none, remedy::none, false},
                          row{-1008, refusal_cure::wait, remedy::none, false});
  plan_course course(an_exit(), false);
  const auto step = after(course, refused(r.code, r.cure));
  INFO(r.code);
  REQUIRE(again(step));
  CHECK(again(step)->first == r.first);
  CHECK(again(step)->not_before == at_ms(1'200));
  CHECK(again(step)->alert.empty() != r.told);
  CHECK(again(step)->after == "refused: no");
  CHECK(course.attempt(side::sell) == 2);
}

TEST_CASE("a person is told once of each cause") {
  plan_course course(an_exit(), false);
  const auto page = refused(0, refusal_cure::reread_settings, true);
  CHECK_FALSE(again(after(course, page))->alert.empty());
  const auto key = refused(-2015, refusal_cure::reread_settings, true);
  CHECK_FALSE(again(after(course, key))->alert.empty());
  CHECK(again(after(course, key))->alert.empty());
  CHECK_FALSE(again(after(course, refused(-2019, refusal_cure::none)))->alert.empty());
  CHECK(again(after(course, key))->alert.empty());
}

TEST_CASE("a second refusal of reduce-only after a fresh truth means resting orders") {
  plan_course course(an_exit(), false);
  const auto no = refused(-2022, refusal_cure::reread_position);
  CHECK(again(after(course, no))->first == remedy::reread_position);
  CHECK(again(after(course, no))->first == remedy::free_orders);
  CHECK(again(after(course, executed(1)))->first == remedy::none);
  CHECK(again(after(course, no))->first == remedy::reread_position);
}

TEST_CASE("what the venue says of its next hearing is obeyed, but an exit ends at its deadline") {
  plan_course course(an_exit(), false);
  auto no = refused(-1015, refusal_cure::wait);
  no.retry_at = at_ms(20'000);
  CHECK(again(after(course, no))->not_before == at_ms(20'000));
  no.retry_at = at_ms(60'000);
  const auto step = after(course, no);
  REQUIRE(end_of(step));
  CHECK(end_of(step)->how == plan_end::failed);
  CHECK(end_of(step)->detail == "refused: no");
}

TEST_CASE("at its deadline an exit that was executed in part ends as such") {
  plan_course course(an_exit(), false);
  CHECK(again(after(course, executed(1))));
  const auto step = after(course, executed(0, order_state::expired), 2, 60'000);
  REQUIRE(end_of(step));
  CHECK(end_of(step)->how == plan_end::partly);
}

TEST_CASE("only an order proven never to have arrived is repeated under its id") {
  plan_course course(an_exit(), false);
  const auto step = after(course, ended_by(finish_cause::never_arrived));
  REQUIRE(again(step));
  CHECK(course.attempt(side::sell) == 1);
  CHECK(again(after(course, executed(0, order_state::expired))));
  CHECK(course.attempt(side::sell) == 2);
}

TEST_CASE("a repetition that never left is repeated under the same id still") {
  plan_course course(an_exit(), false);
  CHECK(again(after(course, ended_by(finish_cause::never_arrived))));
  CHECK(course.attempt(side::sell) == 1);
  CHECK(again(course.order_not_sent(ended_by(finish_cause::too_late), at_ms(0))));
  CHECK(course.attempt(side::sell) == 1);
  SECTION("but not the other way round") {
    CHECK(course.attempt(side::buy) == 2);
    CHECK(course.attempt(side::sell) == 2);
  }
  SECTION("until it has left") {
    course.sent(1);
    CHECK(again(course.order_not_sent(ended_by(finish_cause::too_late), at_ms(0))));
    CHECK(course.attempt(side::sell) == 2);
  }
}

TEST_CASE("the other way round it is another order, with another id") {
  plan_course course(an_exit(), false);
  CHECK(again(after(course, ended_by(finish_cause::never_arrived))));
  CHECK(course.attempt(side::buy) == 2);
}

TEST_CASE("an order that never left is judged again at once, entry or exit") {
  const auto cause =
      GENERATE(finish_cause::too_late, finish_cause::position_moved, finish_cause::not_permitted);
  for (const auto& p : {an_exit(), an_entry()}) {
    plan_course course(p, false);
    const auto step = course.order_not_sent(ended_by(cause), at_ms(70'000));
    REQUIRE(again(step));
    CHECK(again(step)->not_before == at_ms(70'000));
    CHECK(course.attempt(side::sell) == 2);
    CHECK(course.orders() == 0);
  }
}

TEST_CASE("an entry ends with its first order, however that ended") {
  struct row {
    order_finished how;
    plan_end end;
    remedy then;
  };
  const auto r = GENERATE(
      row{executed(2), plan_end::done, remedy::none},
      row{executed(1, order_state::expired), plan_end::partly, remedy::none},
      row{executed(0, order_state::cancelled), plan_end::failed, remedy::none},
      row{refused(-2019, refusal_cure::none), plan_end::failed, remedy::none},
      row{refused(-1111, refusal_cure::fit_to_filters), plan_end::failed, remedy::reload_symbols},
      row{ended_by(finish_cause::never_arrived), plan_end::failed, remedy::none});
  plan_course course(an_entry(), true);
  CHECK(course.shape() == order_shape::market);
  const auto step = after(course, r.how);
  REQUIRE(end_of(step));
  CHECK(end_of(step)->how == r.end);
  CHECK(end_of(step)->then == r.then);
}

TEST_CASE("what the gate says last decides how an exit ended") {
  plan_course course(an_exit(), false);
  CHECK(course.refused(denied({{refusal_code::already_at_target, {}, {}}})).how == plan_end::done);
  CHECK(course.refused(denied({{refusal_code::no_position, {}, {}}})).how == plan_end::done);
  CHECK(course.refused(denied({{refusal_code::plan_withdrawn, {}, {}}})).how ==
        plan_end::withdrawn);
  CHECK(course.refused(denied({{refusal_code::stale_exchange_state, {}, {}}})).how ==
        plan_end::failed);
  // What old truth says is not done.
  CHECK(course
            .refused(denied({{refusal_code::stale_exchange_state, {}, {}},
                             {refusal_code::no_position, {}, {}}}))
            .how == plan_end::failed);
  CHECK(again(after(course, executed(1))));
  // No order comes closer to the target.
  CHECK(course.refused(denied({{refusal_code::below_min_quantity, {}, {}}})).how == plan_end::done);
  const auto end = course.refused(denied({{refusal_code::halted, {}, {}}}));
  CHECK(end.how == plan_end::partly);
  CHECK(end.detail == "halted");
}

TEST_CASE("the collar comes first, then MARKET, and again where the book is thin") {
  plan_course course(an_exit(), true);
  CHECK(course.shape() == order_shape::collar);
  auto limit = a_task().request;
  limit.type = order_type::limit;
  course.sent(1);
  CHECK(again(course.order_ended(executed(1, order_state::expired), limit, quantity::whole(2), one,
                                 at_ms(1'000))));
  CHECK(course.shape() == order_shape::market);
  CHECK(again(after(course, refused(-4131, refusal_cure::none))));
  CHECK(course.shape() == order_shape::collar);
  plan_course plain(an_exit(), false);
  CHECK(again(after(plain, refused(-4131, refusal_cure::none))));
  CHECK(plain.shape() == order_shape::collar);
  CHECK(again(plain.order_ended(executed(1, order_state::expired), limit, quantity::whole(2), one,
                                at_ms(1'000))));
  CHECK(plain.shape() == order_shape::market);
}

TEST_CASE("an order that lay in no book leaves the collar as it is") {
  auto limit = a_task().request;
  limit.type = order_type::limit;
  const auto shape_after = [&](const order_finished& how) {
    plan_course course(an_exit(), true);
    course.sent(1);
    CHECK(again(course.order_ended(how, limit, quantity::whole(2), one, at_ms(1'000))));
    return course.shape();
  };
  for (const auto cause : {finish_cause::never_arrived, finish_cause::position_moved})
    CHECK(shape_after(ended_by(cause)) == order_shape::collar);
  CHECK(shape_after(refused(-1008, refusal_cure::wait)) == order_shape::collar);
  CHECK(shape_after(refused(-2022, refusal_cure::reread_position)) == order_shape::collar);
  // What the venue takes no limit for is not tried by one again.
  CHECK(shape_after(refused(-4016, refusal_cure::fit_to_filters)) == order_shape::market);
  CHECK(shape_after(refused(-2010, refusal_cure::reread_position)) == order_shape::market);
}

TEST_CASE("a course that a later process goes on with keeps its numbers and its amount") {
  plan_course course(an_exit(), false, {2, 2, quantity::whole(3)});
  CHECK(course.attempt(side::sell) == 3);
  CHECK(end_of(after(course, executed(2)))->how == plan_end::done);
  CHECK(course.executed() == quantity::whole(5));
  CHECK(course.orders() == 3);
}

TEST_CASE("an entry that an earlier process left ends as its orders did") {
  struct row {
    course_memory before;
    plan_end how;
  };
  const auto two = quantity::whole(2);
  const std::vector<row> rows{{{0, 0, {}, {}}, plan_end::interrupted},
                              {{1, 1, {}, two}, plan_end::failed},
                              {{1, 1, one, two}, plan_end::partly},
                              {{1, 1, two, two}, plan_end::done}};
  for (const auto& r : rows)
    CHECK(plan_course(an_entry(), false, r.before).entry_left(r.before.asked).how == r.how);
}

TEST_CASE("a person is told why every entry will be refused, and not that one wants margin") {
  const auto told = [](int code, refusal_cure cure, bool for_operator) {
    plan_course course(an_entry(), false);
    const auto step = after(course, refused(code, cure, for_operator));
    REQUIRE(end_of(step));
    return !end_of(step)->alert.empty();
  };
  CHECK(told(-2015, refusal_cure::reread_settings, true));
  CHECK(told(-4400, refusal_cure::only_reduce, false));
  CHECK_FALSE(told(-2019, refusal_cure::none, false));
  CHECK_FALSE(told(-1111, refusal_cure::fit_to_filters, false));
}
