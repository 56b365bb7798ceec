// Every stored verdict made again, as it was or under other limits.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sluice/domain/result.hpp"
#include "sluice/gate/what_if.hpp"
#include "sluice/journal/reader.hpp"

namespace sluice::cli {

/// Limits to be changed, each read from "key=value".
class limit_changes {
 public:
  /// invalid_value names the key that is unknown, or what is wrong with the value.
  [[nodiscard]] static result<limit_changes> parse(const std::vector<std::string>& assignments);
  [[nodiscard]] bool empty() const { return keys_.empty(); }
  void apply(gate_limits& limits) const;

 private:
  gate_limits values_{};
  std::vector<const limit_key*> keys_{};
};

/// A plan whose verdict is another one when made again.
struct flipped_plan {
  std::int64_t seq{0};
  plan_id plan{};
  symbol instrument{};
  lane traffic{lane::entry};
  verdict before{};
  verdict after{};
};

struct replay_report {
  std::int64_t verdicts{0};
  std::int64_t same{0};
  std::int64_t outside{0};                ///< Not made by the rules, so not made again.
  std::vector<flipped_plan> differing{};  ///< Oldest first.
  /// Of those that differ, how many changed from which first reason to which: "allow" for none.
  std::map<std::string, std::int64_t> by_reason{};
};

/// Errors are those of the journal's reader.
[[nodiscard]] result<replay_report> replay_all(journal::reader& from, const limit_changes& changes);

/// For people: a line of totals, a line for each change of reason, one for each plan, `most` of
/// them.
[[nodiscard]] std::string in_words(const replay_report& r, std::size_t most);
/// The same as one JSON object, with all plans.
[[nodiscard]] std::string as_json(const replay_report& r);

}  // namespace sluice::cli
