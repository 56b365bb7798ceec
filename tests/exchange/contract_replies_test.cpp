// How reply, event, query and fills of one order fit together, however the venue words them.
#include <algorithm>
#include <set>
#include <thread>

#include "support/venue_under_test.hpp"

using namespace sluice;
using namespace sluice::test;

namespace {

std::vector<fill> fills_of(exchange_port& port, order_id order) {
  return must(ask<read_result<std::vector<fill>>>(
      [&](auto done) { port.read_fills(eth, order, within(5'000), done); }));
}

/// Every kind of character that a client id may have, and as long as one may be.
const std::string odd_id = "slc:7/1.A_z-0123456789abcdefghijklmn";

}  // namespace

TEST_CASE("a client id of every allowed character and length is the same everywhere") {
  REQUIRE(odd_id.size() == 36);
  const venue_under_test venue;
  const auto client = venue.client();
  venue.hold_mark(eth, "3000");
  event_log events;
  client->open_user_stream(events.taker());
  events.wait<stream_opened>();
  const client_order_id id(odd_id);
  const auto placed =
      must<order_done>(place(*client, limit_order(odd_id, side::buy, "0.1", "2900"))).report;
  CHECK(placed.client_id == id);
  CHECK(must(query(*client, eth, id)).id == placed.id);
  CHECK(must<order_done>(cancel(*client, eth, id)).report.id == placed.id);
  CHECK(events.wait<order_update>(2).at(1).report.client_id == id);
  conditional_request stop;
  stop.id = id;
  stop.instrument = eth;
  stop.trigger = price::parse("2800").value();
  stop.amount = quantity::parse("0.1").value();
  must<conditional_done>(place(*client, stop));
  CHECK(must(query_conditional(*client, id)).client_id == id);
  const auto ended = ask<change_outcome<conditional_cancelled>>(
      [&](auto done) { client->cancel_conditional(id, patience, done); });
  CHECK(must<conditional_cancelled>(ended).client_id == id);
}

TEST_CASE("a client id that the venue does not allow is refused, and nothing of it is executed") {
  const venue_under_test venue;
  const auto client = venue.client();
  for (const auto& bad :
       {odd_id + "x", std::string("a b"), std::string("a&side=SELL"), std::string("\xc3\xa9")}) {
    const auto refused = must<order_refused>(place(*client, market_order(bad, side::buy, "0.1")));
    CHECK(refused.code == -4015);
    CHECK_FALSE(refused.retryable);
  }
  CHECK(venue.held(eth).is_zero());
}

TEST_CASE("where the average is missing, the fills tell the price") {
  for (const auto where :
       {simulator::average_fields::nowhere, simulator::average_fields::in_queries,
        simulator::average_fields::everywhere}) {
    auto chosen = still_venue();
    chosen.trading.averages = where;
    const venue_under_test venue(chosen);
    const auto client = venue.client();
    venue.hold_mark(eth, "3000");
    const auto placed =
        must<order_done>(place(*client, market_order("a", side::buy, "0.1"))).report;
    const auto queried = must(query(*client, eth, client_order_id("a")));
    CHECK(placed.average.is_zero() == (where != simulator::average_fields::everywhere));
    CHECK(queried.average.is_zero() == (where == simulator::average_fields::nowhere));
    CHECK(queried.executed.str() == "0.1");
    CHECK(fills_of(*client, placed.id).at(0).at.str() == "3000");
  }
}

TEST_CASE("an event may come before the reply of the order it speaks of") {
  const venue_under_test venue;
  const auto client = venue.client();
  event_log events;
  client->open_user_stream(events.taker());
  events.wait<stream_opened>();
  venue.fault(R"({"effect":"delay","method":"POST","path":"/fapi/v1/order","delay_ms":300})");
  answers<order_outcome> reply;
  client->place_order(market_order("early", side::buy, "0.1"), patience, reply.taker());
  const auto filled = events.wait<order_update>(
      1, [](const order_update& u) { return u.report.status == order_status::filled; });
  CHECK(reply.count() == 0);
  CHECK(must<order_done>(reply.wait()).report.id == filled[0].report.id);
}

TEST_CASE("an event may come between a read's request and its reply") {
  const venue_under_test venue;
  const auto client = venue.client();
  must(clock_of(*client));
  event_log events;
  client->open_user_stream(events.taker());
  events.wait<stream_opened>();
  must<order_done>(place(*client, market_order("held", side::buy, "0.1")));
  events.wait<account_update>();
  const auto before = venue.seen("GET", "/fapi/v3/positionRisk");
  venue.fault(R"({"effect":"hold_for_event","path":"/fapi/v3/positionRisk","delay_ms":5000})");
  answers<read_result<snapshot>> reply;
  client->read_account(within(5'000), reply.taker());
  wait_until([&] { return venue.seen("GET", "/fapi/v3/positionRisk") > before; });
  CHECK(reply.count() == 0);
  // Two trades of one millisecond would have the same time.
  std::this_thread::sleep_for(milliseconds{2});
  REQUIRE(venue.server().trade(eth, side::buy, quantity::parse("0.1").value()).has_value());
  const auto read = must(reply.wait());
  events.wait<account_update>(2);
  CHECK(read.rows.at(0).amount.str() == "0.1");
  const auto all = events.all();
  const auto is_newer = [](const user_event& e) {
    const auto* update = std::get_if<account_update>(&e.body);
    return update != nullptr && update->positions.at(0).amount.str() == "0.2";
  };
  const auto event = std::find_if(all.begin(), all.end(), is_newer);
  REQUIRE(event != all.end());
  CHECK(event->received_at > read.sent_at);
  CHECK(std::get<account_update>(event->body).transaction_time.ms > read.rows.at(0).updated_at.ms);
}

TEST_CASE("a client id may be used again after its order ended, unless the venue forbids it") {
  for (const auto scope :
       {simulator::client_id_scope::open_orders, simulator::client_id_scope::all_orders}) {
    auto chosen = still_venue();
    chosen.unique_ids = scope;
    const venue_under_test venue(chosen);
    const auto client = venue.client();
    const auto wanted = market_order("again", side::buy, "0.1");
    must<order_done>(place(*client, wanted));
    const bool forbidden = scope == simulator::client_id_scope::all_orders;
    const auto second = place(*client, wanted);
    CHECK(std::holds_alternative<order_uncertain>(second) == forbidden);
    CHECK(venue.orders(wanted.id).size() == (forbidden ? 1U : 2U));
  }
}

TEST_CASE("orders sent at once over many connections are each placed once") {
  const venue_under_test venue;
  const auto client = venue.client();
  constexpr std::size_t orders = 60;
  answers<order_outcome> replies;
  for (std::size_t n = 0; n < orders; ++n)
    client->place_order(market_order("n" + std::to_string(n), side::buy, "0.1"), patience,
                        replies.taker());
  std::set<order_id> ids;
  for (const auto& outcome : replies.wait_for(orders))
    ids.insert(must<order_done>(outcome).report.id);
  CHECK(ids.size() == orders);
  CHECK(venue.held(eth).str() == "6");
  CHECK(replies.count() == orders);
}

TEST_CASE("a burst of a person's trades is told whole and in order") {
  const venue_under_test venue;
  const auto client = venue.client();
  event_log events;
  client->open_user_stream(events.taker());
  events.wait<stream_opened>();
  constexpr std::size_t trades = 500;
  for (std::size_t n = 0; n < trades; ++n)
    REQUIRE(venue.server()
                .trade(eth, n % 2 == 0 ? side::buy : side::sell, quantity::parse("0.1").value())
                .has_value());
  const auto traded = [](const order_update& u) { return u.trade.has_value(); };
  const auto told = events.wait<order_update>(trades, traded);
  const auto books = venue.server().books();
  const auto& fills = books.accounts.at(0).fills;
  REQUIRE(told.size() == fills.size());
  for (std::size_t n = 0; n < trades; ++n)
    REQUIRE(told[n].trade->id == fills[n].id);
  CHECK(client->streams().lost == 0);
}

TEST_CASE("two clients of one account share its listenKey, and both are told") {
  const venue_under_test venue;
  const auto one = venue.client();
  const auto two = venue.client();
  event_log first;
  event_log second;
  one->open_user_stream(first.taker());
  two->open_user_stream(second.taker());
  first.wait<stream_opened>();
  second.wait<stream_opened>();
  must<order_done>(place(*one, market_order("a", side::buy, "0.1")));
  const auto traded = [](const order_update& u) { return u.trade.has_value(); };
  const auto here = first.wait<order_update>(1, traded).at(0);
  const auto there = second.wait<order_update>(1, traded).at(0);
  CHECK(here.trade->id == there.trade->id);
  two->close();
  must<order_done>(place(*one, market_order("b", side::buy, "0.1")));
  first.wait<order_update>(2, traded);
}
