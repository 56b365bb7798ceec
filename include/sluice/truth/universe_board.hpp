// The universe in force: replaced whole by one thread, read by all as an immutable value.
#pragma once

#include <memory>
#include <mutex>

#include "sluice/domain/instrument.hpp"

namespace sluice {

class universe_board {
 public:
  /// Never null; before the first set() an empty universe with no source.
  [[nodiscard]] std::shared_ptr<const universe> current() const;
  /// The rules of one symbol, kept by whoever holds them however often the universe is replaced.
  /// Null for a symbol that is not listed.
  [[nodiscard]] std::shared_ptr<const instrument_rules> rules_of(const symbol& s) const;
  /// Null is ignored: there is always a universe, if an empty one.
  void set(std::shared_ptr<const universe> next);

 private:
  mutable std::mutex mutex_{};
  std::shared_ptr<const universe> current_{std::make_shared<const universe>()};
};

}  // namespace sluice
