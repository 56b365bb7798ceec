// Opens a verified TLS connection to a host: name, TCP and handshake within one time limit.
#pragma once

#include <string>

#include "net.hpp"
#include "sluice/exchange/url.hpp"

namespace sluice::exchange {

/// Empty `why` means connected.
struct dial_result {
  std::string why{};
  bool timed_out{false};
};

/// Where a connection belongs: the loop keeps the names, the context the sessions to resume.
struct dial_from {
  io_loop& loop;
  tls_context& tls;
};

/// Leaves the stream's own expiry at `deadline`. The certificate must be valid for `to.host`.
[[nodiscard]] asio::awaitable<dial_result> dial(dial_from from, tls_stream& stream, web_address to,
                                                steady::time_point deadline);

}  // namespace sluice::exchange
