// An override: a setting that is different for a limited time, with reason and author.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sluice/domain/time.hpp"

namespace sluice {

/// One setting changed at run time. Reverts by itself at `until`, or earlier when `fresh_for` is
/// set and truth has kept its normal bound that long.
struct setting_override {
  std::int64_t id{0};
  std::string key{};    ///< As in the file: "gate.stale_after_entry".
  std::string value{};  ///< As it would stand in the file: "30s", "true".
  std::string author{};
  std::string reason{};
  wall_time since{};
  wall_time until{};
  std::optional<milliseconds> fresh_for{};
  friend bool operator==(const setting_override&, const setting_override&) = default;
};

/// How an override came to its end.
enum class override_end : std::uint8_t {
  expired,     ///< Its time was over.
  cause_gone,  ///< Truth kept the normal bound for `fresh_for`.
  reverted,    ///< By an operator.
  replaced,    ///< By another one of the same key.
  refused,     ///< By a restart or reload its key or value is not allowed any more.
};
/// "expired", "cause_gone", "reverted", "replaced", "refused".
[[nodiscard]] std::string_view to_string(override_end e);

}  // namespace sluice
