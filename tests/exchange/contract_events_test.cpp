// What the venue tells over the user stream, as the client hands it over: by kind and in order.
#include "support/venue_under_test.hpp"

using namespace sluice;
using namespace sluice::test;

namespace {

/// A client whose user stream is open.
struct listening {
  venue_under_test venue;
  std::unique_ptr<exchange_port> client{venue.client()};
  event_log events{};

  explicit listening(const simulator::settings& chosen = still_venue()) : venue(chosen) {
    venue.hold_mark(eth, "3000");
    must(clock_of(*client));
    client->open_user_stream(events.taker());
    events.wait<stream_opened>();
  }
  std::vector<order_update> orders_of(const std::string& id, std::size_t n) {
    return events.wait<order_update>(
        n, [&](const order_update& u) { return u.report.client_id.str() == id; });
  }
  std::vector<conditional_status> lives_of(std::size_t n) {
    std::vector<conditional_status> lives;
    for (const auto& update : events.wait<conditional_update>(n))
      lives.push_back(update.report.status);
    return lives;
  }
  void wait_for_ignored(const std::string& type) {
    events.wait<ignored_event>(1, [&](const ignored_event& e) { return e.type == type; });
  }
  void open(const std::string& amount) const {
    must<order_done>(place(*client, market_order("open", side::buy, amount)));
  }
};

conditional_request a_stop(const std::string& id) {
  conditional_request wanted;
  wanted.id = client_order_id(id);
  wanted.instrument = eth;
  wanted.trigger = price::parse("2900").value();
  wanted.amount = quantity::parse("0.5").value();
  return wanted;
}

}  // namespace

TEST_CASE("a fill is told as account and order, and TRADE_LITE is ignored and counted") {
  listening l;
  l.open("0.5");
  const auto updates = l.orders_of("open", 2);
  CHECK(updates[0].execution == "NEW");
  CHECK_FALSE(updates[0].trade.has_value());
  CHECK(updates[1].execution == "TRADE");
  CHECK(updates[1].report.status == order_status::filled);
  REQUIRE(updates[1].trade.has_value());
  CHECK(updates[1].trade->at.str() == "3000");
  CHECK(updates[1].trade->fee.str() == "0.6");
  const auto account = l.events.wait<account_update>().at(0);
  CHECK(account.reason == "ORDER");
  REQUIRE(account.positions.size() == 1);
  CHECK(account.positions[0].amount.str() == "0.5");
  CHECK(account.positions[0].entry.str() == "3000");
  l.wait_for_ignored("TRADE_LITE");
  CHECK(l.client->streams().ignored == 1);
  for (const auto& event : l.events.all())
    CHECK(event.occurred_at <= event.received_at);
}

