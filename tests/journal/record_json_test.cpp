// The text of records as event streams send it.
#include "sluice/journal/record_json.hpp"

#include <boost/json.hpp>

#include "builders.hpp"
#include "support/catch.hpp"

namespace sluice::journal {
namespace {

using namespace test;

std::string text_of(record_body body) {
  auto r = a_record(std::move(body));
  r.seq = 7;
  return to_json(r);
}

const std::string head = R"({"seq":7,"kind":")";
const std::string at = R"(","at":"2026-11-18T11:06:40.000Z","caused_by":0,)";

TEST_CASE("records read as their kind, their time and their fields") {
  struct sample {
    record_body body;
    std::string text;
  };
  const std::vector<sample> samples{
      {notice{"stream_mute", "no \"update\""},
       head + "notice" + at + R"("event":"stream_mute","text":"no \"update\""})"},
      {state_changed{trading_state::active, trading_state::halted, "mara", "venue down"},
       head + "state_changed" + at +
           R"("before":"active","after":"halted","author":"mara","reason":"venue down",)" +
           R"("until":null})"},
      {a_change("o1", "p1", order_state::unknown),
       head + "order_changed" + at +
           R"("client_order_id":"o1","plan_id":"p1","symbol":"BTCUSDT","state":"unknown",)" +
           R"("order_id":"9007199254740993","executed":"0.1","detail":"as told"})"},
      {truth_changed{{symbol("BTCUSDT"), position_side::both},
                     position_flat{},
                     {.content = position_open{decimal<quantity>("1"), decimal<price>("2")},
                      .as_of = at_ns(5),
                      .source = truth_source::stream,
                      .version = 3}},
       head + "truth_changed" + at +
           R"("symbol":"BTCUSDT","position_side":"both","before":{"kind":"flat"},)" +
           R"("after":{"kind":"open","amount":"1","entry":"2"},"as_of_ns":"5","changed_at":null,)" +
           R"("source":"stream","version":3})"},
  };
  for (const auto& s : samples)
    CHECK(text_of(s.body) == s.text);
}

TEST_CASE("a verdict's record has its refusals and not its facts") {
  const auto text = text_of(a_denial(an_open_plan("p1")));
  CHECK_THAT(text, ContainsSubstring(R"("verdict":{"kind":"deny","refusals":[)"
                                     R"({"code":"stale_exchange_state","observed":{"ms":12300},)"
                                     R"("limit":{"ms":10000}},)"));
  CHECK_THAT(text, ContainsSubstring(R"("times_judged":2)"));
  CHECK_THAT(text, !ContainsSubstring("now_ns"));
}

