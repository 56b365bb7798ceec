// Resolves, connects and shakes hands, each step bounded by the caller's deadline.
#include "dial.hpp"

#include <openssl/x509v3.h>

#include <algorithm>
#include <utility>

#include "name_cache.hpp"
#include "tls_reason.hpp"

namespace sluice::exchange {
namespace {

dial_result failure(std::string_view step, const error_code& failed) {
  return {std::string(step) + ": " + failed.message(), failed == beast::error::timeout};
}

/// SNI and the name that the certificate must carry: without both, TLS proves nothing about the
/// host.
bool expect_host(SSL* connection, const std::string& host) {
  error_code not_literal;
  asio::ip::make_address(host, not_literal);
  auto* checks = SSL_get0_param(connection);
  if (!not_literal)
    return X509_VERIFY_PARAM_set1_ip_asc(checks, host.c_str()) == 1;
  X509_VERIFY_PARAM_set_hostflags(checks, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return SSL_set_tlsext_host_name(connection, host.c_str()) == 1 &&
         X509_VERIFY_PARAM_set1_host(checks, host.c_str(), host.size()) == 1;
}

/// One address after the other, each with its fair part of the time that is left. Those that fail
/// leave `order`; what is connected is its first.
asio::awaitable<error_code> connect(name_cache& names, tls_stream& stream, const web_address& to,
                                    name_cache::addresses& order, steady::time_point deadline) {
  auto& socket = beast::get_lowest_layer(stream);
  error_code failed = asio::error::host_not_found;
  while (!order.empty()) {
    const auto now = steady::now();
    const auto left = std::max(deadline - now, steady::duration::zero());
    socket.expires_at(now + left / static_cast<int>(order.size()));
    failed = {};
    co_await socket.async_connect(order.front(), asio::redirect_error(asio::use_awaitable, failed));
    if (!failed || failed == asio::error::operation_aborted)
      break;
    error_code ignored;  // The next address may be of the other family.
    socket.socket().close(ignored);
    names.distrust(to, order.front());
    order.erase(order.begin());
  }
  co_return failed;
}

}  // namespace

asio::awaitable<dial_result> dial(dial_from from, tls_stream& stream, web_address to,
                                  steady::time_point deadline) {
  auto& names = names_of(from.loop);
  auto resolved = co_await names.find(to, deadline);
  if (resolved.failed)
    co_return failure("resolving " + to.host, resolved.failed);
  if (!expect_host(stream.native_handle(), to.host))
    co_return dial_result{"the host name " + to.host + " cannot be used with TLS", false};
  resume_session(from.tls, stream.native_handle(), to.host + ":" + to.port);
  auto failed = co_await connect(names, stream, to, resolved.found, deadline);
  if (failed)
    co_return failure("connecting to " + to.host, failed);
  auto& socket = beast::get_lowest_layer(stream);
  socket.expires_at(deadline);
  error_code ignored;  // Without this option small requests wait for acknowledgements.
  socket.socket().set_option(tcp::no_delay(true), ignored);
  co_await stream.async_handshake(asio::ssl::stream_base::client,
                                  asio::redirect_error(asio::use_awaitable, failed));
  if (failed) {
    if (failed != asio::error::operation_aborted)  // The next dial begins elsewhere.
      names.distrust(to, resolved.found.front());
    dial_result refused{"TLS with " + to.host + ": " + tls_reason(failed, stream.native_handle()),
                        failed == beast::error::timeout};
    co_return refused;
  }
  co_return dial_result{};
}

}  // namespace sluice::exchange
