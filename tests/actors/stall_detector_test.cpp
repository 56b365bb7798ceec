// What is named a stall, when, in which words; and what is not.
#include "stall_detector.hpp"

#include <functional>

#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::actors;
using namespace std::chrono_literals;

namespace {

instant at_s(std::int64_t s) {
  return instant{} + std::chrono::seconds{s};
}

stall_input a_healthy_one(std::int64_t s) {
  stall_input in;
  in.now = at_s(s);
  in.bound = 2'000ms;
  in.oldest_truth = 900ms;
  in.read_latency = 300ms;
  in.budget = {400, 2'400, 0, std::nullopt};
  in.user_stream_up = true;
  in.mark_stream_up = true;
  in.open_positions = 7;
  return in;
}

/// Looks every second; `bend` changes what a healthy pipeline would show.
using bend = std::function<void(stall_input&, std::int64_t second)>;
std::vector<stall> looked_at(stall_detector& d, std::int64_t from_s, std::int64_t to_s,
                             const bend& bent) {
  std::vector<stall> began;
  for (auto s = from_s; s <= to_s; ++s) {
    auto in = a_healthy_one(s);
    bent(in, s);
    for (auto& b : d.look(in).began)
      began.push_back(std::move(b));
  }
  return began;
}

std::vector<std::string> words(const std::vector<stall>& all) {
  std::vector<std::string> out;
  for (const auto& s : all)
    out.emplace_back(to_string(s.cause));
  return out;
}

using names = std::vector<std::string>;

struct cause_case {
  const char* cause;
  bend bent;
};

std::uint64_t count(std::int64_t s) {
  return static_cast<std::uint64_t>(s);
}

/// What a pipeline shows that has this cause and no other.
std::vector<cause_case> one_case_a_cause() {
  return {
      {"banned", [](auto& in, auto) { in.budget.banned_until = at_s(3'600); }},
      {"paused",
       [](auto& in, auto s) {
         // What it keeps back is not named beside it.
         in.budget.paused_until = at_s(3'600);
         in.reads_without_budget = count(s);
         in.oldest_truth = milliseconds{s * 1'000};
       }},
      {"exchange_away",
       [](auto& in, auto s) {
         // What follows from it is not named beside it.
         in.exchange_away = "unreachable: connection refused";
         in.oldest_truth = milliseconds{s * 1'000};
       }},
      {"slow_rounds", [](auto& in, auto) { in.oldest_truth = 171'000ms; }},
      {"budget_exhausted", [](auto& in, auto s) { in.reads_without_budget = count(s); }},
      {"parser_refusing",
       [](auto& in, auto s) {
         // No read succeeds then either, which is not named beside its cause.
         in.reads_malformed = count(s);
         if (s >= 3 && s <= 60)
           in.exchange_away = "malformed: not JSON";
       }},
      {"symbol_failing",
       [](auto& in, auto) {
         in.failing_symbol = {"ABCUSDT", 5};
       }},
      {"user_stream_down", [](auto& in, auto) { in.user_stream_up = false; }},
      {"user_stream_mute", [](auto& in, auto s) { in.stream_mutes = count(s / 5); }},
      {"mark_stream_down", [](auto& in, auto) { in.mark_stream_up = false; }},
      {"clock_off",
       [](auto& in, auto s) {
         in.reads_clock_refused = count(s);
         if (s >= 3 && s <= 60)
           in.exchange_away = "clock_off: -1021";
       }},
      {"executor_stuck", [](auto& in, auto s) { in.oldest_open_order = milliseconds{s * 1'000}; }},
      {"exits_failing",
       [](auto& in, auto) {
         in.failing_exit = {symbol("BTCUSDT"), 4, at_s(0), "refused: -1008 busy"};
       }},
      {"journal_slow", [](auto& in, auto) { in.oldest_uncommitted = 1'500ms; }},
      {"stage_stuck",
       [](auto& in, auto s) {
         // Every other stage goes on, and is not told beside it.
         in.stages.fill({3, count(s)});
         in.stages[static_cast<std::size_t>(stage_name::exit_engine)] = {2, 7};
       }},
      {"one_reason_denies",
       [](auto& in, auto s) {
         in.verdicts = count(s);
         in.denied_by = {{"stale_exchange_state", count(s) / 2}};
       }},
  };
}

}  // namespace

TEST_CASE("a healthy pipeline has no stall, however long it runs") {
  stall_detector d{{}};
  CHECK(looked_at(d, 0, 600, [](auto& in, auto s) {
          // Plenty of verdicts, denied for many reasons.
          in.verdicts = static_cast<std::uint64_t>(s * 10);
          in.denied_by = {{"cooldown", static_cast<std::uint64_t>(s * 3)},
                          {"no_position", static_cast<std::uint64_t>(s * 3)}};
        }).empty());
}

TEST_CASE("each cause is named by itself, within a minute, with effect and remedy") {
  const auto cases = one_case_a_cause();
  REQUIRE(cases.size() == stall_cause_count);
  for (const auto& c : cases) {
    INFO(c.cause);
    stall_detector d{{}};
    const auto began = looked_at(d, 0, 60, c.bent);
    REQUIRE(words(began) == names{c.cause});
    CHECK_FALSE(began.front().text.empty());
    CHECK(began.front().effect.find("7 positions are open") != std::string::npos);
    CHECK_FALSE(began.front().remedy.empty());
    CHECK(words(d.active()) == names{c.cause});
    // Cured: the counts stand still, everything else is healthy.
    auto cured = a_healthy_one(61);
    c.bent(cured, 61);
    const auto counts = cured;
    cured = a_healthy_one(61);
    cured.reads_without_budget = counts.reads_without_budget;
    cured.reads_malformed = counts.reads_malformed;
    cured.reads_clock_refused = counts.reads_clock_refused;
    cured.stream_mutes = counts.stream_mutes;
    cured.verdicts = counts.verdicts;
    cured.denied_by = counts.denied_by;
    std::size_t ended = 0;
    for (int s = 61; s < 200; ++s) {
      cured.now = at_s(s);
      ended += d.look(cured).ended.size();
    }
    CHECK(ended == 1);
    CHECK(d.active().empty());
  }
}

TEST_CASE("reads that a pause kept back are not taken for missing weight when it is over") {
  stall_detector d{{}};
  const auto began = looked_at(d, 0, 80, [](auto& in, auto s) {
    in.reads_without_budget = static_cast<std::uint64_t>(s < 40 ? s * 3 : 120);
    if (s < 40)
      in.budget.paused_until = at_s(40);
  });
  CHECK(words(began) == names{"paused"});
  CHECK(d.active().empty());
}

TEST_CASE("what is counted is over soon after it has last happened") {
  for (const bool mute : {false, true}) {
    stall_detector d{{}};
    const auto bent = [mute](auto& in, std::int64_t s) {
      const auto seen = static_cast<std::uint64_t>(std::min<std::int64_t>(s, 20));
      (mute ? in.stream_mutes : in.reads_malformed) = seen;
    };
    CHECK(looked_at(d, 0, 27, bent).size() == 1);
    CHECK(d.active().size() == 1);
    looked_at(d, 28, 30, bent);
    CHECK(d.active().empty());
  }
}

TEST_CASE("what lasts for less than the limit is no stall") {
  stall_detector d{{}};
  CHECK(looked_at(d, 0, 4, [](auto& in, auto) { in.user_stream_up = false; }).empty());
  CHECK(looked_at(d, 5, 5, [](auto&, auto) {}).empty());
  CHECK(looked_at(d, 6, 10, [](auto& in, auto) { in.user_stream_up = false; }).empty());
  CHECK(words(looked_at(d, 11, 11, [](auto& in, auto) { in.user_stream_up = false; })) ==
        names{"user_stream_down"});
}

TEST_CASE("the incident's own numbers are in the words") {
  stall_detector d{{}};
  const auto began = looked_at(d, 0, 30, [](auto& in, auto) {
    in.bound = 10'000ms;
    in.oldest_truth = 99'400ms;
    in.exits_waiting = 4;
  });
  REQUIRE(words(began) == names{"slow_rounds"});
  CHECK(began.front().text ==
        "the oldest truth is 99.4 s old, promised are 10.0 s; a read takes 0.3 s");
  CHECK(began.front().effect ==
        "exits and entries read anew first, entries whose read does not come are denied; "
        "7 positions are open, 4 exits wait");
}

TEST_CASE("stages that stand still are told by name, those that are idle are not") {
  stall_detector d{{}};
  const auto began = looked_at(d, 0, 30, [](auto& in, auto s) {
    in.stages[static_cast<std::size_t>(stage_name::executor)] = {4, 9};
    in.stages[static_cast<std::size_t>(stage_name::intake)] = {0, 3};
    // Met at work whenever one looks, but with another message.
    in.stages[static_cast<std::size_t>(stage_name::journal)] = {1, count(s)};
    // Takes its first message somewhat late.
    in.stages[static_cast<std::size_t>(stage_name::planner)] = {s < 3 ? 1U : 0U, s < 3 ? 0U : 1U};
  });
  REQUIRE(words(began) == names{"stage_stuck"});
  CHECK(began.front().text ==
        "stages handle nothing, with as many messages before them: executor (4)");
}

TEST_CASE("an exit in vain is named when it has been for long, and no more when it is over") {
  stall_detector d{{}};
  const auto in_vain = [](auto& in, auto) {
    in.failing_exit = {symbol("ETHUSDT"), 7, at_s(100), "refused: -1008 busy"};
  };
  CHECK(looked_at(d, 100, 125, in_vain).empty());
  const auto began = looked_at(d, 126, 130, in_vain);
  REQUIRE(words(began) == names{"exits_failing"});
  CHECK(began.front().text ==
        "an exit of ETHUSDT has executed nothing for 26.0 s: 7 orders came to nothing, the last "
        "one with refused: -1008 busy");
  CHECK(began.front().effect == "that position stays as it is; 7 positions are open, 0 exits wait");
  CHECK(began.front().remedy ==
        "close it by hand at the exchange if it must not wait; it is tried again until its "
        "deadline");
  // Another one follows it that has not been for long.
  CHECK(looked_at(d, 131, 131, [](auto& in, auto s) {
          in.failing_exit = {symbol("BTCUSDT"), 3, at_s(s - 9), "refused"};
        }).empty());
  CHECK(d.active().empty());
}

TEST_CASE("a few verdicts say nothing about the share of a reason") {
  stall_detector d{{}};
  CHECK(looked_at(d, 0, 120, [](auto& in, auto s) {
          in.verdicts = static_cast<std::uint64_t>(s / 4);
          in.denied_by = {{"cooldown", in.verdicts}};
        }).empty());
}

TEST_CASE("a stall is told once when it begins and once when it ends") {
  stall_detector d{{}};
  std::size_t began = 0;
  std::size_t ended = 0;
  for (int s = 0; s < 100; ++s) {
    auto in = a_healthy_one(s);
    in.mark_stream_up = s >= 50;
    const auto told = d.look(in);
    began += told.began.size();
    ended += told.ended.size();
  }
  CHECK(began == 1);
  CHECK(ended == 1);
}
