// Streams that the venue loses, delays, doubles or ends, and how the client carries on.
#include <algorithm>
#include <functional>
#include <set>

#include "support/venue_under_test.hpp"

using namespace sluice;
using namespace sluice::test;

namespace {

struct stream_pair {
  venue_under_test venue;
  std::unique_ptr<exchange_port> client;
  event_log events{};

  explicit stream_pair(const simulator::settings& chosen = still_venue(),
                       const std::function<void(exchange::settings&)>& adjust = {})
      : venue(chosen) {
    auto wanted = venue.settings();
    if (adjust)
      adjust(wanted);
    client = venue.client(wanted);
    venue.hold_mark(eth, "3000");
    must(clock_of(*client));
    client->open_user_stream(events.taker());
    events.wait<stream_opened>();
  }
  void buy(const std::string& id) const {
    must<order_done>(place(*client, market_order(id, side::buy, "0.1")));
  }
  static auto of(const std::string& id) {
    return [id](const order_update& u) {
      return u.report.client_id.str() == id && u.trade.has_value();
    };
  }
  /// Trades until one is told, which shows that the stream works again.
  void prove(const std::string& id) {
    buy(id);
    events.wait<order_update>(1, of(id));
  }
  [[nodiscard]] std::size_t key_requests() const {
    return venue.seen("POST", "/fapi/v1/listenKey");
  }
};

}  // namespace

TEST_CASE("a doubled event comes twice with the same trade, for the reader to apply once") {
  stream_pair s;
  s.venue.fault(R"({"effect":"duplicate_events","event":"ORDER_TRADE_UPDATE","count":2})");
  s.buy("a");
  const auto told = s.events.wait<order_update>(2, stream_pair::of("a"));
  CHECK(told[0].trade->id == told[1].trade->id);
  CHECK(s.client->streams().lost == 0);
}

TEST_CASE("a dropped event is missing from the stream and not from the next read") {
  stream_pair s;
  s.venue.fault(R"({"effect":"drop_events","event":"ACCOUNT_UPDATE"})");
  s.buy("a");
  s.prove("b");
  const auto updates = s.events.wait<account_update>();
  REQUIRE(updates.size() == 1);
  CHECK(updates[0].positions.at(0).amount.str() == "0.2");
  CHECK(must(positions(*s.client)).rows.at(0).amount.str() == "0.2");
}

TEST_CASE("a delayed event is overtaken and tells when it happened, not when it came") {
  stream_pair s;
  s.venue.fault(R"({"effect":"delay_events","event":"ACCOUNT_UPDATE","delay_ms":400})");
  s.buy("a");
  s.events.wait<account_update>();
  const auto all = s.events.all();
  const auto is_account = [](const user_event& e) {
    return std::holds_alternative<account_update>(e.body);
  };
  const auto late = std::find_if(all.begin(), all.end(), is_account);
  REQUIRE(late != all.end());
  CHECK(late->received_at - late->occurred_at >= milliseconds(350));
  CHECK(s.events.those<order_update>(stream_pair::of("a")).size() == 1);
}

TEST_CASE("two events that have changed places both come") {
  stream_pair s;
  s.venue.fault(R"({"effect":"reorder_events","event":"ACCOUNT_UPDATE"})");
  s.buy("a");
  s.events.wait<order_update>(1, stream_pair::of("a"));
  CHECK(s.events.wait<account_update>().size() == 1);
}

TEST_CASE("an expired listenKey that is told ends the stream, and a new key opens the next") {
  stream_pair s;
  s.venue.fault(R"({"effect":"expire_listen_key"})");
  s.events.wait<stream_closed>();
  s.events.wait<stream_opened>(2);
  CHECK(s.key_requests() == 2);
  s.prove("a");
}

TEST_CASE("an expired listenKey that nobody tells is found by the next extension") {
  stream_pair s(still_venue(),
                [](exchange::settings& c) { c.listen_key_keep_alive = milliseconds(200); });
  s.venue.fault(R"({"effect":"expire_listen_key","silent":true})");
  s.events.wait<stream_closed>();
  s.events.wait<stream_opened>(2);
  CHECK(s.key_requests() == 2);
  s.prove("a");
}

TEST_CASE("a listenKey that is extended in time outlives its life") {
  auto chosen = still_venue();
  chosen.listen_key_life = milliseconds(500);
  stream_pair s(chosen, [](exchange::settings& c) { c.listen_key_keep_alive = milliseconds(100); });
  wait_until([&] { return s.venue.seen("PUT", "/fapi/v1/listenKey") >= 10; });
  s.prove("a");
  CHECK(s.client->streams().lost == 0);
  CHECK(s.key_requests() == 1);
}

TEST_CASE("a stream that the venue cuts at the end of its life comes back") {
  auto chosen = still_venue();
  chosen.stream_life = milliseconds(400);
  stream_pair s(chosen);
  s.events.wait<stream_closed>();
  s.events.wait<stream_opened>(2);
  CHECK(s.client->streams().lost >= 1);
}

