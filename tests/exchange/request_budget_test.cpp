// The budget: shares, windows of the venue's clock, correction by its counters, pauses and bans.
#include "sluice/exchange/request_budget.hpp"

#include <rapidcheck.h>

#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::exchange;

namespace {

/// `ms` after the start of a venue minute; both clocks run alike.
moment at(std::int64_t ms) {
  return {instant(milliseconds(ms)), venue_time{1'790'000'040'000 + ms}};
}

request_budget a_budget() {
  return request_budget(2'400, weight_shares{});
}

bool granted(const budget_answer& a) {
  return std::holds_alternative<budget_ticket>(a);
}
budget_refusal refused(const budget_answer& a) {
  return std::get<budget_refusal>(a);
}

/// Reserves and settles until refused; returns how much was granted.
std::int64_t drain(request_budget& budget, read_class traffic, moment now, int weight = 5) {
  std::int64_t sum = 0;
  for (;;) {
    const auto answer = budget.reserve_read(traffic, weight, now);
    if (!granted(answer))
      return sum;
    budget.settle(std::get<budget_ticket>(answer), {}, now);
    sum += weight;
  }
}

}  // namespace

TEST_CASE("each class stops at its own mark and exits keep a quarter of the limit") {
  auto budget = a_budget();
  CHECK(drain(budget, read_class::routine, at(0)) == 1'200);
  CHECK(drain(budget, read_class::verification, at(0)) == 70);
  CHECK(drain(budget, read_class::entry_demand, at(0)) == 50);
  CHECK(drain(budget, read_class::exit_demand, at(0)) == 600);
  CHECK(budget.view(at(0)).weight_used_1m == 1'920);
  CHECK(budget.view(at(0)).requests_total == 1'920 / 5);
}

TEST_CASE("a refused read says when the window ends and why") {
  auto budget = a_budget();
  drain(budget, read_class::routine, at(12'000));
  const auto why = refused(budget.reserve_read(read_class::routine, 5, at(13'000)));
  CHECK(why.kind == failure_kind::rate_limited);
  // The venue's clock may still show the old minute a moment after ours shows the new one.
  CHECK(why.retry_at == at(60'250).steady);
  CHECK(why.text.find("1200") != std::string::npos);
  CHECK_FALSE(granted(budget.reserve_read(read_class::routine, 5, at(60'249))));
  CHECK(granted(budget.reserve_read(read_class::routine, 5, at(60'250))));
}

TEST_CASE("what only the window before has no room for waits for the edge, not for a window") {
  using kind = request_budget::order_kind;
  auto budget = a_budget();
  SECTION("weight that others spent") {
    const auto ticket =
        std::get<budget_ticket>(budget.reserve_read(read_class::routine, 5, at(40'000)));
    budget.settle(ticket, {2'401, {}, {}}, at(40'100));
    for (const auto traffic : {read_class::routine, read_class::exit_demand}) {
      CHECK(refused(budget.reserve_read(traffic, 5, at(60'120))).retry_at == at(60'250).steady);
      CHECK(granted(budget.reserve_read(traffic, 5, at(60'250))));
    }
  }
  SECTION("orders") {
    const auto ticket = std::get<budget_ticket>(budget.reserve_order(kind::closes, at(5'000)));
    budget.settle(ticket, {{}, 301, {}}, at(5'100));
    CHECK(refused(budget.reserve_order(kind::closes, at(10'120))).retry_at == at(10'250).steady);
    CHECK(granted(budget.reserve_order(kind::closes, at(10'250))));
  }
  SECTION("but a window that is full itself has to end") {
    drain(budget, read_class::exit_demand, at(60'010));
    CHECK(refused(budget.reserve_read(read_class::exit_demand, 5, at(60'020))).retry_at ==
          at(120'250).steady);
  }
}

TEST_CASE("the venue's counter raises ours at once and never lowers it") {
  auto budget = a_budget();
  const auto ticket =
      std::get<budget_ticket>(budget.reserve_read(read_class::routine, 5, at(1'000)));
  budget.settle(ticket, {1'190, {}, {}}, at(1'100));
  CHECK(budget.view(at(1'100)).weight_used_1m == 1'190);
  CHECK(drain(budget, read_class::routine, at(1'200)) == 10);
  const auto next =
      std::get<budget_ticket>(budget.reserve_read(read_class::exit_demand, 5, at(1'300)));
  budget.settle(next, {7, {}, {}}, at(1'400));
  CHECK(budget.view(at(1'400)).weight_used_1m == 1'205);
}

TEST_CASE("weight spent by others stops everybody else before it stops exits") {
  auto budget = a_budget();
  const auto ticket =
      std::get<budget_ticket>(budget.reserve_read(read_class::routine, 5, at(1'000)));
  budget.settle(ticket, {2'000, {}, {}}, at(1'100));
  CHECK_FALSE(granted(budget.reserve_read(read_class::entry_demand, 5, at(1'200))));
  CHECK(granted(budget.reserve_read(read_class::exit_demand, 5, at(1'200))));
  // But not past the limit itself.
  CHECK(drain(budget, read_class::exit_demand, at(1'200)) == 345);
}

TEST_CASE("a counter of the minute before is not believed") {
  auto budget = a_budget();
  const auto old = std::get<budget_ticket>(budget.reserve_read(read_class::routine, 5, at(59'900)));
  budget.settle(old, {1'199, {}, {}}, at(60'100));
  CHECK(budget.view(at(60'100)).weight_used_1m == 5);
  const auto early =
      std::get<budget_ticket>(budget.reserve_read(read_class::routine, 5, at(60'200)));
  budget.settle(early, {1'199, {}, {}}, at(60'300));
  CHECK(budget.view(at(60'300)).weight_used_1m == 10);
}

TEST_CASE("what is under way at the turn of the minute counts in both") {
  auto budget = a_budget();
  const auto ticket =
      std::get<budget_ticket>(budget.reserve_read(read_class::routine, 5, at(59'900)));
  CHECK(budget.view(at(60'000)).weight_used_1m == 5);
  budget.settle(ticket, {}, at(60'200));
  CHECK(budget.view(at(60'200)).weight_used_1m == 5);
  CHECK(budget.view(at(120'000)).weight_used_1m == 0);
}

TEST_CASE("a request that never left gives its weight back") {
  auto budget = a_budget();
  const auto ticket = std::get<budget_ticket>(budget.reserve_read(read_class::routine, 5, at(0)));
  budget.withdraw(ticket, at(100));
  CHECK(budget.view(at(100)).weight_used_1m == 0);
  const auto late =
      std::get<budget_ticket>(budget.reserve_read(read_class::routine, 5, at(59'900)));
  budget.withdraw(late, at(60'100));
  CHECK(budget.view(at(60'100)).weight_used_1m == 0);
}

TEST_CASE("the venue's own limits replace the assumed ones") {
  auto budget = a_budget();
  budget.adopt({{"REQUEST_WEIGHT", milliseconds(60'000), 6'000},
                {"ORDERS", milliseconds(10'000), 4},
                {"RAW_REQUESTS", milliseconds(300'000), 1},
                {"REQUEST_WEIGHT", milliseconds(86'400'000), 1}},
               limit_source::everybody);
  CHECK(budget.view(at(0)).weight_limit_1m == 6'000);
  CHECK(drain(budget, read_class::routine, at(0)) == 3'000);
}

TEST_CASE("orders that close have a quarter of the order limit to themselves") {
  auto budget = a_budget();
  budget.adopt({{"ORDERS", milliseconds(10'000), 20}}, limit_source::account);
  using kind = request_budget::order_kind;
  const auto count = [&](kind k, std::int64_t ms) {
    int placed = 0;
    for (;; ++placed) {
      const auto answer = budget.reserve_order(k, at(ms));
      if (!granted(answer))
        return placed;
      budget.settle(std::get<budget_ticket>(answer), {}, at(ms));
    }
  };
  CHECK(count(kind::opens, 1'000) == 11);
  const auto why = refused(budget.reserve_order(kind::opens, at(1'000)));
  CHECK(why.kind == failure_kind::rate_limited);
  CHECK(why.retry_at == at(10'250).steady);
  CHECK(count(kind::closes, 1'000) == 5);  // 16 of 20 are 80 %.
  CHECK(count(kind::opens, 10'250) == 11);
}

TEST_CASE("orders that others placed stop ours that open, not ours that close") {
  auto budget = a_budget();
  using kind = request_budget::order_kind;
  const auto ticket = std::get<budget_ticket>(budget.reserve_order(kind::opens, at(1'000)));
  budget.settle(ticket, {{}, 250, 250}, at(1'100));
  CHECK_FALSE(granted(budget.reserve_order(kind::opens, at(1'200))));
  CHECK(granted(budget.reserve_order(kind::closes, at(1'200))));
}

TEST_CASE("a request that the transport sent twice is paid twice") {
  auto budget = a_budget();
  const auto ticket =
      std::get<budget_ticket>(budget.reserve_read(read_class::routine, 5, at(1'000)));
  budget.repeated(ticket, at(1'100));
  budget.settle(ticket, {}, at(1'100));
  CHECK(budget.view(at(1'200)).weight_used_1m == 10);
}

TEST_CASE("what was reserved before a ban or a pause is withheld in it") {
  using scope = request_budget::pause_scope;
  auto budget = a_budget();
  const auto read = std::get<budget_ticket>(budget.reserve_read(read_class::routine, 5, at(0)));
  const auto order =
      std::get<budget_ticket>(budget.reserve_order(request_budget::order_kind::closes, at(0)));
  CHECK_FALSE(budget.withheld(read, at(1)));
  budget.pause_until(at(5'000).steady, scope::orders_only);
  CHECK_FALSE(budget.withheld(read, at(1)));
  CHECK(budget.withheld(order, at(1)));
  budget.ban_until(at(9'000).steady);
  CHECK(budget.withheld(read, at(1))->kind == failure_kind::banned);
  CHECK_FALSE(budget.withheld(order, at(9'000)));
}

TEST_CASE("a pause stops everything, an order pause only orders, a ban says that it is one") {
  using scope = request_budget::pause_scope;
  using kind = request_budget::order_kind;
  auto budget = a_budget();
  budget.pause_until(at(5'000).steady, scope::orders_only);
  CHECK(granted(budget.reserve_read(read_class::routine, 5, at(1'000))));
  CHECK_FALSE(granted(budget.reserve_order(kind::closes, at(4'999))));
  CHECK(granted(budget.reserve_order(kind::closes, at(5'000))));

  budget.pause_until(at(9'000).steady, scope::everything);
  budget.pause_until(at(8'000).steady, scope::everything);  // A shorter one does not shorten.
  CHECK(refused(budget.reserve_read(read_class::exit_demand, 5, at(8'500))).kind ==
        failure_kind::rate_limited);
  CHECK_FALSE(granted(budget.reserve_order(kind::closes, at(8'500))));

  budget.ban_until(at(200'000).steady);
  const auto why = refused(budget.reserve_read(read_class::exit_demand, 5, at(100'000)));
  CHECK(why.kind == failure_kind::banned);
  CHECK(why.retry_at == at(200'000).steady);
  CHECK(refused(budget.reserve_order(kind::closes, at(100'000))).kind == failure_kind::banned);
  CHECK(budget.view(at(100'000)).banned_until == at(200'000).steady);
  CHECK_FALSE(budget.view(at(200'000)).banned_until.has_value());
  CHECK(granted(budget.reserve_read(read_class::routine, 5, at(200'000))));
}

TEST_CASE("within any one minute we never reserve more than 80 percent of the limit") {
  CHECK(rc::check([] {
    auto budget = a_budget();
    std::int64_t ms = 0;
    std::int64_t window = -1;
    std::int64_t spent = 0;
    std::vector<budget_ticket> open;
    for (int i = 0; i < 900; ++i) {
      ms += *rc::gen::inRange<std::int64_t>(0, 200);
      if (const auto now = at(ms).venue.ms / 60'000; now != window) {
        window = now;
        spent = 0;
      }
      const auto traffic = static_cast<read_class>(*rc::gen::inRange(0, 4));
      const int weight = *rc::gen::element(1, 5, 40);
      const auto answer = budget.reserve_read(traffic, weight, at(ms));
      if (granted(answer)) {
        spent += weight;
        open.push_back(std::get<budget_ticket>(answer));
      }
      RC_ASSERT(spent <= 1'920);
      if (open.size() > 3) {
        budget.settle(open.back(), {*rc::gen::inRange<std::int64_t>(0, 2'400), {}, {}}, at(ms));
        open.pop_back();
      }
    }
  }));
}

TEST_CASE("an account's own order limits hold whatever everybody's are, and whoever is read last") {
  using kind = request_budget::order_kind;
  const auto placed_of = [](request_budget& budget) {
    int placed = 0;
    while (granted(budget.reserve_order(kind::closes, at(5'000))))
      ++placed;
    return placed;
  };
  const std::vector<venue_limit> own{{"ORDERS", milliseconds(10'000), 20}};
  const std::vector<venue_limit> everybodys{{"ORDERS", milliseconds(10'000), 300}};
  auto last = a_budget();
  last.adopt(everybodys, limit_source::everybody);
  last.adopt(own, limit_source::account);
  auto first = a_budget();
  first.adopt(own, limit_source::account);
  first.adopt(everybodys, limit_source::everybody);
  CHECK(placed_of(last) == 16);
  CHECK(placed_of(first) == 16);
}

TEST_CASE("a clock that was an hour ahead does not freeze the windows for an hour") {
  auto budget = a_budget();
  constexpr std::int64_t hour_ms = 3'600'000;
  // Spent while the clock, not yet measured, was an hour ahead.
  const auto ahead = moment{at(0).steady, venue_time{at(0).venue.ms + hour_ms}};
  const auto spent =
      std::get<budget_ticket>(budget.reserve_read(read_class::routine, 1'000, ahead));
  budget.settle(spent, {}, ahead);
  // Corrected: what was spent still counts in the minute the clock now shows.
  CHECK(budget.view(at(1'000)).weight_used_1m == 1'000);
  CHECK_FALSE(granted(budget.reserve_read(read_class::routine, 300, at(1'500))));
  // And no longer in the one after the next.
  CHECK(granted(budget.reserve_read(read_class::routine, 1'000, at(121'000))));
}

TEST_CASE("a clock that was seconds ahead, into the next minute, does not make one minute of two") {
  auto budget = a_budget();
  (void)granted(budget.reserve_read(read_class::routine, 5, at(60'300)));
  const auto spent = drain(budget, read_class::routine, at(10'000));
  CHECK(spent > 0);
  CHECK_FALSE(granted(budget.reserve_read(read_class::routine, 5, at(50'000))));
  CHECK(granted(budget.reserve_read(read_class::routine, 5, at(60'250))));
}

TEST_CASE("a pause of all but exits holds every other lane, and the longer pause decides") {
  using scope = request_budget::pause_scope;
  using kind = request_budget::order_kind;
  auto budget = a_budget();
  budget.pause_until(at(2'000).steady, scope::everything);
  budget.pause_until(at(60'000).steady, scope::all_but_exits);
  for (const auto traffic :
       {read_class::routine, read_class::verification, read_class::entry_demand})
    CHECK(refused(budget.reserve_read(traffic, 5, at(1'000))).retry_at == at(60'000).steady);
  CHECK(refused(budget.reserve_order(kind::opens, at(1'000))).retry_at == at(60'000).steady);
  CHECK(refused(budget.reserve_read(read_class::exit_demand, 5, at(1'000))).retry_at ==
        at(2'000).steady);
  CHECK(refused(budget.reserve_order(kind::closes, at(1'000))).retry_at == at(2'000).steady);
  CHECK_FALSE(granted(budget.reserve_read(read_class::routine, 5, at(59'999))));
  CHECK_FALSE(granted(budget.reserve_order(kind::opens, at(59'999))));
  const auto exit = budget.reserve_order(kind::closes, at(2'000));
  REQUIRE(granted(exit));
  // What was reserved before a pause is held back by the pause of its own lane only.
  budget.pause_until(at(9'000).steady, scope::all_but_exits);
  CHECK_FALSE(budget.withheld(std::get<budget_ticket>(exit), at(3'000)).has_value());
  budget.pause_until(at(80'000).steady, scope::everything);
  CHECK(budget.withheld(std::get<budget_ticket>(exit), at(3'000))->retry_at == at(80'000).steady);
  CHECK(budget.stopped(budget_lane::others, at(3'000))->retry_at == at(80'000).steady);
}

TEST_CASE("the view tells orders, shares, and pauses for as long as they last") {
  auto budget = a_budget();
  const auto order = budget.reserve_order(request_budget::order_kind::opens, at(1'000));
  budget.settle(std::get<budget_ticket>(order), {}, at(1'000));
  budget.pause_until(at(3'000).steady, request_budget::pause_scope::orders_only);
  budget.pause_until(at(2'000).steady, request_budget::pause_scope::all_but_exits);
  budget.pause_until(at(1'500).steady, request_budget::pause_scope::everything);
  const auto seen = budget.view(at(1'000));
  CHECK(seen.orders_10s.used == 1);
  CHECK(seen.orders_10s.limit == 300);
  CHECK(seen.orders_1m.used == 1);
  CHECK(seen.orders_1m.limit == 1'200);
  CHECK(seen.share_pct_max == std::array{80, 55, 53, 50});
  CHECK(seen.paused_until == at(1'500).steady);
  CHECK(seen.others_paused_until == at(2'000).steady);
  CHECK(seen.orders_paused_until == at(3'000).steady);
  CHECK_FALSE(budget.view(at(1'500)).paused_until);
  CHECK_FALSE(budget.view(at(2'000)).others_paused_until);
  CHECK_FALSE(budget.view(at(3'000)).orders_paused_until);
  CHECK(budget.view(at(11'000)).orders_10s.used == 0);
  CHECK(budget.view(at(11'000)).orders_1m.used == 1);
}

TEST_CASE(
    "protective stops that move all the time leave orders to exits, and entries leave some to "
    "them") {
  using kind = request_budget::order_kind;
  auto budget = a_budget();
  const auto drained = [&](kind k) {
    int orders = 0;
    for (auto a = budget.reserve_order(k, at(0)); granted(a); a = budget.reserve_order(k, at(0))) {
      budget.settle(std::get<budget_ticket>(a), {}, at(0));
      ++orders;
    }
    return orders;
  };
  CHECK(drained(kind::opens) == 165);  // 55 % of 300 in 10 s.
  CHECK(drained(kind::guards) == 36);  // Up to 67 %.
  CHECK(drained(kind::closes) == 39);  // Up to 80 %.
}
