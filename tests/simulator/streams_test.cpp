// Streams: routes, subscriptions, user events, listen keys, and their faults.
#include <map>

#include "simulator/support/bench_venue.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::simulator;
using test::bench_venue;
using test::elements;
using test::field;

namespace {

std::string listen_key(bench_venue& v) {
  return field(v.with_key("POST", "/fapi/v1/listenKey").body, "listenKey");
}

/// A user stream of the main account, opened the documented way.
stream_id user_stream(bench_venue& v) {
  const auto id = v.it->open_stream("/private/ws/" + listen_key(v));
  REQUIRE(id);
  return *id;
}

std::string say(bench_venue& v, stream_id id, const std::string& text) {
  return v.it->stream_message(id, text, v.now).text.value_or("(nothing)");
}

/// "ACCOUNT_UPDATE ORDER_TRADE_UPDATE/NEW ..." of what was heard.
std::string kinds(const std::vector<std::string>& texts) {
  std::string out;
  for (const auto& t : texts) {
    out += (out.empty() ? "" : " ") + field(t, "e");
    if (const auto order = field(t, "o"); !order.empty())
      out += "/" + field(order, "X");
  }
  return out;
}

}  // namespace

TEST_CASE("mark prices of all symbols arrive every second on the market route") {
  bench_venue v;
  const auto raw = v.it->open_stream("/market/ws/!markPrice@arr@1s");
  const auto combined = v.it->open_stream("/market/stream?streams=%21markPrice%40arr%401s");
  REQUIRE(raw);
  REQUIRE(combined);
  v.pass(milliseconds{1'000});
  std::vector<std::string> plain;
  std::vector<std::string> wrapped;
  for (const auto& d : v.it->take_deliveries())
    (d.to == *raw ? plain : wrapped).push_back(*d.text);
  REQUIRE(plain.size() == 1);
  REQUIRE(wrapped.size() == 1);
  const auto rows = elements(plain[0]);
  CHECK(rows.size() == 60);
  CHECK(test::names_of(rows[0]) == "E P T ap e i p r s st");
  CHECK(field(rows[0], "p") == "83860.20000000");
  CHECK(field(rows[0], "E") == std::to_string(v.now.venue.ms));
  CHECK(field(wrapped[0], "stream") == "!markPrice@arr@1s");
  CHECK(elements(field(wrapped[0], "data")) == rows);
  v.pass(milliseconds{999});
  CHECK(v.it->take_deliveries().empty());
  v.pass(milliseconds{1});
  CHECK(v.it->take_deliveries().size() == 2);
}

TEST_CASE("one symbol's mark comes every second, or every third without the suffix") {
  bench_venue v;
  const auto each = v.it->open_stream("/market/ws/btcusdt@markPrice@1s");
  const auto third = v.it->open_stream("/market/ws/btcusdt@markPrice");
  REQUIRE(each);
  REQUIRE(third);
  int of_each = 0;
  int of_third = 0;
  for (int n = 0; n < 9; ++n) {
    v.pass(milliseconds{1'000});
    for (const auto& d : v.it->take_deliveries())
      ++(d.to == *each ? of_each : of_third);
  }
  CHECK(of_each == 9);
  CHECK(of_third == 3);
}

TEST_CASE("a stream of another route or of no name is acknowledged and silent") {
  bench_venue v;
  for (auto target : {"/public/ws/!markPrice@arr@1s", "/ws/!markPrice@arr@1s",
                      "/private/ws/!markPrice@arr@1s", "/market/ws/!markPrices@arr",
                      "/market/ws/BTCUSDT@markPrice@1s", "/market/ws/nosuch@markPrice@1s"}) {
    INFO(target);
    REQUIRE(v.it->open_stream(target));
  }
  const auto wrong = *v.it->open_stream("/market/ws");
  CHECK(say(v, wrong, R"({"method":"SUBSCRIBE","params":["no@such"],"id":7})") ==
        R"({"result":null,"id":7})");
  v.pass(milliseconds{3'000});
  CHECK(v.it->take_deliveries().empty());
}

TEST_CASE("targets that are no stream are not opened") {
  bench_venue v;
  for (auto target : {"/", "/market", "/market/wss", "/other/ws", "/fapi/v1/ping", "", "/ws%zz",
                      "/ws/%zz", "/stream?streams=%z"})
    CHECK_FALSE(v.it->open_stream(target));
}

TEST_CASE("subscriptions are made, listed and taken back") {
  bench_venue v;
  const auto id = *v.it->open_stream("/market/ws");
  CHECK(say(v, id, R"({"method":"SUBSCRIBE","params":["a","b","a"],"id":1})") ==
        R"({"result":null,"id":1})");
  CHECK(say(v, id, R"({"method":"UNSUBSCRIBE","params":["b"],"id":"two"})") ==
        R"({"result":null,"id":"two"})");
  CHECK(say(v, id, R"({"method":"LIST_SUBSCRIPTIONS","id":3})") == R"({"result":["a"],"id":3})");
}

TEST_CASE("messages that make no sense are answered with an error") {
  for (auto text :
       {"", "{", "[]", R"({"id":1})", R"({"method":"SING","id":1})",
        R"({"method":"SUBSCRIBE","id":1})", R"({"method":"SUBSCRIBE","params":[1],"id":1})",
        R"({"method":"SUBSCRIBE","params":["a"],"id":{}})"}) {
    bench_venue v;
    INFO(text);
    CHECK(field(field(say(v, *v.it->open_stream("/market/ws"), text), "error"), "code") == "2");
  }
}

TEST_CASE("an eleventh message within a second is too many") {
  bench_venue v;
  const auto id = *v.it->open_stream("/market/ws");
  const std::string text = R"({"method":"LIST_SUBSCRIPTIONS","id":3})";
  for (int n = 0; n < 10; ++n)
    REQUIRE_FALSE(v.it->stream_message(id, text, v.now).too_many);
  CHECK(v.it->stream_message(id, text, v.now).too_many);
  v.pass(milliseconds{1'000});
  CHECK_FALSE(v.it->stream_message(id, text, v.now).too_many);
}

TEST_CASE("a fill is told as order, account, trade, all of one transaction time") {
  bench_venue v;
  const auto id = user_stream(v);
  REQUIRE(v.market("BTCUSDT", "BUY", "0.01", "&newClientOrderId=tell-me").status == 200);
  const auto texts = v.heard(id);
  CHECK(kinds(texts) == "ORDER_TRADE_UPDATE/NEW ACCOUNT_UPDATE ORDER_TRADE_UPDATE/FILLED");
  for (const auto& t : texts)
    CHECK(field(t, "T") == std::to_string(v.now.venue.ms));

  const auto placed = field(texts[0], "o");
  CHECK(test::names_of(placed) ==
        "L R S T V X a ap b c cp er f gtd i l m o ot p pP pm ps q rp s si sp ss t wt x z");
  CHECK(field(placed, "c") == "tell-me");
  const auto filled = field(texts[2], "o");
  CHECK(field(filled, "x") == "TRADE");
  CHECK(field(filled, "L") == "83860.2");
  CHECK(field(filled, "n") == "0.33544080");
  CHECK(field(filled, "N") == "USDT");
  const auto change = field(texts[1], "a");
  CHECK(field(change, "m") == "ORDER");
  const auto position = elements(field(change, "P")).front();
  CHECK(test::names_of(position) == "bep cr ep iw mt pa ps s up");
  CHECK(field(position, "pa") == "0.010");
  CHECK(field(elements(field(change, "B")).front(), "wb") == "99999.66455920");
}

TEST_CASE("a close to flat is told with an amount of 0, and its realised profit") {
  bench_venue v;
  REQUIRE(v.market("BTCUSDT", "BUY", "0.01").status == 200);
  REQUIRE(v.it->set_mark(symbol{"BTCUSDT"}, price::whole(84'000)));
  const auto id = user_stream(v);
  REQUIRE(v.market("BTCUSDT", "SELL", "0.01", "&reduceOnly=true").status == 200);
  const auto texts = v.heard(id);
  REQUIRE(texts.size() == 3);
  const auto position = elements(field(field(texts[1], "a"), "P")).front();
  CHECK(field(position, "pa") == "0");
  CHECK(field(position, "cr") == "1.39800000");
  CHECK(field(field(texts[2], "o"), "rp") == "1.39800000");
  CHECK(field(field(texts[2], "o"), "R") == "true");
}

TEST_CASE("user events reach every form of private connection, and honour its allow list") {
  bench_venue v;
  const auto key = listen_key(v);
  const auto by_path = *v.it->open_stream("/private/ws/" + key);
  const auto by_query = *v.it->open_stream("/private/ws?listenKey=" + key);
  const auto combined = *v.it->open_stream("/private/stream?streams=" + key);
  const auto subscribed = *v.it->open_stream("/private/stream");
  const auto picky =
      *v.it->open_stream("/private/ws?listenKey=" + key + "&events=ACCOUNT_UPDATE/x");
  const auto public_one = *v.it->open_stream("/ws/" + key);
  CHECK(say(v, subscribed, R"({"method":"SUBSCRIBE","params":[")" + key + R"("],"id":1})") ==
        R"({"result":null,"id":1})");
  REQUIRE(v.market("BTCUSDT", "BUY", "0.01").status == 200);
  std::map<stream_id, std::vector<std::string>> got;
  for (const auto& d : v.it->take_deliveries())
    got[d.to].push_back(*d.text);
  CHECK(got[by_path].size() == 3);
  CHECK(got[by_query] == got[by_path]);
  CHECK(got[combined].size() == 3);
  CHECK(got[subscribed] == got[combined]);
  CHECK(field(got[combined][0], "stream") == key);
  CHECK(kinds(got[picky]) == "ACCOUNT_UPDATE");
  CHECK(got.count(public_one) == 0);
}

TEST_CASE("a listen key is shared, kept alive, ended, and expires with an event") {
  bench_venue v;
  CHECK(test::outcome_of(v.with_key("PUT", "/fapi/v1/listenKey")) == "400 -1125");
  const auto key = listen_key(v);
  CHECK(key.size() == 64);
  CHECK(listen_key(v) == key);
  const auto id = *v.it->open_stream("/private/ws/" + key);
  v.pass(std::chrono::minutes{59});
  CHECK(field(v.with_key("PUT", "/fapi/v1/listenKey").body, "listenKey") == key);
  v.pass(std::chrono::minutes{59});
  CHECK(v.heard(id).empty());
  v.pass(std::chrono::minutes{1});
  const auto texts = v.heard(id);
  REQUIRE(texts.size() == 1);
  CHECK(field(texts[0], "e") == "listenKeyExpired");
  CHECK(field(texts[0], "listenKey") == key);
  REQUIRE(v.market("BTCUSDT", "BUY", "0.01").status == 200);
  CHECK(v.heard(id).empty());
  const auto fresh = listen_key(v);
  CHECK(fresh != key);
  CHECK(v.with_key("DELETE", "/fapi/v1/listenKey").body == "{}");
  CHECK(test::outcome_of(v.with_key("PUT", "/fapi/v1/listenKey")) == "400 -1125");
}

TEST_CASE("a muted user stream loses events until the faults are cleared") {
  bench_venue v;
  const auto id = user_stream(v);
  v.it->add_fault(stream_fault{stream_effect::mute, stream_kind::user, 1});
  REQUIRE(v.market("BTCUSDT", "BUY", "0.01").status == 200);
  CHECK(v.heard(id).empty());
  v.it->clear_faults();
  REQUIRE(v.market("BTCUSDT", "BUY", "0.01").status == 200);
  CHECK(v.heard(id).size() == 3);
}

TEST_CASE("events can be dropped and doubled by number, and connections cut") {
  bench_venue v;
  const auto id = user_stream(v);
  const auto market = *v.it->open_stream("/market/ws");
  v.it->add_fault(stream_fault{stream_effect::drop_events, stream_kind::user, 1});
  v.it->add_fault(stream_fault{stream_effect::duplicate_events, stream_kind::user, 1});
  REQUIRE(v.market("BTCUSDT", "BUY", "0.01").status == 200);
  CHECK(kinds(v.heard(id)) == "ACCOUNT_UPDATE ACCOUNT_UPDATE ORDER_TRADE_UPDATE/FILLED");
  v.it->add_fault(stream_fault{stream_effect::drop_connection, stream_kind::user, 1});
  const auto out = v.it->take_deliveries();
  REQUIRE(out.size() == 1);
  CHECK(out[0].to == id);
  CHECK(out[0].close);
  CHECK(out[0].to != market);
}

TEST_CASE("stocks and metals come in a frame of their own, COIN-M rows beside the others") {
  auto s = test::quiet_settings();
  s.tradfi_symbols = 3;
  s.coin_symbols = 2;
  bench_venue v(s);
  const auto id = *v.it->open_stream("/market/ws/!markPrice@arr@1s");
  v.pass(milliseconds{1'000});
  const auto frames = v.heard(id);
  REQUIRE(frames.size() == 2);
  const auto rows = elements(frames[0]);
  REQUIRE(rows.size() == 60 - 3 + 2);
  CHECK(field(rows.back(), "st") == "2");
  CHECK(field(rows.back(), "s") == "ETHUSD_PERP");
  CHECK(field(rows.front(), "st") == "1");
  const auto others = elements(frames[1]);
  REQUIRE(others.size() == 3);
  const auto listed = elements(field(v.get_public("/fapi/v1/exchangeInfo").body, "symbols"));
  for (std::size_t n = 0; n < 3; ++n) {
    CHECK(field(listed[57 + n], "symbol") == field(others[n], "s"));
    CHECK(field(listed[57 + n], "contractType") == "TRADIFI_PERPETUAL");
  }
}

TEST_CASE("best prices come on the public route, of one symbol or every five seconds of all") {
  bench_venue v;
  const auto one = *v.it->open_stream("/ws/btcusdt@bookTicker");
  const auto all = *v.it->open_stream("/public/stream?streams=!bookTicker");
  const auto wrong = *v.it->open_stream("/market/ws/btcusdt@bookTicker");
  int of_one = 0;
  int of_all = 0;
  for (int n = 0; n < 5; ++n) {
    v.pass(milliseconds{1'000});
    for (const auto& d : v.it->take_deliveries()) {
      CHECK(d.to != wrong);
      ++(d.to == one ? of_one : of_all);
      const auto row = d.to == one ? *d.text : field(*d.text, "data");
      CHECK(test::names_of(row) == "A B E T a b e ps s st u");
      CHECK(*price::parse(field(row, "b")) < *price::parse(field(row, "a")));
    }
  }
  CHECK(of_one == 5);
  CHECK(of_all == 60);
  CHECK(all != one);
}

TEST_CASE("pings and pongs of a client count like its messages") {
  bench_venue v;
  const auto id = *v.it->open_stream("/market/ws");
  for (int n = 0; n < 9; ++n)
    REQUIRE_FALSE(v.it->stream_control_frame(id, v.now));
  CHECK_FALSE(
      v.it->stream_message(id, R"({"method":"LIST_SUBSCRIPTIONS","id":3})", v.now).too_many);
  CHECK(v.it->stream_control_frame(id, v.now));
  v.pass(milliseconds{1'000});
  CHECK_FALSE(v.it->stream_control_frame(id, v.now));
}
