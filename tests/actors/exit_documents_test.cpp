// What people are shown of a position's exits.
#include "exit_documents.hpp"

#include <boost/json.hpp>

#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::actors;

namespace {

exit_state a_state() {
  exit_state s;
  s.position = {symbol("BTCUSDT"), position_side::both};
  s.active = true;
  s.entry = price::whole(100);
  s.initial = quantity::whole(2);
  s.opened_at = {1'000'000};
  s.stop = price::whole(98);
  s.risk = price::whole(2);
  s.peak = price::whole(103);
  s.tranches = 1;
  s.source = source_id("alpha");
  return s;
}

}  // namespace

TEST_CASE("a position's document has r, its best, the score, what comes next and whose rules") {
  exit_settings settings;
  settings.sources["alpha"] = {};
  const auto o = exit_object(a_state(), {quantity::parse("1.5").value(), price::whole(100)},
                             price::whole(101), price::whole(80), {&settings, {1'000'000}});
  const auto text = [&](const char* key) { return std::string(o.at(key).as_string()); };
  CHECK(text("policy") == "source alpha");
  CHECK(text("r") == "0.5");
  CHECK(text("r_peak") == "1.5");
  CHECK(text("kill_score") == "0.1192");
  CHECK(text("liquidation") == "80");
  CHECK(text("stop_by") == "opening");
  const auto& next = o.at("next_tranche").as_object();
  CHECK(next.at("number") == 2);
  CHECK(next.at("of") == 2);
  CHECK(next.at("at_r").as_string() == "1.5");
  CHECK(next.at("target").as_string() == "1");
  const auto& level = o.at("next_level").as_object();
  CHECK(level.at("reason").as_string() == "take_profit");
  CHECK(level.at("at").as_string() == "103");
  CHECK(level.at("away_bp") == 198);
}

TEST_CASE("what is not known is null, and the last tranche is followed by none") {
  exit_settings settings;
  auto s = a_state();
  s.risk = {};
  s.source = {};
  s.tranches = 2;
  const auto o = exit_object(s, {quantity::whole(1), price::whole(100)}, {}, {}, {&settings, {}});
  for (const auto* key : {"r", "r_peak", "risk", "next_tranche", "next_level", "liquidation",
                          "source", "time_left_ms"}) {
    CAPTURE(key);
    CHECK(o.at(key).is_null());
  }
  CHECK(o.at("policy").as_string() == "general");
}

TEST_CASE("what is left of a time limit is told, and never less than nothing") {
  exit_settings settings;
  auto s = a_state();
  s.time_limit = milliseconds{5'000};
  const auto left_at = [&](std::int64_t wall_ms) {
    return exit_object(s, {quantity::whole(1), price::whole(100)}, {}, {}, {&settings, {wall_ms}})
        .at("time_left_ms")
        .as_int64();
  };
  CHECK(left_at(1'002'000) == 3'000);
  CHECK(left_at(1'009'000) == 0);
}

TEST_CASE("a position is unprotected without a state, without stop and limit, or when disabled") {
  exit_settings settings;
  CHECK(is_unprotected({}, settings));
  CHECK_FALSE(is_unprotected(a_state(), settings));
  auto bare = a_state();
  bare.stop = std::nullopt;
  CHECK(is_unprotected(bare, settings));
  settings.symbols["BTCUSDT"].enabled = false;
  CHECK(is_unprotected(a_state(), settings));
}
