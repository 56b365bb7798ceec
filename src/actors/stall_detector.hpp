// Does truth advance, do plans get verdicts, do exits leave? Names what stands still: cause, effect
// and remedy in words.
#pragma once

#include <array>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sluice/actors/stall.hpp"
#include "sluice/actors/vitals.hpp"
#include "sluice/actors/workload.hpp"
#include "sluice/domain/exchange_port.hpp"

namespace sluice::actors {

/// What a stage shows of its mailbox.
struct stage_progress {
  std::uint64_t waiting{0};  ///< Messages, the one it is at included.
  std::uint64_t handled{0};  ///< Messages so far.
};

/// What the pipeline shows at one moment; counts only grow.
struct stall_input {
  instant now{};
  milliseconds bound{};
  std::string promise_fault{};          ///< Why the bound cannot be kept; empty when it can.
  std::optional<milliseconds> round{};  ///< Of single reads over all that have one, as planned.
  std::optional<milliseconds> oldest_truth{};  ///< None before anything is known.
  std::size_t symbols_unknown{0};
  milliseconds read_latency{};
  budget_view budget{};
  std::optional<std::string> exchange_away{};  ///< Why it cannot be asked, a ban aside.
  std::uint64_t reads_without_budget{0};
  std::uint64_t reads_malformed{0};
  std::uint64_t reads_clock_refused{0};
  std::optional<std::pair<std::string, std::uint64_t>> failing_symbol{};  ///< Failures in a row.
  bool user_stream_up{false};
  bool mark_stream_up{false};
  std::uint64_t stream_mutes{0};  ///< Times that reads showed what the stream had not told.
  std::optional<milliseconds> oldest_open_order{};
  std::optional<vain_exit> failing_exit{};
  std::optional<milliseconds> oldest_uncommitted{};
  std::uint64_t verdicts{0};
  std::map<std::string, std::uint64_t> denied_by{};  ///< First reasons.
  std::size_t open_positions{0};
  std::uint64_t exits_waiting{0};
  std::array<stage_progress, stage_count> stages{};
  bool read_on_demand{true};  ///< Whether what a read would cure waits for one.
};

/// Pure; asked about once a second.
class stall_detector {
 public:
  explicit stall_detector(stall_settings settings) : settings_(settings) {}

  struct change {
    std::vector<stall> began{};
    std::vector<stall> ended{};
  };
  change look(const stall_input& shown);
  /// Most fundamental cause first.
  [[nodiscard]] std::vector<stall> active() const;

 private:
  /// What is wrong now, if anything: text and remedy of a cause.
  struct symptom {
    std::string text{};
    std::string remedy{};
  };
  struct watched {
    std::optional<instant> since{};
    std::optional<stall> named{};
  };
  using symptoms = std::array<std::optional<symptom>, stall_cause_count>;
  using counter = std::uint64_t stall_input::*;
  struct reads_seen {
    std::uint64_t reads{0};  ///< Without budget, for whatever reason.
    bool withheld{false};    ///< For a pause or a ban.
  };

  /// Counts only reads that were refused for their weight: a pause is a cause of its own.
  [[nodiscard]] stall_input without_withheld_reads(const stall_input& in);
  /// Whether one more was counted lately.
  [[nodiscard]] bool still_rises(const stall_input& in, counter which) const;
  /// Whether enough were counted since `past`, and it has not ended since.
  [[nodiscard]] bool often(const stall_input& in, const stall_input& past, counter which) const;

  [[nodiscard]] symptoms examine(const stall_input& in) const;
  void examine_budget(const stall_input& in, const stall_input& past, symptoms& out) const;
  void examine_reads(const stall_input& in, const stall_input& past, symptoms& out) const;
  void examine_streams(const stall_input& in, const stall_input& past, symptoms& out) const;
  void examine_stages(const stall_input& in, symptoms& out) const;
  void examine_orders(const stall_input& in, const stall_input& past, symptoms& out) const;
  [[nodiscard]] static std::string effect_of(stall_cause c, const stall_input& in);

  stall_settings settings_;
  std::optional<reads_seen> seen_{};
  std::uint64_t out_of_weight_{0};
  std::deque<stall_input> past_{};  ///< One per look, `window` long.
  std::array<watched, stall_cause_count> causes_{};
};

}  // namespace sluice::actors
