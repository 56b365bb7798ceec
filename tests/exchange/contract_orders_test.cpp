// The client's regular orders against the venue: every kind, its end, and what the books say of it.
#include "support/venue_under_test.hpp"

using namespace sluice;
using namespace sluice::test;

namespace {

std::vector<order_report> open_orders(exchange_port& port, const symbol& on = {}) {
  return must(ask<read_result<std::vector<order_report>>>(
      [&](auto done) { port.read_open_orders(on, within(5'000), done); }));
}

std::vector<fill> fills_of(exchange_port& port, order_id order) {
  return must(ask<read_result<std::vector<fill>>>(
      [&](auto done) { port.read_fills(eth, order, within(5'000), done); }));
}

change_outcome<symbol_cleared> clear(exchange_port& port, const symbol& on) {
  return ask<change_outcome<symbol_cleared>>(
      [&](auto done) { port.cancel_all(on, patience, done); });
}

change_outcome<countdown_armed> arm(exchange_port& port, milliseconds after) {
  return ask<change_outcome<countdown_armed>>(
      [&](auto done) { port.arm_countdown(eth, after, patience, done); });
}

order_status status_of(exchange_port& port, const std::string& id) {
  return must(query(port, eth, client_order_id(id))).status;
}

}  // namespace

TEST_CASE("a market order fills at once and its fills and position are the venue's") {
  const venue_under_test venue;
  const auto client = venue.client();
  venue.hold_mark(eth, "3000");
  const auto placed = must<order_done>(place(*client, market_order("m1", side::buy, "0.5"))).report;
  CHECK(placed.status == order_status::filled);
  CHECK(placed.executed.str() == "0.5");
  CHECK(placed.id > (std::int64_t{1} << 53U));
  const auto fills = fills_of(*client, placed.id);
  REQUIRE(fills.size() == 1);
  CHECK(fills[0].at.str() == "3000");
  CHECK(fills[0].fee.str() == "0.6");
  const auto rows = must(positions(*client)).rows;
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].amount == venue.held(eth));
  CHECK(rows[0].entry.str() == "3000");
  CHECK(must(query(*client, eth, client_order_id("m1"))).average.str() == "3000");
}

TEST_CASE("an order that rests is open, has a row of zero, and fills when the mark comes") {
  const venue_under_test venue;
  const auto client = venue.client();
  venue.hold_mark(eth, "3000");
  const auto placed =
      must<order_done>(place(*client, limit_order("r1", side::buy, "0.5", "2990"))).report;
  CHECK(placed.status == order_status::new_);
  CHECK(placed.limit.str() == "2990");
  const auto open = open_orders(*client);
  REQUIRE(open.size() == 1);
  CHECK(open[0].id == placed.id);
  CHECK(open[0].type_text == "LIMIT");
  CHECK(open_orders(*client, symbol("BTCUSDT")).empty());
  const auto rows = must(positions(*client)).rows;
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].amount.is_zero());
  venue.hold_mark(eth, "2985");
  wait_until([&] { return status_of(*client, "r1") == order_status::filled; });
  CHECK(venue.held(eth).str() == "0.5");
  CHECK(fills_of(*client, placed.id).at(0).at.str() == "2990");
}

TEST_CASE("IOC, FOK and GTX end as their terms say") {
  const venue_under_test venue;
  const auto client = venue.client();
  venue.hold_mark(eth, "3000");
  const auto ioc = must<order_done>(
      place(*client, limit_order("ioc", side::buy, "0.1", "2990", time_in_force::ioc)));
  CHECK(ioc.report.status == order_status::expired);
  CHECK(ioc.report.executed.is_zero());
  const auto taken = must<order_done>(
      place(*client, limit_order("fok", side::buy, "0.1", "3010", time_in_force::fok)));
  CHECK(taken.report.status == order_status::filled);
  const std::tuple<const char*, const char*, time_in_force, int> refusals[] = {
      {"fok2", "2990", time_in_force::fok, -5021}, {"gtx", "3010", time_in_force::gtx, -5022}};
  for (const auto& [id, at, lasts, code] : refusals) {
    const auto refused =
        must<order_refused>(place(*client, limit_order(id, side::buy, "0.1", at, lasts)));
    CHECK(refused.code == code);
    CHECK_FALSE(refused.retryable);
    CHECK(refused.cure == refusal_cure::none);
    CHECK(query(*client, eth, client_order_id(id)).error().kind == failure_kind::not_found);
  }
  const auto maker = must<order_done>(
      place(*client, limit_order("gtx2", side::buy, "0.1", "2990", time_in_force::gtx)));
  CHECK(maker.report.status == order_status::new_);
}

TEST_CASE("where the venue expires what cannot be had, the same terms end as EXPIRED") {
  auto chosen = still_venue();
  chosen.trading.unfit = simulator::unfit_order::expired;
  const venue_under_test venue(chosen);
  const auto client = venue.client();
  venue.hold_mark(eth, "3000");
  for (const auto& wanted : {limit_order("f", side::buy, "0.1", "2990", time_in_force::fok),
                             limit_order("g", side::buy, "0.1", "3010", time_in_force::gtx)}) {
    const auto ended = must<order_done>(place(*client, wanted)).report;
    INFO(wanted.id.str());
    CHECK(is_final(status_of(*client, wanted.id.str())));
    CHECK(ended.executed.is_zero());
  }
}

TEST_CASE("a market order that a thin book fills in part says how much") {
  auto chosen = still_venue();
  chosen.trading.thin_book_percent = 100;
  const venue_under_test venue(chosen);
  const auto client = venue.client();
  const auto ended = must<order_done>(place(*client, market_order("t", side::buy, "0.5"))).report;
  CHECK(ended.status == order_status::expired);
  CHECK(ended.executed.str() == "0.25");
  CHECK(venue.held(eth).str() == "0.25");
}

TEST_CASE("a resting order is cancelled once; filled and unknown ones are to be queried") {
  const venue_under_test venue;
  const auto client = venue.client();
  venue.hold_mark(eth, "3000");
  must<order_done>(place(*client, limit_order("c1", side::buy, "0.5", "2900")));
  const auto cancelled = must<order_done>(cancel(*client, eth, client_order_id("c1"))).report;
  CHECK(cancelled.status == order_status::cancelled);
  CHECK(cancelled.executed.is_zero());
  CHECK(status_of(*client, "c1") == order_status::cancelled);
  must<order_done>(place(*client, market_order("filled", side::buy, "0.1")));
  for (const auto* id : {"c1", "filled", "never"}) {
    INFO(id);
    const auto refused = must<order_refused>(cancel(*client, eth, client_order_id(id)));
    CHECK(refused.code == -2011);
    CHECK(refused.cure == refusal_cure::query_order);
    CHECK_FALSE(refused.retryable);
  }
}

TEST_CASE("clearing a symbol cancels its orders and no other's") {
  const venue_under_test venue;
  const auto client = venue.client();
  venue.hold_mark(eth, "3000");
  must<order_done>(place(*client, limit_order("a", side::buy, "0.1", "2900")));
  must<order_done>(place(*client, limit_order("b", side::sell, "0.1", "3100")));
  auto other = limit_order("o", side::buy, "0.01", "80000");
  other.instrument = symbol("BTCUSDT");
  must<order_done>(place(*client, other));
  CHECK(must<symbol_cleared>(clear(*client, eth)).instrument == eth);
  const auto left = open_orders(*client);
  REQUIRE(left.size() == 1);
  CHECK(left[0].client_id.str() == "o");
  CHECK(must<symbol_cleared>(clear(*client, eth)).instrument == eth);
}

TEST_CASE("a countdown cancels by itself, and zero switches it off") {
  const venue_under_test venue;
  const auto client = venue.client();
  venue.hold_mark(eth, "3000");
  must<order_done>(place(*client, limit_order("d1", side::buy, "0.1", "2900")));
  CHECK(must<countdown_armed>(arm(*client, milliseconds(60'000))).after == milliseconds(60'000));
  CHECK(must<countdown_armed>(arm(*client, milliseconds(0))).after == milliseconds(0));
  CHECK(status_of(*client, "d1") == order_status::new_);
  must<countdown_armed>(arm(*client, milliseconds(50)));
  wait_until([&] { return status_of(*client, "d1") == order_status::cancelled; });
}

TEST_CASE("a reduce-only order larger than the position is shrunk, and says so") {
  const venue_under_test venue;
  const auto client = venue.client();
  must<order_done>(place(*client, market_order("o", side::buy, "0.2")));
  const auto closed =
      must<order_done>(place(*client, reducing(market_order("x", side::sell, "0.5")))).report;
  CHECK(closed.status == order_status::filled);
  CHECK(closed.original.str() == "0.2");
  CHECK(closed.reduce_only);
  CHECK(venue.held(eth).is_zero());
  CHECK(must(positions(*client)).rows.empty());
}
