// A seed says all of a run; and a dose of them in which no promise breaks.
#include <sqlite3.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "fault_plan.hpp"
#include "file_image.hpp"
#include "oracle/oracle.hpp"
#include "simulation.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::simulation;
using namespace std::chrono_literals;

namespace {

outcome run_of(std::uint64_t seed, milliseconds span = 4min) {
  options chosen;
  chosen.seed = seed;
  chosen.span = span;
  chosen.journal = keep_journal::yes;
  return sluice::simulation::simulation(chosen).run();
}

}  // namespace

TEST_CASE("the same seed gives the same journal, byte for byte") {
  for (const std::uint64_t seed : {3U, 11U, 20U}) {
    INFO("seed " << seed);
    const auto once = run_of(seed);
    const auto again = run_of(seed);
    CHECK(once.journal == again.journal);
    CHECK(once.file_hash == again.file_hash);
    CHECK(once.seen.records.size() > 50);
    CHECK(once.restarts == again.restarts);
    CHECK(once.hits == again.hits);
  }
  CHECK(run_of(3).journal != run_of(11).journal);
}

TEST_CASE("a list is falsely empty in some runs, and in none of them twice") {
  std::int64_t runs_with_one = 0;
  for (std::uint64_t seed = 1; seed <= 1'000; ++seed) {
    draws random(seed);
    const auto empty = std::ranges::count_if(
        draw_faults(random, 20s, 10min),
        [](const planned_fault& f) { return f.script.find("empty_list") != std::string::npos; });
    INFO("seed " << seed);
    CHECK(empty <= 1);
    runs_with_one += empty;
  }
  CHECK(runs_with_one > 20);
}

TEST_CASE("what was written over and over goes to the real file once") {
  file_image file;
  const std::string text(100, 'x');
  const auto put = [&](std::size_t at, std::size_t count) { file.write(text.data(), count, at); };
  put(40, 20);  // A log that begins anew, twice.
  put(60, 20);
  put(10, 50);
  put(15, 5);
  put(90, 10);
  std::vector<int> times(100, 0);
  for (const auto& [begin, end] : file.take_unwritten())
    for (auto at = begin; at < end; ++at)
      ++times[at];
  for (std::size_t at = 0; at < times.size(); ++at) {
    INFO("byte " << at);
    CHECK(times[at] == ((at >= 10 && at < 80) || at >= 90 ? 1 : 0));
  }
  CHECK(file.take_unwritten().empty());
}

TEST_CASE("what a writer wrote is in the real file, also where a reader closes it last") {
  const scratch files;
  const auto path = (files.path / "one.db").string();
  {
    const simulated_disk disk(1);
    sqlite3* writer = nullptr;
    sqlite3* reader = nullptr;
    const auto run = [](sqlite3* on, const char* sql) {
      REQUIRE(sqlite3_exec(on, sql, nullptr, nullptr, nullptr) == SQLITE_OK);
    };
    REQUIRE(sqlite3_open(path.c_str(), &writer) == SQLITE_OK);
    run(writer, "CREATE TABLE t (word TEXT)");
    REQUIRE(sqlite3_open_v2(path.c_str(), &reader, SQLITE_OPEN_READONLY, nullptr) == SQLITE_OK);
    run(reader, "SELECT word FROM t");
    run(writer, "INSERT INTO t VALUES ('written-and-closed')");
    REQUIRE(sqlite3_close(writer) == SQLITE_OK);
    REQUIRE(sqlite3_close(reader) == SQLITE_OK);
  }
  std::ifstream file(path, std::ios::binary);
  const std::string bytes(std::istreambuf_iterator<char>(file), {});
  CHECK(bytes.find("written-and-closed") != std::string::npos);
}

TEST_CASE("two pages of a firewall never wait to be met at once") {
  // Two faults of that kind were armed for one order of this seed, 12 ms apart, and the pause that
  // they made outlasted the run.
  options chosen;
  chosen.seed = 915;
  chosen.span = 10min;
  std::vector<double> struck;
  chosen.trace = [&](const std::string& line) {
    if (line.find(" FAULT ") != std::string::npos &&
        line.find("forbidden_403") != std::string::npos)
      struck.push_back(std::stod(line));
  };
  const auto found = sluice::simulation::simulation(chosen).run();
  CHECK(oracle::judge(found.seen).empty());
  REQUIRE_FALSE(struck.empty());
  for (std::size_t i = 1; i < struck.size(); ++i)
    CHECK(struck[i] - struck[i - 1] >= 46);
}

