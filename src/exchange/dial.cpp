// Resolves, connects and shakes hands, each step bounded by the caller's deadline.
#include "dial.hpp"

#include <boost/asio/ssl/host_name_verification.hpp>
#include <utility>
#include <vector>

namespace sluice::exchange {
namespace {

using endpoints = std::vector<tcp::endpoint>;

/// A lookup outlives its waiter: the system's resolver cannot be interrupted, so the waiter sleeps
/// on a timer that the answer wakes and walks away when the time is over.
struct lookup {
  explicit lookup(const asio::any_io_executor& on) : resolver(on), wake(on) {}
  tcp::resolver resolver;
  asio::steady_timer wake;
  bool done{false};
  error_code failed{};
  endpoints found{};
};

asio::awaitable<std::pair<error_code, endpoints>> resolve(const web_address& to,
                                                          steady::time_point deadline) {
  const auto executor = co_await asio::this_coro::executor;
  error_code not_literal;
  const auto literal = asio::ip::make_address(to.host, not_literal);
  if (!not_literal) {
    const auto port = static_cast<std::uint16_t>(std::stoi(to.port));
    endpoints one{tcp::endpoint(literal, port)};
    co_return std::pair{error_code{}, std::move(one)};
  }
  auto state = std::make_shared<lookup>(executor);
  state->wake.expires_at(deadline);
  state->resolver.async_resolve(to.host, to.port,
                                [state](error_code failed, const tcp::resolver::results_type& all) {
                                  state->done = true;
                                  state->failed = failed;
                                  for (const auto& one : all)
                                    state->found.push_back(one.endpoint());
                                  state->wake.cancel();
                                });
  error_code woken;
  co_await state->wake.async_wait(asio::redirect_error(asio::use_awaitable, woken));
  error_code outcome = state->done ? state->failed : make_error_code(beast::error::timeout);
  co_return std::pair{outcome, std::move(state->found)};
}

dial_result failure(std::string_view step, const error_code& failed) {
  return {std::string(step) + ": " + failed.message(), failed == beast::error::timeout};
}

/// SNI and the check of the name in the certificate: without both, TLS proves nothing about the
/// host.
bool expect_host(tls_stream& stream, const std::string& host) {
  error_code not_literal;
  asio::ip::make_address(host, not_literal);
  const bool is_name = static_cast<bool>(not_literal);
  if (is_name && SSL_set_tlsext_host_name(stream.native_handle(), host.c_str()) != 1)
    return false;
  stream.set_verify_callback(asio::ssl::host_name_verification(host));
  return true;
}

}  // namespace

asio::awaitable<dial_result> dial(tls_stream& stream, web_address to, steady::time_point deadline) {
  const auto resolved = co_await resolve(to, deadline);
  if (resolved.first)
    co_return failure("resolving " + to.host, resolved.first);
  if (!expect_host(stream, to.host))
    co_return dial_result{"the host name " + to.host + " cannot be used with TLS", false};
  auto& socket = beast::get_lowest_layer(stream);
  socket.expires_at(deadline);
  error_code failed;
  co_await socket.async_connect(resolved.second, asio::redirect_error(asio::use_awaitable, failed));
  if (failed)
    co_return failure("connecting to " + to.host, failed);
  error_code ignored;  // Without this option small requests wait for acknowledgements.
  socket.socket().set_option(tcp::no_delay(true), ignored);
  co_await stream.async_handshake(asio::ssl::stream_base::client,
                                  asio::redirect_error(asio::use_awaitable, failed));
  if (failed)
    co_return failure("TLS with " + to.host, failed);
  co_return dial_result{};
}

}  // namespace sluice::exchange
