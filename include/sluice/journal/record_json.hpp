// Records as JSON text: what the journal stores and what event streams send.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sluice/domain/record.hpp"
#include "sluice/domain/result.hpp"

namespace sluice::journal {

/// {"seq":7,"kind":"order_changed","at":"2026-11-23T01:51:00.250Z","caused_by":3, ...the body's
/// fields}. A judged plan's facts are left out; they are large and can be asked for by plan.
[[nodiscard]] std::string to_json(const record& r);

/// The body's fields alone, as one object; never contains seq, kind, at or caused_by.
[[nodiscard]] std::string body_json(const record_body& b);

/// What stands before a body's fields.
struct event_head {
  std::int64_t seq{0};
  std::string_view kind{};
  wall_time at{};
  std::int64_t caused_by{0};  ///< Seq of the record that caused it; 0: none, or not known.
};

/// Stored JSON as it goes out: ids of the venue, hashes and nanoseconds become texts, since many
/// readers hold numbers as doubles, which are exact to 2^53 only.
[[nodiscard]] std::string long_numbers_as_text(std::string_view stored);

/// Puts stored fields together again, as to_json(record) writes them.
[[nodiscard]] std::string event_json(const event_head& h, std::string_view body);

/// The same of a body as a file has it. Errors: malformed when that is no object.
[[nodiscard]] result<std::string> stored_event_json(const event_head& h, std::string_view body);

/// The body of a record that changes state rows; none for a kind that does not. A verdict comes
/// without its facts, and with instants that mean nothing. Errors: malformed, naming the field.
[[nodiscard]] result<std::optional<record_body>> parse_state_body(std::string_view kind,
                                                                  std::string_view body);

}  // namespace sluice::journal
