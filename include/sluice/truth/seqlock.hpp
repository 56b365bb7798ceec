// A few words that one thread writes and many read consistently, without ever blocking the writer.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <thread>

namespace sluice {

/// A seqlock of 64-bit words. Every word is an atomic of its own, stored with release and loaded
/// with acquire, so there is no data race and no fence is needed: whoever sees a word of a newer
/// write also sees that the sequence had become odd before it, and tries again.
template <std::size_t words>
class seqlock {
 public:
  using value = std::array<std::int64_t, words>;

  /// Only ever from one thread at a time.
  void store(const value& v) {
    const auto sequence = sequence_.load(std::memory_order_relaxed);
    sequence_.store(sequence + 1, std::memory_order_relaxed);
    for (std::size_t i = 0; i < words; ++i)
      cells_[i].store(v[i], std::memory_order_release);
    sequence_.store(sequence + 2, std::memory_order_release);
  }

  /// All words of one store; all zero before the first.
  [[nodiscard]] value load() const {
    for (unsigned attempt = 1;; ++attempt) {
      const auto before = sequence_.load(std::memory_order_acquire);
      value copy{};
      for (std::size_t i = 0; i < words; ++i)
        copy[i] = cells_[i].load(std::memory_order_acquire);
      if (before % 2 == 0 && sequence_.load(std::memory_order_relaxed) == before)
        return copy;
      // The writer may have lost its core in the middle; let it have ours.
      if (attempt % attempts_before_yield == 0)
        std::this_thread::yield();
    }
  }

  /// One word as it stands, perhaps of a store that is not complete: to skip what need not be
  /// loaded.
  [[nodiscard]] std::int64_t peek(std::size_t i) const {
    return cells_[i].load(std::memory_order_relaxed);
  }

 private:
  static constexpr unsigned attempts_before_yield = 32;

  std::atomic<std::uint64_t> sequence_{0};
  std::array<std::atomic<std::int64_t>, words> cells_{};
};

}  // namespace sluice
