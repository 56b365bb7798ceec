// The streaming half of a session: writes events until either side has had enough.
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "http_session.hpp"

namespace sluice::status {

namespace asio = boost::asio;

asio::awaitable<void> http_session::stream(std::shared_ptr<channel_state> channel) {
  channel_ = std::move(channel);
  core_.changed_role(role_, connection_role::reading_events);
  role_ = connection_role::reading_events;
  channel_->attach(this);
  if (core_.stopping())
    channel_->close();
  asio::co_spawn(
      core_.io(), [self = shared_from_this()] { return self->watch_peer(); }, asio::detached);
  out_.clear();
  write_response_head(out_, response{200, "text/event-stream", {}, {}}, core_.date(), std::nullopt,
                      connection_use::close);
  core_.count_answer(200);
  wait_for(waiting::write, core_.settings().write_timeout);
  bool alive = co_await write(out_, {});
  while (alive && !peer_gone_ && !aborted_) {
    if (channel_->take(out_)) {
      alive = co_await write_events(*channel_);
      continue;
    }
    if (channel_->closed())
      break;
    wait_for(waiting::events, core_.settings().heartbeat_period);
    co_await sleep_until_woken();
    if (!expired_)
      continue;
    out_ = ":\n\n";
    alive = co_await write_events(*channel_);
  }
  const bool overflowed = channel_->overflowed();
  channel_->end();
  // A reader that fell behind still has megabytes in its socket; it learns of the end by a reset.
  boost::system::error_code ignored;
  if (overflowed)
    wire_->socket().set_option(asio::socket_base::linger{true, 0}, ignored);
  else
    wire_->socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  wire_->socket().close(ignored);
}

asio::awaitable<bool> http_session::write_events(channel_state& channel) {
  wait_for(waiting::write, core_.settings().write_timeout);
  const bool written = co_await write(out_, {});
  channel.written();
  co_return written;
}

/// An event reader has nothing more to say: whatever arrives, its end included, ends the stream.
asio::awaitable<void> http_session::watch_peer() {
  const auto said = co_await wire_->read_some(asio::buffer(&ignored_, 1));
  (void)said;
  peer_gone_ = true;
  woken();
}

}  // namespace sluice::status
