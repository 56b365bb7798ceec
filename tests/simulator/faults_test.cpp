// The fault script: which requests it hits, how often, and what they become.
#include <algorithm>
#include <set>

#include "simulator/support/bench_venue.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::simulator;
using test::bench_venue;

namespace {

const std::string path = "/fapi/v1/order";

/// Arrives, is bent by the script, takes effect at once.
std::pair<course, reply> visit(bench_venue& v, const request& r) {
  const auto c = v.it->plan_course(r);
  return {c, v.it->perform(r, c, v.now)};
}

request order(const bench_venue& v) {
  return v.signed_request("POST", path, "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.01");
}

}  // namespace

TEST_CASE("latency is half before the effect and half after, with jitter from the seed") {
  auto s = test::quiet_settings();
  s.latency = milliseconds{300};
  bench_venue v(s);
  const auto c = v.it->plan_course(request{"GET", "/fapi/v1/ping", "", "", ""});
  CHECK(c.before == milliseconds{150});
  CHECK(c.after == milliseconds{150});
  v.it->set_latency_jitter(milliseconds{100});
  std::set<std::int64_t> seen;
  for (int n = 0; n < 200; ++n) {
    const auto j = v.it->plan_course(request{"GET", "/fapi/v1/ping", "", "", ""});
    seen.insert((j.before + j.after).count());
  }
  CHECK(*seen.begin() >= 300);
  CHECK(*seen.rbegin() <= 400);
  CHECK(seen.size() > 50);
}

TEST_CASE("each effect decides whether the order happened and what leaves the venue") {
  struct row {
    request_effect effect;
    bool executes;
    bool happened;
    departure leaves;
    int status;
  };
  const std::vector<row> rows{
      {request_effect::delay, false, true, departure::whole, 200},
      {request_effect::delay_before, false, true, departure::whole, 200},
      {request_effect::status, false, false, departure::whole, 503},
      {request_effect::status, true, true, departure::whole, 503},
      {request_effect::drop_reply, false, true, departure::never, 200},
      {request_effect::hang, false, false, departure::never, 200},
      {request_effect::reset_before, false, false, departure::reset, 200},
      {request_effect::reset_after, false, true, departure::reset, 200},
      {request_effect::truncate, false, true, departure::truncated, 200},
      {request_effect::malform, false, true, departure::whole, 200},
  };
  for (const auto& r : rows) {
    bench_venue v;
    INFO("effect " << static_cast<int>(r.effect));
    request_fault f;
    f.effect = r.effect;
    f.executes = r.executes;
    v.it->add_fault(f);
    const auto [c, out] = visit(v, order(v));
    CHECK(c.leaves == r.leaves);
    CHECK(out.status == r.status);
    CHECK(!v.held("BTCUSDT").is_zero() == r.happened);
    CHECK(v.it->transcript().back().took_effect == r.happened);
  }
}

TEST_CASE("a fault hits its class of requests, as often as it says") {
  bench_venue v;
  request_fault f;
  f.effect = request_effect::status;
  f.method = "POST";
  f.path = path;
  f.count = 2;
  f.body = R"({"code":-1000,"msg":"Unknown error"})";
  f.retry_after_s = 7;
  v.it->add_fault(f);
  CHECK(visit(v, v.signed_request("GET", "/fapi/v3/balance", "")).second.status == 200);
  for (int n = 0; n < 2; ++n) {
    const auto out = visit(v, order(v)).second;
    CHECK(out.status == 503);
    CHECK(out.body == f.body);
    CHECK(test::header(out, "Retry-After") == "7");
  }
  CHECK(visit(v, order(v)).second.status == 200);
  CHECK(v.held("BTCUSDT").str() == "0.01");
}

TEST_CASE("a fault with a chance hits about that share, the same ones for the same seed") {
  const auto run = [] {
    bench_venue v;
    request_fault f;
    f.effect = request_effect::reset_before;
    f.count = 0;
    f.chance_percent = 30;
    v.it->add_fault(f);
    std::string hits;
    for (int n = 0; n < 1'000; ++n)
      hits +=
          v.it->plan_course(request{"GET", "/fapi/v1/ping", "", "", ""}).takes_effect ? '.' : 'x';
    return hits;
  };
  const auto first = run();
  CHECK(first == run());
  const auto share = std::count(first.begin(), first.end(), 'x');
  CHECK(share > 230);
  CHECK(share < 370);
}

TEST_CASE("delays add up until another effect decides, and clearing ends them") {
  bench_venue v;
  request_fault slow;
  slow.effect = request_effect::delay;
  slow.delay = milliseconds{700};
  slow.count = 0;
  v.it->add_fault(slow);
  v.it->add_fault(slow);
  const request ping{"GET", "/fapi/v1/ping", "", "", ""};
  CHECK(v.it->plan_course(ping).after == milliseconds{1'400});
  v.it->clear_faults();
  CHECK(v.it->plan_course(ping).after == milliseconds{0});
}

TEST_CASE("a malformed body is not JSON any more, or whatever the script says") {
  bench_venue v;
  request_fault f;
  f.effect = request_effect::malform;
  v.it->add_fault(f);
  CHECK_THROWS(
      test::elements(visit(v, v.signed_request("GET", "/fapi/v3/balance", "")).second.body));
  f.body = "[{]";
  v.it->add_fault(f);
  CHECK(visit(v, v.signed_request("GET", "/fapi/v3/balance", "")).second.body == "[{]");
}

TEST_CASE("fault objects are read, and what is wrong with them is named") {
  const auto read = parse_fault(
      R"({"effect":"status","method":"POST","path":"/fapi/v1/order","status":503,"body":"x",)"
      R"("retry_after_s":3,"execute":true,"count":0,"chance_percent":50})");
  REQUIRE(read);
  const auto& f = std::get<request_fault>(*read);
  CHECK(f.effect == request_effect::status);
  CHECK(f.executes);
  CHECK(f.count == 0);
  CHECK(f.chance_percent == 50);
  CHECK(f.retry_after_s == 3);
  const auto stream = parse_fault(R"({"effect":"drop_events","stream":"market","count":9})");
  REQUIRE(stream);
  CHECK(std::get<stream_fault>(*stream).count == 9);

  for (auto [text, expected] :
       {std::pair{"", "not JSON"}, std::pair{"[]", "not a JSON object"},
        std::pair{"{}", "effect: is missing"}, std::pair{R"({"effect":"x"})", "'x' is not known"},
        std::pair{R"({"effect":"hang","delay":1})", "delay: is not known"},
        std::pair{R"({"effect":"hang","count":-1})", "count: must be"},
        std::pair{R"({"effect":"hang","count":1.5})", "count: must be"},
        std::pair{R"({"effect":"hang","content_type":"a\r\nb"})", "content_type: must be"},
        std::pair{R"({"effect":"mute","stream":"all"})", "stream: must be"}}) {
    const auto bad = parse_fault(text);
    REQUIRE_FALSE(bad);
    CHECK_THAT(bad.error().text, ContainsSubstring(expected));
  }
}
