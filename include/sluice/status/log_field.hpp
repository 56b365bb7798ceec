// One key=value of a log line, and how lines are written so that no value can break or forge one.
#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "sluice/domain/fixed.hpp"
#include "sluice/domain/ids.hpp"
#include "sluice/domain/time.hpp"
#include "sluice/status/settings.hpp"

namespace sluice::status {

/// A key and a value. Text is not copied: it must live until the log call returns.
class field {
 public:
  field(std::string_view key, std::string_view value) : key_(key), value_(value) {}
  field(std::string_view key, const char* value) : key_(key), value_(std::string_view{value}) {}
  field(std::string_view key, const std::string& value)
      : key_(key), value_(std::string_view{value}) {}
  field(std::string_view key, bool value) : key_(key), value_(value) {}
  template <std::signed_integral T>
  field(std::string_view key, T value) : key_(key), value_(static_cast<std::int64_t>(value)) {}
  template <std::unsigned_integral T>
  field(std::string_view key, T value) : key_(key), value_(static_cast<std::uint64_t>(value)) {}
  /// For ratios only.
  field(std::string_view key, double value) : key_(key), value_(value) {}
  /// "300ms".
  field(std::string_view key, milliseconds value) : key_(key), value_(value) {}
  template <class Tag>
  field(std::string_view key, const name<Tag>& value)
      : key_(key), value_(std::string_view{value.str()}) {}
  template <class Tag>
  field(std::string_view key, const fixed<Tag>& value) : key_(key), value_(value.str()) {}

  [[nodiscard]] std::string_view key() const { return key_; }
  /// The value as plain text, not yet escaped.
  [[nodiscard]] std::string text() const;
  /// True for whole numbers, finite ratios and flags: what JSON writes without quotes.
  [[nodiscard]] bool is_bare() const;

 private:
  std::string_view key_{};
  std::variant<std::string_view, std::string, std::int64_t, std::uint64_t, double, bool,
               milliseconds>
      value_{};
};

/// Longest line kept; a longer one is cut and ends in "...".
inline constexpr std::size_t log_line_size_max = 8 * 1024;

/// The value as it stands in a line: as it is, or in double quotes with \" \\ \n \r \t \xHH when it
/// is empty or holds anything but printable characters without space, '"', '=' and '\'. Bytes that
/// are not UTF-8, C1 controls and Unicode line breaks are escaped too.
[[nodiscard]] std::string escape_log_value(std::string_view value);

/// "2026-11-23T01:51:00.250Z INFO gate plan_judged plan=a1 reason=no_position", without line break.
[[nodiscard]] std::string format_log_line(wall_time at, log_level level, std::string_view component,
                                          std::string_view event, std::span<const field> fields);

/// The same as one JSON object: {"ts":"2026-11-23T01:51:00.250Z","level":"info","component":"gate",
/// "event":"plan_judged","plan":"a1"}. Always whole: what would make it longer than a line may be
/// is cut or left out, and then "cut" is true. A key that is there already gets a "_" behind it.
[[nodiscard]] std::string format_json_line(wall_time at, log_level level,
                                           std::string_view component, std::string_view event,
                                           std::span<const field> fields);

/// True for a valid character that can end a line, drive a terminal, or turn the direction of text
/// on a screen.
[[nodiscard]] bool is_treacherous(std::string_view character);

}  // namespace sluice::status
