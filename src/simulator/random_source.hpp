// Seeded random numbers that are the same on every platform, unlike the standard distributions.
#pragma once

#include <cstdint>
#include <string>

namespace sluice::simulator {

/// SplitMix64 (Steele, Lea, Flood 2014): small, fast, good enough for a venue.
class random_source {
 public:
  explicit random_source(std::uint64_t seed) : state_(seed) {}

  [[nodiscard]] std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15ULL;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31U);
  }
  /// Evenly from 0 to n - 1; 0 when n is 0.
  [[nodiscard]] std::uint64_t below(std::uint64_t n) { return n == 0 ? 0 : next() % n; }
  /// Evenly from low to high, both included.
  [[nodiscard]] std::int64_t between(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(high - low) + 1));
  }
  /// Letters and digits.
  [[nodiscard]] std::string word(std::size_t length) {
    static constexpr char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    std::string text(length, 'A');
    for (char& c : text)
      c = letters[below(sizeof(letters) - 1)];
    return text;
  }

 private:
  std::uint64_t state_{0};
};

}  // namespace sluice::simulator
