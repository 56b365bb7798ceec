// One HTTPS connection: reads requests, waits out their latency, sends replies the way faults ask.
#include <fmt/format.h>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

#include "json_fields.hpp"
#include "tls_stream.hpp"

namespace sluice::simulator {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;

constexpr std::chrono::seconds write_limit{30};
constexpr std::chrono::minutes silence_limit{10};

request split(const http_request& in) {
  request r;
  r.method = std::string(in.method_string());
  const std::string target(in.target());
  const auto mark = std::min(target.find('?'), target.size());
  r.path = target.substr(0, mark);
  r.query = mark < target.size() ? target.substr(mark + 1) : "";
  r.body = in.body();
  r.api_key = std::string(in["X-MBX-APIKEY"]);
  return r;
}

/// What one exchange of request and reply means for the connection.
enum class next_step { go_on, close, reset };

class http_session {
 public:
  http_session(server_core& core, asio::ip::tcp::socket socket)
      : core_(core), stream_(beast::tcp_stream(std::move(socket)), core.tls) {}

  asio::awaitable<void> run();

 private:
  asio::awaitable<void> serve_requests();
  asio::awaitable<next_step> answer(const http_request& in);
  asio::awaitable<next_step> visit_venue(const http_request& in, const request& r);
  asio::awaitable<next_step> control(const http_request& in, const request& r);
  asio::awaitable<next_step> send(const http_request& in, reply out);
  asio::awaitable<void> send_half(const reply& out);
  asio::awaitable<void> refuse(http::status status);
  asio::awaitable<void> stay_silent();
  asio::awaitable<void> wait(milliseconds time);
  asio::awaitable<void> become_stream(http_request in);
  beast::tcp_stream& tcp() { return beast::get_lowest_layer(stream_); }

