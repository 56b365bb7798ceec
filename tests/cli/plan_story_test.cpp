// A plan's story from the document that the API and the journal give.
#include "plan_story.hpp"

#include <sstream>

#include "rule_lines.hpp"
#include "support/catch.hpp"

namespace sluice::cli {
namespace {

constexpr const char* denied =
    R"({"plan":{"seq":16,"kind":"plan_accepted","at":"2026-11-26T05:13:37.289Z","caused_by":0,"plan_id":"first-2","source":"me","symbol":"DOGEUSDT","position_side":"both","body":{"kind":"reduce","target":"0","reason":""},"created_at":null,"received_at":"2026-11-26T05:13:37.289Z","deadline":"2026-11-26T05:14:37.289Z","received_ns":24932870629088,"deadline_ns":60000000000},)"
    R"("verdicts":[{"seq":17,"kind":"plan_judged","at":"2026-11-26T05:13:37.291Z","caused_by":16,"plan_id":"first-2","symbol":"DOGEUSDT","lane":"exit","times_judged":1,"verdict":{"kind":"deny","refusals":[{"code":"stale_exchange_state","observed":{"ms":12300},"limit":{"ms":10000}}],"terms":null},)"
    R"("facts":{"now":"2026-11-26T05:13:37.289Z","now_ns":24932871089563,"mode":"demo","trading_state":"active","position":{"truth":{"kind":"open","amount":"100","entry":"0.16"},"as_of_ns":-12300000000,"changed_at":null,"source":"bulk","version":1},"ledger":null,"instrument":{"tradable":true,"offered":true,"step":"1","min_quantity":"1","max_quantity":"30000000","min_notional":"5"},"mark":"0.1608","mark_at_ns":-911409528,"in_flight":null,"hold":null,"last_fill_at_ns":null,"source_allowed":true,"exchange":{"reachable":true,"why":"","banned_until_ns":null},"limits":{"stale_after_exit_ms":10000,"stale_after_entry_ms":10000,"cooldown_ms":15000,"mark_stale_after_ms":10000,"allow_add":false,"hold_blocks_reduce":false,"drift_tolerance_percent":1},"overrides":[]}}],)"
    R"("orders":[],"fills":[],"finished":[],"flatten":[]})";

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("a denial is told with each rule, the cure of its refusal, and the truth used") {
  const auto text = tell_story(denied, 200, painter(false));
  for (const auto* part :
       {"PLAN first-2", "reduce DOGEUSDT to 0", "DENIED: stale_exchange_state, 2 ms after",
        "pass    plan_expired", "REFUSED stale_exchange_state: seen 12300ms, limit 10000ms",
        "why:  What is known of the position is older", "cure: None needed: a read is asked for",
        "open 100 bought at 0.16, proven at 2026-11-26T05:13:24.989Z, 12.3 s old (limit 10 s), "
        "from",
        "version 1", "0.08 at the mark, which stood +50.0 bp from the entry", "no line yet"}) {
    INFO(text);
    CHECK(has(text, part));
  }
  CHECK_FALSE(has(text, "pass    stale_exchange_state"));
  CHECK_FALSE(has(text, "cooldown_in_flight"));
}

TEST_CASE("no line of a story is wider than the terminal") {
  for (std::size_t width = 40; width <= 120; ++width) {
    std::istringstream lines(tell_story(denied, width, painter(true)));
    for (std::string line; std::getline(lines, line);) {
      INFO(width << ": " << line);
      CHECK(width_of(line) <= width);
    }
  }
}

TEST_CASE("orders, fills and the end are told; a plan without verdict is undecided") {
  const auto text = tell_story(
      R"({"plan":{"plan_id":"p","source":"me","symbol":"S","body":{"kind":"open","direction":"buy","amount":"2","stop":"1"}},
      "verdicts":[],"orders":[{"kind":"order_intended","at":"2026-11-26T05:13:37.166Z","client_order_id":"sl-1","direction":"buy","amount":"2","reduce_only":false,"type":"market"},
      {"kind":"order_changed","at":"2026-11-26T05:13:37.346Z","state":"unknown","executed":"0","detail":"no answer"}],
      "fills":[{"at":"2026-11-26T05:13:37.346Z","direction":"buy","amount":"2","price":"10","fee":"0.01","fee_asset":"USDT","realised":"0","trade_id":7}],
      "finished":[{"how":"partly","executed":"1","orders":2,"detail":"gave up"}]})",
      100, painter(false));
  for (const auto* part : {"open S: buy 2, stop 1", "UNDECIDED", "sl-1 market buy 2",
                           "unknown, 0 executed (no answer)", "0.01 USDT",
                           "END partly: 1 executed by 2 order(s), gave up"}) {
    INFO(text);
    CHECK(has(text, part));
  }
}

TEST_CASE("an exit of ours tells what it was decided on") {
  const auto text = tell_story(
      R"({"plan":{"plan_id":"exit:1","source":"exit_engine","symbol":"S","body":{"kind":"reduce","target":"0",
      "reason":"stop_crossed","numbers":"mark 97.5 <= stop 98; entry 100, amount 2"}},"verdicts":[]})",
      100, painter(false));
  CHECK(has(text, "reduce S to 0 (stop_crossed)"));
  CHECK(has(text, "decided on mark 97.5 <= stop 98; entry 100, amount 2"));
}

TEST_CASE("a refusal that no rule gives stands behind the rules") {
  const plan asked{.body = cancel_plan{}};
  verdict said;
  said.refusals.push_back({refusal_code::plan_withdrawn, std::string("c-1"), {}});
  const auto lines = rule_lines(asked, {}, said);
  REQUIRE_FALSE(lines.empty());
  CHECK(lines.front().code == refusal_code::plan_expired);
  CHECK(lines.front().passes);
  CHECK(lines.back().code == refusal_code::plan_withdrawn);
  CHECK_FALSE(lines.back().passes);
}

}  // namespace
}  // namespace sluice::cli
