// Records as JSON text: what the journal stores and what event streams send.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sluice/domain/record.hpp"

namespace sluice::journal {

/// {"seq":7,"kind":"order_changed","at":"2026-11-23T01:51:00.250Z", ...the body's fields}. A judged
/// plan's facts are left out; they are large and can be asked for by plan.
[[nodiscard]] std::string to_json(const record& r);

/// The body's fields alone, as one object; never contains seq, kind or at.
[[nodiscard]] std::string body_json(const record_body& b);

/// Puts stored fields together again, as to_json(record) writes them.
[[nodiscard]] std::string event_json(std::int64_t seq, std::string_view kind, wall_time at,
                                     std::string_view body);

}  // namespace sluice::journal
