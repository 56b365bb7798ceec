// Beast and Asio as the transport uses them; included only by its few translation units.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/ssl.hpp>

#include "io_loop.hpp"
#include "tls_context.hpp"

namespace sluice::exchange {

namespace asio = boost::asio;
namespace beast = boost::beast;
using tcp = asio::ip::tcp;
using boost::system::error_code;
using steady = std::chrono::steady_clock;
using tls_stream = beast::ssl_stream<beast::tcp_stream>;

[[nodiscard]] asio::io_context& context_of(io_loop& loop);
[[nodiscard]] asio::ssl::context& context_of(tls_context& tls);
/// Lets a new connection to this host take up an earlier TLS session, and keep those it is offered.
void resume_session(tls_context& tls, SSL* connection, const std::string& host);

}  // namespace sluice::exchange
