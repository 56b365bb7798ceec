// Faults of the venue itself: what happens to it once, and how its clock goes wrong.
#pragma once

#include <optional>
#include <vector>

#include "fault_timing.hpp"
#include "sluice/simulator/faults.hpp"

namespace sluice::simulator {

class venue_faults {
 public:
  void add(venue_fault f, milliseconds since);
  /// The clock goes right again, and nothing more is due.
  void clear();
  [[nodiscard]] std::size_t size() const { return waiting_.size(); }

  /// What has become due, each once, in order of addition. Clock faults are kept back and shift
  /// what clock_offset gives.
  [[nodiscard]] std::vector<venue_fault> due(milliseconds since);
  [[nodiscard]] std::optional<milliseconds> next_due() const;
  /// How far the venue's clock is ahead by faults.
  [[nodiscard]] milliseconds clock_offset(milliseconds since) const;

 private:
  std::vector<venue_fault> waiting_{};
  std::vector<venue_fault> clocks_{};
};

}  // namespace sluice::simulator
