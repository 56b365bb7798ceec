// Reads of their own for plans while account-wide answers say nothing: how many, and for whom.
#include <algorithm>
#include <set>
#include <vector>

#include "sluice/truth/read_scheduler.hpp"
#include "support/catch.hpp"
#include "truth/builders.hpp"

using namespace sluice;
using namespace sluice::test;

namespace {

/// A scheduler whose last account-wide answer said nothing; none is under way.
struct doubting {
  read_scheduler reads{read_limits{}};
  std::int64_t now{0};

  doubting() {
    reads.want({read_target::account(), read_priority::rest, at(now), at(now)}, at(now));
    const auto job = reads.next(at(now));
    REQUIRE(job);
    REQUIRE(job->target.is_account());
    REQUIRE(reads.finished(job->id, true));
  }
  void demand(symbol_index index, read_priority p) {
    reads.demand({read_target::of(index), p, at(now), at(now)}, at(now));
  }
  /// What goes out now, the account-wide read as -1; each is answered at once, that one with
  /// nothing.
  std::vector<int> round() {
    std::vector<read_job> sent;
    while (const auto job = reads.next(at(now)))
      sent.push_back(*job);
    std::vector<int> out;
    for (const auto& job : sent) {
      out.push_back(job.target.is_account() ? -1 : static_cast<int>(job.target.index()));
      REQUIRE(reads.finished(job.id, job.target.is_account()));
    }
    now += 1'000;
    return out;
  }
};

std::size_t singles_in(const std::vector<int>& sent) {
  return sent.size() - static_cast<std::size_t>(std::ranges::count(sent, -1));
}

}  // namespace

TEST_CASE("in doubt nine that wait together take no read away from each other") {
  doubting d;
  for (symbol_index i = 0; i < 9; ++i)
    d.demand(i, read_priority::exit_demand);
  const auto sent = d.round();
  CHECK(singles_in(sent) == 8);
  CHECK(std::ranges::count(sent, -1) == 1);
}

TEST_CASE("in doubt everyone has had a read of their own after as many rounds as it takes") {
  for (const symbol_index waiting : {9U, 17U, 30U}) {
    doubting d;
    std::set<symbol_index> left;
    for (symbol_index i = 0; i < waiting; ++i)
      left.insert(i);
    for (symbol_index rounds = 0; rounds < (waiting + 7) / 8; ++rounds) {
      for (const auto i : left)
        d.demand(i, read_priority::exit_demand);
      for (const auto target : d.round())
        if (target >= 0)
          left.erase(static_cast<symbol_index>(target));
    }
    CHECK(left.empty());
  }
}

TEST_CASE("in doubt entries take no place of an exit, and an exit none of another one") {
  doubting d;
  for (symbol_index i = 0; i < 8; ++i)
    d.demand(i, read_priority::exit_demand);
  d.demand(100, read_priority::entry_demand);
  CHECK(singles_in(d.round()) == 8);
  for (symbol_index i = 100; i < 120; ++i)
    d.demand(i, read_priority::entry_demand);
  d.demand(1, read_priority::exit_demand);
  const auto sent = d.round();
  CHECK(singles_in(sent) == 9);
  CHECK(std::ranges::count(sent, 1) == 1);
}
