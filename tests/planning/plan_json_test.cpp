// Plans as JSON: what is read, what is refused and how it is named, and the way back.
#include <algorithm>
#include <string>

#include "sluice/planning/plan_json.hpp"
#include "support/catch.hpp"

using namespace sluice;

namespace {

const stamp received{instant{std::chrono::hours{50}}, *parse_rfc3339("2026-11-23T12:00:00Z")};
const arrival by_one_clock{received, received.wall};

plan_document_result read(std::string_view text) {
  return parse_plans(text, by_one_clock, {});
}

plan only_plan(std::string_view text) {
  const auto document = read(text);
  if (!document) {
    for (const auto& f : document.error())
      UNSCOPED_INFO(f.pointer << ": " << f.reason);
  }
  REQUIRE(document);
  REQUIRE(document->plans.size() == 1);
  return document->plans.front();
}

/// An open plan with one piece of text replaced.
std::string open_with(const std::string& what, const std::string& instead) {
  std::string text = R"({"plan_id":"p-1","source":"strategy","symbol":"BTCUSDT","kind":"open",)"
                     R"("side":"buy","quantity":"0.010"})";
  const auto at = text.find(what);
  REQUIRE(at != std::string::npos);
  return text.replace(at, what.size(), instead);
}

std::string open_and(const std::string& more) {
  return open_with("}", "," + more + "}");
}

}  // namespace