TEST_CASE("a second connection before the end of the first leaves no gap and no double") {
  auto chosen = still_venue();
  chosen.stream_life = milliseconds(1'500);
  stream_pair s(chosen, [](exchange::settings& c) {
    c.stream_age_max = milliseconds(500);
    c.stream_overlap = milliseconds(150);
  });
  const auto traded = [](const order_update& u) { return u.trade.has_value(); };
  std::size_t placed = 0;
  while (s.client->streams().overlapped < 4) {
    const auto way = placed % 2 == 0 ? side::buy : side::sell;
    REQUIRE(s.venue.server().trade(eth, way, quantity::parse("0.1").value()).has_value());
    s.events.wait<order_update>(++placed, traded);
  }
  const auto told = s.events.those<order_update>(traded);
  CHECK(told.size() == placed);
  std::set<trade_id> ids;
  trade_id last = 0;
  for (const auto& update : told) {
    CHECK(update.trade->id > last);
    last = update.trade->id;
    ids.insert(last);
  }
  CHECK(ids.size() == placed);
  CHECK(s.client->streams().duplicates_dropped > 0);
  CHECK(s.client->streams().lost == 0);
  CHECK(s.events.those<stream_closed>().empty());
}

TEST_CASE("a mute stream looks alive until somebody renews it") {
  stream_pair s;
  s.venue.fault(R"({"effect":"mute"})");
  s.buy("a");
  CHECK(must(positions(*s.client)).rows.at(0).amount.str() == "0.1");
  CHECK(s.events.those<order_update>().empty());
  CHECK(s.events.those<stream_closed>().empty());
  s.venue.server().clear_faults();
  s.client->renew_user_stream("a read saw more than the stream");
  const auto closed = s.events.wait<stream_closed>();
  CHECK(closed[0].reason == "a read saw more than the stream");
  s.events.wait<stream_opened>(2);
  s.prove("b");
}

TEST_CASE("a dropped connection is opened again as soon as the venue accepts it") {
  stream_pair s;
  s.venue.fault(R"({"effect":"refuse_stream"})");
  s.venue.fault(R"({"effect":"drop_connection"})");
  s.events.wait<stream_closed>(2);
  s.venue.server().clear_faults();
  s.events.wait<stream_opened>(2);
  s.prove("a");
}

TEST_CASE("the venue's pings are answered, so that it keeps the stream") {
  auto chosen = still_venue();
  chosen.ping_period = milliseconds(100);
  chosen.pong_limit = milliseconds(400);
  stream_pair s(chosen);
  const auto until = std::chrono::steady_clock::now() + milliseconds(1'000);
  wait_until([&] { return std::chrono::steady_clock::now() > until; });
  s.prove("a");
  CHECK(s.client->streams().lost == 0);
}

TEST_CASE("the venue going away and coming back leaves streams and reads as before") {
  stream_pair s;
  s.venue.server().go_offline();
  s.events.wait<stream_closed>();
  const auto refused = must<order_refused>(place(*s.client, market_order("n", side::buy, "0.1")));
  CHECK(refused.http_status == 0);
  CHECK(refused.retryable);
  CHECK(positions(*s.client).error().kind == failure_kind::unreachable);
  s.venue.server().go_online();
  s.events.wait<stream_opened>(2);
  s.prove("a");
  must(positions(*s.client));
}

TEST_CASE("marks of stocks come in frames of their own, and COIN-M rows are left out") {
  auto chosen = still_venue();
  chosen.tradfi_symbols = 2;
  chosen.coin_symbols = 3;
  const venue_under_test venue(chosen);
  const auto client = venue.client();
  answers<mark_batch> batches;
  client->open_mark_stream(batches.taker());
  std::set<symbol> seen;
  for (const auto& batch : batches.wait_for(6))
    for (const auto& row : batch.rows) {
      CHECK(row.instrument.str().find("_PERP") == std::string::npos);
      CHECK(row.mark.sign() > 0);
      seen.insert(row.instrument);
    }
  CHECK(seen.size() == 10);
  CHECK(venue.server().symbols().size() == 10);
}

TEST_CASE("marks that fall silent on an open connection are told as lost, and come back") {
  const venue_under_test venue;
  auto wanted = venue.settings();
  wanted.mark_silence_max = milliseconds(400);
  const auto client = venue.client(wanted);
  answers<mark_batch> batches;
  client->open_mark_stream(batches.taker());
  CHECK(batches.wait().up);
  const auto some_batch = [&](bool up, std::size_t from) {
    const auto all = batches.wait_for(0);
    for (std::size_t n = from; n < all.size(); ++n)
      if (all[n].up == up)
        return true;
    return false;
  };
  venue.fault(R"({"effect":"mute","stream":"market"})");
  wait_until([&] { return some_batch(false, 0); });
  const auto then = batches.count();
  venue.server().clear_faults();
  wait_until([&] { return some_batch(true, then); });
  CHECK(client->streams().lost >= 1);
}
