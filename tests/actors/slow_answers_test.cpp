// An order in doubt at an exchange that takes seconds for each answer.
#include <deque>
#include <map>

#include "support/catch.hpp"
#include "support/pipeline_fixture.hpp"

using namespace sluice;
using namespace sluice::testing;
using namespace std::chrono_literals;

namespace {

/// Answers what was asked after so long; it was given up before where that is longer than it waits.
template <class Asked, class Answer>
void answer_after(milliseconds takes, std::deque<Asked>& asked, std::map<int, instant>& since,
                  instant now, int kind, const Answer& answer) {
  if (asked.empty())
    return;
  const auto from = since.try_emplace(kind, now).first->second;
  if (now - from < std::min(takes, asked.front().timeout))
    return;
  since.erase(kind);
  const auto one = std::move(asked.front());
  asked.pop_front();
  if (one.timeout < takes)
    one.answer(read_failure{failure_kind::timed_out, 0, 0, "no reply in time", {}});
  else
    one.answer(answer);
}

}  // namespace

TEST_CASE("an order that never arrived is known to be none also where answers take seconds") {
  const auto [order_takes, trades_take] =
      GENERATE(std::pair{3s, 3s}, std::pair{5s, 5s}, std::pair{0s, 3s}, std::pair{7s, 1s});
  pipeline_world world;
  pipeline_run run(world);
  run.make_ready();
  world.exchange->keep_fills_reads = true;
  run.offer({run.an_open("p", "BTCUSDT", "0.01")});
  REQUIRE(world.exchange->orders.size() == 1);
  world.exchange->orders.front().answer(order_uncertain{"no answer within 3 s"});
  std::map<int, instant> since;
  for (int i = 0; i < 900 && run.given.vitals->orders_under_way > 0; ++i) {
    run.live(100ms, {});
    answer_after(order_takes, world.exchange->queries, since, run.now(), 1,
                 read_failure{failure_kind::not_found, 400, -2013, "no such order", {}});
    answer_after(trades_take, world.exchange->fills_reads, since, run.now(), 2,
                 std::vector<fill>{});
  }
  CHECK(run.given.vitals->orders_under_way == 0);
  CHECK(world.exchange->placed.size() == 1);
}