  server_core& core_;
  tls_stream stream_;
  beast::flat_buffer buffer_{};
  std::unique_ptr<connection_entry> entry_{
      std::make_unique<connection_entry>(core_, [this] { reset_socket(tcp().socket()); })};
};

asio::awaitable<void> http_session::run() {
  tcp().expires_after(write_limit);
  auto [ec] = co_await stream_.async_handshake(asio::ssl::stream_base::server, no_throw);
  if (ec)
    co_return;
  co_await serve_requests();
}

asio::awaitable<void> http_session::serve_requests() {
  for (;;) {
    http::request_parser<http::string_body> parser;
    parser.header_limit(static_cast<std::uint32_t>(core_.chosen.header_bytes_max));
    parser.body_limit(core_.chosen.body_bytes_max);
    tcp().expires_after(core_.chosen.idle_limit);
    auto [ec, size] = co_await http::async_read(stream_, buffer_, parser, no_throw);
    if (ec) {
      if (ec == http::error::header_limit)
        co_await refuse(http::status::request_header_fields_too_large);
      else if (ec == http::error::body_limit)
        co_await refuse(http::status::payload_too_large);
      else if (ec.category() == http::make_error_code(http::error::bad_value).category() &&
               ec != http::error::end_of_stream)
        co_await refuse(http::status::bad_request);
      break;
    }
    auto in = parser.release();
    if (beast::websocket::is_upgrade(in)) {
      co_await become_stream(std::move(in));
      co_return;
    }
    const auto then = co_await answer(in);
    if (then == next_step::reset) {
      reset_socket(tcp().socket());
      co_return;
    }
    if (then == next_step::close)
      break;
  }
  tcp().expires_after(std::chrono::seconds{2});
  co_await stream_.async_shutdown(no_throw);
}

asio::awaitable<void> http_session::wait(milliseconds time) {
  if (time.count() <= 0)
    co_return;
  asio::steady_timer timer(co_await asio::this_coro::executor, time);
  co_await timer.async_wait(no_throw);
}

asio::awaitable<next_step> http_session::answer(const http_request& in) {
  const auto r = split(in);
  if (r.path.starts_with("/sim/"))
    co_return co_await control(in, r);
  co_return co_await visit_venue(in, r);
}

asio::awaitable<next_step> http_session::visit_venue(const http_request& in, const request& r) {
  const auto c = core_.exchange->plan_course(r);
  co_await wait(c.before);
  auto out = core_.exchange->perform(r, c, core_.now());
  core_.pump();
  co_await wait(c.after);
  switch (c.leaves) {
    case departure::whole:
      break;
    case departure::truncated:
      co_await send_half(out);
      co_return next_step::reset;
    case departure::reset:
      co_return next_step::reset;
    case departure::never:
      co_await stay_silent();
      co_return next_step::reset;
  }
  co_return co_await send(in, std::move(out));
}

asio::awaitable<next_step> http_session::control(const http_request& in, const request& r) {
  if (r.path != "/sim/offline") {
    auto out = core_.exchange->control(r, core_.now());
    core_.pump();
    co_return co_await send(in, std::move(out));
  }
  reply out;
  auto body = json_fields::parse(r.body);
  const boost::json::object none;
  json_fields fields(body ? *body : none);
  const auto time = fields.whole("for_ms", 1, 3'600'000);
  if (!body || !time || !fields.finish()) {
    out.status = 400;
    out.body = R"({"error":"for_ms: must be a whole number from 1 to 3600000"})";
    co_return co_await send(in, std::move(out));
  }
  out.body = R"({"ok":true})";
  co_await send(in, std::move(out));
  core_.leave_for(milliseconds{*time}, entry_->number());
  co_return next_step::close;
}

asio::awaitable<next_step> http_session::send(const http_request& in, reply out) {
  http::response<http::string_body> message(static_cast<http::status>(out.status), in.version());
  message.set(http::field::content_type, out.content_type);
  for (const auto& [name, value] : out.headers)
    message.set(name, value);
  message.keep_alive(in.keep_alive());
  message.body() = std::move(out.body);
  if (core_.chosen.framing == reply_framing::chunked && in.version() == 11 &&
      !message.body().empty())
    message.chunked(true);
  else
    message.prepare_payload();
  tcp().expires_after(write_limit);
  auto [ec, size] = co_await http::async_write(stream_, message, no_throw);
  co_return ec ? next_step::reset : in.keep_alive() ? next_step::go_on : next_step::close;
}

asio::awaitable<void> http_session::send_half(const reply& out) {
  std::string text = fmt::format("HTTP/1.1 {} Cut\r\nContent-Type: {}\r\nContent-Length: {}\r\n",
                                 out.status, out.content_type, out.body.size());
  for (const auto& [name, value] : out.headers)
    text += fmt::format("{}: {}\r\n", name, value);
  text += "\r\n" + out.body.substr(0, out.body.size() / 2);
  tcp().expires_after(write_limit);
  co_await asio::async_write(stream_, asio::buffer(text), no_throw);
  // A reset overtakes bytes the peer has not read yet; the cut must be seen, so it gets some time.
  co_await wait(milliseconds{20});
}

asio::awaitable<void> http_session::refuse(http::status status) {
  http::response<http::empty_body> message(status, 11);
  message.keep_alive(false);
  message.prepare_payload();
  tcp().expires_after(write_limit);
  co_await http::async_write(stream_, message, no_throw);
}

asio::awaitable<void> http_session::stay_silent() {
  std::array<char, 1'024> ignored{};
  tcp().expires_after(silence_limit);
  for (;;) {
    auto [ec, size] = co_await stream_.async_read_some(asio::buffer(ignored), no_throw);
    if (ec)
      co_return;
  }
}

asio::awaitable<void> http_session::become_stream(http_request in) {
  const auto id = core_.exchange->open_stream(std::string(in.target()));
  if (!id) {
    co_await refuse(http::status::not_found);
    co_return;
  }
  entry_.reset();
  co_await run_stream(core_, std::move(stream_), std::move(in), *id);
}

}  // namespace

asio::awaitable<void> serve_connection(server_core& core, asio::ip::tcp::socket socket) {
  http_session session(core, std::move(socket));
  co_await session.run();
}

}  // namespace sluice::simulator
