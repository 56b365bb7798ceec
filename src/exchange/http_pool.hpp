// Requests over a bounded pool of kept-alive TLS connections; each ends in exactly one callback.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "io_loop.hpp"
#include "sluice/domain/exchange_port.hpp"
#include "sluice/exchange/byte_allowance.hpp"
#include "sluice/exchange/secret.hpp"
#include "sluice/exchange/url.hpp"
#include "tls_context.hpp"

namespace sluice::exchange {

/// Who gets the next free connection; first come first served within a rank.
enum class request_rank : std::uint8_t {
  closing_order,
  protective_stop,
  order,
  exit_demand,
  entry_demand,
  verification,
  routine
};
inline constexpr std::size_t request_rank_count = 7;

/// May a request be sent again by the transport when a kept-alive connection turned out dead?
enum class repetition : std::uint8_t { never, once };

/// Whether the account's key goes along.
enum class key_header : std::uint8_t { absent, present };

struct http_request {
  std::string_view method{};
  /// Path and query, asked for at the moment of writing, so that a timestamp in it is fresh. An
  /// error withholds the request: it has waited into a time in which it must not leave. Signed, it
  /// is as good as the key while it lasts.
  std::function<result<secret>()> target{};
  key_header key{key_header::absent};
  request_rank rank{request_rank::routine};
  repetition again{repetition::never};
  connection_choice connection{connection_choice::any};
  std::uint64_t reply_bytes_max{1'024 * 1'024};  ///< A longer body is refused.
  milliseconds timeout{};  ///< For all: waiting, connecting, TLS, writing, reading.
};

struct http_reply {
  int status{0};
  std::string body{};
  std::string used_weight_1m{};  ///< Headers; empty when absent.
  std::string order_count_10s{};
  std::string order_count_1m{};
  std::string retry_after{};
  std::string date{};
  bool repeated{false};  ///< It was sent twice: the first connection died without an answer.
  instant sent_at{};     ///< Just before the first byte of the answered attempt was written.
  instant received_at{};
};

enum class transport_fault : std::uint8_t {
  unreachable,
  timed_out,
  malformed,
  overloaded,
  withheld,
  closed,
};
/// `never_left`: not one byte was handed to TLS, so the venue cannot have seen the request.
enum class departure : std::uint8_t { never_left, may_have_left };
struct transport_failure {
  transport_fault kind{transport_fault::unreachable};
  departure left{departure::never_left};
  std::string text{};
  bool repeated{false};  ///< As in a reply.
};

using http_outcome = std::variant<http_reply, transport_failure>;

struct http_pool_settings {
  web_address address{};
  int connections_max{16};
  int waiting_max{1'024};
  milliseconds connect_timeout{3'000};
  milliseconds idle_max{25'000};
  std::shared_ptr<byte_allowance> room{};  ///< For the bodies of all connections.
};

/// Loop thread only.
class http_pool {
 public:
  /// `api_key` and `now` must outlive the pool.
  http_pool(io_loop& loop, tls_context& tls, http_pool_settings chosen, const secret& api_key,
            std::function<instant()> now);
  http_pool(const http_pool&) = delete;
  http_pool& operator=(const http_pool&) = delete;
  ~http_pool();

  void submit(http_request request, std::function<void(http_outcome)> done);
  /// Every callback still owed is called with `closed` before this returns; later submits likewise.
  void close();

  struct impl;

 private:
  std::shared_ptr<impl> impl_;
};

}  // namespace sluice::exchange
