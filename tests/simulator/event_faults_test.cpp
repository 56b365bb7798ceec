// What the script does to user events: late, lost, doubled, overtaken, silent; and listen keys.
#include <set>

#include "simulator/support/bench_venue.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::simulator;
using test::bench_venue;
using test::field;

namespace {

void add(bench_venue& v, const std::string& json) {
  const auto f = parse_fault(json);
  REQUIRE(f);
  v.it->add_fault(*f);
}

struct listener {
  bench_venue v{};
  std::string key{field(v.with_key("POST", "/fapi/v1/listenKey").body, "listenKey")};
  stream_id id{*v.it->open_stream("/private/ws/" + key)};

  void buy() { REQUIRE(v.market("BTCUSDT", "BUY", "0.01").status == 200); }
  /// First letters of the kinds heard: O for NEW, A for account, F for FILLED, x for an expired
  /// key.
  std::string heard() {
    std::string out;
    for (const auto& t : v.heard(id)) {
      const auto kind = field(t, "e");
      const auto order = field(t, "o");
      out += kind == "ACCOUNT_UPDATE"        ? 'A'
             : kind == "listenKeyExpired"    ? 'x'
             : field(order, "X") == "FILLED" ? 'F'
                                             : 'O';
    }
    return out;
  }
};

}  // namespace

TEST_CASE("events of one type can be late while the others are in time") {
  listener l;
  add(l.v, R"({"effect":"delay_events","event":"ACCOUNT_UPDATE","delay_ms":30000,"count":0})");
  l.buy();
  CHECK(l.heard() == "OF");
  l.v.pass(milliseconds{29'999});
  CHECK(l.heard().empty());
  l.v.pass(milliseconds{1});
  CHECK(l.heard() == "A");
}

TEST_CASE("the venue says when a late event is due") {
  listener l;
  add(l.v, R"({"effect":"delay_events","delay_ms":70,"count":1})");
  l.buy();
  CHECK(l.v.it->next_due() == l.v.now.steady + milliseconds{70});
}

TEST_CASE("an event changes places with the next one, or comes alone after a second") {
  listener l;
  add(l.v, R"({"effect":"reorder_events","count":1})");
  l.buy();
  CHECK(l.heard() == "AOF");
  add(l.v, R"({"effect":"reorder_events","event":"ORDER_TRADE_UPDATE","count":0})");
  l.buy();
  CHECK(l.heard() == "AO");
  l.v.pass(milliseconds{1'000});
  CHECK(l.heard() == "F");
}

TEST_CASE("a share of events is lost, another comes twice, the same ones for the same seed") {
  const auto run = [] {
    listener l;
    add(l.v, R"({"effect":"drop_events","count":0,"chance_percent":10})");
    add(l.v, R"({"effect":"duplicate_events","count":0,"chance_percent":10})");
    std::string out;
    for (int n = 0; n < 100; ++n) {
      l.buy();
      out += l.heard() + ' ';
    }
    return out;
  };
  const auto out = run();
  CHECK(out == run());
  CHECK(out.find("OAF OAF") != std::string::npos);
  CHECK((out.find("OAAF") != std::string::npos || out.find("OOAF") != std::string::npos));
  CHECK((out.find(" OF") != std::string::npos || out.find(" AF") != std::string::npos));
}

TEST_CASE("a stream is mute for its time and alive again after it") {
  listener l;
  add(l.v, R"({"effect":"mute","stream":"user","from_ms":1000,"until_ms":8000})");
  l.buy();
  CHECK(l.heard() == "OAF");
  l.v.pass(milliseconds{1'000});
  l.buy();
  CHECK(l.heard().empty());
  l.v.pass(milliseconds{7'000});
  l.buy();
  CHECK(l.heard() == "OAF");
}

TEST_CASE("a lost reply's events come first, late or never") {
  for (auto [script, at_once, later] :
       {std::tuple{"", "OAF", ""},
        std::tuple{R"({"effect":"delay_events","delay_ms":2000,"count":0})", "", "OAF"},
        std::tuple{R"({"effect":"drop_events","count":3})", "", ""}}) {
    listener l;
    add(l.v, R"({"effect":"drop_reply","method":"POST"})");
    if (*script != '\0')
      add(l.v, script);
    const auto r = l.v.signed_request("POST", "/fapi/v1/order",
                                      "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.01");
    const auto c = l.v.it->plan_course(r, l.v.now.steady);
    CHECK(c.leaves == departure::never);
    (void)l.v.it->perform(r, c, l.v.now);
    CHECK(l.v.held("BTCUSDT").str() == "0.01");
    CHECK(l.heard() == at_once);
    l.v.pass(milliseconds{2'000});
    CHECK(l.heard() == later);
  }
}

TEST_CASE("a listen key ends with its event, or silently; keep-alive then says -1125") {
  for (bool silent : {false, true}) {
    listener l;
    add(l.v, silent ? R"({"effect":"expire_listen_key","silent":true,"from_ms":500})"
                    : R"({"effect":"expire_listen_key","from_ms":500})");
    l.v.pass(milliseconds{500});
    CHECK(l.heard() == (silent ? "" : "x"));
    l.buy();
    CHECK(l.heard().empty());
    CHECK(test::outcome_of(l.v.with_key("PUT", "/fapi/v1/listenKey")) == "400 -1125");
    CHECK(field(l.v.with_key("POST", "/fapi/v1/listenKey").body, "listenKey") != l.key);
  }
}

TEST_CASE("events of one symbol can be lost while those of another are told") {
  listener l;
  add(l.v, R"({"effect":"drop_events","symbol":"BTCUSDT","count":0})");
  l.buy();
  CHECK(l.heard().empty());
  REQUIRE(l.v.market("ETHUSDT", "BUY", "1").status == 200);
  CHECK(l.heard() == "OAF");
}
