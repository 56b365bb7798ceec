// A whole run from its seed: a venue, a network, a disk, processes that come and go, producers,
// persons, faults; and what is to be judged of it.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "fault_plan.hpp"
#include "oracle/history.hpp"
#include "phases.hpp"
#include "process.hpp"
#include "workload.hpp"

namespace sluice::simulation {

enum class with_faults : std::uint8_t { no, yes };
enum class wall_clock : std::uint8_t { jumps, steady };
enum class with_restarts : std::uint8_t { no, yes };
enum class keep_journal : std::uint8_t { no, yes };

struct text_hash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>{}(text);
  }
};
/// Looked up far more often than added to.
using id_set = std::unordered_set<std::string, text_hash, std::equal_to<>>;

struct options {
  std::uint64_t seed{1};
  milliseconds span{std::chrono::minutes{10}};
  with_faults faults{with_faults::yes};
  wall_clock wall{wall_clock::jumps};
  with_restarts restarts{with_restarts::yes};
  keep_journal journal{keep_journal::no};
  std::function<void(const std::string&)> trace{};
};

/// What a fault met: its name, and the phase of a plan (or no_plan).
using cell = std::pair<std::string, std::string>;

struct outcome {
  oracle::history seen{};
  std::map<cell, std::int64_t> hits{};
  std::int64_t restarts{0};
  std::int64_t requests{0};
  std::int64_t writes_lost{0};
  std::string journal{};       ///< All bodies of its records, one a line; if asked.
  std::uint64_t file_hash{0};  ///< Of the journal's own bytes at the end, log included; if asked.
};

class simulation {
 public:
  explicit simulation(options chosen);
  ~simulation();
  simulation(const simulation&) = delete;
  simulation& operator=(const simulation&) = delete;

  [[nodiscard]] outcome run();

 private:
  void watch_network();
  void watch_disk();
  void start_process();
  void demand_service();
  void live_until(instant end);
  void after_step();
  void note_durable(const record& r);
  void bury(const std::string& why);
  void bury_ended(int code);
  void watch_failed_sync();
  void schedule_faults();
  void arm(std::size_t fault);
  void slow_disk_down(const slow_disk& s);
  void strike(const planned_fault& f, std::optional<phase> met);
  void schedule_work();
  void schedule_stranger(const symbol& on, milliseconds wait);
  void invite_stranger();
  void collect();
  void collect_judgements(journal::reader& reader);
  [[nodiscard]] oracle::ms in_the_world(venue_time t) const;
  void look_at_end();

  options chosen_;
  draws plan_draws_;  ///< Of workload and faults; the world has draws of its own.
  machine machine_{};
  std::unique_ptr<simulated_disk> disk_{};
  std::unique_ptr<world> world_{};
  std::unique_ptr<process> process_{};
  std::unique_ptr<workload> work_{};
  phase_tracker phases_{};
  std::vector<planned_fault> faults_{};
  std::vector<std::size_t> armed_{};
  id_set durable_ids_{};
  std::map<std::int64_t, oracle::ms> seen_at_{};
  instant next_start_{};
  std::optional<instant> sync_failed_at_{};
  milliseconds venue_ahead_{};  ///< The venue's clock, of the true one.
  /// World time from which on the venue's clock was so far ahead.
  std::vector<std::pair<milliseconds, milliseconds>> ahead_since_{{{}, {}}};
  instant firewall_waits_until_{};  ///< Its page may still be met.
  bool quiet_{false};               ///< No faults any more.
  outcome result_{};
};

/// A directory of its own, in memory where there is one, gone at the end.
class scratch {
 public:
  scratch();
  ~scratch();
  scratch(const scratch&) = delete;
  scratch& operator=(const scratch&) = delete;
  std::filesystem::path path{};
};

}  // namespace sluice::simulation
