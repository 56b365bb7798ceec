// What the script does to stream events: which are lost, doubled, late or out of order.
#pragma once

#include <string_view>
#include <vector>

#include "fault_timing.hpp"
#include "sluice/simulator/faults.hpp"

namespace sluice::simulator {

/// What becomes of one event.
struct event_fate {
  int copies{1};
  milliseconds delay{0};
  bool after_next{false};  ///< Sent after the event that follows it.
};

class event_faults {
 public:
  explicit event_faults(std::uint64_t seed) : random_(seed ^ stable_seed) {}
  void add(stream_fault f, milliseconds since);
  void clear() { faults_.clear(); }
  [[nodiscard]] std::size_t size() const { return faults_.size(); }

  /// The first fault that hits decides; delays add to it.
  [[nodiscard]] event_fate draw(stream_kind kind, std::string_view type, std::string_view text,
                                milliseconds since);
  [[nodiscard]] bool refuses(stream_kind kind, milliseconds since);
  /// How often connections of a kind are to be dropped by now; each is given once.
  [[nodiscard]] std::vector<stream_kind> due_drops(milliseconds since);
  /// The next moment at which a drop is due.
  [[nodiscard]] std::optional<milliseconds> next_drop() const;

 private:
  static constexpr std::uint64_t stable_seed = 0x6576656e74ULL;
  std::vector<stream_fault> faults_{};
  random_source random_;
};

}  // namespace sluice::simulator
