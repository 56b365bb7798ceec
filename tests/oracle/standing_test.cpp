// Each check of what allows stand on finds what it is for, and nothing where all is well.
#include "oracle/oracle.hpp"
#include "support/catch.hpp"

using namespace sluice::oracle;

namespace {

/// An entry of 2 BTCUSDT that traded at once, and an exit of it that is allowed later; a hold on
/// ETHUSDT that stands from 5 s on, and an entry there before it.
history a_history() {
  history h;
  std::int64_t seq = 0;
  const auto record = [&](std::string kind, std::string json, ms at) {
    h.records.push_back({++seq, std::move(kind), std::move(json), at});
  };
  const auto judged = [&](std::string plan, bool opens, std::string symbol, units truth,
                          units amount, ms at) {
    record("plan_judged",
           R"({"plan_id":")" + plan + R"(","verdict":{"kind":"allow","refusals":[]}})", at);
    h.judgements.push_back({plan, "allow", -4'000});
    allowed a;
    a.plan = plan;
    a.opens = opens;
    a.age = 500;
    a.limit = 10'000;
    a.symbol = std::move(symbol);
    a.truth = truth;
    a.amount = amount;
    a.remaining = 4'000;
    a.at = at;
    h.allows.push_back(a);
  };
  const auto sent = [&](std::string id, std::string plan, std::string symbol, ms at) {
    record("order_intended",
           R"({"client_order_id":")" + id + R"(","plan_id":")" + plan + R"(","symbol":")" + symbol +
               R"(","amount":"2","reduce_only":false})",
           at);
    wire_line l{at, wire_event::written, "POST", "/fapi/v1/order", symbol};
    l.client_id = id;
    h.wire.push_back(l);
  };
  h.wire.push_back({0, wire_event::restarted});
  judged("early", true, "ETHUSDT", 0, 200, 1'000);
  judged("entry", true, "BTCUSDT", 0, 200, 2'000);
  sent("c1", "entry", "BTCUSDT", 2'010);
  h.fills = {{1, 1, "c1", "BTCUSDT", true, 200, 2'100}};
  record("hold_placed", R"({"symbol":"ETHUSDT","cause":"foreign_fill"})", 5'000);
  judged("exit", false, "BTCUSDT", 200, 200, 9'000);
  sent("c2", "exit", "BTCUSDT", 9'010);
  return h;
}

bool finds(const std::vector<violation>& all, std::string_view invariant) {
  return std::ranges::any_of(all, [&](const violation& v) { return v.invariant == invariant; });
}

void add_record(history& h, std::string kind, std::string json, ms at) {
  h.records.push_back({99, std::move(kind), std::move(json), at});
}

}  // namespace

TEST_CASE("allows that stand on what was, in time and unheld, break nothing") {
  const auto h = a_history();
  for (const auto& checked : {check_truths(h), check_deadlines(h), check_held(h)})
    for (const auto& v : checked)
      FAIL_CHECK(v.invariant << ": " << v.what);
}

TEST_CASE("an allow on a position that was not so within its age is found") {
  auto h = a_history();
  SECTION("it never was") {
    h.allows[2].truth = 100;
  }
  SECTION("it is no longer so") {
    h.allows[2].truth = 0;
  }
  SECTION("it is not yet so") {
    h.allows[1].truth = 200;
  }
  SECTION("nothing ever traded there") {
    h.allows[0].truth = 1;
  }
  CHECK(finds(check_truths(h), "I1"));
}

TEST_CASE("what was so at some moment of its age is no violation") {
  auto h = a_history();
  h.allows[2].age = 6'900;
  h.allows[2].truth = 0;
  CHECK(check_truths(h).empty());
}

TEST_CASE("verdicts and orders after the deadline are found") {
  auto h = a_history();
  SECTION("an allow, be it by a millisecond") {
    h.judgements[0].late = 1;
  }
  SECTION("another verdict, by more than its timer explains") {
    h.judgements[0] = {"early", "deny", 251};
  }
  SECTION("an order") {
    h.wire.back().at = 13'251;
  }
  CHECK(finds(check_deadlines(h), "I4"));
}

TEST_CASE("a slow disk excuses what it kept waiting, while it was slow and for so long") {
  auto h = a_history();
  h.judgements[0] = {"early", "deny", 4'000, false, 9'000};
  REQUIRE(finds(check_deadlines(h), "I4"));
  SECTION("then") {
    h.slow_disk = {{8'000, 9'500, 1'500}};
    CHECK(check_deadlines(h).empty());
  }
  SECTION("before") {
    h.slow_disk = {{2'000, 3'000, 1'500}};
    CHECK(finds(check_deadlines(h), "I4"));
  }
  SECTION("but not as slow") {
    h.slow_disk = {{8'000, 9'500, 1'000}};
    CHECK(finds(check_deadlines(h), "I4"));
  }
}

TEST_CASE("a verdict that the next process wrote, and its orders, are not bound by our clock") {
  auto h = a_history();
  h.judgements[0] = {"early", "deny", 90'000, true};
  h.wire.insert(h.wire.end() - 1, {9'005, wire_event::restarted});
  h.wire.back().at = 20'000;
  CHECK(check_deadlines(h).empty());
}

TEST_CASE("that a plan with an order goes on no more may be said after its deadline") {
  auto h = a_history();
  h.judgements.push_back({"exit", "expire", 974});
  CHECK(check_deadlines(h).empty());
  h.judgements.push_back({"exit", "allow", 974});
  CHECK(finds(check_deadlines(h), "I4"));
}

TEST_CASE("a deadline is excused only when the clock was set and a process began since") {
  auto h = a_history();
  h.judgements[2].late = 500;
  h.judgements[2].at = 9'000;
  h.clock_set = {8'000};
  CHECK(finds(check_deadlines(h), "I4"));
  h.wire.insert(h.wire.end() - 1, {8'500, wire_event::restarted});
  CHECK(check_deadlines(h).empty());
  h.clock_set.clear();
  CHECK(finds(check_deadlines(h), "I4"));
}

TEST_CASE("an entry under a hold that stands is found, whatever its facts say") {
  auto h = a_history();
  auto late = h.allows[0];
  late.plan = "late";
  late.at = 6'500;
  h.allows.push_back(late);
  const std::string verdict = R"({"plan_id":"late","verdict":{"kind":"allow","refusals":[]}})";
  SECTION("long after it was placed") {
    add_record(h, "plan_judged", verdict, 6'500);
    CHECK(finds(check_held(h), "I6"));
  }
  SECTION("but not when it was on its way") {
    h.records.insert(h.records.end() - 2, {99, "plan_judged", verdict, 5'900});
    CHECK(check_held(h).empty());
  }
  SECTION("nor once it was released") {
    add_record(h, "hold_released", R"({"symbol":"ETHUSDT","author":"anna","reason":"seen"})",
               9'100);
    add_record(h, "plan_judged", verdict, 9'500);
    CHECK(check_held(h).empty());
  }
}

TEST_CASE("books that take what is held are found") {
  auto h = a_history();
  SECTION("as found at a start") {
    add_record(h, "ledger_adjusted", R"({"symbol":"ETHUSDT","cause":"adopted_at_start"})", 9'100);
    CHECK(finds(check_held(h), "I6"));
  }
  SECTION("as a stranger's, where those are held") {
    h.foreign_held = true;
    add_record(h, "ledger_adjusted", R"({"symbol":"XRPUSDT","cause":"foreign_fill"})", 9'100);
    CHECK(finds(check_held(h), "I6"));
  }
  SECTION("but not what an operator released or our own trades explain") {
    add_record(h, "ledger_adjusted", R"({"symbol":"ETHUSDT","cause":"explained"})", 9'100);
    add_record(h, "ledger_adjusted", R"({"symbol":"ETHUSDT","cause":"released_by_operator"})",
               9'200);
    CHECK(check_held(h).empty());
  }
}

TEST_CASE("an exit that may close more than there is is found") {
  auto h = a_history();
  h.allows[2].amount = 201;
  CHECK(finds(check_reductions(h), "I3"));
}
