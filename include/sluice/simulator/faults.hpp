// The fault script: what goes wrong with requests, streams, connections and the venue, as data.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "sluice/domain/result.hpp"
#include "sluice/domain/time.hpp"
#include "sluice/simulator/symbol_change.hpp"
#include "sluice/simulator/wire.hpp"

namespace sluice::simulator {

/// When a fault is in force. Both ends count from the venue's start.
struct fault_window {
  milliseconds from{0};
  std::optional<milliseconds> until{};
  std::optional<milliseconds> lasts{};  ///< From its beginning, or from when it was added if later.
};

enum class request_effect : std::uint8_t {
  delay,           ///< Takes effect at once, answered `delay` later than usual.
  delay_before,    ///< Takes effect `delay` later than usual.
  status,          ///< Answered with `http_status` and `body`; takes effect only if `executes`.
  drop_reply,      ///< Takes effect, never answered.
  hang,            ///< Does not take effect, never answered.
  reset_before,    ///< Reset without taking effect.
  reset_after,     ///< Takes effect, then reset instead of the reply.
  truncate,        ///< Takes effect; half the reply's body, then a reset.
  malform,         ///< Takes effect; the body is not JSON (`body` if given, else cut short).
  damage,          ///< Takes effect; the body is spoilt as `damage` and `field` say.
  misframe,        ///< Takes effect; the reply is framed as `framing` says.
  cut_reply,       ///< Takes effect; `bytes` of the reply, header included, then `ending`.
  hold_for_event,  ///< Takes effect; the reply waits for a later user event, `delay` at most.
  freeze,  ///< A read repeats what it answered when the fault first met it, as a lagging copy does.
  hide_order,  ///< A query says -2013 until the order is `delay` old.
  fill_parts  ///< An order that trades at once makes `parts` trades of `percent` of its amount; the
              ///< rest expires, or rests. Another fault may still bend the reply.
};

using name_and_value = std::pair<std::string, std::string>;

/// Hits requests whose method is `method` (empty: any), whose path begins with `path`, and whose
/// parameters are as `where` and not as `unless` say.
struct request_fault {
  request_effect effect{request_effect::delay};
  std::string method{};
  std::string path{"/fapi/"};
  milliseconds delay{0};
  int http_status{503};
  std::string content_type{"application/json"};
  std::string body{};  ///< "{until_ms}" in it becomes the venue's time plus `ban`.
  std::optional<std::int64_t> retry_after_s{};
  bool executes{false};
  std::int64_t count{1};             ///< Hits left; 0 means until cleared.
  std::int64_t chance_percent{100};  ///< Of each matching request, drawn from the seed.
  fault_window window{};
  std::int64_t skip{0};  ///< So many matching requests pass unharmed first.
  std::vector<name_and_value> where{};
  std::vector<name_and_value> unless{};
  bool spares_reducing{
      false};  ///< Orders that can only reduce, batches of them, and cancels pass (-1008).
  std::optional<milliseconds> delay_to{};  ///< The delay grows to this until the window's end.
  milliseconds delay_jitter{0};            ///< Up to this much more.
  milliseconds ban{120'000};
  body_damage damage{body_damage::cut};
  std::string field{};  ///< Which one is damaged; empty: the first.
  std::int64_t parts{1};
  std::int64_t percent{100};
  reply_framing_fault framing{reply_framing_fault::length_short};
  std::int64_t bytes{0};
  connection_ending ending{connection_ending::reset};
};

enum class stream_effect : std::uint8_t {
  mute,              ///< Connections stay open and answer pings, events are lost until cleared.
  drop_connection,   ///< Every connection of that kind is closed without a close frame, once.
  drop_events,       ///< The next `count` events are lost.
  duplicate_events,  ///< The next `count` events arrive twice.
  delay_events,      ///< The next `count` events arrive `delay` late; others may overtake them.
  reorder_events,    ///< The next `count` events change places with the one after them.
  refuse             ///< No new connection of that kind is accepted.
};

enum class stream_kind : std::uint8_t { user, market };

struct stream_fault {
  stream_effect effect{stream_effect::mute};
  stream_kind kind{stream_kind::user};
  std::int64_t count{1};  ///< 0 means until cleared.
  std::int64_t chance_percent{100};
  std::string event{};       ///< Only events of this type, e.g. "ACCOUNT_UPDATE"; empty: all.
  std::string instrument{};  ///< Only events that name this symbol; empty: all. "symbol" in JSON.
  milliseconds delay{1'000};
  milliseconds delay_jitter{0};
  fault_window window{};
};

enum class connection_effect : std::uint8_t {
  refuse,          ///< Reset before the TLS handshake.
  slow_handshake,  ///< The handshake begins `delay` late.
  certificate,     ///< Another certificate, or another TLS version, as `identity` says.
  cut_request      ///< Reset or closed once `bytes` of the next request have been read.
};

/// Hits new connections; cut_request hits the next request of any connection.
struct connection_fault {
  connection_effect effect{connection_effect::refuse};
  std::int64_t count{1};  ///< 0 means until cleared.
  std::int64_t chance_percent{100};
  fault_window window{};
  milliseconds delay{1'000};
  tls_identity identity{tls_identity::expired};
  std::string holds{};  ///< Cuts only requests whose first bytes hold this text; empty: all.
  std::int64_t bytes{0};
  connection_ending ending{connection_ending::reset};
};

enum class venue_effect : std::uint8_t {
  ban,                ///< The address is banned for `time`: 418 to everything.
  expire_listen_key,  ///< The account's key ends now; its event is sent unless `silent`.
  symbol_change,      ///< `symbol` gets another status or other filters, as `change` says.
  more_symbols,       ///< The listing grows to `number` symbols.
  clock_step,         ///< The venue's clock jumps by `number` milliseconds.
  clock_drift         ///< It gains `number` microseconds a second while the window lasts.
};

/// Happens once, when its window begins.
struct venue_fault {
  venue_effect effect{venue_effect::ban};
  fault_window window{};
  milliseconds time{120'000};
  std::int64_t account{0};
  bool silent{false};
  std::string symbol{};
  symbol_change change{};
  std::int64_t number{0};
};

using fault = std::variant<request_fault, stream_fault, connection_fault, venue_fault>;

/// Reads one JSON object: "effect" as the enumerators above are spelled, then the fields of that
/// kind of fault by their names, times with _ms appended ("delay_ms", "from_ms", "until_ms",
/// "for_ms"). "execute" is `executes`; "reply" names a documented answer such as "unknown_503" (see
/// known_replies) and fills in status, body and headers. Unknown keys are refused.
[[nodiscard]] result<fault> parse_fault(std::string_view json);

/// One object a line; empty lines and lines that begin with '#' are passed over. The error names
/// the line.
[[nodiscard]] result<std::vector<fault>> parse_script(std::string_view text);

/// The names "reply" can have.
[[nodiscard]] std::vector<std::string> known_replies();

}  // namespace sluice::simulator
