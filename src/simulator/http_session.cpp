// One HTTPS connection: reads requests, waits out their latency, sends replies the way faults ask.
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

#include "json_fields.hpp"
#include "wire_faults.hpp"

namespace sluice::simulator {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;

constexpr std::chrono::seconds write_limit{30};
constexpr std::chrono::minutes silence_limit{10};
constexpr std::size_t first_read = 8'192;

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

class http_session {
 public:
  http_session(server_core& core, asio::ip::tcp::socket socket, connection_course course)
      : core_(core),
        course_(course),
        stream_(beast::tcp_stream(std::move(socket)), core.tls.of(course.identity)) {}

  asio::awaitable<void> run();

 private:
  asio::awaitable<void> serve_requests();
  asio::awaitable<next_step> serve_request();
  asio::awaitable<next_step> answer(const http_request& in);
  asio::awaitable<next_step> visit_venue(const http_request& in, const request& r);
  asio::awaitable<next_step> control(const http_request& in, const request& r);
  asio::awaitable<next_step> send(const http_request& in, reply out);
  asio::awaitable<next_step> send_bent(const reply& out, const course& c);
  asio::awaitable<std::optional<next_step>> begin_request();
  asio::awaitable<void> wait_for_event(std::uint64_t before, milliseconds limit);
  asio::awaitable<void> refuse(http::status status);
  asio::awaitable<void> stay_silent();
  asio::awaitable<void> wait(milliseconds time);
  asio::awaitable<void> become_stream(http_request in);
  beast::tcp_stream& tcp() { return beast::get_lowest_layer(stream_); }

  server_core& core_;
  connection_course course_{};
  tls_stream stream_;
  beast::flat_buffer buffer_{};
  std::optional<http_request> upgrade_{};
  std::unique_ptr<connection_entry> entry_{
      std::make_unique<connection_entry>(core_, [this] { reset_socket(tcp().socket()); })};
};

asio::awaitable<void> http_session::run() {
  co_await wait(course_.delay);
  tcp().expires_after(write_limit);
  auto [ec] = co_await stream_.async_handshake(asio::ssl::stream_base::server, no_throw);
  if (ec)
    co_return;
  co_await serve_requests();
}

/// Waits for the first bytes of a request; some faults end the connection in the midst of it.
asio::awaitable<std::optional<next_step>> http_session::begin_request() {
  tcp().expires_after(core_.chosen.idle_limit);
  if (buffer_.size() == 0) {
    auto [ec, size] = co_await stream_.async_read_some(buffer_.prepare(first_read), no_throw);
    if (ec)
      co_return next_step::close;
    buffer_.commit(size);
  }
  const std::string_view first(static_cast<const char*>(buffer_.data().data()), buffer_.size());
  if (const auto cut = core_.exchange->plan_request_cut(core_.now().steady, first))
    co_return co_await cut_request(stream_, buffer_.size(), *cut);
  co_return std::nullopt;
}

asio::awaitable<next_step> http_session::serve_request() {
  if (const auto over = co_await begin_request())
    co_return *over;
  http::request_parser<http::string_body> parser;
  parser.header_limit(static_cast<std::uint32_t>(core_.chosen.header_bytes_max));
  parser.body_limit(core_.chosen.body_bytes_max);
  auto [ec, size] = co_await http::async_read(stream_, buffer_, parser, no_throw);
  if (ec) {
    if (ec == http::error::header_limit)
      co_await refuse(http::status::request_header_fields_too_large);
    else if (ec == http::error::body_limit)
      co_await refuse(http::status::payload_too_large);
    else if (ec.category() == http::make_error_code(http::error::bad_value).category() &&
             ec != http::error::end_of_stream)
      co_await refuse(http::status::bad_request);
    co_return next_step::close;
  }
  auto in = parser.release();
  if (!beast::websocket::is_upgrade(in))
    co_return co_await answer(in);
  upgrade_ = std::move(in);
  co_return next_step::go_on;
}

asio::awaitable<void> http_session::serve_requests() {
  auto then = next_step::go_on;
  while (then == next_step::go_on && !upgrade_)
    then = co_await serve_request();
  if (upgrade_)
    co_return co_await become_stream(std::move(*upgrade_));
  if (then == next_step::reset) {
    reset_socket(tcp().socket());
    co_return;
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
  const auto c = core_.exchange->plan_course(r, core_.now().steady);
  co_await wait(c.before);
  auto out = core_.exchange->perform(r, c, core_.now());
  core_.pump();
  const auto events = core_.exchange->user_events();
  co_await wait(c.after);
  if (c.event_wait.count() > 0)
    co_await wait_for_event(events, c.event_wait);
  if (c.leaves != departure::whole)
    co_return co_await send_bent(out, c);
  co_return co_await send(in, std::move(out));
}

asio::awaitable<next_step> http_session::send_bent(const reply& out, const course& c) {
  switch (c.leaves) {
    case departure::truncated:
      co_return co_await send_half(stream_, out);
    case departure::misframed:
      co_return co_await send_misframed(stream_, out, c);
    case departure::cut:
      co_return co_await send_cut(stream_, out, c);
    case departure::never:
      co_await stay_silent();
      co_return next_step::reset;
    case departure::whole:
    case departure::reset:
      break;
  }
  co_return next_step::reset;
}

asio::awaitable<void> http_session::wait_for_event(std::uint64_t before, milliseconds limit) {
  asio::steady_timer timer(co_await asio::this_coro::executor, limit);
  const event_wait entry(core_, timer);
  if (core_.exchange->user_events() == before)
    co_await timer.async_wait(no_throw);
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
  const auto course = core.exchange->plan_connection(core.now().steady);
  if (course.refused) {
    reset_socket(socket);
    co_return;
  }
  http_session session(core, std::move(socket), course);
  co_await session.run();
}

}  // namespace sluice::simulator