TEST_CASE("every kind of record is one line of JSON that names seq, kind and time") {
  const auto p = an_open_plan("p1");
  const std::vector<record_body> bodies{
      plan_accepted{p},
      a_permission(p),
      plan_continued{a_permission(p), "expired"},
      plan_finished{p.id, p.instrument, plan_end::partly, {}, 2, "deadline"},
      an_intent("o1", "p1"),
      a_change("o1", "p1", order_state::filled),
      a_fill("BTCUSDT", 1, side::buy, "1"),
      ledger_adjusted{{symbol("BTCUSDT"), position_side::both}, {}, {}, "explained", "line\nbreak"},
      hold_placed{a_hold(1, "BTCUSDT")},
      hold_released{a_hold(1, "BTCUSDT"), "mara", "checked"},
      truth_changed{},
      state_changed{},
      exit_changed{},
      funding_booked{symbol("BTCUSDT"), "USDT", {}, {}},
      equity_peaked{20'000, decimal<notional>("1000.5")},
      universe_kept{{}, 7, std::make_shared<const universe>()},
      override_set{{1, "gate.cooldown", "1s", "mara", "slow", {10}, {20}, {}}},
      override_ended{},
      close_armed{},
      close_disarmed{},
      stop_changed{},
      flatten_ordered{},
      flatten_ended{},
      settings_changed{"mara", "calmer", "a.toml", {{"gate.cooldown", "\"15s\"", "\"20s\""}}, {}},
      notice{"x", "y"}};
  REQUIRE(bodies.size() == std::variant_size_v<record_body>);
  for (const auto& body : bodies) {
    const auto text = text_of(body);
    INFO(text);
    CHECK(text.find('\n') == std::string::npos);
    const auto parsed = boost::json::parse(text).as_object();
    CHECK(parsed.at("seq") == 7);
    CHECK(std::string_view(parsed.at("kind").as_string()) == kind_of(body));
    CHECK(parsed.at("at").is_string());
    CHECK(parsed.size() > 3);
  }
}

TEST_CASE("exit states and exits' plans that older versions wrote are read") {
  const auto read = parse_state_body(
      "exit_changed",
      R"({"symbol":"BTCUSDT","position_side":"both","active":true,"entry":"100","initial":"2",
"opened_at":null,"stop":"98","target":null,"time_limit_ms":5,"origin":"p"})");
  REQUIRE(read.has_value());
  REQUIRE(read->has_value());
  const auto& e = std::get<exit_changed>(**read).what;
  CHECK(e.stop == decimal<price>("98"));
  CHECK(e.risk.is_zero());
  CHECK(e.stop_by == stop_mover::opening);
  CHECK(e.regime == regime_state{});
  plan_accepted made{a_reduce_plan("x")};
  std::get<reduce_plan>(made.what.body).numbers = "mark 97";
  auto text = body_json(made);
  const std::string_view numbers = ",\"numbers\":\"mark 97\"";
  const auto place = text.find(numbers);
  REQUIRE(place != std::string::npos);
  text.erase(place, numbers.size());
  const auto old = parse_state_body("plan_accepted", text);
  REQUIRE(old.has_value());
  const auto& what = std::get<plan_accepted>(**old).what;
  CHECK(std::get<reduce_plan>(what.body) == reduce_plan{{}, "stop_crossed"});
  // The position that a part is one of stands there only where there is one.
  CHECK(text.find("part_of") == std::string::npos);
  std::get<reduce_plan>(made.what.body).part_of = quantity::whole(-2);
  const auto part = parse_state_body("plan_accepted", body_json(made));
  REQUIRE(part.has_value());
  CHECK(std::get<reduce_plan>(std::get<plan_accepted>(**part).what.body).part_of ==
        quantity::whole(-2));
  // Nor does the side that a close is meant for.
  CHECK(text.find("of_side") == std::string::npos);
  std::get<reduce_plan>(made.what.body).of_side = -1;
  const auto sided = parse_state_body("plan_accepted", body_json(made));
  REQUIRE(sided.has_value());
  CHECK(std::get<reduce_plan>(std::get<plan_accepted>(**sided).what.body).of_side == -1);
}

TEST_CASE("long numbers go out as texts by the name of their field, and nothing else changes") {
  struct sample {
    const char* stored;
    const char* told;
  };
  const sample samples[] = {
      {"", ""},
      {R"({})", R"({})"},
      {R"({"order_id":1,"seq":2})", R"({"order_id":"1","seq":2})"},
      {R"({"a":{"trade_id":9223372036854775807}})", R"({"a":{"trade_id":"9223372036854775807"}})"},
      {R"({"as_of_ns":-5,"age_ms":7})", R"({"as_of_ns":"-5","age_ms":7})"},
      {R"({"last_fill_at_ns":null,"order_id":"2"})", R"({"last_fill_at_ns":null,"order_id":"2"})"},
      {R"({"reason":"\"order_id\":3","x":":4"})", R"({"reason":"\"order_id\":3","x":":4"})"},
      {R"({"reason":"back\\","algo_id":5})", R"({"reason":"back\\","algo_id":"5"})"},
      {R"({"client_order_id":6,"order_id":[7]})", R"({"client_order_id":6,"order_id":[7]})"},
      {R"({"cut":"off)", R"({"cut":"off)"},
  };
  for (const auto& s : samples)
    CHECK(long_numbers_as_text(s.stored) == s.told);
}

}  // namespace
}  // namespace sluice::journal
