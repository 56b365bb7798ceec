// Gives every symbol a small dense number, so that boards can be arrays and readers need no hashing
// of names after the first look-up.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <shared_mutex>
#include <unordered_map>
#include <vector>

#include "sluice/domain/ids.hpp"
#include "sluice/domain/result.hpp"

namespace sluice {

/// A symbol's number; given in order from 0, never reused.
using symbol_index = std::uint32_t;

/// Symbols only ever join. Any thread may look up; one thread adds.
class symbol_directory {
 public:
  static constexpr std::size_t default_capacity = 16'384;

  explicit symbol_directory(std::size_t capacity = default_capacity);

  /// The number of `s`, given now if it had none. errc::out_of_range when the directory is full,
  /// errc::invalid_value for the empty symbol.
  [[nodiscard]] result<symbol_index> intern(const symbol& s);

  [[nodiscard]] std::optional<symbol_index> find(const symbol& s) const;
  /// The symbol with this number; empty when there is none.
  [[nodiscard]] symbol name_of(symbol_index index) const;
  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] std::size_t capacity() const { return capacity_; }

 private:
  std::size_t capacity_{0};
  mutable std::shared_mutex mutex_{};
  std::vector<symbol> names_{};
  std::unordered_map<symbol, symbol_index> indices_{};
};

}  // namespace sluice
