// Paths of prices and the exits they lead to, for long and short, with a restart at every step.
#include "exit_path.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::testing;

namespace {

struct point {
  std::int64_t at_s;
  const char* mark;
  bool flip{false};
};

struct path_case {
  const char* name;
  std::vector<point> path;
  std::vector<std::string> exits;
  const char* last_stop;  ///< Of the last state, for the long position; empty: not looked at.
};

/// A position of 2 at 100 with the defaults: stop 98, so one r is 2; target 104; a quarter taken at
/// 102 and another at 103; from 102 on the stop at 100.05 (5 bp for closing) or 2 behind the best.
const std::vector<path_case> cases{
    {"all the way to the target",
     {{1, "101"}, {2, "102"}, {3, "103"}, {4, "104"}},
     {"1.5 take_profit", "1 take_profit", "0 target_reached"},
     "102"},
    {"straight into the stop", {{1, "99"}, {2, "97.9"}}, {"0 stop_crossed"}, "98"},
    {"a part taken, then back to where it costs nothing",
     {{1, "102"}, {2, "101"}, {3, "100.06"}, {4, "100.05"}},
     {"1.5 take_profit", "0 stop_crossed"},
     "100.05"},
    {"two levels in one leap, then back from the best",
     {{1, "103.5"}, {2, "102"}, {3, "101.51"}, {4, "101.5"}},
     {"1 take_profit", "0 trailing"},
     "101.5"},
    {"a leap over everything", {{1, "105"}}, {"0 target_reached"}, ""},
    {"small gains do not move the best",
     {{1, "102"}, {2, "102.05"}, {3, "102.09"}, {4, "102.1"}, {5, "100.1"}},
     {"1.5 take_profit", "0 trailing"},
     "100.1"},
    {"a level touched twice is taken once",
     {{1, "102"}, {2, "101"}, {3, "102"}, {4, "101"}, {5, "102"}},
     {"1.5 take_profit"},
     "100.05"},
    {"nothing gained in half a day",
     {{1, "100.4"}, {43'199, "100.4"}, {43'200, "100.4"}},
     {"0 time_stop"},
     "98"},
    {"half an r in half a day may stay, a day is the end",
     {{1, "101"}, {43'200, "101"}, {86'399, "101"}, {86'400, "101"}},
     {"0 time_limit"},
     "98"},
    {"a change of mind alone closes nothing", {{1, "100"}, {2, "100", true}, {3, "99"}}, {}, "98"},
};

std::vector<path_step> steps_of(const path_case& c, bool is_long) {
  std::vector<path_step> out;
  for (const auto& p : c.path) {
    // The short position's path is the mirror image at 100.
    const auto mark = at_price(p.mark);
    out.push_back({p.at_s, is_long ? mark : price::whole(200) - mark, p.flip});
  }
  return out;
}

}  // namespace

TEST_CASE("a path of prices leads to its exits, for long and short") {
  for (const auto& c : cases)
    for (const bool is_long : {true, false}) {
      CAPTURE(c.name, is_long);
      const auto outcome = follow({}, is_long ? "2" : "-2", steps_of(c, is_long));
      CHECK(outcome.exits == c.exits);
      if (*c.last_stop == '\0')
        continue;
      const auto stop = at_price(c.last_stop);
      CHECK(outcome.stored.back().stop == (is_long ? stop : price::whole(200) - stop));
    }
}

TEST_CASE("a restart at any step of any path leads to the same exits and states") {
  for (const auto& c : cases)
    for (const bool is_long : {true, false}) {
      const auto path = steps_of(c, is_long);
      const auto whole = follow({}, is_long ? "2" : "-2", path);
      for (std::size_t at = 0; at < path.size(); ++at) {
        CAPTURE(c.name, is_long, at);
        CHECK(follow({}, is_long ? "2" : "-2", path, at) == whole);
      }
    }
}

TEST_CASE(
    "a change of mind in a market that fell against the position closes it, after a restart "
    "too") {
  exit_settings s = plain_settings();
  s.kill_score_at = in_r("0.5");
  s.regime = {std::chrono::minutes{5}, std::chrono::minutes{60}, std::chrono::minutes{5}};
  std::vector<path_step> path;
  // An hour of small moves, then five minutes of large ones downwards, then a flip.
  std::int64_t at = 10'000;
  for (std::int64_t minute = 0; minute <= 60; ++minute)
    path.push_back({minute * 60, price::from_raw((at + minute % 2) * 1'000'000)});
  for (std::int64_t minute = 61; minute <= 65; ++minute)
    path.push_back({minute * 60, price::from_raw((at -= 20) * 1'000'000)});
  path.push_back({65 * 60 + 1, price::from_raw(at * 1'000'000), true});
  const auto whole = follow(s, "2", path);
  CHECK(whole.exits == std::vector<std::string>{"0 kill_score"});
  for (std::size_t i = 0; i < path.size(); ++i) {
    CAPTURE(i);
    CHECK(follow(s, "2", path, i) == whole);
  }
  // The same market without the flip does not.
  path.back().flip = false;
  CHECK(follow(s, "2", path).exits.empty());
}

TEST_CASE("a position near its liquidation goes, as soon as that price is known") {
  bool known = false;
  const liquidation_lookup at_99 = [&](const position_key&, const position_open&) {
    return known ? std::optional{at_price("99")} : std::nullopt;
  };
  path_world world({}, "2", at_99);
  world.step({1, at_price("99.2")});
  CHECK(world.outcome().exits.empty());
  known = true;
  world.step({2, at_price("99.2")});
  CHECK(world.outcome().exits == std::vector<std::string>{"0 liquidation_buffer"});
}

TEST_CASE("a symbol's own policy watches it, and a source's the positions it opened") {
  exit_settings s;
  s.symbols["BTCUSDT"] = plain_policy();
  CHECK(follow(s, "2", {{1, at_price("102")}, {2, at_price("104")}}).exits ==
        std::vector<std::string>{"0 target_reached"});
  s.symbols["BTCUSDT"].stop_bp = 100;
  CHECK(follow(s, "2", {{1, at_price("99")}}).exits == std::vector<std::string>{"0 stop_crossed"});
}
