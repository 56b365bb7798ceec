// The status screen and the shares of reasons, drawn from documents.
#include <sstream>

#include "json_view.hpp"
#include "reason_screen.hpp"
#include "status_screen.hpp"
#include "support/catch.hpp"

namespace sluice::cli {
namespace {

picture a_bad_night() {
  picture p;
  p.status = parse_object(R"({"mode":"live","account":"main","trading_state":"halted",
    "state":{"state":"halted","author":"alice","reason":"drill","until":null},
    "ready":false,"not_ready":[{"reason":"truth_stale","detail":"the oldest truth is 171000 ms old, promised are 10000 ms"}],
    "stalls":[{"cause":"slow_rounds","what":"a round takes 171 s","effect":"every exit waits for a read","cure":"use snapshot.strategy = \"adaptive\"","for_ms":61000}],
    "warnings":[{"reason":"clock_off","detail":"1200 ms behind"}],
    "time":"2026-11-26T05:13:37.579Z","uptime_s":3723,
    "truth":{"symbols":566,"open":7,"flat":558,"unknown":1,"age_ms":{"p50":90000,"p99":171000,"max":171000},
             "promise":{"strategy":"per_symbol","bound_ms":10000},"read_latency_ms":300,"reads_total":12345,"reads_failed":2},
    "budget":{"weight_used_1m":2300,"weight_limit_1m":2400},
    "plans":{"accepted":10,"allowed":0,"denied":10,"expired":0,"parked":3,"by_reason":{"halted":1,"stale_exchange_state":9}},
    "orders":{"sent":1,"filled":0,"under_way":1,"unknown":1},
    "limits":{"open_positions":{"used":7,"max":10,"percent":70},"account_notional":{"used":"990","max":"1000","percent":99},"drawdown":{"used":null,"max":null,"percent":null}},
    "stream":{"user":"down","market":"up"},"journal":{"commits":5,"records":9},
    "overrides":[{"key":"gate.stale_after_exit","value":"30s","left":"29m58s","author":"bob","reason":"venue is slow"}]})");
  p.positions = parse_object(R"({"positions":[
    {"symbol":"BTCUSDT","position_side":"both","truth":"open","amount":"0.5","entry":"60000","mark":"60100.12345678","ledger":"0.4","age_ms":171000,"drift":"0.1","stop":"59000"},
    {"symbol":"1000SATSUSDT","position_side":"short","truth":"unknown","amount":null,"age_ms":null}]})");
  p.orders = parse_object(R"({"orders":[
    {"client_order_id":"sl-1","plan_id":"p-1","symbol":"BTCUSDT","position_side":"both","side":"sell","amount":"0.5","executed":"0","state":"unknown"},
    {"client_order_id":"sl-0","plan_id":"p-0","symbol":"ETHUSDT","position_side":"both","side":"sell","amount":"1","executed":"1","state":"filled"}]})");
  p.holds =
      parse_object(R"({"holds":[{"symbol":"ETHUSDT","position_side":"both","cause":"side_flip",
    "truth_amount":"1","ledger_amount":"-1","since":"2026-11-26T05:00:00.000Z","release_command":"sluice hold release ETHUSDT --reason \"...\""}]})");
  return p;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("the screen names who halted, why nothing is allowed, and what cures a stall") {
  const auto text = draw(a_bad_night(), 100, painter(false));
  for (const auto* part : {"live  account main  halted",
                           "up 1h 2m",
                           "by alice: drill",
                           "NOT READY",
                           "truth_stale: the oldest truth is 171000 ms old",
                           "STALL slow_rounds, for 1m 1s",
                           "effect  every exit waits",
                           "cure    use snapshot.strategy",
                           "warning clock_off: 1200 ms",
                           "566 symbols: 7 open, 558 flat, 1 unknown",
                           "oldest 2m 51s of 10 s promised (per_symbol)",
                           "[###################.] 2,300 of 2,400",
                           "user down, market up",
                           "refused for stale_exchange_state 9, halted 1",
                           "1 under way, 1 unknown",
                           "account_notional 990 of 1000, open_positions 7 of 10",
                           "release: sluice hold release ETHUSDT",
                           "gate.stale_after_exit",
                           "29m58s",
                           "1000SATSUSDT short",
                           "ORDERS UNDER WAY"}) {
    INFO(text);
    CHECK(has(text, part));
  }
  CHECK_FALSE(has(text, "sl-0"));
}

TEST_CASE("nothing on the screen is wider than the terminal, with and without colours") {
  for (const bool colored : {false, true})
    for (std::size_t width = 40; width <= 200; ++width) {
      std::istringstream lines(draw(a_bad_night(), width, painter(colored)));
      for (std::string line; std::getline(lines, line);) {
        INFO(width << ": " << line);
        CHECK(width_of(line) <= width);
      }
    }
}

TEST_CASE("at 80 columns the amounts, drift and age of positions stay") {
  const auto text = draw(a_bad_night(), 80, painter(false));
  CHECK(has(text, "AMOUNT"));
  CHECK(has(text, "DRIFT"));
  CHECK(has(text, "2m 51s"));
  CHECK(has(text, "unknown"));
}

TEST_CASE("only a process that says so is ready") {
  CHECK_FALSE(is_ready(a_bad_night()));
  CHECK_FALSE(is_ready({}));
  picture good;
  good.status = parse_object(R"({"ready":true})");
  CHECK(is_ready(good));
}

TEST_CASE("spans and numbers are short") {
  CHECK(short_span(0) == "0 ms");
  CHECK(short_span(999) == "999 ms");
  CHECK(short_span(10'000) == "10 s");
  CHECK(short_span(1'900) == "1.9 s");
  CHECK(short_span(192'000) == "3m 12s");
  CHECK(short_span(7'500'000) == "2h 5m");
  CHECK(short_span(273'600'000) == "3d 4h");
  CHECK(grouped(1'234'567) == "1,234,567");
  CHECK(grouped(-1'000) == "-1,000");
  CHECK(grouped(999) == "999");
}

TEST_CASE("reasons stand by lane with their share, newest example and cure") {
  const auto document =
      parse_object(R"({"since":"A","until":"B","symbol":null,"verdicts":4,"lanes":[
    {"lane":"exit","verdicts":4,"allowed":1,"shares":[
      {"verdict":"deny","reason":"stale_exchange_state","count":3,"percent":"75.0","cause":"old","cure":"a read",
       "newest":{"plan_id":"p-9","symbol":"BTCUSDT","at":"T","observed":"12300ms","limit":"10000ms"}},
      {"verdict":"allow","reason":null,"count":1,"percent":"25.0",
       "newest":{"plan_id":"p-1","symbol":"BTCUSDT","at":"T","observed":null,"limit":null}}]}]})");
  const auto text = draw_reasons(document, 80, painter(false));
  CHECK(has(text, "exit: 4 verdicts, 1 allowed"));
  CHECK(has(text, "       3   75.0 %  stale_exchange_state"));
  CHECK(has(text, "seen 12300ms, limit"));
  CHECK(has(text, "cure: a read"));
  CHECK(has(text, "       1   25.0 %  allowed"));
}

}  // namespace
}  // namespace sluice::cli
