// The fault script in the core: classes of requests, windows of time, contents of replies.
#include <boost/json/parse.hpp>

#include "simulator/support/bench_venue.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::simulator;
using test::bench_venue;
using test::elements;
using test::field;
using test::outcome_of;

namespace {

void add(bench_venue& v, const std::string& json) {
  const auto f = parse_fault(json);
  INFO((f ? "" : f.error().text));
  REQUIRE(f);
  v.it->add_fault(*f);
}

reply visit(bench_venue& v, const request& r) {
  const auto c = v.it->plan_course(r, v.now.steady);
  return v.it->perform(r, c, v.now);
}

request order(const bench_venue& v, const std::string& more) {
  return v.signed_request("POST", "/fapi/v1/order", "type=MARKET&quantity=0.01" + more);
}

const request ping{"GET", "/fapi/v1/ping", "", "", ""};

}  // namespace

TEST_CASE("a fault is in force between its two moments") {
  bench_venue v;
  add(v, R"({"effect":"status","status":503,"count":0,"from_ms":1000,"until_ms":3000})");
  CHECK(visit(v, ping).status == 200);
  v.pass(milliseconds{999});
  CHECK(visit(v, ping).status == 200);
  v.pass(milliseconds{1});
  CHECK(visit(v, ping).status == 503);
  v.pass(milliseconds{1'999});
  CHECK(visit(v, ping).status == 503);
  v.pass(milliseconds{1});
  CHECK(visit(v, ping).status == 200);
  CHECK(field(v.control("GET", "/sim/status").body, "request_faults") == "0");
}

TEST_CASE("for_ms counts from when a fault was added to a running venue") {
  bench_venue v;
  v.pass(milliseconds{5'000});
  add(v, R"({"effect":"status","status":503,"count":0,"for_ms":500})");
  v.pass(milliseconds{499});
  CHECK(visit(v, ping).status == 503);
  v.pass(milliseconds{1});
  CHECK(visit(v, ping).status == 200);
}

TEST_CASE("a latency ramp grows evenly over its window") {
  bench_venue v;
  add(v, R"({"effect":"delay","delay_ms":50,"delay_to_ms":3050,"count":0,"from_ms":0,)"
         R"("until_ms":30000})");
  const auto now = [&] { return v.it->plan_course(ping, v.now.steady).after.count(); };
  CHECK(now() == 50);
  v.pass(milliseconds{10'000});
  CHECK(now() == 1'050);
  v.pass(milliseconds{19'999});
  CHECK(now() == 3'049);
  v.pass(milliseconds{1});
  CHECK(now() == 0);
}

TEST_CASE("a fault can be for one symbol, for entries only, and from the third request on") {
  bench_venue v;
  add(v, R"({"effect":"status","reply":"unavailable_503","method":"POST","count":0,"skip":1,)"
         R"("where":{"symbol":"BTCUSDT"},"unless":{"reduceOnly":"true"}})");
  CHECK(visit(v, order(v, "&symbol=ETHUSDT&side=BUY")).status == 200);
  CHECK(visit(v, order(v, "&symbol=BTCUSDT&side=BUY")).status == 200);
  CHECK(outcome_of(visit(v, order(v, "&symbol=BTCUSDT&side=BUY"))) == "503 -1016");
  CHECK(visit(v, order(v, "&symbol=BTCUSDT&side=SELL&reduceOnly=true")).status == 200);
}

TEST_CASE("code -1008 throttles entries while whatever only reduces passes") {
  bench_venue v;
  REQUIRE(v.market("BTCUSDT", "BUY", "0.05").status == 200);
  add(v, R"({"effect":"status","reply":"throttled_503","path":"/fapi/v1/order","count":0})");
  CHECK(outcome_of(visit(v, order(v, "&symbol=BTCUSDT&side=BUY"))) == "503 -1008");
  CHECK(outcome_of(visit(v, order(v, "&symbol=BTCUSDT&side=SELL"))) == "503 -1008");
  CHECK(visit(v, order(v, "&symbol=BTCUSDT&side=SELL&reduceOnly=true")).status == 200);
  const auto legs = [&](const char* leg, const char* side) {
    return v.it
        ->plan_course(
            order(v, std::string("&symbol=BTCUSDT&positionSide=") + leg + "&side=" + side),
            v.now.steady)
        .replaced;
  };
  CHECK_FALSE(legs("LONG", "SELL"));
  CHECK_FALSE(legs("SHORT", "BUY"));
  CHECK(legs("LONG", "BUY"));
  CHECK(legs("SHORT", "SELL"));
  CHECK_FALSE(v.it->plan_course(v.signed_request("DELETE", "/fapi/v1/order", "symbol=BTCUSDT"),
                                v.now.steady)
                  .replaced);
}

TEST_CASE("every documented answer has a name, and JSON ones are JSON") {
  for (const auto& name : known_replies()) {
    INFO(name);
    bench_venue v;
    add(v, R"({"effect":"status","reply":")" + name + R"("})");
    const auto out = visit(v, ping);
    CHECK(std::to_string(out.status) == name.substr(name.size() - 3));
    if (out.content_type == "application/json")
      CHECK(std::stoll(field(out.body, "code")) < -999);
    else
      CHECK((out.body.empty() || out.body.starts_with("<html>")));
  }
}

TEST_CASE("a scripted ban names its end, with Retry-After or without") {
  bench_venue v;
  add(v, R"({"effect":"status","reply":"banned_418","ban_ms":180000,"retry_after_s":180})");
  add(v, R"({"effect":"status","reply":"banned_418","ban_ms":60000})");
  const auto with = visit(v, ping);
  CHECK_THAT(with.body, ContainsSubstring("until " + std::to_string(v.now.venue.ms + 180'000)));
  CHECK(test::header(with, "Retry-After") == "180");
  const auto without = visit(v, ping);
  CHECK_THAT(without.body, ContainsSubstring("until " + std::to_string(v.now.venue.ms + 60'000)));
  CHECK(test::header(without, "Retry-After").empty());
}

TEST_CASE("a ban of the venue's own refuses everything for its time") {
  bench_venue v;
  add(v, R"({"effect":"ban","from_ms":1000,"time_ms":300000})");
  CHECK(visit(v, ping).status == 200);
  v.pass(milliseconds{1'000});
  CHECK(visit(v, ping).status == 418);
  v.pass(milliseconds{299'999});
  CHECK(visit(v, order(v, "&symbol=BTCUSDT&side=BUY")).status == 418);
  v.pass(milliseconds{1});
  CHECK(visit(v, ping).status == 200);
}

TEST_CASE("an accepted order is not found by queries until it is old enough") {
  bench_venue v;
  add(v,
      R"({"effect":"hide_order","method":"GET","path":"/fapi/v1/order","delay_ms":5000,"count":0})");
  REQUIRE(visit(v, order(v, "&symbol=BTCUSDT&side=BUY&newClientOrderId=shy")).status == 200);
  const auto query = [&] {
    return visit(v,
                 v.signed_request("GET", "/fapi/v1/order", "symbol=BTCUSDT&origClientOrderId=shy"));
  };
  CHECK(outcome_of(query()) == "400 -2013");
  v.pass(milliseconds{4'999});
  CHECK(outcome_of(query()) == "400 -2013");
  v.pass(milliseconds{1});
  CHECK(field(query().body, "status") == "FILLED");
}

TEST_CASE("each kind of damage spoils the body in its own way") {
  bench_venue v;
  REQUIRE(v.market("BTCUSDT", "BUY", "0.01").status == 200);
  REQUIRE(v.market("ETHUSDT", "BUY", "0.1").status == 200);
  const auto whole = v.call("GET", "/fapi/v3/positionRisk").body;
  const auto spoilt = [&](const std::string& damage, const std::string& where = "positionAmt") {
    add(v, R"({"effect":"damage","damage":")" + damage + R"(","field":")" + where + R"("})");
    return visit(v, v.signed_request("GET", "/fapi/v3/positionRisk", "")).body;
  };
  const auto is_json = [](const std::string& text) {
    boost::system::error_code ec;
    (void)boost::json::parse(text, ec);
    return !ec;
  };
  CHECK_FALSE(is_json(spoilt("cut")));
  CHECK_THAT(spoilt("nan"), ContainsSubstring(R"("positionAmt":NaN,)"));
  CHECK_THAT(spoilt("overflow"), ContainsSubstring(R"("positionAmt":1e400,)"));
  CHECK(field(elements(spoilt("many_digits"))[0], "positionAmt").size() == 39);
  CHECK(field(elements(spoilt("wrong_type"))[0], "positionAmt").starts_with("{"));
  CHECK_THAT(spoilt("duplicate_key"),
             ContainsSubstring(R"("positionAmt":"7","positionAmt":"0.01)"));
  const auto without = elements(spoilt("missing_field"));
  CHECK(test::names_of(without[0]).find("positionAmt") == std::string::npos);
  CHECK(test::names_of(without[1]) == test::names_of(elements(whole)[1]));
  CHECK_FALSE(test::names_of(elements(spoilt("missing_field", "updateTime"))[0]).empty());
  const auto deep = spoilt("deep_nesting");
  CHECK((deep.starts_with("[[[[") && deep.ends_with("]]]]") && deep.size() == 2'000'000));
  const auto fewer = elements(spoilt("missing_element"));
  REQUIRE(fewer.size() == 1);
  CHECK(fewer[0] == elements(whole)[1]);
  const auto more = elements(spoilt("extra_element"));
  REQUIRE(more.size() == 3);
  CHECK(field(more[0], "symbol") == "GHOSTUSDT");
  CHECK(field(more[0], "positionAmt") == field(more[1], "positionAmt"));
  CHECK(spoilt("empty_list") == "[]");
  CHECK(spoilt("not_utf8").find('\xff') != std::string::npos);
  CHECK(visit(v, v.signed_request("GET", "/fapi/v3/positionRisk", "")).body == whole);
}

TEST_CASE("damage without a place for it still spoils the body") {
  bench_venue v;
  for (const auto* damage : {"nan", "missing_element", "duplicate_key"}) {
    add(v, R"({"effect":"damage","field":"nowhere","damage":")" + std::string(damage) + R"("})");
    CHECK(visit(v, ping).body == "{");
  }
}

TEST_CASE("the venue's clock steps and drifts, and signatures feel it") {
  bench_venue v;
  const auto server_time = [&] {
    return std::stoll(
        field(visit(v, request{"GET", "/fapi/v1/time", "", "", ""}).body, "serverTime"));
  };
  add(v, R"({"effect":"clock_step","number":60000,"from_ms":1000,"until_ms":2000})");
  CHECK(server_time() == v.now.venue.ms);
  v.pass(milliseconds{1'000});
  CHECK(server_time() == v.now.venue.ms + 60'000);
  CHECK(outcome_of(visit(v, order(v, "&symbol=BTCUSDT&side=BUY"))) == "400 -1021");
  v.pass(milliseconds{1'000});
  CHECK(server_time() == v.now.venue.ms);
  add(v, R"({"effect":"clock_drift","number":-50000})");
  v.pass(milliseconds{10'000});
  CHECK(server_time() == v.now.venue.ms - 500);
  v.it->clear_faults();
  CHECK(server_time() == v.now.venue.ms);
}

TEST_CASE("a symbol is taken off the market, and the market stream says so") {
  bench_venue v;
  const auto id = *v.it->open_stream("/market/ws/!contractInfo");
  add(v, R"({"effect":"symbol_change","symbol":"BTCUSDT","status":"SETTLING","from_ms":2000})");
  CHECK(visit(v, order(v, "&symbol=BTCUSDT&side=BUY")).status == 200);
  v.pass(milliseconds{2'000});
  const auto told = v.heard(id);
  REQUIRE(told.size() == 1);
  CHECK(field(told[0], "cs") == "SETTLING");
  CHECK(visit(v, order(v, "&symbol=BTCUSDT&side=BUY")).status == 400);
  const auto info = v.get_public("/fapi/v1/exchangeInfo").body;
  CHECK(field(elements(field(info, "symbols"))[0], "status") == "SETTLING");
}

TEST_CASE("a symbol's filters change and orders are judged by the new ones") {
  bench_venue v;
  CHECK(visit(v, order(v, "&symbol=BTCUSDT&side=BUY")).status == 200);
  add(v, R"({"effect":"symbol_change","symbol":"BTCUSDT","step":"0.1"})");
  CHECK(visit(v, order(v, "&symbol=BTCUSDT&side=BUY")).status == 400);
  const auto info = v.get_public("/fapi/v1/exchangeInfo").body;
  CHECK_THAT(elements(field(info, "symbols"))[0], ContainsSubstring(R"("stepSize":"0.1")"));
}

TEST_CASE("a change of a symbol is the same from the script and from the operator") {
  const std::string change = R"("symbol":"BTCUSDT","status":"TRADING","tick":"0.5","step":"0.01",)"
                             R"("market_max":"7","min_notional":"400"})";
  bench_venue scripted;
  add(scripted, R"({"effect":"symbol_change",)" + change);
  scripted.pass(milliseconds{0});
  bench_venue told;
  const auto id = *told.it->open_stream("/market/ws/!contractInfo");
  REQUIRE(told.control("POST", "/sim/symbol", "{" + change).status == 200);
  const auto info = told.get_public("/fapi/v1/exchangeInfo").body;
  CHECK(info == scripted.get_public("/fapi/v1/exchangeInfo").body);
  CHECK_THAT(elements(field(info, "symbols"))[0], ContainsSubstring(R"("stepSize":"0.01")"));
  CHECK(told.heard(id).size() == 1);
}

TEST_CASE("a change of a symbol that says nothing, or nothing possible, is refused when read") {
  for (auto text : {R"({"effect":"symbol_change","symbol":"BTCUSDT"})",
                    R"({"effect":"symbol_change","symbol":"BTCUSDT","status":""})",
                    R"({"effect":"symbol_change","symbol":"BTCUSDT","step":"0"})",
                    R"({"effect":"symbol_change","symbol":"BTCUSDT","tick":"thin"})",
                    R"({"effect":"symbol_change","symbol":"BTCUSDT","lot":"1"})"}) {
    INFO(text);
    CHECK_FALSE(parse_fault(text));
  }
}

TEST_CASE("a symbol that is delisted is told of on the market stream") {
  bench_venue v;
  const auto id = *v.it->open_stream("/market/ws/!contractInfo");
  REQUIRE(v.it->settle(symbol{"BTCUSDT"}, v.now));
  const auto told = v.heard(id);
  REQUIRE(told.size() == 1);
  CHECK(field(told[0], "cs") == "SETTLING");
}

TEST_CASE("a frozen read repeats its first answer until the fault ends; orders still happen") {
  bench_venue v;
  const std::string path = "/fapi/v3/positionRisk";
  const auto read = [&](const std::string& more = "") {
    return visit(v, v.signed_request("GET", path, more)).body;
  };
  add(v, R"({"effect":"freeze","path":"/fapi/v3/positionRisk","count":0,"for_ms":5000})");
  CHECK(read() == "[]");
  CHECK(visit(v, order(v, "&symbol=BTCUSDT&side=BUY")).status == 200);
  v.pass(milliseconds{1'000});
  CHECK(read() == "[]");
  CHECK(elements(read("symbol=BTCUSDT")).size() == 1);
  const auto account = visit(v, v.signed_request("GET", "/fapi/v3/account", "")).body;
  CHECK(elements(field(account, "positions")).size() == 1);
  v.pass(milliseconds{5'000});
  CHECK(elements(read()).size() == 1);
}

TEST_CASE("the listing grows to ten thousand symbols in one reply") {
  bench_venue v;
  const auto marks = *v.it->open_stream("/market/ws/!markPrice@arr@1s");
  const auto before = elements(field(v.get_public("/fapi/v1/exchangeInfo").body, "symbols"));
  add(v, R"({"effect":"more_symbols","number":10000})");
  const auto after = elements(field(v.get_public("/fapi/v1/exchangeInfo").body, "symbols"));
  REQUIRE(after.size() == 10'000);
  CHECK(after[0] == before[0]);
  const auto last = field(after.back(), "symbol");
  CHECK(visit(v, v.signed_request("GET", "/fapi/v3/positionRisk", "symbol=" + last)).body == "[]");
  v.pass(milliseconds{1'000});
  const auto texts = v.heard(marks);
  REQUIRE(texts.size() == 1);
  CHECK(elements(texts[0]).size() > 9'900);
}

TEST_CASE("maintenance is a script of a few lines, and all is well after it") {
  bench_venue v;
  const auto key = field(v.with_key("POST", "/fapi/v1/listenKey").body, "listenKey");
  const auto id = *v.it->open_stream("/private/ws/" + key);
  const auto added = v.control("POST", "/sim/script", R"(
# four hours
{"effect":"status","reply":"maintenance_503","count":0,"from_ms":1000,"until_ms":14401000}
{"effect":"drop_connection","stream":"user","from_ms":1000}
{"effect":"refuse_stream","stream":"user","from_ms":1000,"until_ms":14401000}
)");
  REQUIRE(added.status == 200);
  v.pass(milliseconds{1'000});
  const auto out = v.it->take_deliveries();
  REQUIRE(out.size() == 1);
  CHECK((out[0].to == id && out[0].close));
  CHECK(outcome_of(visit(v, ping)) == "503 -1016");
  CHECK_FALSE(v.it->open_stream("/private/ws/" + key));
  CHECK(v.it->open_stream("/market/ws"));
  v.pass(std::chrono::hours{4});
  CHECK(visit(v, ping).status == 200);
  CHECK(v.it->open_stream("/private/ws/" + key));
}

TEST_CASE("what is wrong with a script is named with its line") {
  const auto good = parse_script("\n# nothing\n  {\"effect\":\"hang\"}\r\n");
  REQUIRE(good);
  CHECK(good->size() == 1);
  const auto bad = parse_script("{\"effect\":\"hang\"}\n\n{\"effect\":\"hung\"}\n");
  REQUIRE_FALSE(bad);
  CHECK(bad.error().text.starts_with("line 3: effect: 'hung'"));
  for (auto [text, expected] :
       {std::pair{R"({"effect":"status","reply":"nice"})", "reply: 'nice' is not known"},
        std::pair{R"({"effect":"hang","from_ms":5,"until_ms":5})", "until_ms: must be after"},
        std::pair{R"({"effect":"delay","delay_to_ms":5})", "delay_to_ms: needs"},
        std::pair{R"({"effect":"damage","damage":"love"})", "damage: must be one of cut, nan"},
        std::pair{R"({"effect":"hang","where":{"a":1}})", "where: must be an object of strings"},
        std::pair{R"({"effect":"certificate","identity":"x"})", "identity: must be one of"},
        std::pair{R"({"effect":"ban","count":1})", "count: is not known"}}) {
    const auto wrong = parse_fault(text);
    REQUIRE_FALSE(wrong);
    CHECK_THAT(wrong.error().text, ContainsSubstring(expected));
  }
}
