// What an upstream entry asks for: every form that is taken, and every one that is refused because
// it could be read in two ways.
#include "upstream_entries.hpp"

#include "sluice/planning/planner.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::upstream;

namespace {

upstream_reading read(stream_fields fields, upstream_settings settings = admitting()) {
  return read_upstream(an_entry(std::move(fields)), {by_one_clock, noon.ms}, settings, {});
}

upstream_wish wish_of(stream_fields fields) {
  const auto reading = read(std::move(fields));
  if (const auto* why = std::get_if<upstream_refusal>(&reading))
    UNSCOPED_INFO(to_string(why->fault) << ": " << why->reason);
  REQUIRE(std::holds_alternative<upstream_wish>(reading));
  return std::get<upstream_wish>(reading);
}

upstream_close close_of(stream_fields fields) {
  return std::get<upstream_close>(wish_of(std::move(fields)).what);
}

std::string fault_of(const upstream_reading& r) {
  if (const auto* why = std::get_if<upstream_refusal>(&r))
    return std::string{to_string(why->fault)} + ": " + why->reason;
  return std::holds_alternative<upstream_skip>(r) ? "skipped" : "taken";
}

truth holding(const char* amount) {
  return position_open{*quantity::parse(amount), price::whole(60'000)};
}

quantity target_of(const upstream_wish& w, const truth& held) {
  return std::get<reduce_plan>(plan_for_upstream(w, held, at_noon, {}).body).target;
}

}  // namespace

TEST_CASE("an upstream entry that opens is an open plan of its amount") {
  const auto w = wish_of(with(with(an_open(), "stop_loss", "59000.5"), "take_profit", "61000"));
  CHECK(w.id == plan_id{"p-1"});
  CHECK(w.source == source_id{"intent_bridge"});
  CHECK(lane_of(w) == lane::entry);
  CHECK_FALSE(needs_truth(w));
  const auto p = plan_for_upstream(w, {}, at_noon, {});
  const auto& o = std::get<open_plan>(p.body);
  CHECK(o.direction == side::buy);
  CHECK(o.amount == *quantity::parse("0.01"));
  CHECK(o.stop == *price::parse("59000.5"));
  CHECK(o.target == price::whole(61'000));
  CHECK(p.deadline == at_noon.steady + milliseconds{60'000});
  CHECK(p.instrument == symbol{"BTCUSDT"});
}

TEST_CASE("what an upstream entry closes becomes a target, never an amount") {
  struct row {
    const char* name;
    stream_fields fields;
    const char* held;
    const char* target;
  };
  const auto amount = [](stream_fields f, const char* qty) {
    return with(std::move(f), "qty", qty);
  };
  const auto plain =
      with(with(with(an_open(), "reduceOnly", "true"), "side", "SELL"), "source", "h");
  const std::vector<row> table{
      {"all", a_close(), "0.5", "0"},
      {"all, whatever amount is told", amount(a_close(), "0.0"), "0.5", "0"},
      {"three quarters", a_close("c", "PARTIAL_75"), "0.5", "0.125"},
      {"half of a short", a_close("c", "PARTIAL_50_PROPOSED"), "-0.5", "0.25"},
      {"a quarter, in other words", a_close("c", "CLOSE_PARTIAL_25"), "0.4", "0.3"},
      {"an amount", amount(a_close("c", "CLOSE"), "0.1"), "0.5", "0.4"},
      {"more than there is", amount(a_close("c", "CLOSE"), "0.7"), "0.5", "0"},
      {"close without an amount", a_close("c", "CLOSE"), "0.5", "0"},
      {"less by an amount", amount(a_close("c", "REDUCE"), "0.1"), "0.5", "0.4"},
      {"no action, reduceOnly", amount(plain, "0.2"), "0.5", "0.3"},
      {"a double's noise", amount(plain, "0.20000000000000001"), "0.5", "0.3"},
      {"nothing is held", a_close("c", "PARTIAL_50"), "0", "0"},
  };
  for (const auto& r : table) {
    INFO(r.name);
    const auto w = wish_of(r.fields);
    CHECK(lane_of(w) == lane::exit);
    const auto held = *quantity::parse(r.held);
    CHECK(target_of(w, held.is_zero() ? truth{position_flat{}} : holding(r.held)) ==
          *quantity::parse(r.target));
  }
}

TEST_CASE("\"less\" without an amount is refused: it could mean anything") {
  CHECK(fault_of(read(a_close("c", "REDUCE"))) == "unreadable: qty is missing");
  CHECK(fault_of(read(with(a_close("c", "REDUCE"), "qty", "nan"))) == "unreadable: qty is missing");
  CHECK(fault_of(read(with(a_close("c", "REDUCE"), "qty", "0"))).starts_with("unreadable: "));
}

TEST_CASE("only what is told decides whether an upstream entry opens or closes") {
  struct row {
    const char* name;
    stream_fields fields;
    const char* fault;
  };
  const std::vector<row> table{
      {"neither action nor reduceOnly", with(an_open(), "reduceOnly", "-"), "contradictory"},
      {"an action that closes, and reduceOnly false", with(a_close(), "reduceOnly", "False"),
       "contradictory"},
      {"an action that opens, and reduceOnly true",
       with(with(an_open(), "action", "OPEN"), "reduceOnly", "true"), "contradictory"},
      {"two sides", with(an_open(), "action", "SELL"), "contradictory"},
      {"two amounts", with(with(a_close("c", "CLOSE"), "qty", "1"), "close_qty", "2"),
       "contradictory"},
      {"stop beyond the target",
       with(with(an_open(), "stop_loss", "62000"), "take_profit", "61000"), "contradictory"},
      {"a stop to be moved", a_close("c", "UPDATE_SL"), "not_done_here"},
      {"an unknown action", a_close("c", "PARTIAL_100"), "not_done_here"},
      {"a limit order", with(an_open(), "type", "LIMIT"), "not_done_here"},
      {"hedge mode", with(an_open(), "positionSide", "LONG"), "not_done_here"},
      {"reduceOnly in other words", with(an_open(), "reduceOnly", "maybe"), "unreadable"},
      {"no decision", with(an_open(), "decision", "-"), "unreadable"},
      {"no side", with(an_open(), "side", "-"), "unreadable"},
      {"a side that is none", with(an_open(), "side", "UNKNOWN"), "unreadable"},
      {"no amount", with(an_open(), "qty", "-"), "unreadable"},
      {"amount zero", with(an_open(), "qty", "0.0"), "unreadable"},
      {"negative amount", with(an_open(), "qty", "-0.1"), "unreadable"},
      {"amount nan", with(an_open(), "qty", "NaN"), "unreadable"},
      {"amount inf", with(an_open(), "qty", "inf"), "unreadable"},
      {"amount 1e-999", with(an_open(), "qty", "1e-999"), "unreadable"},
      {"amount 1e30", with(an_open(), "qty", "1e30"), "unreadable"},
      {"reduceOnly without an amount", with(with(an_open(), "reduceOnly", "true"), "qty", "-"),
       "unreadable"},
      {"no id", with(an_open(), "plan_id", "-"), "unreadable"},
      {"an id with a path", with(an_open(), "plan_id", "../p"), "unreadable"},
      {"an id of one megabyte", with(an_open(), "plan_id", std::string(1'000'000, 'a')),
       "unreadable"},
      {"an id of our own", with(an_open(), "plan_id", "exit:BTCUSDT:both:1"), "unreadable"},
      {"no source", with(an_open(), "source", "-"), "unreadable"},
      {"source None", with(an_open(), "source", "None"), "unreadable"},
      {"our own source", with(an_open(), "source", "exit_engine"), "unreadable"},
      {"a symbol that is none", with(an_open(), "symbol", "BTC USDT"), "unreadable"},
      {"a source that may not open", with(an_open(), "source", "harvest_brain"),
       "source_not_allowed"},
      {"a field twice",
       [] {
         auto f = an_open();
         f.emplace_back("qty", "5");
         return f;
       }(),
       "unreadable"},
      {"65 fields",
       [] {
         auto f = an_open();
         while (f.size() < 65)
           f.emplace_back(std::to_string(f.size()), "");
         return f;
       }(),
       "unreadable"},
  };
  for (const auto& r : table) {
    INFO(r.name);
    const auto found = fault_of(read(r.fields));
    INFO(found);
    CHECK(found.starts_with(r.fault + std::string{": "}));
    CHECK(found.size() < 300);
  }
}

TEST_CASE("what is explicit on both sides is taken") {
  CHECK(fault_of(read(with(a_close(), "reduceOnly", "True"))) == "taken");
  CHECK(fault_of(read(with(an_open(), "action", "ENTRY_PROPOSED"))) == "taken");
  CHECK(fault_of(read(with(with(an_open(), "action", "OPEN"), "reduceOnly", "-"))) == "taken");
  CHECK(fault_of(read(with(an_open(), "action", "BUY"))) == "taken");
  CHECK(fault_of(read(with(an_open(), "positionSide", "BOTH"))) == "taken");
  CHECK(fault_of(read(with(an_open(), "stop_loss", "None"))) == "taken");
  CHECK(fault_of(read(with(an_open(), "stop_loss", "0.0"))) == "taken");
  CHECK(close_of(with(a_close(), "side", "sell")).direction == side::sell);
}

TEST_CASE("nobody may open by default, and whoever is named may close") {
  CHECK(fault_of(read(an_open(), {})).starts_with("source_not_allowed: "));
  CHECK(fault_of(read(a_close(), {})) == "taken");
  upstream_settings named;
  named.default_source = "upstream";
  const auto reading = read(with(a_close(), "source", "-"), named);
  CHECK(std::get<upstream_wish>(reading).source == source_id{"upstream"});
}

TEST_CASE("what the pipeline itself decided against is passed over") {
  for (const auto* word : {"SKIP", "BLOCKED", "blocked", "HOLD"})
    CHECK(fault_of(read(with(an_open(), "decision", word))) == "skipped");
}

TEST_CASE("a backlog is not carried out, by whichever clock it is old") {
  const intake_settings intake;
  const auto seconds = [](std::int64_t ago) { return std::to_string(noon.ms / 1'000 - ago); };
  CHECK(fault_of(read(with(an_open(), "timestamp", seconds(60)))) == "taken");
  CHECK(fault_of(read(with(an_open(), "timestamp", seconds(61)))).starts_with("plan_too_old: "));
  CHECK(fault_of(read(with(a_close(), "timestamp", seconds(61)))).starts_with("plan_too_old: "));
  CHECK(fault_of(read(with(an_open(), "timestamp", seconds(-6)))).starts_with("unreadable: "));
  CHECK(fault_of(read(with(an_open(), "timestamp", "-"))) == "taken");
  CHECK(fault_of(read(with(an_open(), "timestamp", "soon"))).starts_with("unreadable: "));
  for (const auto& same : std::vector<std::string>{std::to_string(noon.ms - 500), seconds(1) + ".5",
                                                   std::string{"2026-11-26T11:59:59.250Z"},
                                                   std::string{"2026-11-26T11:59:59.250123"}})
    CHECK(fault_of(read(with(an_open(), "timestamp", same))) == "taken");
  CHECK(fault_of(read(with(with(an_open(), "timestamp", "-"), "ts", seconds(61))))
            .starts_with("plan_too_old: "));

  const auto by_id = [&](std::int64_t server_ms) {
    return fault_of(read_upstream(an_entry(with(an_open(), "timestamp", "-")),
                                  {by_one_clock, server_ms}, admitting(), intake));
  };
  CHECK(by_id(noon.ms - 1'000 + 60'000) == "taken");
  CHECK(by_id(noon.ms - 1'000 + 60'001).starts_with("plan_too_old: "));
  CHECK(by_id(noon.ms - 1'000 - 5'001).starts_with("unreadable: "));
  for (const auto* id : {"", "-1", "x-1", "99999999999999999-0"})
    CHECK(fault_of(read_upstream({id, an_open()}, {by_one_clock, noon.ms}, admitting(), intake))
              .starts_with("unreadable: "));
}

TEST_CASE("no exit is refused because a clock was set back, and nothing opens on an unknown age") {
  const auto seconds = [](std::int64_t ago) { return std::to_string(noon.ms / 1'000 - ago); };
  const auto at = [](stream_fields fields, std::int64_t server_ms) {
    return fault_of(
        read_upstream(an_entry(std::move(fields)), {by_one_clock, server_ms}, admitting(), {}));
  };
  const auto an_hour_back = noon.ms - 3'600'000;
  CHECK(at(a_close(), an_hour_back) == "taken");
  CHECK(at(with(a_close(), "timestamp", seconds(1)), an_hour_back) == "taken");
  CHECK(at(with(a_close(), "timestamp", seconds(-3'600)), noon.ms) == "taken");
  CHECK(at(with(a_close(), "timestamp", seconds(-3'600)), an_hour_back) == "taken");
  // Old is old by either clock.
  CHECK(at(with(a_close(), "timestamp", seconds(61)), an_hour_back).starts_with("plan_too_old: "));
  CHECK(at(with(a_close(), "timestamp", seconds(-3'600)), noon.ms + 60'000)
            .starts_with("plan_too_old: "));
  // What was written before the step may be a backlog, which its producer's timestamp would tell.
  CHECK(at(with(an_open(), "timestamp", "-"), an_hour_back)
            .starts_with("unreadable: the entry lies "));
  CHECK(at(with(an_open(), "timestamp", seconds(1)), an_hour_back) == "taken");
  CHECK(at(with(an_open(), "timestamp", seconds(-6)), an_hour_back)
            .starts_with("unreadable: timestamp lies "));
}

TEST_CASE("a wrong clock of ours keeps no fresh close of the stream out, and lets no old open in") {
  constexpr std::int64_t hour = 3'600'000;
  const auto at = [](stream_fields fields, std::int64_t exchange_ahead_ms) {
    return read_upstream(an_entry(std::move(fields)),
                         {{at_noon, {noon.ms + exchange_ahead_ms}}, noon.ms}, admitting(), {});
  };
  const auto written = [](std::int64_t ms) { return std::to_string(noon.ms + ms); };
  for (const auto ahead : {-hour, hour}) {
    INFO(ahead);
    for (const auto& made : {written(-500), written(ahead - 500)}) {
      CHECK(fault_of(at(with(a_close(), "timestamp", made), ahead)) == "taken");
      if ((made == written(-500)) == (ahead > 0))
        CHECK(
            fault_of(at(with(an_open(), "timestamp", made), ahead)).starts_with("plan_too_old: "));
    }
  }
  CHECK(fault_of(at(with(a_close(), "timestamp", written(-61'000)), 1'000))
            .starts_with("plan_too_old: "));
  // What waits here grows old from what it was by that clock.
  const auto age_of = [](const upstream_reading& r) { return std::get<upstream_wish>(r).age; };
  const auto both = [&](stream_fields fields) {
    return age_of(at(with(std::move(fields), "timestamp", written(-2'000)), 20'000));
  };
  CHECK(both(an_open()) == std::chrono::seconds{22});
  CHECK(both(a_close()) == std::chrono::seconds{2});
}

TEST_CASE("fields may stand in a JSON payload, numbers with all their digits") {
  const auto payload = [](const std::string& json) {
    return stream_fields{{"payload", json}, {"trace_id", "t"}};
  };
  const auto w = wish_of(payload(
      R"({"plan_id":"p-2","decision":"EXECUTE","symbol":"ethusdt","action":"CLOSE","qty":0.12345678,)"
      R"("source":"h","steps":[{"step":"CLOSE","qty":9}],"context":{"qty":8},"reduceOnly":true,)"
      R"("stop_loss":null})"));
  CHECK(w.instrument == symbol{"ETHUSDT"});
  CHECK(std::get<upstream_close>(w.what).amount == *quantity::parse("0.12345678"));
  for (const auto* bad :
       {"", "[]", "{", "1", "null", R"({"plan_id":"a","plan_id":"b"})", "{} {}", R"({"a":1,})"}) {
    INFO(bad);
    CHECK(fault_of(read(payload(bad))).starts_with("unreadable: "));
  }
  CHECK(fault_of(read(payload(std::string(70'000, ' ')))).starts_with("unreadable: payload is "));
  CHECK(fault_of(read(payload(std::string(5'000, '[')))).starts_with("unreadable: payload is "));
  // Flat fields go first: one entry is never read in two ways.
  CHECK(wish_of(with(an_open(), "payload", "garbage")).id == plan_id{"p-1"});
}

TEST_CASE("the same wish published again is the same plan, another one is a conflict") {
  planner_core memory;
  const auto later = stamp{at_noon.steady + std::chrono::seconds{5}, {noon.ms + 5'000}};
  const auto first = plan_for_upstream(wish_of(an_open()), {}, at_noon, {});
  const auto fresh_time = with(an_open(), "timestamp", std::to_string(noon.ms / 1'000));
  CHECK(memory.remember(first) == plan_identity::fresh);
  CHECK(memory.remember(plan_for_upstream(wish_of(fresh_time), {}, later, {})) ==
        plan_identity::repeat);
  CHECK(memory.remember(plan_for_upstream(wish_of(with(an_open(), "qty", "0.02")), {}, later,
                                          {})) == plan_identity::conflict);
  CHECK(words_of(close_of(a_close("c", "PARTIAL_75"))) == "upstream close 75 %");
  CHECK(words_of(close_of(a_close("c", "CLOSE"))) == "upstream close");
  CHECK(words_of(close_of(with(a_close("c", "CLOSE"), "qty", "5e-05"))) ==
        "upstream close 0.00005");
}

TEST_CASE("a close that names its order's side is not made of the other side") {
  const auto sells = wish_of(with(a_close(), "side", "SELL"));
  CHECK(needs_truth(sells));
  CHECK_FALSE(closes_other_side(sells, holding("0.5")));
  CHECK(closes_other_side(sells, holding("-0.5")));
  CHECK_FALSE(closes_other_side(sells, position_flat{}));
  CHECK_FALSE(needs_truth(wish_of(a_close())));
  CHECK(needs_truth(wish_of(a_close("c", "PARTIAL_50"))));
}