TEST_CASE("an open plan is read with everything it may carry") {
  const auto p = only_plan(R"({"plan_id":"p-1","source":"strategy","symbol":"BTCUSDT",
    "kind":"open","side":"sell","notional":"200","position_side":"short","stop":"61000.5",
    "take_profit":"58000","time_limit":"4h","ttl":"30s","created_at":"2026-11-23T11:59:59.500Z"})");
  CHECK(p.id == plan_id{"p-1"});
  CHECK(p.source == source_id{"strategy"});
  CHECK(p.instrument == symbol{"BTCUSDT"});
  CHECK(p.leg == position_side::short_);
  CHECK(p.deadline == received.steady + std::chrono::seconds{30});
  CHECK(p.deadline_wall.ms == received.wall.ms + 30'000);
  CHECK(p.created_at.ms == received.wall.ms - 500);
  const auto& o = std::get<open_plan>(p.body);
  CHECK(o.direction == side::sell);
  CHECK_FALSE(o.amount);
  CHECK(o.value == notional::whole(200));
  CHECK(o.stop == *price::parse("61000.5"));
  CHECK(o.target == price::whole(58'000));
  CHECK(o.time_limit == milliseconds{4 * 3'600'000});
}

TEST_CASE("a reduce and a cancel are read") {
  const auto r = only_plan(R"({"plan_id":"r","source":"desk","symbol":"ETHUSDT","kind":"reduce",
    "target":0,"reason":"stop_crossed"})");
  CHECK(std::get<reduce_plan>(r.body) == reduce_plan{quantity{}, "stop_crossed"});
  const auto c = only_plan(R"({"plan_id":"c","source":"desk","kind":"cancel","cancels":"r"})");
  CHECK(std::get<cancel_plan>(c.body).target == plan_id{"r"});
}

TEST_CASE("a decimal may be a whole JSON number of any size that fits") {
  CHECK(*std::get<open_plan>(only_plan(open_with("\"0.010\"", "12")).body).amount ==
        quantity::whole(12));
  CHECK(*std::get<open_plan>(only_plan(open_with("\"0.010\"", "92233720368")).body).amount ==
        quantity::whole(92'233'720'368));
}

TEST_CASE("the deadline counts from the receipt and is cut to the longest life") {
  CHECK(only_plan(open_with("}", "}")).deadline == received.steady + milliseconds{60'000});
  CHECK(only_plan(open_and(R"("ttl":"2h")")).deadline == received.steady + milliseconds{300'000});
  CHECK(only_plan(open_and(R"("deadline":"2026-11-23T12:00:10Z")")).deadline ==
        received.steady + milliseconds{10'000});
  CHECK(only_plan(open_and(R"("deadline":"2027-01-01T00:00:00Z")")).deadline ==
        received.steady + milliseconds{300'000});
}

TEST_CASE("an array is read as a batch, all or nothing") {
  const auto one = open_with("p-1", "a");
  const auto two = open_with("p-1", "b");
  const auto both = read("[" + one + " , " + two + "]\n");
  REQUIRE(both);
  CHECK(both->batch);
  CHECK(both->plans.size() == 2);
  CHECK_FALSE(read(one)->batch);
  const auto spoilt = read("[" + one + "," + open_with("buy", "bye") + "]");
  REQUIRE_FALSE(spoilt);
  CHECK(spoilt.error() == std::vector<field_fault>{{"/1/side", "must be buy or sell"}});
}

namespace {

struct hostile_row {
  const char* pointer;
  std::string text;
};

void check_refused(const std::vector<hostile_row>& rows) {
  for (const auto& r : rows) {
    INFO(r.text.substr(0, 200));
    const auto document = read(r.text);
    REQUIRE_FALSE(document);
    REQUIRE(document.error().size() == 1);
    CHECK(document.error().front().pointer == r.pointer);
    CHECK_FALSE(document.error().front().reason.empty());
    CHECK(document.error().front().reason.size() < 200);
  }
}

}  // namespace

TEST_CASE("each hostile plan is refused at the field that is wrong") {
  const std::string huge(1'000'000, 'x');
  check_refused({
      {"/leverage", open_and(R"("leverage":"20")")},
      {"/a~1b~0c", open_and(R"("a/b~c":"20")")},
      {"/plan_id", open_with(R"("plan_id":"p-1",)", "")},
      {"/plan_id", open_with("p-1", huge)},
      {"/plan_id", open_with("p-1", "../../etc/passwd")},
      {"/plan_id", open_with("p-1", "p\\n1")},
      {"/plan_id", open_with("p-1", "")},
      {"/plan_id", open_with("\"p-1\"", "17")},
      {"/plan_id", open_with("\"p-1\"", "null")},
      {"/plan_id", open_and(R"("plan_id":"p-2")")},
      {"/plan_id", open_with("p-1", "exit:BTCUSDT:both:1")},
      {"/plan_id", open_with("p-1", "reconcile-close:7")},
      {"/plan_id", open_with("p-1", "flatten:1:BTCUSDT:both:1")},
      {"/plan_id", open_with("p-1", "supersede:p-2:1")},
      {"/plan_id", open_with("p-1", std::string(1'000'000, 'p'))},
      {"/source", open_with("strategy", "some one")},
      {"/source", open_with("strategy", "exit_engine")},
      {"/source", open_with("strategy", "reconciler")},
      {"/source", open_with("strategy", "flatten")},
      {"/source", open_with("strategy", "planner")},
      {"/symbol", open_with("BTCUSDT", "BTC/USDT")},
      {"/symbol", open_with(R"("symbol":"BTCUSDT",)", "")},
      {"/kind", open_with("\"open\"", "\"close\"")},
      {"/kind", open_with(R"("kind":"open",)", "")},
      {"/side", open_with("buy", "long")},
      {"/side", open_with("\"buy\"", "true")},
      {"/side", open_with(R"("side":"buy",)", "")},
      {"/side", open_and(R"("position_side":"short")")},
      {"/position_side", open_and(R"("position_side":"BOTH")")},
      {"/quantity", open_with("0.010", "1e-999")},
      {"/quantity", open_with("\"0.010\"", "1e-999")},
      {"/quantity", open_with("\"0.010\"", "0.010")},
      {"/quantity", open_with("\"0.010\"", "1.0")},
      {"/quantity", open_with("\"0.010\"", "-0")},
      {"/quantity", open_with("0.010", "-0")},
      {"/quantity", open_with("0.010", "-1")},
      {"/quantity", open_with("0.010", "0")},
      {"/quantity", open_with("0.010", "NaN")},
      {"/quantity", open_with("0.010", "Infinity")},
      {"/quantity", open_with("0.010", "0.000000001")},
      {"/quantity", open_with("0.010", "99999999999999999999")},
      {"/quantity", open_with("\"0.010\"", "18446744073709551615")},
      {"/quantity", open_with("0.010", " 1")},
      {"/quantity", open_with("0.010", "\\u0661")},
      {"/quantity", open_with("\"0.010\"", R"(["0.010"])")},
      {"/quantity", open_with("\"0.010\"", R"({"value":"0.010"})")},
      {"/quantity", open_with(R"(,"quantity":"0.010")", "")},
  });
}

TEST_CASE("each hostile extra, time or document is refused at its place") {
  check_refused({
      {"/notional", open_and(R"("notional":"200")")},
      {"/stop", open_with(R"("quantity":"0.010")", R"("risk":"25")")},
      {"/risk", open_with(R"("quantity":"0.010")", R"("risk":"0","stop":"49000")")},
      {"/risk", open_with(R"("quantity":"0.010")", R"("notional":"5","risk":"1","stop":"9")")},
      {"/stop", open_and(R"("stop":"0")")},
      {"/stop", open_and(R"("stop":"50000","take_profit":"49000")")},
      {"/time_limit", open_and(R"("time_limit":"4")")},
      {"/time_limit", open_and(R"("time_limit":"0s")")},
      {"/target", open_and(R"("target":"0")")},
      {"/cancels", open_and(R"("cancels":"x")")},
      {"/created_at", open_and(R"("created_at":"yesterday")")},
      {"/ttl", open_and(R"("ttl":"-5s")")},
      {"/ttl", open_and(R"("ttl":30)")},
      {"/deadline", open_and(R"("deadline":"2026-11-23T12:00:30Z","ttl":"30s")")},
      {"/target", R"({"plan_id":"r","source":"s","symbol":"X","kind":"reduce"})"},
      {"/target", R"({"plan_id":"r","source":"s","symbol":"X","kind":"reduce","target":"-1"})"},
      {"/reason", R"({"plan_id":"r","source":"s","symbol":"X","kind":"reduce","target":"0",)"
                  R"("reason":"a\u0000b"})"},
      {"/reason", R"({"plan_id":"r","source":"s","symbol":"X","kind":"reduce","target":"0",)"
                  R"("reason":")" +
                      std::string(65, 'r') + "\"}"},
      {"/side", R"({"plan_id":"r","source":"s","symbol":"X","kind":"reduce","target":"0",)"
                R"("side":"sell"})"},
      {"/cancels", R"({"plan_id":"c","source":"s","kind":"cancel"})"},
      {"", ""},
      {"", "{"},
      {"", "[]"},
      {"", "null"},
      {"", "\"plan\""},
      {"", "12"},
      {"", open_with("}", "},")},
      {"", open_with("}", "}}")},
      {"", open_with("p-1", "\xff\xfe")},
      {"", "// plan\n" + open_with("}", "}")},
      {"/0", std::string(100'000, '[')},
      {"", std::string(2'000'000, ' ')},
      {"", "{\"" + std::string(65, 'n') + "\":1}"},
      {"/0", "[17]"},
      {"/0", "[[]]"},
  });
}

TEST_CASE("an open plan may be sized by what it risks up to its stop") {
  const auto p = only_plan(open_with(R"("quantity":"0.010")", R"("risk":"25.5","stop":"49000")"));
  const auto& o = std::get<open_plan>(p.body);
  CHECK(o.risk == *notional::parse("25.5"));
  CHECK_FALSE(o.amount);
  CHECK_FALSE(o.value);
  const auto again = only_plan(plan_to_json(p));
  CHECK(again.body == p.body);
}

TEST_CASE("a producer that must tell the age of its plans is refused without it") {
  intake_settings all;
  all.require_created_at = true;
  intake_settings one;
  one.sources["strategy"].require_created_at = true;
  const auto without = open_with("}", "}");
  const auto with = open_and(R"("created_at":"2026-11-23T11:59:59Z")");
  for (const auto& settings : {all, one}) {
    const auto refused = parse_plans(without, by_one_clock, settings);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().front().pointer == "/created_at");
    CHECK(parse_plans(with, by_one_clock, settings));
  }
  CHECK(parse_plans(open_with("strategy", "other"), by_one_clock, one));
}

TEST_CASE("a clock that runs behind keeps no exit out") {
  const auto tomorrow = R"(,"created_at":"2026-11-24T12:00:00Z"})";
  const auto close =
      R"({"plan_id":"r","source":"s","symbol":"ETHUSDT","kind":"reduce","target":"0")";
  CHECK(only_plan(std::string{close} + tomorrow).created_at.ms == received.wall.ms + 86'400'000);
  const auto open = parse_plans(open_with("}", tomorrow), by_one_clock, {});
  REQUIRE(open);
  REQUIRE(open->late.size() == 1);
  CHECK(open->late.front().why.pointer == "/created_at");
}

TEST_CASE("a wrong clock of ours keeps no fresh exit out and lets no old entry in") {
  const std::string close =
      R"({"plan_id":"r","source":"s","symbol":"ETHUSDT","kind":"reduce","target":"0")";
  const std::string cancel = R"({"plan_id":"c","source":"s","kind":"cancel","cancels":"r")";
  const auto document_of = [](const std::string& text, std::int64_t exchange_ahead_ms) {
    auto read =
        parse_plans(text, {received, {received.wall.ms + exchange_ahead_ms}}, intake_settings{});
    REQUIRE(read);
    return *read;
  };
  constexpr std::int64_t hour = 3'600'000;
  const std::string made_now = R"(,"created_at":"2026-11-23T12:00:00Z")";
  const std::string until_soon = R"(,"deadline":"2026-11-23T12:00:20Z")";
  for (const auto ahead : {-hour, hour}) {
    INFO(ahead);
    // The producer has our clock, or the exchange's: one of them says that it is in time.
    const auto by_exchange = format_rfc3339({received.wall.ms + ahead});
    const auto made_there = R"(,"created_at":")" + by_exchange + "\"";
    for (const auto& exit : {close, cancel})
      for (const auto& made : {made_now, made_there}) {
        const auto document = document_of(exit + made + "}", ahead);
        CHECK(document.late.empty());
        CHECK(document.plans.front().deadline == received.steady + milliseconds{60'000});
      }
    const auto until_there =
        R"(,"deadline":")" + format_rfc3339({received.wall.ms + ahead + 20'000}) + "\"";
    for (const auto& until : {until_soon, until_there}) {
      const auto document = document_of(close + until + "}", ahead);
      CHECK(document.late.empty());
      CHECK(document.plans.front().deadline > received.steady);
    }
    // What opens is old by the clock that says so.
    for (const auto& made : {made_now, made_there})
      if ((made == made_now) == (ahead > 0))
        CHECK(document_of(open_with("}", made + "}"), ahead).late.size() == 1);
  }
  CHECK(document_of(open_with("}", until_soon + "}"), hour).late.size() == 1);
  CHECK(document_of(open_with("}", until_soon + "}"), 15'000).plans.front().deadline ==
        received.steady + milliseconds{5'000});
  // Old by both.
  CHECK(document_of(close + R"(,"created_at":"2026-11-23T11:58:59Z"})", 1'000).late.size() == 1);
  CHECK(document_of(close + R"(,"deadline":"2026-11-23T11:59:58Z"})", 1'000).late.size() == 1);
}

TEST_CASE("a plan whose time is over is named as late, and would only expire") {
  struct row {
    const char* name;
    std::string text;
    std::vector<std::string> pointers;
  };
  const std::vector<row> table{
      {"older than plans may be",
       open_and(R"("created_at":"2026-11-23T11:58:59Z")"),
       {"/created_at"}},
      {"from a time to come", open_and(R"("created_at":"2026-11-23T12:00:06Z")"), {"/created_at"}},
      {"after its deadline", open_and(R"("deadline":"2026-11-23T12:00:00Z")"), {"/deadline"}},
      // So far away that a sanitizer would report the nanoseconds.
      {"long after it", open_and(R"("deadline":"0957-01-01T00:00:00Z")"), {"/deadline"}},
      {"both",
       open_and(R"("created_at":"2026-11-23T11:00:00Z","deadline":"2026-11-23T11:00:01Z")"),
       {"/created_at", "/deadline"}},
      {"in a batch",
       "[" + open_with("}", "}") + "," + open_and(R"("deadline":"2026-11-23T12:00:00Z")") + "]",
       {"/1/deadline"}},
  };
  for (const auto& r : table) {
    INFO(r.name);
    const auto document = read(r.text);
    REQUIRE(document);
    std::vector<std::string> pointers;
    for (const auto& l : document->late) {
      CHECK(l.id == document->plans.back().id);
      pointers.push_back(l.why.pointer);
    }
    CHECK(pointers == r.pointers);
    CHECK(document->plans.back().deadline == received.steady);
    CHECK(document->plans.back().deadline_wall == received.wall);
  }
  CHECK(read(open_with("}", "}"))->late.empty());
  // What else is wrong goes first.
  CHECK_FALSE(read(open_and(R"("deadline":"2026-11-23T12:00:00Z","target":"0")")));
}

TEST_CASE("all faults of a document are named together") {
  const auto document = read(R"([{"kind":"open"},{"plan_id":"x","source":"s","symbol":"B",
    "kind":"reduce","target":"1.000000001","colour":"red"}])");
  REQUIRE_FALSE(document);
  std::vector<std::string> pointers;
  for (const auto& f : document.error())
    pointers.push_back(f.pointer);
  CHECK(pointers == std::vector<std::string>{"/0/plan_id", "/0/source", "/0/symbol", "/0/side",
                                             "/1/colour", "/1/target"});
}

TEST_CASE("a document has a limit on its plans and on its faults") {
  std::string text = "[";
  for (int i = 0; i < 1'000; ++i)
    text += R"({"kind":"open"},)";
  text.back() = ']';
  const auto full = read(text);
  REQUIRE_FALSE(full);
  CHECK(full.error().size() == 100);
  text.back() = ',';
  const auto over = read(text + R"({"kind":"open"}])");
  REQUIRE_FALSE(over);
  CHECK(over.error() == std::vector<field_fault>{{"", "has more than 1000 plans"}});
}

TEST_CASE("a plan written as JSON is read as the same plan") {
  const std::string texts[] = {
      open_and(R"("stop":"49000","take_profit":"52000.00000001","time_limit":"1h30m",)"
               R"("created_at":"2026-11-23T11:59:59.123Z")"),
      R"({"plan_id":"r","source":"s","symbol":"币安人生USDT","kind":"reduce","target":"0.3",)"
      R"("reason":"said \"stop\"","position_side":"long"})",
      R"({"plan_id":"c","source":"s","kind":"cancel","cancels":"r"})",
  };
  for (const auto& text : texts) {
    const auto p = only_plan(text);
    const auto again = only_plan(plan_to_json(p));
    CHECK(again.id == p.id);
    CHECK(again.body == p.body);
    CHECK(again.deadline == p.deadline);
    CHECK(content_hash(again) == content_hash(p));
  }
}
