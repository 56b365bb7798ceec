// Two connections of one stream as one sequence, while a fresh one takes over from an old one.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>
#include <vector>

namespace sluice::exchange {

/// Pure. The old connection leads, since it has seen everything: its frames pass at once and in
/// order. Those of the new one wait until the old one ends; then what only it has brought passes.
/// The venue sends the same event with the same bytes over both. Should it not, an event passes
/// twice, which whoever applies events must bear anyway.
class overlap_merge {
 public:
  using frames = std::vector<std::string>;

  [[nodiscard]] frames from_old(frames arrived);
  /// Empty until finish(), afterwards what the old connection had not brought.
  [[nodiscard]] frames from_new(frames arrived);
  /// The old connection is gone.
  [[nodiscard]] frames finish();

  /// More waits or is remembered than should: the overlap must end.
  [[nodiscard]] bool full() const { return held_.size() >= frames_max || held_bytes_ >= bytes_max; }
  [[nodiscard]] std::int64_t dropped() const { return dropped_; }

  static constexpr std::size_t frames_max = 10'000;
  static constexpr std::size_t bytes_max = 8ULL * 1024 * 1024;

 private:
  [[nodiscard]] bool forget_passed(const std::string& frame);
  void remember_passed(std::string frame);

  std::deque<std::string> held_{};
  std::size_t held_bytes_{0};
  std::unordered_map<std::string, int> passed_{};  ///< By the old one, not yet by the new one.
  std::deque<std::string> passed_order_{};
  std::size_t passed_bytes_{0};
  bool finished_{false};
  std::int64_t dropped_{0};
};

}  // namespace sluice::exchange
