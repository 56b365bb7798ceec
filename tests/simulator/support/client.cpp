// Blocking calls over asynchronous operations, each with a limit.
#include "simulator/support/client.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>

#include <algorithm>
#include <cctype>

namespace sluice::simulator::test {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using tls_stream = beast::ssl_stream<beast::tcp_stream>;

/// Runs one operation to its end or its limit.
struct runner {
  asio::io_context io{1};

  /// `begin` gets a handler for the operation's error code.
  template <class Begin>
  beast::error_code finish(std::chrono::milliseconds limit, Begin begin) {
    beast::error_code outcome = asio::error::timed_out;
    bool done = false;
    begin([&](beast::error_code ec, auto&&...) {
      outcome = ec;
      done = true;
    });
    io.restart();
    const auto until = std::chrono::steady_clock::now() + limit;
    while (!done && io.run_one_until(until) > 0) {
    }
    return outcome;
  }
};

asio::ssl::context trusting(const std::string& pem) {
  asio::ssl::context tls(asio::ssl::context::tls_client);
  tls.set_verify_mode(asio::ssl::verify_peer);
  tls.set_options(asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1);
  if (!pem.empty())
    tls.add_certificate_authority(asio::buffer(pem));
  return tls;
}

beast::error_code connect(runner& run, tls_stream& stream, std::uint16_t port,
                          const std::string& host) {
  constexpr std::chrono::seconds limit{10};
  const asio::ip::tcp::endpoint at(asio::ip::make_address("127.0.0.1"), port);
  auto ec = run.finish(
      limit, [&](auto handler) { beast::get_lowest_layer(stream).async_connect(at, handler); });
  if (ec)
    return ec;
  SSL_set_tlsext_host_name(stream.native_handle(), host.c_str());
  stream.set_verify_callback(asio::ssl::host_name_verification(host));
  return run.finish(limit, [&](auto handler) {
    stream.async_handshake(asio::ssl::stream_base::client, handler);
  });
}

http_answer answer_of(const http::response<http::string_body>& in) {
  http_answer out;
  out.status = static_cast<int>(in.result_int());
  for (const auto& field : in) {
    std::string name(field.name_string());
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    out.headers[name] = std::string(field.value());
  }
  out.body = in.body();
  return out;
}

}  // namespace

struct https_client::impl {
  runner run{};
  asio::ssl::context tls;
  tls_stream stream;
  beast::flat_buffer buffer{};
  bool connected{false};
  std::string what{};

  explicit impl(const std::string& pem) : tls(trusting(pem)), stream(run.io, tls) {}

  std::optional<http_answer> read(std::chrono::milliseconds limit) {
    http::response_parser<http::string_body> parser;
    parser.body_limit(64U << 20U);
    const auto ec =
        run.finish(limit, [&](auto handler) { http::async_read(stream, buffer, parser, handler); });
    what = ec.message();
    if (ec) {
      beast::get_lowest_layer(stream).close();
      connected = false;
      return std::nullopt;
    }
    return answer_of(parser.get());
  }
};

https_client::https_client(std::uint16_t port, const std::string& pem, const std::string& host)
    : impl_(std::make_unique<impl>(pem)) {
  const auto ec = connect(impl_->run, impl_->stream, port, host);
  impl_->connected = !ec;
  impl_->what = ec.message();
}

https_client::~https_client() = default;
bool https_client::connected() const {
  return impl_->connected;
}
const std::string& https_client::what() const {
  return impl_->what;
}

std::optional<http_answer> https_client::ask(const std::string& method, const std::string& target,
                                             const std::string& body, const std::string& api_key,
                                             std::chrono::milliseconds limit) {
  http::request<http::string_body> message;
  message.version(11);
  message.method_string(method);
  message.target(target);
  message.set(http::field::host, "127.0.0.1");
  if (!api_key.empty())
    message.set("X-MBX-APIKEY", api_key);
  message.body() = body;
  message.prepare_payload();
  const auto ec = impl_->run.finish(
      limit, [&](auto handler) { http::async_write(impl_->stream, message, handler); });
  impl_->what = ec.message();
  if (ec)
    return std::nullopt;
  return impl_->read(limit);
}