TEST_CASE("a fault that finds nothing to do is not counted") {
  // Liquidations and deleveragings (E22) find a position now and then, in some seeds always.
  std::int64_t struck = 0;
  std::int64_t struck_e22 = 0;
  std::int64_t in_vain = 0;
  std::int64_t counted = 0;
  std::int64_t counted_e22 = 0;
  std::int64_t venue_orders = 0;
  for (std::uint64_t seed = 12; seed <= 16; ++seed) {
    options chosen;
    chosen.seed = seed;
    chosen.trace = [&](const std::string& line) {
      struck += line.find(" FAULT ") != std::string::npos ? 1 : 0;
      struck_e22 += line.find(" FAULT E22 ") != std::string::npos ? 1 : 0;
      in_vain += line.ends_with(" it finds nothing to do") ? 1 : 0;
    };
    const auto found = sluice::simulation::simulation(chosen).run();
    for (const auto& [where, n] : found.hits) {
      counted += n;
      counted_e22 += where.first == "E22" ? n : 0;
    }
    venue_orders +=
        std::ranges::count(found.seen.orders, oracle::origin::venue, &oracle::venue_order::by);
  }
  CHECK(counted == struck - in_vain);
  REQUIRE(counted_e22 > 0);
  REQUIRE(counted_e22 < struck_e22);
  // Each that found something has an order of the venue's own.
  CHECK(counted_e22 == venue_orders);
}

TEST_CASE("a jump of the wall clock changes no verdict") {
  std::int64_t jumps = 0;
  for (std::uint64_t seed = 12; seed <= 23; ++seed) {
    options chosen;
    chosen.seed = seed;
    chosen.span = 4min;
    // A new process knows of the time that has passed since the last one by the wall clock alone.
    chosen.restarts = with_restarts::no;
    const auto with = sluice::simulation::simulation(chosen).run();
    chosen.wall = wall_clock::steady;
    const auto without = sluice::simulation::simulation(chosen).run();
    for (const auto& [where, n] : with.hits)
      jumps += where.first == "H7" ? n : 0;
    for (const auto& v : oracle::check_same_verdicts(with.seen, without.seen))
      FAIL_CHECK("seed " << seed << ": " << v.what
                         << "\n  replay: build/release/tests/simulate --from " << seed
                         << " --minutes 4 --compare-wall");
  }
  CHECK(jumps > 3);
}

TEST_CASE("what a run of ten minutes does is worth judging") {
  const auto seen = run_of(3, 10min);
  CHECK(seen.seen.arrivals.size() > 20);
  CHECK(seen.seen.fills.size() > 20);
  CHECK(seen.seen.plans.size() > 60);
  CHECK(seen.seen.allows.size() > 20);
  CHECK(seen.hits.size() > 4);
  CHECK(seen.requests > 300);
  CHECK(seen.seen.shown.size() > 5);
  CHECK(seen.seen.answers.size() > 40);
  CHECK(seen.seen.secrets.size() > 2);
  CHECK_FALSE(seen.seen.log.empty());
}

TEST_CASE("no promise breaks in ten minutes with faults") {
  std::int64_t hits = 0;
  std::int64_t restarts = 0;
  const auto first = GENERATE(1U, 21U);
  for (std::uint64_t seed = first; seed < first + 20; ++seed) {
    const auto found = run_of(seed, 10min);
    for (const auto& v : oracle::judge(found.seen))
      FAIL_CHECK("seed " << seed << ": " << v.invariant << ": " << v.what
                         << "\nscripts/simulate --from " << seed << " --trace");
    for (const auto& [where, n] : found.hits)
      hits += n;
    restarts += found.restarts;
  }
  CHECK(hits > 150);
  CHECK(restarts > 10);
}
