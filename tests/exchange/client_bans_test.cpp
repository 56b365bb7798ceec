// Bans and pauses: how long nothing is sent, what is kept of them, and what the next process makes
// of it.
#include <array>
#include <ctime>

#include "support/client_under_test.hpp"

using namespace sluice;
using namespace sluice::test;

namespace {

/// For how many ms the next process sends nothing, with a clock that was set back by an hour.
std::int64_t left_after_a_restart(imposter& venue, const exchange::kept_stops& kept,
                                  failure_kind kind) {
  exchange::extras later;
  later.load_stops = [kept] { return kept; };
  later.wall_now = [] { return wall_time{wall_ms() - 3'600'000}; };
  const auto next = client_for(venue, settings_for(venue), std::move(later));
  answers<read_result<snapshot>> answer;
  next->read_account(within(2'000, read_class::exit_demand), answer.taker());
  const auto told = answer.wait();
  REQUIRE_FALSE(told.has_value());
  CHECK(told.error().kind == kind);
  REQUIRE(told.error().retry_at.has_value());
  return between(std::chrono::steady_clock::now(), *told.error().retry_at).count();
}

}  // namespace

TEST_CASE("a venue that says stop is not asked again before its time") {
  imposter venue;
  venue.when("GET /fapi/v1/time", {server_time()});
  struct row {
    const char* name;
    int status;
    std::string body;
    std::string headers;
    failure_kind kind;
    std::int64_t wait_ms_min;
    std::int64_t wait_ms_max;
  };
  const row rows[] = {
      {"429 with Retry-After", 429, R"({"code":-1003,"msg":"Too many requests."})",
       "Retry-After: 23\r\n", failure_kind::rate_limited, 22'000, 23'001},
      {"429 without", 429, R"({"code":-1003,"msg":"Too many requests."})", "",
       failure_kind::rate_limited, 0, 62'100},
      {"418 with Retry-After", 418, R"({"code":-1003,"msg":"Way too many requests."})",
       "Retry-After: 120\r\n", failure_kind::banned, 119'000, 120'001},
      {"418 with the time in its text", 418,
       R"({"code":-1003,"msg":"IP(203.0.113.7) banned until )" +
           std::to_string(wall_ms() + 300'000) + R"(. Please"})",
       "", failure_kind::banned, 295'000, 301'100},
      {"418 without a word", 418, "", "", failure_kind::banned, 119'000, 120'001},
  };
  for (const auto& r : rows) {
    INFO(r.name);
    venue.when("GET /fapi/v3/positionRisk", {reply_with(r.status, r.body, r.headers)});
    const auto asked_before = venue.requests("GET /fapi/v3/positionRisk").size();
    answers<exchange::kept_stops> saved;
    exchange::extras more;
    more.save_stops = saved.taker();
    const auto client = client_for(venue, settings_for(venue), std::move(more));
    answers<read_result<snapshot>> answer;
    client->read_account(within(2'000), answer.taker());
    const auto told = answer.wait();
    REQUIRE_FALSE(told.has_value());
    CHECK(told.error().kind == r.kind);
    REQUIRE(told.error().retry_at.has_value());
    const auto wait = between(std::chrono::steady_clock::now(), *told.error().retry_at).count();
    CHECK(wait >= r.wait_ms_min - 1'000);
    CHECK(wait <= r.wait_ms_max);
    client->read_account(within(2'000, read_class::exit_demand), answer.taker());
    CHECK(answer.wait_for(2)[1].error().kind == r.kind);
    answers<order_outcome> order;
    client->place_order({client_order_id("a"), symbol("SOLUSDT"), position_side::both, side::buy,
                         quantity::whole(1), true},
                        milliseconds(1'000), order.taker());
    CHECK(std::get<order_refused>(order.wait()).retryable);
    CHECK(venue.requests("GET /fapi/v3/positionRisk").size() == asked_before + 1);
    CHECK(venue.requests("POST /fapi/v1/order").empty());
    const bool ban = r.kind == failure_kind::banned;
    CHECK(client->budget().banned_until.has_value() == ban);
    REQUIRE(saved.count() == 1);
    const auto kept = saved.wait();
    CHECK(kept.ban.has_value() == ban);
    CHECK(kept.pause.has_value() != ban);
    const auto left = left_after_a_restart(venue, kept, r.kind);
    CHECK(left > 0);
    CHECK(left <= r.wait_ms_max);
    CHECK(venue.requests("GET /fapi/v3/positionRisk").size() == asked_before + 1);
  }
}

TEST_CASE("a ban met at the start ends when the answer itself says, not by our clock") {
  const auto seconds = static_cast<std::time_t>(wall_ms() / 1'000);
  std::array<char, 40> date{};
  std::strftime(date.data(), date.size(), "Date: %a, %d %b %Y %H:%M:%S GMT\r\n",
                std::gmtime(&seconds));
  struct row {
    const char* name;
    std::string headers;
    std::int64_t named_in_ms;  ///< None is named when 0.
    std::int64_t wait_ms_min;
    std::int64_t wait_ms_max;
  };
  const row rows[] = {
      {"dated, five minutes", date.data(), 300'000, 290'000, 302'000},
      {"dated, the rest of a longer ban", date.data(), 30'000, 20'000, 32'000},
      {"a rest of which nothing but its length is told", "Retry-After: 30\r\n", 0, 20'000, 30'001},
  };
  for (const auto& r : rows)
    for (const std::int64_t off_ms : {-3'600'000, 3'600'000}) {
      INFO(r.name << ", our clock " << off_ms << " ms off");
      imposter venue;
      const auto until = r.named_in_ms == 0 ? std::string("for a while")
                                            : "until " + std::to_string(wall_ms() + r.named_in_ms);
      venue.when(
          "GET /fapi/v1/time",
          {reply_with(418,
                      R"({"code":-1003,"msg":"IP(203.0.113.7) banned )" + until + R"(. Please"})",
                      r.headers)});
      exchange::extras more;
      more.wall_now = [off_ms] { return wall_time{wall_ms() + off_ms}; };
      const auto client = client_for(venue, settings_for(venue), std::move(more));
      answers<read_result<clock_offset>> answer;
      client->read_clock(within(2'000), answer.taker());
      const auto told = answer.wait();
      REQUIRE_FALSE(told.has_value());
      REQUIRE(client->budget().banned_until.has_value());
      const auto left =
          between(std::chrono::steady_clock::now(), *client->budget().banned_until).count();
      CHECK(left > r.wait_ms_min);
      CHECK(left < r.wait_ms_max);
    }
}

TEST_CASE("a ban met at the start that only our clock could end is the shortest there is") {
  imposter venue;
  venue.when("GET /fapi/v1/time",
             {reply_with(418, R"({"code":-1003,"msg":"IP(203.0.113.7) banned until )" +
                                  std::to_string(wall_ms() + 30'000) + R"(. Please"})")});
  const auto client = client_for(venue, settings_for(venue));
  answers<read_result<clock_offset>> answer;
  client->read_clock(within(2'000), answer.taker());
  REQUIRE_FALSE(answer.wait().has_value());
  REQUIRE(client->budget().banned_until.has_value());
  CHECK(between(std::chrono::steady_clock::now(), *client->budget().banned_until).count() >
        110'000);
}

TEST_CASE("a limit met at the start is waited out by the reply's date, or for a whole window") {
  struct row {
    const char* name;
    const char* headers;
    std::int64_t wait_ms_min;
    std::int64_t wait_ms_max;
  };
  const row rows[] = {
      {"dated", "Date: Thu, 26 Nov 2026 18:00:10 GMT\r\n", 50'000, 52'100},
      {"dated near the end of a window", "Date: Thu, 26 Nov 2026 18:00:55 GMT\r\n", 5'000, 7'100},
      {"without a date", "", 60'000, 62'100},
      {"with a date that is none", "Date: yesterday\r\n", 60'000, 62'100},
  };
  constexpr std::int64_t ten_past_ms = 1'795'716'010'000;
  for (const auto& r : rows)
    for (const std::int64_t off_ms : {40'000, -20'000}) {
      INFO(r.name << ", our clock " << off_ms << " ms off");
      imposter venue;
      venue.when("GET /fapi/v1/time",
                 {reply_with(429, R"({"code":-1003,"msg":"Too many requests."})", r.headers)});
      exchange::extras more;
      more.wall_now = [off_ms] { return wall_time{ten_past_ms + off_ms}; };
      const auto asked_at = std::chrono::steady_clock::now();
      const auto client = client_for(venue, settings_for(venue), std::move(more));
      answers<read_result<clock_offset>> answer;
      client->read_clock(within(2'000), answer.taker());
      const auto told = answer.wait();
      const auto answered_at = std::chrono::steady_clock::now();
      REQUIRE_FALSE(told.has_value());
      CHECK(told.error().kind == failure_kind::rate_limited);
      const auto until = client->budget().paused_until;
      REQUIRE(until.has_value());
      CHECK(between(asked_at, *until).count() >= r.wait_ms_min);
      CHECK(between(answered_at, *until).count() <= r.wait_ms_max);
      client->read_clock(within(2'000, read_class::exit_demand), answer.taker());
      const auto again = answer.wait_for(2)[1];
      CHECK(again.error().kind == failure_kind::rate_limited);
      CHECK(again.error().http_status == 0);  // It stayed here.
    }
}

TEST_CASE("times that nobody can mean keep the process away for no longer than the longest ban") {
  for (const bool kept : {false, true}) {
    imposter venue;
    venue.when("GET /fapi/v1/time",
               {reply_with(418, R"({"code":-1003,"msg":"banned until 99999999999999. Please"})",
                           "Date: Thu, 26 Nov 2026 18:00:00 GMT\r\n")});
    exchange::extras more;
    if (kept)
      more.load_stops = [] {
        const exchange::kept_stop damaged{{99'999'999'999'999}, milliseconds{99'999'999'999'999}};
        return exchange::kept_stops{damaged, std::nullopt};
      };
    const auto client = client_for(venue, settings_for(venue), std::move(more));
    answers<read_result<clock_offset>> answer;
    client->read_clock(within(2'000), answer.taker());
    REQUIRE_FALSE(answer.wait().has_value());
    REQUIRE(client->budget().banned_until.has_value());
    const auto left =
        between(std::chrono::steady_clock::now(), *client->budget().banned_until).count();
    CHECK(left > 86'400'000);
    CHECK(left <= 7 * 86'400'000LL);
  }
}

TEST_CASE("a ban of an earlier process is kept") {
  imposter venue;
  exchange::extras more;
  more.load_stops = [] {
    const exchange::kept_stop ban{{wall_ms() + 60'000}, milliseconds{60'000}};
    return exchange::kept_stops{ban, std::nullopt};
  };
  const auto client = client_for(venue, settings_for(venue), std::move(more));
  answers<read_result<universe>> answer;
  client->read_universe(within(2'000), answer.taker());
  CHECK(answer.wait().error().kind == failure_kind::banned);
  client->close();
  CHECK(venue.connections() == 0);
}
