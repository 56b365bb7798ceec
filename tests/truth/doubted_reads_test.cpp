// Reads of their own for plans while account-wide answers say nothing: how many, and for whom.
#include <algorithm>
#include <map>
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
  read_end singles{read_end::answered};
  symbol_index healthy_from{100'000};  ///< These answer in any case.
  bool in_rounds{false};               ///< Each that has ended has a routine wish for later.

  doubting() {
    reads.want({read_target::account(), read_priority::rest, at(now), at(now)}, at(now));
    const auto job = reads.next(at(now));
    REQUIRE(job);
    REQUIRE(job->target.is_account());
    REQUIRE(reads.finished(*job, read_end::says_nothing));
  }
  void demand(symbol_index index, read_priority p) {
    reads.demand({read_target::of(index), p, at(now), at(now)}, at(now));
  }
  [[nodiscard]] read_end end_of(const read_job& job) const {
    if (job.target.is_account())
      return read_end::says_nothing;
    return job.target.index() >= healthy_from ? read_end::answered : singles;
  }
  /// What goes out now for plans, the account-wide read as -1; each is answered at once, that one
  /// with nothing, and those of single symbols as `singles` has it.
  std::vector<int> round() {
    std::vector<read_job> sent;
    while (const auto job = reads.next(at(now)))
      sent.push_back(*job);
    std::vector<int> out;
    for (const auto& job : sent) {
      if (is_demand(job.left_as) || job.target.is_account())
        out.push_back(job.target.is_account() ? -1 : static_cast<int>(job.target.index()));
      REQUIRE(reads.finished(job, end_of(job)));
      if (in_rounds && !job.target.is_account())
        reads.want({job.target, read_priority::open_position, at(now + 1'400)}, at(now));
    }
    now += 1'000;
    return out;
  }
  /// The same, but each is given up before it is answered.
  std::vector<int> late_round() {
    std::vector<read_job> sent;
    while (const auto job = reads.next(at(now)))
      sent.push_back(*job);
    CHECK(reads.expire(at(now + 900)).size() == sent.size());
    std::vector<int> out;
    for (const auto& job : sent) {
      out.push_back(job.target.is_account() ? -1 : static_cast<int>(job.target.index()));
      CHECK_FALSE(reads.finished(job, end_of(job)));
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
  d.now = 1'000;
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

namespace {

/// Sixty seconds in which each of these asks once a second: how many reads of its own each had.
std::map<symbol_index, std::size_t> a_minute(doubting& d, symbol_index exits,
                                             symbol_index entries) {
  std::map<symbol_index, std::size_t> had;
  for (int second = 0; second < 60; ++second) {
    for (symbol_index i = 0; i < exits; ++i)
      d.demand(i, read_priority::exit_demand);
    for (symbol_index i = 0; i < entries; ++i)
      d.demand(1'000 + i, read_priority::entry_demand);
    for (const auto target : d.round())
      if (target >= 0)
        ++had[static_cast<symbol_index>(target)];
  }
  return had;
}

std::size_t sum_of(const std::map<symbol_index, std::size_t>& had) {
  std::size_t sum = 0;
  for (const auto& [target, count] : had)
    sum += count;
  return sum;
}

}  // namespace

TEST_CASE("in an outage reads of single symbols leave weight for what comes after it, and turns") {
  const auto how = GENERATE(read_end::says_nothing, read_end::failed);
  const bool rounds = GENERATE(false, true);
  const auto waiting =
      GENERATE(symbol_index{7}, symbol_index{20}, symbol_index{30}, symbol_index{300});
  CAPTURE(rounds, waiting);
  doubting d;
  d.singles = how;
  d.in_rounds = rounds;
  const auto had = a_minute(d, waiting, 10);
  CHECK(sum_of(had) <= 10 + 60 * 3);
  CHECK(sum_of(had) >= 60 * 3 - 8);
  CHECK(had.size() >= std::min<std::size_t>(waiting, 170));
}

TEST_CASE("three exits go on having a read of their own each second, however many entries wait") {
  for (const symbol_index entries : {0U, 4U, 10U, 100U})
    for (const symbol_index exits : {1U, 3U}) {
      INFO(entries);
      doubting d;
      d.singles = read_end::says_nothing;
      const auto had = a_minute(d, exits, entries);
      for (symbol_index i = 0; i < exits; ++i)
        CHECK(had.at(i) == 60);
      CHECK(sum_of(had) <= 10 + 60 * 3);
    }
}

TEST_CASE("exits take turns among themselves, whatever entries wait") {
  const auto entries = GENERATE(symbol_index{0}, symbol_index{10}, symbol_index{300});
  CAPTURE(entries);
  for (const symbol_index exits : {4U, 10U, 40U}) {
    INFO(exits);
    doubting d;
    d.singles = read_end::says_nothing;
    const auto had = a_minute(d, exits, entries);
    for (symbol_index i = 0; i < exits; ++i) {
      INFO(i);
      REQUIRE(had.contains(i));
      CHECK(had.at(i) >= (exits == 40 ? 3 : 12));
    }
  }
}

TEST_CASE("what repetitions cost puts off nobody for long") {
  doubting d;
  d.demand(1, read_priority::exit_demand);
  (void)d.late_round();
  for (int i = 0; i < 1'000; ++i)
    d.reads.repeat({1, read_target::of(1), read_priority::exit_demand}, at(d.now));
  d.now += 5'000;
  d.singles = read_end::says_nothing;
  (void)d.round();
  d.demand(2, read_priority::exit_demand);
  CHECK(singles_in(d.round()) == 1);
}

TEST_CASE("reads of single symbols that answer cost their pace nothing, late or not") {
  const bool late = GENERATE(false, true);
  doubting d;
  std::size_t singles = 0;
  for (int second = 0; second < 10; ++second) {
    for (symbol_index i = 0; i < 8; ++i)
      d.demand(static_cast<symbol_index>(second) * 8 + i, read_priority::exit_demand);
    singles += singles_in(late ? d.late_round() : d.round());
  }
  CHECK(singles == 80);
}

TEST_CASE("a read that is given up and sent once more counts as two") {
  doubting d;
  std::size_t sent = 0;
  for (int second = 0; second < 60; ++second) {
    for (symbol_index i = 0; i < 20; ++i)
      d.demand(i, read_priority::exit_demand);
    std::vector<read_job> out;
    while (const auto job = d.reads.next(at(d.now)))
      out.push_back(*job);
    for (const auto& job : d.reads.expire(at(d.now + 900)))
      if (!job.target.is_account() && job.connection != connection_choice::fresh)
        d.reads.repeat(job, at(d.now + 900));
    sent += static_cast<std::size_t>(
        std::ranges::count_if(out, [](const read_job& j) { return !j.target.is_account(); }));
    d.now += 1'000;
  }
  // Its repetition is never refused, and what it cost is worked off before the next.
  CHECK(sent <= 16 + 60 * 3);
}

TEST_CASE("what fails without end keeps no healthy symbol from its read in doubt") {
  doubting d;
  std::set<symbol_index> left;
  for (symbol_index i = 100; i < 140; ++i)
    left.insert(i);
  d.healthy_from = 100;
  d.singles = read_end::says_nothing;
  int seconds = 0;
  for (; seconds < 60 && !left.empty(); ++seconds) {
    for (symbol_index i = 0; i < 20; ++i)
      d.demand(i, read_priority::exit_demand);
    for (const auto i : left)
      d.demand(i, read_priority::exit_demand);
    for (const auto target : d.round())
      left.erase(static_cast<symbol_index>(target));
  }
  CHECK(left.empty());
  CHECK(seconds <= 25);  // Sixty wait, three a second.
}

TEST_CASE("where reads hang, each exit that goes on asking has its turn") {
  const auto timeout = GENERATE(800, 2'000);
  const auto exits = GENERATE(symbol_index{14}, symbol_index{30}, symbol_index{60});
  CAPTURE(timeout, exits);
  doubting d;
  read_limits limits;
  limits.demand_timeout = milliseconds{timeout};
  limits.account_timeout = milliseconds{timeout};
  d.reads.set_limits(limits);
  std::set<symbol_index> had;
  while (d.now < 60'000 && had.size() < exits) {
    for (symbol_index i = 0; i < exits; ++i)
      d.demand(i, read_priority::exit_demand);
    while (const auto job = d.reads.next(at(d.now)))
      if (!job->target.is_account())
        had.insert(job->target.index());
    // Each is sent once more over another connection, and asked for again a second after that.
    for (const auto& job : d.reads.expire(at(d.now + timeout)))
      if (!job.target.is_account())
        d.reads.repeat(job, at(d.now + timeout));
    while (d.reads.next(at(d.now + timeout))) {
    }
    (void)d.reads.expire(at(d.now + 2 * timeout));
    d.now += 2 * timeout + 1'000;
  }
  CHECK(had.size() == exits);
}

TEST_CASE("an account-wide read that our budget keeps back says nothing for the next") {
  doubting d;
  d.reads.want({read_target::account(), read_priority::rest, at(0), at(0)}, at(0));
  const auto routine = d.reads.next(at(0));
  REQUIRE(routine);
  REQUIRE(d.reads.finished(*routine, GENERATE(read_end::not_sent, read_end::failed)));
  d.demand(1, read_priority::exit_demand);
  d.demand(2, read_priority::exit_demand);
  CHECK(singles_in(d.round()) == 2);
}

TEST_CASE("reads of single symbols that never left cost their pace nothing") {
  doubting d;
  d.singles = read_end::not_sent;
  for (int second = 0; second < 10; ++second) {
    for (symbol_index i = 0; i < 8; ++i)
      d.demand(i, read_priority::exit_demand);
    CHECK(singles_in(d.round()) == 8);
  }
}

TEST_CASE("the repetition of a routine read that an exit joined counts, too") {
  doubting d;
  for (int second = 0; second < 8; ++second) {
    const auto target = read_target::of(static_cast<symbol_index>(second));
    d.reads.want({target, read_priority::open_position, at(0), at(0)}, at(0));
    const auto routine = d.reads.next(at(0));
    REQUIRE(routine);
    d.demand(static_cast<symbol_index>(second), read_priority::exit_demand);
    for (const auto& job : d.reads.expire(at(900)))
      d.reads.repeat(job, at(900));
    while (d.reads.next(at(900))) {
    }
    (void)d.reads.expire(at(2'000));
  }
  d.now = 900;
  d.demand(100, read_priority::exit_demand);
  CHECK(singles_in(d.round()) == 0);
}

TEST_CASE("an exit that has ended keeps no other one from its turn") {
  doubting d;
  d.singles = read_end::says_nothing;
  d.demand(0, read_priority::exit_demand);
  (void)d.round();
  std::map<symbol_index, int> had;
  for (int second = 0; second < 60; ++second) {
    for (symbol_index i = 1; i <= 3; ++i)
      d.demand(i, read_priority::exit_demand);
    // Others come and end all the time.
    if (second % 2 == 0)
      d.demand(static_cast<symbol_index>(100 + second), read_priority::exit_demand);
    for (const auto target : d.round())
      if (target >= 0)
        ++had[static_cast<symbol_index>(target)];
  }
  for (symbol_index i = 1; i <= 3; ++i) {
    INFO(i);
    CHECK(had[i] >= 30);
  }
}

TEST_CASE("exits that ask at moments of their own do not each send a read of the account") {
  doubting d;
  d.singles = read_end::says_nothing;
  std::size_t of_account = 0;
  for (int step = 0; step < 14 * 60; ++step) {
    d.now = step * 1'000 / 14;
    d.demand(static_cast<symbol_index>(step % 14), read_priority::exit_demand);
    of_account += static_cast<std::size_t>(std::ranges::count(d.round(), -1));
  }
  CHECK(of_account <= 100);
  CHECK(of_account >= 90);
}

TEST_CASE("an account-wide read under way keeps the next one off while there is doubt, not after") {
  const auto how = GENERATE(read_end::says_nothing, read_end::answered);
  doubting d;
  d.now = 1'000;
  d.reads.want({read_target::account(), read_priority::rest, at(d.now), at(d.now)}, at(d.now));
  const auto first = d.reads.next(at(d.now));
  REQUIRE(first);
  d.now = 1'050;
  // The ninth finds no turn, and what is under way began too early for it.
  for (symbol_index i = 0; i < 9; ++i)
    d.demand(i, read_priority::exit_demand);
  REQUIRE(d.reads.finished(*first, how));
  const auto of_account_at = [&](std::int64_t when) {
    d.now = when;
    return std::ranges::count(d.round(), -1);
  };
  CHECK(of_account_at(1'100) == (how == read_end::answered ? 1 : 0));
  CHECK(of_account_at(1'599) == 0);
  CHECK(of_account_at(1'600) == (how == read_end::answered ? 0 : 1));
}

TEST_CASE("an answer gives back its own turn, and not what others took") {
  doubting d;
  d.singles = read_end::says_nothing;
  for (symbol_index i = 1; i <= 8; ++i)
    d.demand(i, read_priority::exit_demand);
  REQUIRE(singles_in(d.round()) == 8);
  for (int i = 0; i < 20; ++i)
    d.reads.repeat({1, read_target::of(1), read_priority::exit_demand}, at(d.now));
  (void)d.reads.finished({1, read_target::of(1), read_priority::exit_demand}, read_end::answered);
  for (symbol_index i = 11; i <= 18; ++i)
    d.demand(i, read_priority::exit_demand);
  CHECK(singles_in(d.round()) <= 1);
}
