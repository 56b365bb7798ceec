// Requests, replies and stream messages as values: what the venue sees of the outside world.
#pragma once

#include <cstdint>
#include <memory>
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
  never       ///< The connection stays open and silent.
};

/// The way of one request through latency and faults, drawn when it arrives.
struct course {
  milliseconds before{0};  ///< From arrival until it takes effect.
  milliseconds after{0};   ///< From its effect until the reply leaves.
  bool takes_effect{true};
  departure leaves{departure::whole};
  bool replaced{false};   ///< The reply's content is `instead` whatever the effect was.
  bool malformed{false};  ///< The body is cut inside its JSON text, correctly framed.
  reply instead{};
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
