// Every call that changes something, under the same faults: done, definitely not, or in doubt.
#include "support/venue_under_test.hpp"

using namespace sluice;
using namespace sluice::test;

namespace {

const client_order_id resting("rest");
const client_order_id stopping("stop");
const client_order_id fresh("new");

enum class ended { done, refused_for_now, refused, uncertain };

template <class Done, class Call>
ended end_of(Call call) {
  const auto outcome = ask<change_outcome<Done>>(call);
  if (std::holds_alternative<Done>(outcome))
    return ended::done;
  if (const auto* refused = std::get_if<order_refused>(&outcome))
    return refused->retryable ? ended::refused_for_now : ended::refused;
  return ended::uncertain;
}

conditional_request a_stop(const client_order_id& id) {
  conditional_request wanted;
  wanted.id = id;
  wanted.instrument = eth;
  wanted.trigger = price::parse("2800").value();
  wanted.amount = quantity::parse("0.5").value();
  return wanted;
}

struct change_row {
  const char* name;
  const char* method;
  const char* path;
  std::function<ended(exchange_port&, milliseconds)> run;
};

const std::vector<change_row>& changes() {
  static const std::vector<change_row> rows{
      {"order", "POST", "/fapi/v1/order",
       [](exchange_port& port, milliseconds limit) {
         return end_of<order_done>([&](auto done) {
           port.place_order(reducing(limit_order("new", side::sell, "0.1", "3100")), limit, done);
         });
       }},
      {"cancel", "DELETE", "/fapi/v1/order",
       [](exchange_port& port, milliseconds limit) {
         return end_of<order_done>(
             [&](auto done) { port.cancel_order(eth, resting, limit, done); });
       }},
      {"cancel all", "DELETE", "/fapi/v1/allOpenOrders",
       [](exchange_port& port, milliseconds limit) {
         return end_of<symbol_cleared>([&](auto done) { port.cancel_all(eth, limit, done); });
       }},
      {"countdown", "POST", "/fapi/v1/countdownCancelAll",
       [](exchange_port& port, milliseconds limit) {
         return end_of<countdown_armed>(
             [&](auto done) { port.arm_countdown(eth, milliseconds(60'000), limit, done); });
       }},
      {"conditional", "POST", "/fapi/v1/algoOrder",
       [](exchange_port& port, milliseconds limit) {
         return end_of<conditional_done>(
             [&](auto done) { port.place_conditional(a_stop(fresh), limit, done); });
       }},
      {"cancel conditional", "DELETE", "/fapi/v1/algoOrder",
       [](exchange_port& port, milliseconds limit) {
         return end_of<conditional_cancelled>(
             [&](auto done) { port.cancel_conditional(stopping, limit, done); });
       }},
      {"cancel all conditionals", "DELETE", "/fapi/v1/algoOpenOrders",
       [](exchange_port& port, milliseconds limit) {
         return end_of<symbol_cleared>(
             [&](auto done) { port.cancel_all_conditionals(eth, limit, done); });
       }},
  };
  return rows;
}

/// An account with one order and one conditional order open.
struct open_account {
  venue_under_test venue{};
  std::unique_ptr<exchange_port> client{venue.client()};

  open_account() {
    venue.hold_mark(eth, "3000");
    must(clock_of(*client));
    must<order_done>(place(*client, market_order("held", side::buy, "0.5")));
    must<order_done>(place(*client, limit_order("rest", side::buy, "0.1", "2900")));
    must<conditional_done>(place(*client, a_stop(stopping)));
  }
  void fault_on(const change_row& row, const std::string& rest) const {
    venue.fault(R"({"method":")" + std::string(row.method) + R"(","path":")" + row.path + R"(",)" +
                rest + "}");
  }
  [[nodiscard]] std::size_t sent(const change_row& row) const {
    return venue.seen(row.method, row.path);
  }
};

}  // namespace

TEST_CASE("every change under a fault is sent once, and ends as sure as the fault allows") {
  struct fault_row {
    const char* name;
    const char* rest;
    ended expected;
    std::int64_t ms;
  };
  const fault_row faults[] = {
      {"a reset before it", R"("effect":"reset_before")", ended::uncertain, 5'000},
      {"a reset after it", R"("effect":"reset_after")", ended::uncertain, 5'000},
      {"half a reply", R"("effect":"truncate")", ended::uncertain, 5'000},
      {"a spoilt body", R"("effect":"damage","damage":"cut")", ended::uncertain, 5'000},
      {"another document", R"("effect":"malform","body":"[]")", ended::uncertain, 5'000},
      {"a lost reply", R"("effect":"drop_reply")", ended::uncertain, 100},
      {"doubt", R"("effect":"status","reply":"unknown_503","execute":true)", ended::uncertain,
       5'000},
      {"a page", R"("effect":"status","reply":"gateway_timeout_504")", ended::uncertain, 5'000},
      {"unavailability", R"("effect":"status","reply":"unavailable_503")", ended::refused_for_now,
       5'000},
      {"a firewall", R"("effect":"status","reply":"forbidden_403")", ended::refused_for_now, 5'000},
      {"a bad key",
       R"("effect":"status","status":401,"body":"{\"code\":-2015,\"msg\":\"Invalid.\"}")",
       ended::refused, 5'000},
  };
  for (const auto& row : changes())
    for (const auto& wrong : faults) {
      INFO(row.name << " under " << wrong.name);
      const open_account a;
      const auto before = a.sent(row);
      a.fault_on(row, wrong.rest);
      CHECK(row.run(*a.client, milliseconds(wrong.ms)) == wrong.expected);
      CHECK(a.sent(row) == before + 1);
    }
}

TEST_CASE("every change that cannot be connected was definitely not done") {
  for (const auto& row : changes()) {
    INFO(row.name);
    const open_account a;
    const auto other = a.venue.client();
    const auto before = a.sent(row);
    a.venue.fault(R"({"effect":"refuse_connection","count":0})");
    CHECK(row.run(*other, patience) == ended::refused_for_now);
    a.venue.server().clear_faults();
    CHECK(a.sent(row) == before);
    CHECK(row.run(*other, patience) == ended::done);
  }
}

TEST_CASE(
    "every change is healed by one retry when the venue's clock has stepped, an order's by its "
    "sender") {
  for (const auto* step : {"60000", "-60000"})
    for (const auto& row : changes()) {
      INFO(row.name << " after " << step);
      const open_account a;
      const auto before = a.sent(row);
      a.venue.fault(R"({"effect":"clock_step","number":)" + std::string(step) + "}");
      auto end = row.run(*a.client, patience);
      CHECK(a.sent(row) == before + (end == ended::done ? 2 : 1));
      outlive_standstill(*a.client);
      if (end == ended::refused_for_now)
        end = row.run(*a.client, patience);
      CHECK(end == ended::done);
      CHECK(a.sent(row) == before + 2);
    }
}

TEST_CASE("a cancellation in doubt is settled by a query, and repeated does no harm") {
  const open_account a;
  a.fault_on(changes().at(1), R"("effect":"reset_after")");
  must<order_uncertain>(cancel(*a.client, eth, resting));
  CHECK(must(query(*a.client, eth, resting)).status == order_status::cancelled);
  const auto again = must<order_refused>(cancel(*a.client, eth, resting));
  CHECK(again.cure == refusal_cure::query_order);
}

TEST_CASE("an entry's throttling lets both closing sides of a hedged account pass") {
  auto chosen = still_venue();
  chosen.trading.hedge_mode = true;
  const venue_under_test venue(chosen);
  const auto client = venue.client();
  const auto on_leg = [](order_request wanted, position_side leg) {
    wanted.leg = leg;
    return wanted;
  };
  using enum position_side;
  must<order_done>(place(*client, on_leg(market_order("l", side::buy, "0.5"), long_)));
  must<order_done>(place(*client, on_leg(market_order("s", side::sell, "0.5"), short_)));
  venue.fault(R"({"effect":"status","path":"/fapi/v1/order","reply":"throttled_503","count":0})");
  must<order_refused>(place(*client, on_leg(market_order("l2", side::buy, "0.5"), long_)));
  must<order_refused>(place(*client, on_leg(market_order("s2", side::sell, "0.5"), short_)));
  must<order_done>(place(*client, on_leg(market_order("lx", side::sell, "0.5"), long_)));
  must<order_done>(place(*client, on_leg(market_order("sx", side::buy, "0.5"), short_)));
  CHECK(venue.held(eth, long_).is_zero());
  CHECK(venue.held(eth, short_).is_zero());
}
