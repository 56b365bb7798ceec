// The regimes of all symbols that have marks, sampled once a minute each.
#pragma once

#include <unordered_map>

#include "sluice/exits/regime.hpp"

namespace sluice {

/// Symbols without a position are sampled too, so that one that opens knows the market it is in.
class regime_book {
 public:
  explicit regime_book(regime_windows windows) : windows_(windows) {}

  /// From the next sample on.
  void windows(regime_windows now) { windows_ = now; }

  /// As stored with a position of the symbol; the newest one counts.
  void restore(const symbol& s, const regime_state& stored, const stamp& now);
  /// A mark; the new state when it became a sample, else null.
  const regime_state* take(const symbol& s, price mark, const stamp& now);
  /// Empty for a symbol without marks.
  [[nodiscard]] regime_state of(const symbol& s) const;

 private:
  struct line {
    regime_state state{};
    instant sampled{};
  };
  regime_windows windows_;
  std::unordered_map<symbol, line> lines_{};
};

}  // namespace sluice
