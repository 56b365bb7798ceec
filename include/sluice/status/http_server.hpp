// The HTTP server: HTTP/1.1, over TLS where it is reached from elsewhere, one thread of its own,
// every wait limited.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sluice/domain/result.hpp"
#include "sluice/status/event_channel.hpp"
#include "sluice/status/http_message.hpp"
#include "sluice/status/settings.hpp"
#include "sluice/status/tls_identity.hpp"

namespace sluice::status {

class answer_slot;
class metrics;

/// The right to answer one request, once, from any thread, now or later. A copy is the same right:
/// the first answer counts, later ones do nothing. If all copies go unused the client gets 500; if
/// the client or the server is gone an answer is harmless.
class responder {
 public:
  explicit responder(std::shared_ptr<answer_slot> slot);

  void operator()(response answer) const;
  /// False once it was answered, by whomever, or the client's time is over: nothing that is done
  /// from here on could be told.
  [[nodiscard]] bool awaited() const;
  /// Answers with an event stream that begins with `initial` (bounded by the caller). The channel
  /// is closed from the start when there are too many readers (the client gets 503), when the
  /// request was a HEAD, or when it was already answered.
  [[nodiscard]] std::shared_ptr<event_channel> stream(std::vector<event_frame> initial = {}) const;

 private:
  struct unused_answer;
  std::shared_ptr<unused_answer> right_;
};

/// Called on the server's thread; must not block. An exception becomes a 500.
using request_handler = std::function<void(request, responder)>;

/// Counted since start.
struct http_counts {
  std::uint64_t requests{0};
  std::uint64_t connections_accepted{0};
  std::uint64_t connections_refused{0};  ///< Beyond connections_max or what descriptors are left.
  std::uint64_t connections_shed{0};     ///< Closed to make room for a newer one.
  std::uint64_t connections_open{0};     ///< Now; event readers not among them.
  std::uint64_t timeouts{0};
  std::uint64_t readers_open{0};     ///< Event readers now.
  std::uint64_t readers_dropped{0};  ///< Because they fell behind.
};

/// A running server. The destructor stops it.
class http_server {
 public:
  /// Binds, listens and starts the thread. Errors: invalid_value and not_permitted from the
  /// settings (an address that is not loopback is refused without TLS), busy when the port is
  /// taken, io_failure. `counters` may be null and must outlive the server; without `tls` it speaks
  /// plain HTTP.
  [[nodiscard]] static result<std::unique_ptr<http_server>> start(
      const http_settings& settings, request_handler handler, metrics* counters = nullptr,
      std::shared_ptr<tls_identity> tls = nullptr);
  http_server(const http_server&) = delete;
  http_server& operator=(const http_server&) = delete;
  ~http_server();

  [[nodiscard]] std::uint16_t port() const;
  /// "http://127.0.0.1:8645", or https.
  [[nodiscard]] std::string url() const;
  [[nodiscard]] http_counts counts() const;
  /// Accepts no more, closes idle connections and event streams, lets requests under way finish
  /// within stop_timeout, then closes whatever is left. The handler is not called after it returns.
  /// Not from the server's thread.
  void stop();

 private:
  struct impl;
  explicit http_server(std::unique_ptr<impl> running);
  std::unique_ptr<impl> impl_;
};

}  // namespace sluice::status
