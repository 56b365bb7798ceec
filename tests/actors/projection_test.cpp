// The operator's picture is the fold of the records.
#include "projection.hpp"

#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::actors;

namespace {

const position_key btc{symbol("BTCUSDT"), position_side::both};

record a_record(record_body body) {
  return {1, {}, std::move(body)};
}

fill_recorded a_fill(const char* amount, side direction, bool ours) {
  fill f;
  f.instrument = btc.instrument;
  f.id = 1;
  f.direction = direction;
  f.amount = quantity::parse(amount).value();
  return {f, ours, {}};
}

order_intended an_order(const std::string& id) {
  order_intended o;
  o.request.id = client_order_id(id);
  return o;
}

order_changed a_change(const std::string& id, order_state state) {
  order_changed c;
  c.order = client_order_id(id);
  c.state = state;
  return c;
}

}  // namespace

TEST_CASE("the shown ledger follows our fills and the adjustments, not the fills of others") {
  projection p;
  CHECK_FALSE(p.ledger(btc).has_value());
  p.apply(a_record(a_fill("2", side::buy, true)));
  p.apply(a_record(a_fill("0.5", side::sell, true)));
  p.apply(a_record(a_fill("7", side::buy, false)));
  CHECK(p.ledger(btc) == quantity::parse("1.5").value());
  p.apply(a_record(ledger_adjusted{btc, {}, quantity::whole(3), "foreign_fill", ""}));
  CHECK(p.ledger(btc) == quantity::whole(3));
}

TEST_CASE("verdicts are counted by kind and first reason") {
  projection p;
  plan_judged denied;
  denied.outcome.kind = verdict_kind::deny;
  denied.outcome.refusals = {{refusal_code::stale_exchange_state, {}, {}},
                             {refusal_code::no_mark_price, {}, {}}};
  plan_judged allowed;
  allowed.outcome.kind = verdict_kind::allow;
  p.apply(a_record(denied));
  p.apply(a_record(denied));
  p.apply(a_record(allowed));
  CHECK(p.plans().denied == 2);
  CHECK(p.plans().allowed == 1);
  CHECK(p.plans().by_reason.at("stale_exchange_state") == 2);
  CHECK(p.plans().by_reason.size() == 1);
}

TEST_CASE("an open order is never forgotten, however many come after it") {
  projection p;
  p.apply(a_record(an_order("open")));
  for (int i = 0; i < 600; ++i) {
    const auto id = "o-" + std::to_string(i);
    p.apply(a_record(an_order(id)));
    p.apply(a_record(a_change(id, order_state::filled)));
  }
  CHECK(p.orders().size() == projection::orders_kept_max);
  CHECK(p.orders().back().id == client_order_id("open"));
  CHECK(p.orders_counted().filled == 600);
}

TEST_CASE("an order that a restart left open is shown, with what becomes of it") {
  projection p;
  const auto left = an_order("left");
  p.restore(order_line{
      left.request.id, left.plan, left.request, order_state::unknown, {}, "no answer", {1'000}});
  p.apply(a_record(an_order("newer")));
  REQUIRE(p.orders().size() == 2);
  CHECK(p.orders().back().id == left.request.id);
  CHECK(p.orders().back().state == order_state::unknown);
  p.apply(a_record(a_change("left", order_state::filled)));
  CHECK(p.orders().back().state == order_state::filled);
}

TEST_CASE("a hold is shown until its release") {
  projection p;
  const hold h{.id = 1, .position = btc, .cause = hold_cause::side_flip, .evidence = "1, -1"};
  p.apply(a_record(hold_placed{h}));
  CHECK(p.holds().size() == 1);
  p.apply(a_record(hold_released{h, "ops", "checked"}));
  CHECK(p.holds().empty());
}

TEST_CASE("an armed close is shown until it ends, also one from before the restart") {
  projection p;
  const close_arming before{.id = 1, .instrument = btc.instrument, .author = "ops"};
  const close_arming now{.id = 2, .instrument = btc.instrument, .author = "ops"};
  p.restore(before);
  p.apply(a_record(close_disarmed{before, arming_end::replaced, "ops", "again"}));
  p.apply(a_record(close_armed{now}));
  REQUIRE(p.armings().size() == 1);
  CHECK(p.armings().begin()->second == now);
  p.apply(a_record(close_disarmed{now, arming_end::used, "reconciler", "closed"}));
  CHECK(p.armings().empty());
}
