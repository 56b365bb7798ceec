// The client's conditional orders against the venue: placed, cancelled, triggered by the mark.
#include "support/venue_under_test.hpp"

using namespace sluice;
using namespace sluice::test;

namespace {

conditional_request guard(const std::string& id, conditional_kind kind, const std::string& trigger,
                          const std::string& amount = "0.5") {
  conditional_request wanted;
  wanted.id = client_order_id(id);
  wanted.instrument = eth;
  wanted.kind = kind;
  wanted.trigger = price::parse(trigger).value();
  wanted.amount = quantity::parse(amount).value();
  return wanted;
}

conditional_request closing(const std::string& id, conditional_kind kind,
                            const std::string& trigger) {
  auto wanted = guard(id, kind, trigger, "0");
  wanted.close_position = true;
  return wanted;
}

std::vector<conditional_report> open(exchange_port& port, const symbol& on = {}) {
  return must(ask<read_result<std::vector<conditional_report>>>(
      [&](auto done) { port.read_open_conditionals(on, within(5'000), done); }));
}

change_outcome<conditional_cancelled> cancel_one(exchange_port& port, const std::string& id) {
  return ask<change_outcome<conditional_cancelled>>(
      [&](auto done) { port.cancel_conditional(client_order_id(id), patience, done); });
}

conditional_status status_of(exchange_port& port, const std::string& id) {
  return must(query_conditional(port, client_order_id(id))).status;
}

/// Long half an ether from 3000.
struct guarded_position {
  venue_under_test venue;
  std::unique_ptr<exchange_port> client{venue.client()};

  explicit guarded_position(const simulator::settings& chosen = still_venue()) : venue(chosen) {
    venue.hold_mark(eth, "3000");
    must<order_done>(place(*client, market_order("open", side::buy, "0.5")));
  }
};

}  // namespace

TEST_CASE("a stop is open until it is cancelled, and not among the regular orders") {
  const guarded_position g;
  const auto placed =
      must<conditional_done>(place(*g.client, guard("s", conditional_kind::stop, "2900"))).report;
  CHECK(placed.status == conditional_status::new_);
  CHECK(placed.type_text == "STOP_MARKET");
  CHECK(placed.reduce_only);
  const auto found = open(*g.client, eth);
  REQUIRE(found.size() == 1);
  CHECK(found[0].id == placed.id);
  CHECK(found[0].trigger.str() == "2900");
  CHECK(open(*g.client, symbol("BTCUSDT")).empty());
  CHECK(must(ask<read_result<std::vector<order_report>>>([&](auto done) {
          g.client->read_open_orders(eth, within(5'000), done);
        })).empty());
  CHECK(must<conditional_cancelled>(cancel_one(*g.client, "s")).id == placed.id);
  CHECK(status_of(*g.client, "s") == conditional_status::cancelled);
  CHECK(open(*g.client).empty());
  const auto again = must<order_refused>(cancel_one(*g.client, "s"));
  CHECK(again.code == -2011);
  CHECK(again.cure == refusal_cure::query_order);
  CHECK(query_conditional(*g.client, client_order_id("none")).error().kind ==
        failure_kind::not_found);
}

TEST_CASE("a stop triggered by the mark becomes a regular order that closes") {
  const guarded_position g;
  must<conditional_done>(place(*g.client, guard("s", conditional_kind::stop, "2900")));
  g.venue.hold_mark(eth, "2890");
  wait_until([&] { return status_of(*g.client, "s") == conditional_status::finished; });
  const auto report = must(query_conditional(*g.client, client_order_id("s")));
  REQUIRE(report.triggered_order != 0);
  const auto born = must(query(*g.client, eth, client_order_id("s")));
  CHECK(born.id == report.triggered_order);
  CHECK(born.status == order_status::filled);
  CHECK(born.type_text == "MARKET");
  CHECK(g.venue.held(eth).is_zero());
}

TEST_CASE("a regular order of another client id is found by the id the conditional one names") {
  auto chosen = still_venue();
  chosen.trading.child_id = simulator::algo_child_id::random;
  const guarded_position g(chosen);
  must<conditional_done>(place(*g.client, guard("s", conditional_kind::stop, "2900")));
  g.venue.hold_mark(eth, "2890");
  wait_until([&] { return status_of(*g.client, "s") == conditional_status::finished; });
  const auto report = must(query_conditional(*g.client, client_order_id("s")));
  const auto fills = must(ask<read_result<std::vector<fill>>>(
      [&](auto done) { g.client->read_fills(eth, report.triggered_order, within(5'000), done); }));
  REQUIRE(fills.size() == 1);
  CHECK(fills[0].amount.str() == "0.5");
}

TEST_CASE("a take profit that closes the position takes all that is there by then") {
  const guarded_position g;
  const auto placed =
      must<conditional_done>(place(*g.client, closing("tp", conditional_kind::take_profit, "3100")))
          .report;
  CHECK(placed.close_position);
  CHECK(placed.amount.is_zero());
  must<order_done>(place(*g.client, market_order("more", side::buy, "0.3")));
  g.venue.hold_mark(eth, "3110");
  wait_until([&] { return status_of(*g.client, "tp") == conditional_status::finished; });
  CHECK(g.venue.held(eth).is_zero());
}

TEST_CASE("a stop with a limit becomes a resting order that only its regular cancel ends") {
  const guarded_position g;
  auto wanted = guard("sl", conditional_kind::stop_limit, "2900");
  wanted.limit = price::parse("2950").value();
  must<conditional_done>(place(*g.client, wanted));
  g.venue.hold_mark(eth, "2890");
  wait_until([&] { return status_of(*g.client, "sl") == conditional_status::triggered; });
  CHECK(must<order_refused>(cancel_one(*g.client, "sl")).code == -2011);
  const auto ended = must<order_done>(cancel(*g.client, eth, client_order_id("sl"))).report;
  CHECK(ended.status == order_status::cancelled);
  CHECK(ended.limit.str() == "2950");
  wait_until([&] { return status_of(*g.client, "sl") == conditional_status::finished; });
}

TEST_CASE("a stop whose position is gone when it triggers is rejected, with a reason") {
  const guarded_position g;
  must<conditional_done>(place(*g.client, guard("s", conditional_kind::stop, "2900")));
  must<order_done>(place(*g.client, reducing(market_order("out", side::sell, "0.5"))));
  g.venue.hold_mark(eth, "2890");
  wait_until([&] { return status_of(*g.client, "s") == conditional_status::rejected; });
  CHECK(g.venue.held(eth).is_zero());
}

TEST_CASE("a conditional order that would trigger at once is refused, in either wording") {
  for (const auto& [rule, code] : {std::pair{simulator::fires_at_once::order, -2021},
                                   std::pair{simulator::fires_at_once::strategy, -4142}}) {
    auto chosen = still_venue();
    chosen.trading.at_once = rule;
    const guarded_position g(chosen);
    const auto refused =
        must<order_refused>(place(*g.client, guard("s", conditional_kind::stop, "3100")));
    CHECK(refused.code == code);
    CHECK_FALSE(refused.retryable);
    CHECK(refused.cure == refusal_cure::none);
  }
}

TEST_CASE("a second conditional order of a living id is in doubt, not refused") {
  const guarded_position g;
  must<conditional_done>(place(*g.client, guard("s", conditional_kind::stop, "2900")));
  must<order_uncertain>(place(*g.client, guard("s", conditional_kind::stop, "2800")));
  CHECK(open(*g.client).size() == 1);
}

TEST_CASE("the cancellation of an order that is just triggering is in doubt") {
  auto chosen = still_venue();
  chosen.trading.trigger_delay = milliseconds(60'000);
  const guarded_position g(chosen);
  must<conditional_done>(place(*g.client, guard("s", conditional_kind::stop, "2900")));
  g.venue.hold_mark(eth, "2890");
  wait_until([&] { return status_of(*g.client, "s") == conditional_status::triggering; });
  must<order_uncertain>(cancel_one(*g.client, "s"));
}

TEST_CASE("clearing a symbol of conditional orders leaves the regular ones") {
  const guarded_position g;
  must<conditional_done>(place(*g.client, guard("s", conditional_kind::stop, "2900")));
  must<conditional_done>(place(*g.client, closing("tp", conditional_kind::take_profit, "3100")));
  must<order_done>(place(*g.client, limit_order("r", side::buy, "0.1", "2800")));
  must<symbol_cleared>(ask<change_outcome<symbol_cleared>>(
      [&](auto done) { g.client->cancel_all_conditionals(eth, patience, done); }));
  CHECK(open(*g.client).empty());
  CHECK(must(query(*g.client, eth, client_order_id("r"))).status == order_status::new_);
}

TEST_CASE("a countdown that runs out takes conditional orders along only where the venue does so") {
  for (const auto reach :
       {simulator::countdown_reach::regular, simulator::countdown_reach::regular_and_algo}) {
    auto chosen = still_venue();
    chosen.trading.countdown = reach;
    const guarded_position g(chosen);
    must<conditional_done>(place(*g.client, guard("s", conditional_kind::stop, "2900")));
    must<order_done>(place(*g.client, limit_order("r", side::buy, "0.1", "2800")));
    must<countdown_armed>(ask<change_outcome<countdown_armed>>(
        [&](auto done) { g.client->arm_countdown(eth, milliseconds(50), patience, done); }));
    wait_until([&] {
      return must(query(*g.client, eth, client_order_id("r"))).status == order_status::cancelled;
    });
    const bool along = reach == simulator::countdown_reach::regular_and_algo;
    CHECK(open(*g.client).empty() == along);
  }
}
