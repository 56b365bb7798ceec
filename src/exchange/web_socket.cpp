// Dials, shakes hands, answers pings through Beast, and batches the frames that arrive together.
#include "web_socket.hpp"

#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <utility>

#include "dial.hpp"
#include "net.hpp"
#include "tls_sessions.hpp"

namespace sluice::exchange {
namespace {

namespace websocket = beast::websocket;

/// As the venue's own client takes them.
constexpr std::size_t frame_bytes_max = 20ULL * 1024 * 1024;
constexpr std::size_t piece_bytes = 64ULL * 1024;
/// A batch is handed over at this size even when more is at hand.
constexpr std::size_t batch_max = 256;
constexpr std::size_t batch_bytes_max = 1024ULL * 1024;
/// How often the loop is let round without a new frame before a batch counts as complete.
constexpr int idle_rounds = 2;

}  // namespace

struct web_socket::impl : std::enable_shared_from_this<web_socket::impl> {
  impl(io_loop& loop, tls_context& tls, web_socket_settings settings, web_socket_events handlers)
      : from{loop, tls},
        chosen(std::move(settings)),
        events(std::move(handlers)),
        held(chosen.room, budget_lane::others),
        socket(context_of(loop), context_of(tls)) {}
  impl(const impl&) = delete;
  impl& operator=(const impl&) = delete;
  ~impl() { keep_resumable(socket.next_layer().native_handle()); }

  asio::awaitable<void> run();
  asio::awaitable<stream_end> open();
  asio::awaitable<std::string> read_frame();
  asio::awaitable<std::string> read_all();
  bool find_room();
  void keep(std::string frame);
  void let_round(int quiet);
  void flush();

  dial_from from;
  web_socket_settings chosen;
  web_socket_events events;
  byte_hold held;
  websocket::stream<tls_stream> socket;
  std::vector<std::string> batch{};
  std::size_t batch_bytes{0};
  beast::flat_buffer buffer{};
  bool fresh{false};  ///< A frame came since the loop last went round.
  bool rounding{false};
  bool abandoned{false};
};

/// What stands in the place of a stream that was declined.
http_reply taken(const websocket::response_type& response) {
  http_reply read;
  read.status = static_cast<int>(response.result_int());
  read.body = response.body();
  read.retry_after = std::string(response[beast::http::field::retry_after]);
  return read;
}

/// Returns why it could not be opened, an empty reason when it is open.
asio::awaitable<stream_end> web_socket::impl::open() {
  const auto deadline = steady::now() + chosen.connect_timeout;
  const auto dialled = co_await dial(from, socket.next_layer(), chosen.address, deadline);
  if (!dialled.why.empty())
    co_return stream_end{dialled.why, std::nullopt};
  if (abandoned)  // Whoever wanted it may be gone by now.
    co_return stream_end{"given up", std::nullopt};
  beast::get_lowest_layer(socket).expires_never();  // From here on the WebSocket keeps the time.
  websocket::stream_base::timeout limits{};
  limits.handshake_timeout = chosen.connect_timeout;
  limits.idle_timeout = chosen.idle_timeout;
  limits.keep_alive_pings = true;
  socket.set_option(limits);
  socket.read_message_max(frame_bytes_max);
  const auto target = chosen.target();
  if (!target)
    co_return stream_end{target.error().text, std::nullopt};
  error_code failed;
  websocket::response_type response;
  const auto path = target->reveal();
  const beast::string_view asked(path.data(), path.size());
  co_await socket.async_handshake(response, chosen.address.authority(), asked,
                                  asio::redirect_error(asio::use_awaitable, failed));
  stream_end end;
  if (failed == websocket::error::upgrade_declined) {
    end.declined = taken(response);
    end.why = "opening the stream: HTTP " + std::to_string(end.declined->status);
  } else if (failed) {
    end.why = "opening the stream: " + failed.message();
  }
  co_return end;
}

/// Room for what is being read and for what waits to be handed over.
bool web_socket::impl::find_room() {
  return held.resize(buffer.capacity() + batch_bytes);
}

/// Reads on until a frame is whole. Returns why that is not to be had, empty when it is.
asio::awaitable<std::string> web_socket::impl::read_frame() {
  do {
    error_code failed;
    co_await socket.async_read_some(buffer, piece_bytes,
                                    asio::redirect_error(asio::use_awaitable, failed));
    if (failed == websocket::error::closed)
      co_return "closed by the venue, code " + std::to_string(socket.reason().code);
    if (failed)
      co_return failed.message();
    if (abandoned)
      co_return "given up";
    if (find_room())
      continue;
    flush();
    if (abandoned || !find_room())
      co_return "replies and frames under way hold too much";
  } while (!socket.is_message_done());
  co_return std::string();
}

/// Returns why it ended.
asio::awaitable<std::string> web_socket::impl::read_all() {
  for (;;) {
    auto why = co_await read_frame();
    if (!why.empty())
      co_return why;
    keep(beast::buffers_to_string(buffer.data()));
    buffer.consume(buffer.size());
    if (buffer.capacity() > batch_bytes_max)  // One long frame is no measure for the next.
      buffer = beast::flat_buffer();
  }
}

asio::awaitable<void> web_socket::impl::run() {
  const auto self = shared_from_this();
  auto end = co_await open();
  if (end.why.empty() && !abandoned) {
    events.opened();
    end.why = co_await read_all();
  }
  flush();
  if (!abandoned)
    events.closed(std::move(end));
}

void web_socket::impl::keep(std::string frame) {
  batch_bytes += frame.size();
  batch.push_back(std::move(frame));
  fresh = true;
  if (batch.size() >= batch_max || batch_bytes >= batch_bytes_max)
    return flush();
  if (!std::exchange(rounding, true))
    let_round(idle_rounds);
}

/// Goes round the loop so that reads which are already complete can add their frames first.
void web_socket::impl::let_round(int quiet) {
  asio::post(socket.get_executor(), [self = shared_from_this(), quiet] {
    const int left = std::exchange(self->fresh, false) ? idle_rounds : quiet - 1;
    if (left > 0)
      return self->let_round(left);
    self->rounding = false;
    self->flush();
  });
}

void web_socket::impl::flush() {
  batch_bytes = 0;
  if (!abandoned && !batch.empty())
    events.frames(std::exchange(batch, {}));
  (void)find_room();  // Less than before, so it cannot be refused.
}

web_socket::web_socket(io_loop& loop, tls_context& tls, web_socket_settings chosen,
                       web_socket_events events)
    : impl_(std::make_shared<impl>(loop, tls, std::move(chosen), std::move(events))) {
  asio::co_spawn(context_of(loop), impl_->run(), asio::detached);
}

web_socket::~web_socket() {
  impl_->abandoned = true;
  beast::get_lowest_layer(impl_->socket).close();
}

}  // namespace sluice::exchange
