// The one kind of connection: TLS over a TCP stream with time limits.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

#include "server_core.hpp"

namespace sluice::simulator {

using tls_stream = boost::beast::ssl_stream<boost::beast::tcp_stream>;
using http_request = boost::beast::http::request<boost::beast::http::string_body>;

/// Errors come back as values, not as exceptions.
inline constexpr auto no_throw = boost::asio::as_tuple(boost::asio::use_awaitable);

/// Carries a connection on as a stream of that number, until it ends.
[[nodiscard]] boost::asio::awaitable<void> run_stream(server_core& core, tls_stream stream,
                                                      http_request upgrade, stream_id id);

}  // namespace sluice::simulator
