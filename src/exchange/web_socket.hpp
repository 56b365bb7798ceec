// One WebSocket over TLS, from dialling to its end, as three callbacks.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "http_pool.hpp"
#include "io_loop.hpp"
#include "sluice/exchange/url.hpp"
#include "tls_context.hpp"

namespace sluice::exchange {

struct web_socket_settings {
  web_address address{};
  /// Path and query, asked for at the moment of writing. May hold a listenKey: never log it. An
  /// error says why it must not be sent after all.
  std::function<result<secret>()> target{};
  milliseconds connect_timeout{3'000};
  milliseconds idle_timeout{20'000};       ///< Pings after half of it, gives up after all of it.
  std::shared_ptr<byte_allowance> room{};  ///< For frames until they have been handed over.
};

struct stream_end {
  std::string why{};
  /// What the venue answered instead of opening the stream; only its status, body and Retry-After.
  std::optional<http_reply> declined{};
};

/// `closed` comes once and last, also when the socket never opened.
struct web_socket_events {
  std::function<void()> opened{};
  std::function<void(std::vector<std::string>)> frames{};  ///< All text frames that were at hand.
  std::function<void(stream_end)> closed{};
};

/// Loop thread only. Destruction closes the socket silently: no callback after it.
class web_socket {
 public:
  web_socket(io_loop& loop, tls_context& tls, web_socket_settings chosen, web_socket_events events);
  web_socket(const web_socket&) = delete;
  web_socket& operator=(const web_socket&) = delete;
  ~web_socket();

  struct impl;

 private:
  std::shared_ptr<impl> impl_;
};

}  // namespace sluice::exchange
