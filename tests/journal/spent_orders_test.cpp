// Which orders the journal refuses to write down, so that they are never sent.
#include <string>
#include <vector>

#include "builders.hpp"
#include "support/catch.hpp"

namespace sluice::journal {
namespace {

using namespace test;

TEST_CASE("an order is not intended again once it may have reached the venue") {
  struct row {
    const char* name;
    std::vector<order_state> states;
    order_id venue_id;
    appended expected;
  };
  const row rows[] = {
      {"not told of", {}, 0, appended::duplicate},
      {"sent", {order_state::sent}, 0, appended::duplicate},
      {"unknown", {order_state::sent, order_state::unknown}, 0, appended::duplicate},
      {"filled", {order_state::sent, order_state::filled}, 7, appended::duplicate},
      {"expired", {order_state::sent, order_state::expired}, 7, appended::duplicate},
      {"rejected with a number", {order_state::rejected}, 7, appended::duplicate},
      {"never arrived", {order_state::unknown, order_state::rejected}, 0, appended::written},
  };
  for (const auto& r : rows) {
    INFO(r.name);
    const directory d;
    auto s = opened(d.journal());
    put(*s, plan_accepted{a_reduce_plan("p1")});
    put(*s, an_intent("o1", "p1"));
    for (const auto state : r.states) {
      auto change = a_change("o1", "p1", state);
      change.venue_id = r.venue_id;
      put(*s, change);
    }
    auto again = a_record(an_intent("o1", "p1"));
    CHECK(s->append(again).value() == r.expected);
    auto next = a_record(an_intent("o2", "p1"));
    CHECK(s->append(next).value() == appended::written);
    CHECK_FALSE(s->failed());
  }
}

TEST_CASE("no order is intended for a plan that has ended or was not allowed") {
  const directory d;
  auto s = opened(d.journal());
  for (const char* id : {"denied", "done", "undecided"})
    put(*s, plan_accepted{a_reduce_plan(id)});
  put(*s, a_denial(a_reduce_plan("denied")));
  put(*s, a_permission(a_reduce_plan("done")));
  auto first = a_record(an_intent("o1", "done"));
  CHECK(s->append(first).value() == appended::written);
  put(*s, plan_finished{plan_id("done"), symbol("BTCUSDT"), plan_end::done, {}, 1, {}});
  for (const char* id : {"denied", "done"}) {
    auto again = a_record(an_intent(std::string("again-") + id, id));
    CHECK(s->append(again).value() == appended::duplicate);
  }
  auto fresh = a_record(an_intent("o2", "undecided"));
  CHECK(s->append(fresh).value() == appended::written);
}

}  // namespace
}  // namespace sluice::journal
