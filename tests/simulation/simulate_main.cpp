// Runs seeds and says what came of them; scripts/simulate is the way to call it.
#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <string>

#include "oracle/oracle.hpp"
#include "simulation.hpp"

namespace {

struct arguments {
  std::uint64_t from{1};
  std::uint64_t seeds{1};
  std::chrono::minutes span{10};
  bool trace{false};
  bool journal{false};
  sluice::simulation::with_restarts restarts{sluice::simulation::with_restarts::yes};
  bool compare_wall{false};
  sluice::simulation::wall_clock wall{sluice::simulation::wall_clock::jumps};
};

std::uint64_t number(const char* text) {
  return std::strtoull(text, nullptr, 10);
}

arguments read(int count, char** words) {
  arguments a;
  for (int i = 1; i < count; ++i) {
    const std::string word = words[i];
    if (word == "--trace")
      a.trace = true;
    else if (word == "--journal")
      a.journal = true;
    else if (word == "--no-restarts")
      a.restarts = sluice::simulation::with_restarts::no;
    else if (word == "--compare-wall")
      a.compare_wall = true;
    else if (word == "--steady-wall")
      a.wall = sluice::simulation::wall_clock::steady;
    else if (i + 1 < count && word == "--from")
      a.from = number(words[++i]);
    else if (i + 1 < count && word == "--seeds")
      a.seeds = number(words[++i]);
    else if (i + 1 < count && word == "--minutes")
      a.span = std::chrono::minutes{number(words[++i])};
    else {
      fmt::print(stderr,
                 "usage: {} [--from S] [--seeds N] [--minutes M] [--trace] [--journal] "
                 "[--no-restarts] [--steady-wall] [--compare-wall]\n",
                 words[0]);
      std::exit(2);
    }
  }
  return a;
}

/// Two more runs of the seed, without restarts, that differ in the wall clock alone.
std::vector<sluice::oracle::violation> compare_wall(sluice::simulation::options chosen) {
  using namespace sluice::simulation;
  chosen.restarts = with_restarts::no;
  chosen.wall = wall_clock::jumps;
  const auto with = simulation(chosen).run();
  chosen.wall = wall_clock::steady;
  const auto without = simulation(chosen).run();
  return sluice::oracle::check_same_verdicts(with.seen, without.seen);
}

/// Every cell in order, also those that nothing met; a fault that met no plan comes last.
void print_hits(const std::map<sluice::simulation::cell, std::int64_t>& hits) {
  const auto print = [&](const std::string& fault, const std::string& where) {
    const auto at = hits.find({fault, where});
    fmt::print("hit {}|{} {}\n", fault, where, at == hits.end() ? 0 : at->second);
  };
  for (const auto& fault : sluice::simulation::fault_names()) {
    for (const auto p : sluice::simulation::all_phases)
      print(fault, std::string(to_string(p)));
    print(fault, sluice::simulation::no_plan);
  }
}

}  // namespace

/// One line a fact: "hit NAME|PHASE N", "total NAME N", "violation SEED INVARIANT TEXT".
int main(int count, char** words) {
  using namespace sluice;
  const auto wanted = read(count, words);
  std::map<simulation::cell, std::int64_t> hits;
  std::int64_t violations = 0;
  std::int64_t restarts = 0;
  std::int64_t records = 0;
  std::int64_t orders = 0;
  std::int64_t requests = 0;
  std::int64_t lost = 0;
  for (auto seed = wanted.from; seed < wanted.from + wanted.seeds; ++seed) {
    simulation::options chosen;
    chosen.seed = seed;
    chosen.span = wanted.span;
    chosen.restarts = wanted.restarts;
    chosen.wall = wanted.wall;
    if (wanted.journal)
      chosen.journal = simulation::keep_journal::yes;
    if (wanted.trace)
      chosen.trace = [](const std::string& line) { fmt::print("{}\n", line); };
    const auto found = simulation::simulation(chosen).run();
    for (const auto& [where, n] : found.hits)
      hits[where] += n;
    restarts += found.restarts;
    records += static_cast<std::int64_t>(found.seen.records.size());
    orders += static_cast<std::int64_t>(found.seen.arrivals.size());
    requests += found.requests;
    lost += found.writes_lost;
    if (wanted.journal)
      fmt::print("{}journal {} {:016x} {:016x}\n", found.journal, seed,
                 stable_hash(found.journal, 1), found.file_hash);
    auto broken = oracle::judge(found.seen);
    if (wanted.compare_wall)
      for (auto& v : compare_wall(chosen))
        broken.push_back(std::move(v));
    for (const auto& v : broken) {
      ++violations;
      fmt::print("violation {} {} {}\n", seed, v.invariant, v.what);
    }
    std::fflush(stdout);
  }
  print_hits(hits);
  fmt::print(
      "total seeds {}\ntotal restarts {}\ntotal records {}\ntotal orders {}\n"
      "total requests {}\ntotal writes-lost {}\n",
      wanted.seeds, restarts, records, orders, requests, lost);
  return violations == 0 ? 0 : 1;
}
