// One TLS connection that carries one HTTP exchange after another.
#pragma once

#include <memory>
#include <optional>

#include "dial.hpp"
#include "http_pool.hpp"
#include "net.hpp"

namespace sluice::exchange {

/// How one attempt ended; `answered` says that at least one byte of a reply came.
struct attempt {
  http_outcome outcome{};
  bool answered{false};
  bool keep{false};  ///< The connection can carry another request.
  byte_hold held{};  ///< The room of the body, until whoever asked has had it.
};

class http_connection {
 public:
  http_connection(io_loop& loop, tls_context& tls, const http_pool_settings& chosen,
                  const secret& api_key, const std::function<instant()>& now)
      : from_{loop, tls},
        stream_(context_of(loop), context_of(tls)),
        chosen_(&chosen),
        key_(&api_key),
        now_(&now) {}
  http_connection(const http_connection&) = delete;
  http_connection& operator=(const http_connection&) = delete;
  ~http_connection();

  /// `left` is set as soon as bytes may have left, also for those who look while it runs.
  [[nodiscard]] asio::awaitable<attempt> perform(const http_request& request,
                                                 steady::time_point deadline, departure& left);
  /// True when it may carry a request: used recently, and the other side has not sent or closed.
  [[nodiscard]] bool usable();
  [[nodiscard]] bool used_before() const { return used_before_; }
  /// Ends a running exchange; nothing is written after it.
  void abort();

 private:
  [[nodiscard]] asio::awaitable<std::optional<transport_failure>> connect(
      steady::time_point deadline);

  dial_from from_;
  tls_stream stream_;
  beast::flat_buffer buffer_{};
  const http_pool_settings* chosen_;
  const secret* key_;
  const std::function<instant()>* now_;
  bool connected_{false};
  bool used_before_{false};
  bool aborted_{false};
  steady::time_point last_used_{};
};

}  // namespace sluice::exchange
