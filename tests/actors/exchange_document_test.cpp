// What GET /api/v1/exchange tells: reach, limits with what exits have to themselves, pauses, reads.
#include "exchange_document.hpp"

#include <boost/json.hpp>

#include "support/catch.hpp"
#include "support/fake_exchange.hpp"

using namespace sluice;
using namespace sluice::actors;
using namespace sluice::testing;
using namespace std::chrono_literals;

namespace {

constexpr stamp present{instant(100s), wall_time{1'790'000'000'000}};

boost::json::object document(const fake_exchange& venue, const vitals& numbers) {
  return boost::json::parse(exchange_json(venue, numbers, present)).as_object();
}

}  // namespace

TEST_CASE("limits are told with what only exits may spend") {
  fake_exchange venue;
  venue.budget_seen.weight_used_1m = 353;
  venue.budget_seen.orders_10s = {3, 300};
  venue.budget_seen.orders_1m = {12, 1'200};
  venue.budget_seen.share_pct_max = {80, 55, 53, 50};
  const auto told = document(venue, vitals{});
  const auto& budget = told.at("budget").as_object();
  CHECK(budget.at("weight_1m").at("used").as_int64() == 353);
  CHECK(budget.at("weight_1m").at("limit").as_int64() == 2'400);
  CHECK(budget.at("weight_1m").at("reserved_for_exits").as_int64() == 600);
  CHECK(budget.at("weight_1m").at("may_use").at("routine").as_int64() == 1'200);
  CHECK(budget.at("orders_10s").at("used").as_int64() == 3);
  CHECK(budget.at("orders_10s").at("reserved_for_exits").as_int64() == 75);
  CHECK(budget.at("orders_1m").at("limit").as_int64() == 1'200);
  CHECK(told.at("paused").as_array().empty());
  CHECK(told.at("banned_until").is_null());
  CHECK(told.at("clock").is_null());
  CHECK(told.at("reads").at("last_good").is_null());
}

TEST_CASE("a ban, pauses, the clock and the last reads are told with their instants") {
  fake_exchange venue;
  venue.banned_until = present.steady + 60s;
  venue.budget_seen.others_paused_until = present.steady + 5s;
  venue.budget_seen.orders_paused_until = present.steady + 2s;
  venue.clock_seen = clock_offset{-12ms, 7ms, present.steady - 30s};
  vitals numbers;
  numbers.exchange(reach{false, "banned by the exchange", venue.banned_until});
  numbers.user_stream_up = true;
  numbers.ended({symbol(), present.steady - 3s, present.steady - 2'900ms, {}});
  numbers.ended({symbol("BTCUSDT"), present.steady - 1s, present.steady - 1s, "banned: no"});
  const auto told = document(venue, numbers);
  CHECK_FALSE(told.at("reachable").as_bool());
  CHECK(told.at("why").as_string() == "banned by the exchange");
  const auto at = [](std::int64_t ms) { return format_rfc3339(wall_time{present.wall.ms + ms}); };
  CHECK(told.at("banned_until").as_string() == at(60'000));
  const auto& paused = told.at("paused").as_array();
  REQUIRE(paused.size() == 3);
  CHECK(paused[0].at("what").as_string() == "everything");
  CHECK(paused[1].at("what").as_string() == "all_but_exits");
  CHECK(paused[1].at("until").as_string() == at(5'000));
  CHECK(paused[2].at("what").as_string() == "orders");
  CHECK(told.at("clock").at("offset_ms").as_int64() == -12);
  CHECK(told.at("clock").at("error_ms").as_int64() == 7);
  CHECK(told.at("clock").at("measured_at").as_string() == at(-30'000));
  CHECK(told.at("streams").at("user").as_string() == "up");
  CHECK(told.at("streams").at("market").as_string() == "down");
  const auto& reads = told.at("reads").as_object();
  CHECK(reads.at("last_good").at("scope").as_string() == "account");
  CHECK(reads.at("last_good").at("sent_at").as_string() == at(-3'000));
  CHECK(reads.at("last_good").at("took_ms").as_int64() == 100);
  CHECK(reads.at("last_failed").at("scope").as_string() == "BTCUSDT");
  CHECK(reads.at("last_failed").at("why").as_string() == "banned: no");
}
