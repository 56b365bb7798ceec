// Plain asio over TLS: as little between the clock and the wire as can be.
#include "tls_load.hpp"

#include <fmt/format.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <charconv>
#include <cstdlib>
#include <thread>

namespace sluice::bench {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using clock = std::chrono::steady_clock;
using tls_socket = asio::ssl::stream<tcp::socket>;
constexpr auto no_throw = asio::as_tuple(asio::use_awaitable);

[[noreturn]] void give_up(const char* what, const boost::system::error_code& ec) {
  fmt::print(stderr, "load: {}: {}\n", what, ec.message());
  std::exit(1);
}

void need(const char* what, const boost::system::error_code& ec) {
  if (ec)
    give_up(what, ec);
}

asio::awaitable<void> open(tls_socket& socket, std::uint16_t port) {
  const tcp::endpoint at(asio::ip::make_address("127.0.0.1"), port);
  auto [connected] = co_await socket.next_layer().async_connect(at, no_throw);
  need("connect", connected);
  socket.next_layer().set_option(tcp::no_delay(true));
  auto [shaken] = co_await socket.async_handshake(asio::ssl::stream_base::client, no_throw);
  need("handshake", shaken);
}

/// The number after a field's name, as the replies here spell it.
std::size_t content_length(std::string_view head) {
  constexpr std::string_view name = "Content-Length: ";
  std::size_t value = 0;
  const auto at = head.find(name);
  if (at != std::string_view::npos)
    std::from_chars(head.data() + at + name.size(), head.data() + head.size(), value);
  return value;
}

/// Reads one reply and gives its size.
asio::awaitable<std::size_t> take_reply(tls_socket& socket, std::string& buffer) {
  auto [ec, head] =
      co_await asio::async_read_until(socket, asio::dynamic_buffer(buffer), "\r\n\r\n", no_throw);
  need("reply", ec);
  const auto whole = head + content_length(std::string_view(buffer).substr(0, head));
  if (buffer.size() < whole) {
    auto [ended, size] =
        co_await asio::async_read(socket, asio::dynamic_buffer(buffer),
                                  asio::transfer_exactly(whole - buffer.size()), no_throw);
    need("body", ended);
  }
  buffer.erase(0, whole);
  co_return whole;
}

asio::awaitable<void> load_one(tls_socket& socket, std::uint16_t port, const std::string& request,
                               clock::time_point until, load_result& out) {
  co_await open(socket, port);
  std::string buffer;
  for (auto sent = clock::now(); sent < until; sent = clock::now()) {
    auto [ec, size] = co_await asio::async_write(socket, asio::buffer(request), no_throw);
    need("request", ec);
    out.bytes_of_reply = co_await take_reply(socket, buffer);
    out.latency_ms.push_back(
        std::chrono::duration<double, std::milli>(clock::now() - sent).count());
  }
}

double wall_ms() {
  return std::chrono::duration<double, std::milli>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

/// The size of a server's frame: two bytes, or more where those say so; 0 while it cannot be told.
struct frame_size {
  std::size_t head{0};
  std::size_t body{0};
  bool is_text{false};
};
frame_size size_of_frame(std::string_view b) {
  if (b.size() < 2)
    return {};
  const auto byte = [&](std::size_t n) {
    return static_cast<std::size_t>(static_cast<unsigned char>(b[n]));
  };
  const auto code = byte(1) & 0x7fU;
  const std::size_t more = code == 127 ? 8 : code == 126 ? 2 : 0;
  if (b.size() < 2 + more)
    return {};
  std::size_t body = more == 0 ? code : 0;
  for (std::size_t n = 0; n < more; ++n)
    body = body << 8U | byte(2 + n);
  return {2 + more, body, (byte(0) & 0x0fU) == 1};
}

void take_frame(std::string_view text, fan_out_result& out) {
  constexpr std::string_view name = R"("E":)";
  ++out.frames;
  out.bytes += text.size();
  const auto at = text.find(name);
  std::int64_t event_ms = 0;
  if (at != std::string_view::npos)
    std::from_chars(text.data() + at + name.size(), text.data() + text.size(), event_ms);
  out.age_ms.push_back(wall_ms() - static_cast<double>(event_ms));
}

asio::awaitable<void> hear_one(tls_socket& socket, std::uint16_t port, const std::string& target,
                               fan_out_result& out) {
  co_await open(socket, port);
  const auto upgrade = fmt::format(
      "GET {} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: "
      "Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
      "Sec-WebSocket-Version: 13\r\n\r\n",
      target);
  auto [ec, size] = co_await asio::async_write(socket, asio::buffer(upgrade), no_throw);
  need("upgrade", ec);
  std::string buffer;
  co_await take_reply(socket, buffer);
  std::string piece(65'536, '\0');
  for (;;) {
    auto [ended, got] = co_await socket.async_read_some(asio::buffer(piece), no_throw);
    if (ended)
      co_return;
    buffer.append(piece, 0, got);
    for (auto f = size_of_frame(buffer); f.head > 0 && buffer.size() >= f.head + f.body;
         f = size_of_frame(buffer)) {
      if (f.is_text)
        take_frame(std::string_view(buffer).substr(f.head, f.body), out);
      buffer.erase(0, f.head + f.body);
    }
  }
}

/// Self-signed; nobody checks it here.
void use_own_certificate(SSL_CTX* context) {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"),
                                                                &EVP_PKEY_free);
  const std::unique_ptr<X509, decltype(&X509_free)> cert(X509_new(), &X509_free);
  X509_gmtime_adj(X509_getm_notBefore(cert.get()), 0);
  X509_gmtime_adj(X509_getm_notAfter(cert.get()), 3'600);
  X509_set_pubkey(cert.get(), key.get());
  if (X509_sign(cert.get(), key.get(), EVP_sha256()) == 0 ||
      SSL_CTX_use_certificate(context, cert.get()) != 1 ||
      SSL_CTX_use_PrivateKey(context, key.get()) != 1)
    give_up("certificate", asio::error::no_permission);
}

asio::ssl::context trusting_context() {
  asio::ssl::context tls(asio::ssl::context::tls_client);
  tls.set_verify_mode(asio::ssl::verify_none);  // Time is measured here, not trust.
  return tls;
}

}  // namespace

load_result run_load(std::uint16_t port, const std::string& request, std::size_t connections,
                     std::chrono::milliseconds time) {
  asio::io_context io{1};
  auto tls = trusting_context();
  std::vector<std::unique_ptr<tls_socket>> sockets;
  load_result out;
  const auto began = clock::now();
  for (std::size_t n = 0; n < connections; ++n) {
    sockets.push_back(std::make_unique<tls_socket>(io, tls));
    asio::co_spawn(io, load_one(*sockets.back(), port, request, began + time, out), asio::detached);
  }
  io.run();
  out.per_second = static_cast<double>(out.latency_ms.size()) /
                   std::chrono::duration<double>(clock::now() - began).count();
  return out;
}

fan_out_result run_fan_out(std::uint16_t port, const std::string& target, std::size_t clients,
                           std::chrono::milliseconds time) {
  asio::io_context io{1};
  auto tls = trusting_context();
  std::vector<std::unique_ptr<tls_socket>> sockets;
  fan_out_result out;
  for (std::size_t n = 0; n < clients; ++n) {
    sockets.push_back(std::make_unique<tls_socket>(io, tls));
    asio::co_spawn(io, hear_one(*sockets.back(), port, target, out), asio::detached);
  }
  io.run_for(time);
  return out;
}

struct tls_echo::impl {
  asio::ssl::context tls{asio::ssl::context::tls_server};
  std::string reply{};
  // Below what its coroutines use.
  asio::io_context io{1};
  tcp::acceptor acceptor{io, tcp::endpoint(asio::ip::make_address("127.0.0.1"), 0)};
  std::thread thread{};

  asio::awaitable<void> serve(tcp::socket plain) {
    plain.set_option(tcp::no_delay(true));
    tls_socket socket(std::move(plain), tls);
    auto [shaken] = co_await socket.async_handshake(asio::ssl::stream_base::server, no_throw);
    std::string buffer;
    while (!shaken) {
      auto [ec, head] = co_await asio::async_read_until(socket, asio::dynamic_buffer(buffer),
                                                        "\r\n\r\n", no_throw);
      if (ec)
        co_return;
      buffer.erase(0, head);
      auto [sent, size] = co_await asio::async_write(socket, asio::buffer(reply), no_throw);
      if (sent)
        co_return;
    }
  }
  asio::awaitable<void> accept() {
    for (;;) {
      auto [ec, socket] = co_await acceptor.async_accept(no_throw);
      if (ec)
        co_return;
      asio::co_spawn(io, serve(std::move(socket)), asio::detached);
    }
  }
};

tls_echo::tls_echo(std::size_t reply_bytes) : impl_(std::make_unique<impl>()) {
  use_own_certificate(impl_->tls.native_handle());
  impl_->reply = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ";
  const auto rest = reply_bytes > impl_->reply.size() + 12 ? reply_bytes - impl_->reply.size() - 12
                                                           : std::size_t{2};
  impl_->reply += fmt::format("{}\r\n\r\n{}", rest, std::string(rest, ' '));
  asio::co_spawn(impl_->io, impl_->accept(), asio::detached);
  impl_->thread = std::thread([this] { impl_->io.run(); });
}

tls_echo::~tls_echo() {
  impl_->io.stop();
  impl_->thread.join();
}

std::uint16_t tls_echo::port() const {
  return impl_->acceptor.local_endpoint().port();
}

}  // namespace sluice::bench
