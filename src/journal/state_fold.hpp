// The journal's state as it follows from its records alone: no SQL, no clock, no file.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sluice/domain/record.hpp"
#include "sluice/domain/result.hpp"

namespace sluice::journal {

/// Rows of state in one canonical form: "<table> <key>" and the other columns as text. Whole
/// numbers, decimals and words are as they stand, times milliseconds, null is "null".
using state_rows = std::map<std::string, std::vector<std::string>>;

/// One JSON object. The same rows give the same text.
[[nodiscard]] std::string text_of(const state_rows& rows);
/// Errors: malformed.
[[nodiscard]] result<state_rows> parse_state_rows(const std::string& text);
/// Of text_of.
[[nodiscard]] std::uint64_t hash_of(const state_rows& rows);

/// Takes record after record and has the rows they leave. What can still change anything
/// (undecided plans, unresolved orders, lines, holds, overrides, armings, exits, the trading state)
/// stands; decided plans and resolved orders are settled.
class state_fold {
 public:
  state_fold() = default;
  explicit state_fold(state_rows standing) : standing_(std::move(standing)) {}

  void apply(const record& r);

  /// For whoever wants only what stands: nothing settled is needed any more for that.
  void forget_settled() { settled_.clear(); }

  [[nodiscard]] const state_rows& standing() const { return standing_; }
  [[nodiscard]] const state_rows& settled() const { return settled_; }

 private:
  state_rows standing_{};
  state_rows settled_{};
};

}  // namespace sluice::journal
