// Which log lines and records an operator wants to see: their parts, and the filters over them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sluice/status/settings.hpp"
#include "terminal.hpp"

namespace sluice::cli {

/// What is empty restricts nothing.
struct tail_filter {
  std::optional<status::log_level> lowest{};  ///< Of log lines.
  std::string component{};                    ///< Of log lines.
  std::string plan{};
  std::string symbol{};
};

/// Parts of "2026-11-26T05:13:37.346Z INFO executor order_finished plan=a detail="b c"". A line
/// that is a JSON object is read by its members.
struct log_line {
  std::optional<status::log_level> level{};
  std::string component{};
  std::string plan{};
  std::string symbol{};
};
[[nodiscard]] log_line read_log_line(std::string_view line);
[[nodiscard]] bool wants(const tail_filter& f, const log_line& line);

/// A record as the events carry it: {"seq", "kind", "at", "plan_id", "symbol", ...}.
[[nodiscard]] bool wants_record(const tail_filter& f, std::string_view json_text);
/// "2026-...Z 17 plan_judged plan=a symbol=B ..." with the members that are no nested documents.
[[nodiscard]] std::string record_line(std::string_view json_text);

/// The tone that a level is shown in.
[[nodiscard]] tone tone_of(const std::optional<status::log_level>& level);

}  // namespace sluice::cli
