// Shares of reasons over a window: counted by lane, with the newest of each.
#include "sluice/journal/reasons.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "builders.hpp"
#include "support/catch.hpp"

namespace sluice::journal {
namespace {

using namespace test;

void put_at(store& s, record_body body, std::int64_t second) {
  auto r = a_record(std::move(body), second);
  REQUIRE(s.append(r).has_value());
}

/// An old denial, then two denials and a permission of other plans, second by second.
void fill(store& s) {
  const auto denied = [&](const char* id, std::int64_t second) {
    const auto p = an_open_plan(id);
    put_at(s, plan_accepted{p}, second);
    put_at(s, a_denial(p), second);
  };
  denied("old", 10);
  denied("d1", 3'000);
  denied("d2", 3'001);
  const auto allowed = a_reduce_plan("a1");
  put_at(s, plan_accepted{allowed}, 3'002);
  put_at(s, a_permission(allowed), 3'002);
  put_at(s, plan_continued{a_denial(allowed), "refused"}, 3'003);
  REQUIRE(s.commit().has_value());
}

wall_time second(std::int64_t s) {
  return {a_record(notice{}, s).at.wall.ms};
}

const reason_share* of_lane(const std::vector<reason_share>& all, lane l) {
  const auto found = std::ranges::find(all, l, &reason_share::traffic);
  return found == all.end() ? nullptr : &*found;
}

TEST_CASE("verdicts are counted by lane and reason since an instant, each plan once") {
  const directory d;
  auto s = opened(d.journal());
  fill(*s);
  auto r = read(d.journal());
  const auto shares = r->reasons({.since = second(100), .until = second(4'000)}).value();
  REQUIRE(shares.size() == 2);
  const auto* entries = of_lane(shares, lane::entry);
  REQUIRE(entries);
  CHECK(entries->count == 2);
  CHECK(entries->plan.str() == "d2");
  CHECK(entries->at == second(3'001));
  CHECK(entries->reason == a_denial(an_open_plan("x")).outcome.reason());
  CHECK(entries->observed == a_denial(an_open_plan("x")).outcome.refusals.front().observed);
  const auto* exits = of_lane(shares, lane::exit);
  REQUIRE(exits);
  CHECK(exits->count == 1);
  CHECK(exits->outcome == verdict_kind::allow);
  CHECK_FALSE(exits->reason);
}

TEST_CASE("the window begins where it says, to the millisecond") {
  const directory d;
  auto s = opened(d.journal());
  fill(*s);
  auto r = read(d.journal());
  const auto count = [&](wall_time since) {
    std::int64_t all = 0;
    for (const auto& share : r->reasons({.since = since, .until = second(4'000)}).value())
      all += share.count;
    return all;
  };
  CHECK(count({0}) == 4);
  CHECK(count(second(10)) == 4);
  CHECK(count({second(10).ms + 1}) == 3);
  CHECK(count(second(3'001)) == 2);
  CHECK(count(second(3'003)) == 0);
  CHECK(count(second(9'000)) == 0);
}

TEST_CASE("an empty journal has no reasons, and a symbol restricts them") {
  const directory d;
  auto s = opened(d.journal());
  CHECK(read(d.journal())->reasons({}).value().empty());
  fill(*s);
  auto r = read(d.journal());
  CHECK(r->reasons({.instrument = symbol("NONEUSDT")}).value().empty());
  CHECK_FALSE(r->reasons({.instrument = an_open_plan("x").instrument}).value().empty());
}

TEST_CASE("as a document the lanes have totals and shares in percent") {
  const directory d;
  auto s = opened(d.journal());
  fill(*s);
  const reason_window window{.since = second(0), .until = second(4'000)};
  const auto document =
      boost::json::parse(to_json(window, read(d.journal())->reasons(window).value())).as_object();
  CHECK(document.at("verdicts") == 4);
  CHECK(document.at("symbol").is_null());
  const auto& lanes = document.at("lanes").as_array();
  REQUIRE(lanes.size() == 2);
  CHECK(lanes[0].at("lane") == "exit");
  CHECK(lanes[0].at("allowed") == 1);
  const auto& share = lanes[1].at("shares").as_array().at(0).as_object();
  CHECK(share.at("percent") == "100.0");
  CHECK(share.at("count") == 3);
  CHECK(share.at("newest").at("plan_id") == "d2");
  CHECK_FALSE(share.at("cure").as_string().empty());
}

}  // namespace
}  // namespace sluice::journal
