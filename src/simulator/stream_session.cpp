// One WebSocket connection: bounded sending, pings, the life limit, and the client's messages.
#include "stream_session.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <deque>

#include "tls_stream.hpp"

namespace sluice::simulator {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;

constexpr std::size_t client_message_max = 65'536;

class websocket_session final : public stream_session,
                                public std::enable_shared_from_this<websocket_session> {
 public:
  websocket_session(server_core& core, tls_stream stream, stream_id id)
      : core_(core), id_(id), ws_(std::move(stream)), watch_(ws_.get_executor()) {}
  ~websocket_session() override { leave(); }

  asio::awaitable<void> run(http_request upgrade);
  void send(std::shared_ptr<const std::string> text) override;
  void drop() override { reset_socket(tcp().socket()); }

 private:
  enum class phase { opening, open, over };
  asio::awaitable<bool> accept(const http_request& upgrade);
  asio::awaitable<void> read_messages();
  void write_next();
  void watch();
  void leave();
  beast::tcp_stream& tcp() { return beast::get_lowest_layer(ws_); }

  server_core& core_;
  stream_id id_{0};
  websocket::stream<tls_stream> ws_;
  asio::steady_timer watch_;
  std::deque<std::shared_ptr<const std::string>> queue_{};
  std::size_t queued_bytes_{0};
  phase phase_{phase::opening};
  bool writing_{false};
  bool too_many_{false};
  instant opened_{core_.now().steady};
  instant heard_{opened_};
  connection_entry entry_{core_, [this] { drop(); }};
};

asio::awaitable<bool> websocket_session::accept(const http_request& upgrade) {
  websocket::stream_base::timeout limits{};
  limits.handshake_timeout = std::chrono::seconds{10};
  limits.idle_timeout = websocket::stream_base::none();
  ws_.set_option(limits);
  ws_.read_message_max(client_message_max);
  ws_.control_callback([this](websocket::frame_type kind, beast::string_view) {
    if (kind == websocket::frame_type::close)
      return;
    if (kind == websocket::frame_type::pong)
      heard_ = core_.now().steady;
    if (too_many_ || !core_.exchange->stream_control_frame(id_, core_.now()))
      return;
    too_many_ = true;
    ws_.async_close({websocket::close_code::policy_error, "Too many requests"},
                    [self = shared_from_this()](beast::error_code) {});
  });
  tcp().expires_never();
  auto [ec] = co_await ws_.async_accept(upgrade, no_throw);
  co_return !ec;
}

asio::awaitable<void> websocket_session::run(http_request upgrade) {
  core_.streams[id_] = this;
  const bool accepted = co_await accept(upgrade);
  if (accepted) {
    phase_ = phase::open;
    ws_.text(true);
    ws_.auto_fragment(false);  // A whole message is one frame, and costs no copy.
    watch();
    write_next();
    co_await read_messages();
  }
  leave();
  drop();
}

/// From here on nothing is queued; what is still being written ends with the socket.
void websocket_session::leave() {
  if (phase_ == phase::over)
    return;
  phase_ = phase::over;
  watch_.cancel();
  core_.streams.erase(id_);
  core_.exchange->close_stream(id_);
}

asio::awaitable<void> websocket_session::read_messages() {
  beast::flat_buffer buffer;
  for (;;) {
    auto [ec, size] = co_await ws_.async_read(buffer, no_throw);
    if (ec)
      co_return;
    const auto text = beast::buffers_to_string(buffer.data());
    buffer.consume(buffer.size());
    auto answer = core_.exchange->stream_message(id_, text, core_.now());
    if (answer.too_many) {
      co_await ws_.async_close({websocket::close_code::policy_error, "Too many requests"},
                               no_throw);
      co_return;
    }
    if (answer.text)
      send(std::make_shared<const std::string>(std::move(*answer.text)));
    core_.pump();
  }
}

void websocket_session::send(std::shared_ptr<const std::string> text) {
  if (phase_ == phase::over)
    return;
  queued_bytes_ += text->size();
  if (queued_bytes_ > core_.chosen.stream_queue_bytes_max) {
    drop();
    return;
  }
  queue_.push_back(std::move(text));
  write_next();
}

void websocket_session::write_next() {
  if (phase_ != phase::open || writing_ || queue_.empty())
    return;
  writing_ = true;
  ws_.async_write(asio::buffer(*queue_.front()),
                  [this, self = shared_from_this()](beast::error_code ec, std::size_t) {
                    writing_ = false;
                    queued_bytes_ -= queue_.front()->size();
                    queue_.pop_front();
                    if (ec)
                      drop();
                    else
                      write_next();
                  });
}

void websocket_session::watch() {
  const auto life_left = opened_ + core_.chosen.stream_life - core_.now().steady;
  watch_.expires_after(std::min<duration>(core_.chosen.ping_period, life_left));
  watch_.async_wait([this, self = shared_from_this()](beast::error_code ec) {
    if (ec || phase_ != phase::open)
      return;
    const auto now = core_.now().steady;
    if (now - opened_ >= core_.chosen.stream_life || now - heard_ >= core_.chosen.pong_limit) {
      drop();
      return;
    }
    ws_.async_ping(websocket::ping_data(std::to_string(core_.now().venue.ms)),
                   [self](beast::error_code) {});
    watch();
  });
}

}  // namespace

asio::awaitable<void> run_stream(server_core& core, tls_stream stream, http_request upgrade,
                                 stream_id id) {
  auto session = std::make_shared<websocket_session>(core, std::move(stream), id);
  co_await session->run(std::move(upgrade));
}

}  // namespace sluice::simulator