TEST_CASE("an order of several trades is told trade by trade, and all are found again") {
  auto chosen = still_venue();
  chosen.fills_max = 50;
  listening l(chosen);
  std::size_t trades_in_all = 0;
  for (const auto* id : {"a", "b", "c"}) {
    const auto placed = must<order_done>(place(*l.client, market_order(id, side::buy, "5"))).report;
    const auto told = l.events.wait<order_update>(1, [&](const order_update& u) {
      return u.report.id == placed.id && u.report.status == order_status::filled;
    });
    CHECK(told[0].report.executed.str() == "5");
    const auto fills = must(ask<read_result<std::vector<fill>>>(
        [&](auto done) { l.client->read_fills(eth, placed.id, within(5'000), done); }));
    const auto trades = l.events.those<order_update>(
        [&](const order_update& u) { return u.report.id == placed.id && u.trade.has_value(); });
    REQUIRE(trades.size() == fills.size());
    quantity sum;
    for (std::size_t n = 0; n < fills.size(); ++n) {
      sum += trades[n].trade->amount;
      CHECK(trades[n].report.executed == sum);
      CHECK(trades[n].trade->id == fills[n].id);
      CHECK(trades[n].trade->at == fills[n].at);
    }
    trades_in_all += fills.size();
  }
  CHECK(trades_in_all > 3);
}

TEST_CASE("in whatever order types come, each type keeps its own") {
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    auto chosen = still_venue();
    chosen.seed = seed;
    chosen.fills_max = 4;
    chosen.trading.events = simulator::event_order::shuffled;
    listening l(chosen);
    l.open("5");
    const auto done = [](const order_update& u) { return is_final(u.report.status); };
    l.events.wait<order_update>(1, done);
    const auto is_whole = [](const account_update& u) {
      return u.positions.at(0).amount.str() == "5";
    };
    l.events.wait<account_update>(1, is_whole);
    quantity executed;
    for (const auto& update : l.events.those<order_update>()) {
      CHECK(update.report.executed >= executed);
      executed = update.report.executed;
    }
    quantity held;
    for (const auto& update : l.events.those<account_update>()) {
      CHECK(update.positions.at(0).amount > held);
      held = update.positions.at(0).amount;
    }
  }
}

TEST_CASE("a liquidation is told with the venue's own id and leaves nothing") {
  listening l;
  l.open("0.5");
  REQUIRE(l.venue.server().liquidate(eth).has_value());
  const auto forced = l.events.wait<order_update>(1, [](const order_update& u) {
    return u.report.client_id.str().starts_with("autoclose-") && u.execution == "CALCULATED";
  });
  CHECK(forced[0].report.executed.str() == "0.5");
  CHECK(forced[0].report.status == order_status::filled);
  l.events.wait<account_update>(
      1, [](const account_update& u) { return u.positions.at(0).amount.is_zero(); });
  CHECK(must(positions(*l.client)).rows.empty());
}

TEST_CASE("deleveraging repeats its id, in either wording, and each is another order") {
  listening l;
  l.open("0.5");
  l.venue.act("adl", R"({"symbol":"ETHUSDT","quantity":"0.1"})");
  l.venue.act("adl",
              R"({"symbol":"ETHUSDT","quantity":"0.1","execution":"TRADE","status":"NEW_ADL"})");
  const auto cuts = l.events.wait<order_update>(2, [](const order_update& u) {
    return u.report.client_id.str() == "adl_autoclose" && u.report.executed.sign() > 0;
  });
  CHECK(cuts[0].report.id != cuts[1].report.id);
  CHECK(cuts[0].report.status == order_status::filled);
  CHECK(cuts[1].report.status_text == "NEW_ADL");
  CHECK(cuts[0].trade->fee.is_zero());
  CHECK(must(positions(*l.client)).rows.at(0).amount.str() == "0.3");
}

TEST_CASE("a settlement closes the position and ends what was open, with reasons") {
  listening l;
  l.open("0.5");
  must<order_done>(place(*l.client, limit_order("rest", side::buy, "0.1", "2900")));
  must<conditional_done>(place(*l.client, a_stop("stop")));
  l.venue.act("settle", R"({"symbol":"ETHUSDT"})");
  const auto ended = l.orders_of("rest", 2).back();
  CHECK(ended.report.status == order_status::expired);
  CHECK(ended.expiry_reason == "7");
  l.events.wait<order_update>(1, [](const order_update& u) {
    return u.report.client_id.str().starts_with("settlement_autoclose-") &&
           u.report.status == order_status::filled;
  });
  const auto stop = l.events.wait<conditional_update>(2).back();
  CHECK(stop.report.status == conditional_status::expired);
  CHECK_FALSE(stop.report.why.empty());
}

TEST_CASE("funding is told without positions, whether the list is empty or absent") {
  for (const auto list :
       {simulator::funding_positions::absent, simulator::funding_positions::empty}) {
    auto chosen = still_venue();
    chosen.trading.funding_list = list;
    listening l(chosen);
    l.open("0.5");
    l.venue.fault(R"({"effect":"clock_step","number":28800000})");
    const auto paid = l.events.wait<account_update>(
        1, [](const account_update& u) { return u.reason == "FUNDING_FEE"; });
    CHECK(paid[0].positions.empty());
  }
}

TEST_CASE("changes of leverage and of the multi-assets mode are told") {
  listening l;
  l.venue.act("leverage", R"({"symbol":"ETHUSDT","leverage":5})");
  l.venue.act("multi_assets", R"({"on":true})");
  l.events.wait<settings_update>(
      1, [](const settings_update& e) { return e.instrument == eth && e.leverage == 5; });
  l.events.wait<settings_update>(1,
                                 [](const settings_update& e) { return e.multi_assets == true; });
  CHECK(l.client->streams().ignored == 0);
}

TEST_CASE("a call for margin comes before a liquidation, and the stream lives on") {
  auto chosen = still_venue();
  chosen.account.balance = notional::whole(160);
  listening l(chosen);
  l.open("1");
  l.venue.hold_mark(eth, "2855");
  l.wait_for_ignored("MARGIN_CALL");
  l.venue.hold_mark(eth, "2840");
  l.events.wait<order_update>(
      1, [](const order_update& u) { return u.report.client_id.str().starts_with("autoclose-"); });
  l.events.wait<order_update>(1, [](const order_update& u) {
    return u.trade && u.trade->given_by == order_giver::liquidation;
  });
  CHECK(l.client->streams().lost == 0);
}

TEST_CASE("a conditional order is told from its birth to its end") {
  listening l;
  l.open("0.5");
  must<conditional_done>(place(*l.client, a_stop("cancelled")));
  must<conditional_cancelled>(ask<change_outcome<conditional_cancelled>>([&](auto done) {
    l.client->cancel_conditional(client_order_id("cancelled"), patience, done);
  }));
  using enum conditional_status;
  CHECK(l.lives_of(2) == std::vector{new_, conditional_status::cancelled});
  must<conditional_done>(place(*l.client, a_stop("fires")));
  l.venue.hold_mark(eth, "2890");
  const auto lives = l.lives_of(6);
  CHECK(std::vector(lives.begin() + 2, lives.end()) ==
        std::vector{new_, triggering, triggered, finished});
  const auto told = l.events.those<conditional_update>();
  CHECK(told[2].report.triggered_order == 0);
  const auto born = l.orders_of("fires", 2).back();
  CHECK(told[4].report.triggered_order == born.report.id);
  CHECK(born.report.reduce_only);
}

TEST_CASE("what a person does on the account is told as anything else") {
  listening l;
  REQUIRE(l.venue.server().trade(eth, side::sell, quantity::parse("0.7").value()).has_value());
  const auto told = l.events.wait<order_update>(
      1, [](const order_update& u) { return u.report.status == order_status::filled; });
  CHECK(told[0].report.direction == side::sell);
  CHECK(l.events.wait<account_update>().at(0).positions.at(0).amount.str() == "-0.7");
}

TEST_CASE("zero rows of other legs come beside the one that is held") {
  auto chosen = still_venue();
  chosen.trading.extra_legs = simulator::zero_legs::sent;
  listening l(chosen);
  l.open("0.5");
  const auto rows = l.events.wait<account_update>().at(0).positions;
  REQUIRE(rows.size() == 3);
  for (const auto& row : rows)
    CHECK(row.amount.is_zero() == (row.position.leg != position_side::both));
}

TEST_CASE("events of both legs of a hedged account name their leg") {
  auto chosen = still_venue();
  chosen.trading.hedge_mode = true;
  listening l(chosen);
  auto wanted = market_order("short", side::sell, "0.5");
  wanted.leg = position_side::short_;
  must<order_done>(place(*l.client, wanted));
  CHECK(l.orders_of("short", 2).back().report.leg == position_side::short_);
  const auto row = l.events.wait<account_update>().at(0).positions.at(0);
  CHECK(row.position.leg == position_side::short_);
  CHECK(row.amount.str() == "-0.5");
}
