// A bounded memory of plan ids, so that a plan that comes twice is carried out once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace sluice {

/// Maps 64-bit keys to 64-bit values in two generations: when the young one is full it becomes the
/// old one and the old one is forgotten. Keeps at least the last `entries_max / 2` keys, at most
/// `entries_max`, about 32 bytes each.
class recent_map {
 public:
  explicit recent_map(std::size_t entries_max);

  [[nodiscard]] std::optional<std::uint64_t> find(std::uint64_t key);
  /// Adds a key that find does not know.
  void add(std::uint64_t key, std::uint64_t value);
  /// Gives a key that find knows another value.
  void replace(std::uint64_t key, std::uint64_t value);
  /// True from the first key on that was forgotten.
  [[nodiscard]] bool has_forgotten() const { return has_forgotten_; }
  [[nodiscard]] std::size_t size() const { return young_.used + old_.used; }

 private:
  [[nodiscard]] std::uint64_t* value_of(std::uint64_t key);

  struct slot {
    std::uint64_t key{0};  ///< 0 means empty.
    std::uint64_t value{0};
  };
  /// Open addressing with linear probing, at most half full.
  struct generation {
    std::vector<slot> slots{};
    std::size_t used{0};

    [[nodiscard]] std::uint64_t* find(std::uint64_t key);
    void add(slot s);
    void grow();
  };

  std::size_t generation_max_{0};
  generation young_{};
  generation old_{};
  bool has_forgotten_{false};
};

}  // namespace sluice