std::optional<http_answer> https_client::ask_raw(const std::string& bytes) {
  constexpr std::chrono::seconds limit{10};
  const auto ec = impl_->run.finish(
      limit, [&](auto handler) { asio::async_write(impl_->stream, asio::buffer(bytes), handler); });
  if (ec)
    return std::nullopt;
  return impl_->read(limit);
}

https_client::raw_answer https_client::ask_bytes(const std::string& bytes,
                                                 std::chrono::milliseconds limit,
                                                 std::size_t most) {
  constexpr std::size_t kept = 65'536;
  auto& i = *impl_;
  raw_answer out;
  auto ec = i.run.finish(
      limit, [&](auto handler) { asio::async_write(i.stream, asio::buffer(bytes), handler); });
  std::string piece(16'384, '\0');
  while (!ec && out.bytes < most) {
    std::size_t got = 0;
    ec = i.run.finish(limit, [&](auto handler) {
      i.stream.async_read_some(asio::buffer(piece),
                               [&got, handler](beast::error_code e, std::size_t n) mutable {
                                 got = n;
                                 handler(e);
                               });
    });
    out.bytes += got;
    out.text.append(piece, 0, std::min(got, kept - std::min(kept, out.text.size())));
  }
  out.end = !ec                                                                     ? "enough"
            : ec == asio::error::timed_out                                          ? "silent"
            : ec == asio::error::connection_reset || ec == asio::error::broken_pipe ? "reset"
                                                                                    : "closed";
  beast::get_lowest_layer(i.stream).close();
  i.connected = false;
  return out;
}

std::string https_client::trust() const {
  return X509_verify_cert_error_string(SSL_get_verify_result(impl_->stream.native_handle()));
}

struct stream_client::impl {
  runner run{};
  asio::ssl::context tls;
  websocket::stream<tls_stream> ws;
  beast::flat_buffer buffer{};
  bool connected{false};
  int pings{0};
  std::optional<int> close_code{};
  /// A read goes on over several calls of hear; these are its state.
  bool reading{false};
  std::optional<beast::error_code> read_outcome{};

  explicit impl(const std::string& pem) : tls(trusting(pem)), ws(run.io, tls) {}

  void begin_read() {
    reading = true;
    read_outcome.reset();
    ws.async_read(buffer, [this](beast::error_code ec, std::size_t) { read_outcome = ec; });
  }
};

stream_client::stream_client(std::uint16_t port, const std::string& pem, const std::string& target)
    : impl_(std::make_unique<impl>(pem)) {
  auto& i = *impl_;
  if (connect(i.run, i.ws.next_layer(), port, "127.0.0.1"))
    return;
  i.ws.control_callback([&i](websocket::frame_type kind, beast::string_view) {
    i.pings += kind == websocket::frame_type::ping ? 1 : 0;
  });
  i.ws.read_message_max(64U << 20U);
  i.connected = !i.run.finish(std::chrono::seconds{10}, [&](auto handler) {
    i.ws.async_handshake("127.0.0.1", target, handler);
  });
}

stream_client::~stream_client() = default;
bool stream_client::connected() const {
  return impl_->connected;
}
std::optional<int> stream_client::close_code() const {
  return impl_->close_code;
}
int stream_client::pings() const {
  return impl_->pings;
}

void stream_client::say(const std::string& text) {
  const auto ec = impl_->run.finish(std::chrono::seconds{10}, [&](auto handler) {
    impl_->ws.async_write(asio::buffer(text), handler);
  });
  impl_->connected = impl_->connected && !ec;
}

std::optional<std::string> stream_client::hear(std::chrono::milliseconds limit) {
  auto& i = *impl_;
  if (!i.connected)
    return std::nullopt;
  if (!i.reading)
    i.begin_read();
  i.run.io.restart();
  const auto until = std::chrono::steady_clock::now() + limit;
  while (!i.read_outcome && i.run.io.run_one_until(until) > 0) {
  }
  if (!i.read_outcome)
    return std::nullopt;
  i.reading = false;
  if (*i.read_outcome) {
    i.connected = false;
    i.close_code = *i.read_outcome == websocket::error::closed ? i.ws.reason().code : 1006;
    return std::nullopt;
  }
  auto text = beast::buffers_to_string(i.buffer.data());
  i.buffer.consume(i.buffer.size());
  return text;
}

}  // namespace sluice::simulator::test
