// Requests, replies and stream messages as values: what the venue sees of the outside world.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sluice/domain/time.hpp"

namespace sluice::simulator {

/// The time of a call, given by the caller: the steady clock paces, the venue's clock is told.
struct moment {
  instant steady{};
  venue_time venue{};
};

/// One HTTP request, split but not decoded: signatures are over the bytes as sent.
struct request {
  std::string method{};  ///< "GET", "POST", "PUT", "DELETE".
  std::string path{};    ///< Without the query.
  std::string query{};   ///< Without '?'.
  std::string body{};
  std::string api_key{};  ///< X-MBX-APIKEY.
};

struct reply {
  int status{200};
  std::string content_type{"application/json"};
  std::vector<std::pair<std::string, std::string>> headers{};
  std::string body{};
};

/// How a reply leaves the venue, faults included.
enum class departure : std::uint8_t {
  whole,      ///< As it should.
  truncated,  ///< Half the body, then a reset.
  reset,      ///< The connection is reset instead.
  never,      ///< The connection stays open and silent.
  misframed,  ///< Whole, but framed wrongly.
  cut         ///< Some bytes of it, header included, then the connection ends.
};

/// What is done to the text of a body, which stays correctly framed.
enum class body_damage : std::uint8_t {
  cut,              ///< Half of it.
  nan,              ///< A value becomes NaN.
  overflow,         ///< 1e400.
  many_digits,      ///< A number of 30 digits before the point.
  wrong_type,       ///< A value becomes an object.
  missing_field,    ///< A field is gone.
  duplicate_key,    ///< A field comes twice, with another value first.
  deep_nesting,     ///< A million opening brackets, and their closing ones.
  missing_element,  ///< An array's first element is gone.
  extra_element,    ///< An array's first element comes again, of the symbol GHOSTUSDT.
  empty_list,       ///< [] instead.
  not_utf8          ///< A byte that no UTF-8 text has.
};

enum class reply_framing_fault : std::uint8_t {
  length_short,      ///< Content-Length says `bytes` less than there are.
  length_long,       ///< `bytes` more; then the connection is closed.
  chunk_size,        ///< A chunk's size is no number.
  chunk_unfinished,  ///< The last chunk never comes; the connection is closed.
  gzip_header,       ///< Content-Encoding: gzip over plain text.
  huge_body,         ///< `bytes` of body, made while they are sent.
  endless_headers    ///< `bytes` of header fields, made while they are sent.
};

enum class connection_ending : std::uint8_t { reset, close };

/// What the venue shows of itself in a handshake.
enum class tls_identity : std::uint8_t {
  proper,
  expired,      ///< By the trusted authority, expired yesterday.
  wrong_host,   ///< By the trusted authority, for another host.
  self_signed,  ///< Signed by itself.
  unknown_ca,   ///< By an authority nobody knows.
  tls_1_1       ///< The proper one, with nothing newer than TLS 1.1.
};

/// How an order trades at once when the script says so.
struct fill_terms {
  std::int64_t parts{1};      ///< Trades, as far as the steps of its amount suffice.
  std::int64_t percent{100};  ///< Of its amount, floored to the step.
};

/// The way of one request through latency and faults, drawn when it arrives.
struct course {
  milliseconds before{0};  ///< From arrival until it takes effect.
  milliseconds after{0};   ///< From its effect until the reply leaves.
  bool takes_effect{true};
  departure leaves{departure::whole};
  bool replaced{false};  ///< The reply's content is `instead` whatever the effect was.
  std::optional<body_damage> damage{};
  std::string damaged_field{};
  reply_framing_fault framing{};  ///< With departure::misframed.
  std::int64_t bytes{0};          ///< Of departure::cut and some framings.
  connection_ending ending{connection_ending::reset};
  milliseconds event_wait{0};  ///< The reply waits for a user event, so long at most.
  milliseconds hidden_for{0};  ///< Orders younger than this are not found.
  std::optional<fill_terms> fills{};
  std::uint64_t frozen{0};  ///< Number of the fault whose first answer is repeated; 0: none.
  milliseconds ban{0};      ///< Added to the venue's time for "{until_ms}" in a body.
  reply instead{};
};

/// The way of one new connection, or of the next request on one, through faults.
struct connection_course {
  bool refused{false};
  milliseconds delay{0};  ///< Before the handshake.
  tls_identity identity{tls_identity::proper};
};

/// Ends a connection in the middle of a request.
struct request_cut {
  std::int64_t bytes{0};
  connection_ending ending{connection_ending::reset};
};

/// Names one stream connection for as long as it lives.
using stream_id = std::uint64_t;

/// Something to write to a stream connection. Text is shared: one market array goes to all readers.
struct stream_delivery {
  stream_id to{0};
  std::shared_ptr<const std::string> text{};  ///< Empty pointer: only close.
  bool close{false};                          ///< Drop the connection after it.
};

}  // namespace sluice::simulator
