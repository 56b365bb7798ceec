// Hours of virtual time with random latency, losses and demands: the scheduler's promises hold.
#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "sluice/truth/read_scheduler.hpp"
#include "support/catch.hpp"
#include "truth/builders.hpp"

using namespace sluice;
using namespace sluice::test;

namespace {

/// What a run of the scheduler against a random venue came to.
struct outcome {
  std::size_t double_flights{0};
  std::size_t over_limit{0};
  std::size_t routine_in_reserve{0};
  std::int64_t longest_rest_wait_ms{0};
  std::int64_t longest_exit_wait_ms{0};
  std::uint64_t reads{0};
  std::uint64_t abandoned{0};
};

class venue_of_symbols {
 public:
  venue_of_symbols(std::size_t symbols, std::uint64_t seed) : random_(seed), scheduler_(limits_) {
    for (symbol_index i = 0; i < symbols; ++i)
      want(i, read_priority::rest, 0);
  }

  outcome run(std::int64_t end_ms) {
    for (std::int64_t now = 0; now < end_ms; now += 5)
      step(now);
    result_.abandoned = scheduler_.counters().abandoned;
    return result_;
  }

 private:
  std::int64_t pick(std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>{low, high}(random_);
  }

  void want(symbol_index i, read_priority p, std::int64_t due_ms, std::int64_t now_ms = 0) {
    const auto target = read_target::of(i);
    if (scheduler_.want({target, p, at(due_ms)}, at(now_ms)) == want_outcome::joined)
      flying_[target] = std::min(flying_[target], p);
  }

  void step(std::int64_t now) {
    while (!ends_.empty() && ends_.begin()->first <= now) {
      const auto job = ends_.begin()->second;
      ends_.erase(ends_.begin());
      if (scheduler_.finished(job, read_end::answered))
        again(job, now);
    }
    for (const auto& job : scheduler_.expire(at(now)))
      again(job, now);
    if (pick(0, 9) == 0)  // A flood of entries, some exits.
      want(static_cast<symbol_index>(pick(0, 199)), read_priority::entry_demand, now, now);
    if (pick(0, 99) == 0)
      want(static_cast<symbol_index>(pick(0, 199)), read_priority::exit_demand, now, now);
    while (const auto job = scheduler_.next(at(now)))
      start(*job, now);
  }

  void again(const read_job& job, std::int64_t now) {
    flying_.erase(job.target);
    want(job.target.index(), read_priority::rest, now + 3'000, now);
  }

  void start(const read_job& job, std::int64_t now) {
    ++result_.reads;
    result_.double_flights += flying_.contains(job.target) ? 1U : 0U;
    flying_[job.target] = job.priority;
    result_.over_limit += flying_.size() > limits_.concurrency ? 1U : 0U;
    const auto routine = std::count_if(flying_.begin(), flying_.end(),
                                       [](const auto& f) { return !is_demand(f.second); });
    if (!is_demand(job.priority) &&
        static_cast<std::size_t>(routine) > limits_.concurrency - limits_.demand_reserve)
      ++result_.routine_in_reserve;
    const auto waited = between(job.due, at(now)).count();
    auto& longest = job.priority == read_priority::exit_demand ? result_.longest_exit_wait_ms
                                                               : result_.longest_rest_wait_ms;
    longest = std::max(longest, waited);
    const bool lost = pick(0, 99) == 0;
    ends_.emplace(now + (lost ? 60'000 : pick(50, 400)), job);
  }

  read_limits limits_{};
  std::mt19937_64 random_;
  read_scheduler scheduler_;
  std::multimap<std::int64_t, read_job> ends_{};
  std::map<read_target, read_priority> flying_{};
  outcome result_{};
};

}  // namespace

TEST_CASE("over hours of virtual time no read is doubled, no limit passed and nobody starves") {
  const auto result = venue_of_symbols{200, 20'261'123}.run(2 * 3'600'000);
  CHECK(result.reads > 300'000);
  CHECK(result.abandoned > 1'000);
  CHECK(result.double_flights == 0);
  CHECK(result.over_limit == 0);
  CHECK(result.routine_in_reserve == 0);
  CHECK(result.longest_rest_wait_ms <= 5'000);
  CHECK(result.longest_exit_wait_ms <= 10);
}
