// Whatever is traded in whatever order: books balance, reduce-only never flips, same calls give
// the same bytes.
#include <rapidcheck.h>

#include <map>

#include "simulator/support/trader.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::simulator;
using test::bench_venue;

namespace {

/// One step of a random life: a call or a tick.
struct step {
  int kind{0};
  bool buys{false};
  bool reduces{false};
  bool on_short{false};
  std::int64_t thousandths{1};
  std::int64_t price_offset{0};  ///< Whole USDT around 3,000.
};

rc::Gen<step> any_step() {
  return rc::gen::build<step>(
      rc::gen::set(&step::kind, rc::gen::inRange(0, 8)), rc::gen::set(&step::buys),
      rc::gen::set(&step::reduces), rc::gen::set(&step::on_short),
      rc::gen::set(&step::thousandths, rc::gen::inRange<std::int64_t>(10, 3'000)),
      rc::gen::set(&step::price_offset, rc::gen::inRange<std::int64_t>(-120, 121)));
}

settings any_settings(bool hedged) {
  auto s = test::quiet_settings();
  s.seed = *rc::gen::inRange<std::uint64_t>(1, 1'000);
  s.fills_max = *rc::gen::inRange<std::int64_t>(1, 5);
  s.half_spread_bp = *rc::gen::inRange<std::int64_t>(0, 20);
  s.order_limit_10s = 0;
  s.order_limit_1m = 0;
  s.weight_limit_1m = 0;
  s.account.balance = notional::whole(*rc::gen::element<std::int64_t>(300, 3'000, 100'000));
  s.oversized = *rc::gen::element(oversized_reduce::shrink, oversized_reduce::reject);
  s.trading.hedge_mode = hedged;
  s.trading.lite = trade_lite::sent;
  s.trading.conflict = *rc::gen::element(reduce_conflict::refuse, reduce_conflict::knock_out);
  s.trading.unfit = *rc::gen::element(unfit_order::refused, unfit_order::expired);
  s.trading.events = *rc::gen::element(event_order::documented, event_order::shuffled);
  s.trading.thin_book_percent = *rc::gen::element<std::int64_t>(0, 40);
  return s;
}

/// A life in one-way or hedge mode, with crossed or isolated margin.
bench_venue any_venue() {
  bench_venue v(any_settings(*rc::gen::arbitrary<bool>()));
  if (*rc::gen::arbitrary<bool>())
    RC_ASSERT(v.call("POST", "/fapi/v1/marginType", "symbol=ETHUSDT&marginType=ISOLATED").status ==
              200);
  test::tick_at(v, "ETHUSDT", "3000");
  return v;
}

/// Only what is held has money set aside, and the shared wallet is the rest.
void check_set_aside(bench_venue& v) {
  const auto books = test::books_of(v);
  notional sum;
  for (const auto& p : books.positions) {
    RC_ASSERT(p.isolated_wallet.is_zero() == (p.margin == margin_type::crossed));
    sum += p.isolated_wallet;
  }
  const auto shared =
      test::field(v.call("GET", "/fapi/v3/account").body, "totalCrossWalletBalance");
  RC_ASSERT(*notional::parse(shared) == books.wallet - sum);
}

std::string leg_text(const bench_venue& v, const step& s) {
  if (!v.chosen.trading.hedge_mode)
    return s.reduces ? "&reduceOnly=true" : "";
  return s.on_short ? "&positionSide=SHORT" : "&positionSide=LONG";
}

void do_step(bench_venue& v, const step& s) {
  const std::string side = s.buys ? "BUY" : "SELL";
  const auto amount = quantity::from_raw(s.thousandths * 100'000).str();
  const auto at = std::to_string(3'000 + s.price_offset);
  const auto more = leg_text(v, s);
  switch (s.kind) {
    case 0:
    case 1:
      static_cast<void>(v.market("ETHUSDT", side, amount, more));
      break;
    case 2:
    case 3:
      static_cast<void>(test::limit_order(v, "ETHUSDT", side, amount, at, more));
      break;
    case 4:
      static_cast<void>(
          test::limit_order(v, "ETHUSDT", side, amount, at, more + "&timeInForce=IOC"));
      break;
    case 5:
      static_cast<void>(test::algo_order(v, s.on_short ? "TAKE_PROFIT_MARKET" : "STOP_MARKET",
                                         "ETHUSDT", side,
                                         "&quantity=" + amount + "&triggerPrice=" + at + more));
      break;
    case 6:
      static_cast<void>(v.call("DELETE", "/fapi/v1/allOpenOrders", "symbol=ETHUSDT"));
      break;
    default:
      test::tick_at(v, "ETHUSDT", at);
      break;
  }
}

/// Every fill of a reduce-only order, or of a closing side, moves its leg towards zero.
void check_reductions(const bench_venue& v) {
  const auto books = test::books_of(v);
  std::map<order_id, const ledger_order*> orders;
  for (const auto& o : books.orders)
    orders[o.report.id] = &o;
  std::map<position_side, quantity> held;
  for (const auto& f : books.fills) {
    auto& leg = held[f.leg];
    const auto before = leg;
    leg += signed_amount(f);
    if (orders.at(f.order)->report.reduce_only)
      RC_ASSERT(leg.abs() < before.abs() && leg.sign() * before.sign() >= 0);
    if (f.leg == position_side::long_)
      RC_ASSERT(leg.sign() >= 0);
    if (f.leg == position_side::short_)
      RC_ASSERT(leg.sign() <= 0);
  }
}

/// What rests to reduce a leg is never more than the leg.
void check_resting(const bench_venue& v) {
  std::map<position_side, quantity> resting;
  for (const auto& o : test::orders_of(v)) {
    const auto& r = o.report;
    const bool closes = r.reduce_only ||
                        (r.leg == position_side::long_ && r.direction == side::sell) ||
                        (r.leg == position_side::short_ && r.direction == side::buy);
    if (!is_final(r.status) && closes)
      resting[r.leg] += o.remaining();
  }
  for (const auto& [leg, sum] : resting)
    RC_ASSERT(sum <= test::leg_of(v, "ETHUSDT", leg).abs());
}

/// All the bytes the venue says in a life of these steps.
std::string bytes_of(const settings& s, const std::vector<step>& steps) {
  bench_venue v(s);
  const auto stream = test::listen(v);
  std::string all;
  for (const auto& one : steps) {
    do_step(v, one);
    for (const auto& text : v.heard(stream))
      all += text + "\n";
  }
  return all + v.call("GET", "/fapi/v3/account").body + v.control("GET", "/sim/ledger").body;
}

}  // namespace

TEST_CASE("books balance to the last digit after any life, and reductions never flip a leg") {
  const bool held = rc::check("books balance", [] {
    auto v = any_venue();
    for (const auto& s : *rc::gen::container<std::vector<step>>(any_step())) {
      do_step(v, s);
      const auto wrong = test::audit(v);
      if (!wrong.empty())
        RC_FAIL(wrong);
      check_resting(v);
      check_set_aside(v);
    }
    check_reductions(v);
    const auto account = v.call("GET", "/fapi/v3/account").body;
    RC_ASSERT(*notional::parse(test::field(account, "totalWalletBalance")) ==
              test::books_of(v).wallet);
  });
  CHECK(held);
}

TEST_CASE("margin kept symbol by symbol equals margin taken anew") {
  const bool held = rc::check("margin sums agree", [] {
    auto v = any_venue();
    for (const auto& s : *rc::gen::container<std::vector<step>>(any_step()))
      do_step(v, s);
    const auto before = v.call("GET", "/fapi/v3/account").body;
    const auto mark = *v.it->mark(symbol{"ETHUSDT"});
    RC_ASSERT(static_cast<bool>(v.it->set_mark(symbol{"ETHUSDT"}, mark)));
    RC_ASSERT(v.call("GET", "/fapi/v3/account").body == before);
  });
  CHECK(held);
}

TEST_CASE("the same seed and calls give the same bytes") {
  const bool held = rc::check("same bytes", [] {
    const auto s = any_settings(*rc::gen::arbitrary<bool>());
    const auto steps = *rc::gen::container<std::vector<step>>(any_step());
    RC_ASSERT(bytes_of(s, steps) == bytes_of(s, steps));
  });
  CHECK(held);
}
