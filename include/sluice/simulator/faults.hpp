// The fault script: what goes wrong with requests and streams, as data.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "sluice/domain/result.hpp"
#include "sluice/domain/time.hpp"

namespace sluice::simulator {

enum class request_effect : std::uint8_t {
  delay,         ///< Takes effect at once, answered `delay` later than usual.
  delay_before,  ///< Takes effect `delay` later than usual.
  status,        ///< Answered with `http_status` and `body`; takes effect only if `executes`.
  drop_reply,    ///< Takes effect, never answered.
  hang,          ///< Does not take effect, never answered.
  reset_before,  ///< Reset without taking effect.
  reset_after,   ///< Takes effect, then reset instead of the reply.
  truncate,      ///< Takes effect; half the reply's body, then a reset.
  malform        ///< Takes effect; the body is not JSON (`body` if given, else cut short).
};

/// Hits requests whose method is `method` (empty: any) and whose path begins with `path`.
struct request_fault {
  request_effect effect{request_effect::delay};
  std::string method{};
  std::string path{"/fapi/"};
  milliseconds delay{0};
  int http_status{503};
  std::string content_type{"application/json"};
  std::string body{};
  std::optional<std::int64_t> retry_after_s{};
  bool executes{false};
  std::int64_t count{1};             ///< Hits left; 0 means until cleared.
  std::int64_t chance_percent{100};  ///< Of each matching request, drawn from the seed.
};

enum class stream_effect : std::uint8_t {
  mute,             ///< Connections stay open and answer pings, events are lost until cleared.
  drop_connection,  ///< Every connection of that kind is closed without a close frame, once.
  drop_events,      ///< The next `count` events are lost.
  duplicate_events  ///< The next `count` events arrive twice.
};

enum class stream_kind : std::uint8_t { user, market };

struct stream_fault {
  stream_effect effect{stream_effect::mute};
  stream_kind kind{stream_kind::user};
  std::int64_t count{1};
};

using fault = std::variant<request_fault, stream_fault>;

/// Reads one JSON object. Keys of a request fault: effect, method, path, delay_ms, status, body,
/// content_type, retry_after_s, execute, count, chance_percent; of a stream fault: effect, stream
/// ("user" or "market"), count. Effects are spelled as the enumerators. Unknown keys are refused.
[[nodiscard]] result<fault> parse_fault(std::string_view json);

}  // namespace sluice::simulator
