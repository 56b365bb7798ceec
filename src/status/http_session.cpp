// The answering half of a session: handler, answer, keep-alive, and how a connection ends.
#include "http_session.hpp"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "sluice/status/problem.hpp"

namespace sluice::status {

namespace asio = boost::asio;

namespace {

/// Time and bytes a client gets to read our last answer before the connection is cut.
constexpr milliseconds farewell_limit{1'000};
constexpr std::size_t farewell_bytes_max = 256 * 1024;
constexpr std::size_t farewell_read_size = 16 * 1024;
/// A client that has not taken an answer for so long is slow.
constexpr milliseconds slow_write{1'000};

/// Closes a slot however the wait for it ends, so that nobody wakes a session that is gone.
class slot_lease {
 public:
  explicit slot_lease(answer_slot& slot) : slot_(slot) {}
  slot_lease(const slot_lease&) = delete;
  slot_lease& operator=(const slot_lease&) = delete;
  ~slot_lease() {
    any_answer unread = slot_.take();
    if (auto* channel = std::get_if<std::shared_ptr<channel_state>>(&unread))
      (*channel)->end();
  }

 private:
  answer_slot& slot_;
};

}  // namespace

http_session::http_session(http_core& core, std::unique_ptr<transport> wire, connection_role role)
    : core_(core), wire_(std::move(wire)), alarm_(core.io()), role_(role) {
  alarm_.expires_at(time_point::max());
  boost::system::error_code gone;
  if (const auto from = wire_->socket().remote_endpoint(gone); !gone)
    peer_ = from.address().to_string();
  core_.joined(this, role_);
}

http_session::~http_session() {
  if (channel_)
    channel_->end();
  core_.left(this, role_);
}

void http_session::start() {
  asio::co_spawn(
      core_.io(),
      [self = shared_from_this()]() -> asio::awaitable<void> {
        if (self->role_ == connection_role::refused)
          co_await self->turn_away();
        else
          co_await self->serve();
      },
      asio::detached);
}

/// Counts as the head of the first request, since it is as slow as its client wants.
asio::awaitable<bool> http_session::shake_hands() {
  wait_for(waiting::handshake, core_.settings().header_timeout);
  const auto failed = co_await wire_->handshake();
  if (expired_)
    core_.count_timeout();
  co_return !failed && !expired_ && !aborted_;
}

asio::awaitable<void> http_session::serve() {
  const bool open = co_await shake_hands();
  if (!open)
    co_return;
  while (!core_.stopping() && co_await receive() == progress::complete) {
    any_answer given = co_await ask();
    if (auto* channel = std::get_if<std::shared_ptr<channel_state>>(&given)) {
      co_await stream(std::move(*channel));
      break;
    }
    auto* plain = std::get_if<response>(&given);
    if (!plain)
      break;
    if (co_await reply(std::move(*plain)) == progress::finished)
      break;
  }
}

asio::awaitable<void> http_session::turn_away() {
  co_await refuse(problem_response(503, "there are as many connections as the settings admit"));
}

asio::awaitable<any_answer> http_session::ask() {
  const auto slot =
      std::make_shared<answer_slot>(core_.seats(), core_.settings().event_buffer_size_max,
                                    head_only_ ? stream_wish::head_only : stream_wish::admitted);
  const slot_lease lease{*slot};
  try {
    core_.handler()(std::move(request_), responder{slot});
  } catch (...) {
    slot->put(problem_response(500, "the request could not be handled"));
  }
  if (slot->arm(this)) {
    wait_for(waiting::answer, core_.settings().answer_timeout);
    while (!slot->ready() && !expired_ && !aborted_)
      co_await sleep_until_woken();
  }
  any_answer given = slot->take();
  if (std::holds_alternative<std::monostate>(given) && !aborted_) {
    core_.count_timeout();
    given = problem_response(504, "no answer was ready in time");
  }
  co_return given;
}

http_session::step http_session::reply(response r) {
  if (!headers_usable(r))
    r = problem_response(500, "the answer held a header that cannot be sent");
  if (core_.stopping())
    close_after_ = true;
  const bool bodiless = r.status == 204 || r.status == 304;
  out_.clear();
  write_response_head(out_, r, core_.date(), bodiless ? std::nullopt : std::optional{r.body.size()},
                      close_after_ ? connection_use::close : connection_use::keep);
  core_.count_answer(r.status);
  const std::string_view body =
      bodiless || head_only_ ? std::string_view{} : std::string_view{r.body};
  wait_for(waiting::write, core_.settings().write_timeout);
  if (!co_await write(out_, body))
    co_return progress::finished;
  if (!close_after_)
    co_return progress::complete;
  co_await farewell();
  co_return progress::finished;
}

http_session::step http_session::refuse(response r) {
  if (expired_)
    core_.count_timeout();
  close_after_ = true;
  expired_ = false;
  co_return co_await reply(std::move(r));
}

asio::awaitable<bool> http_session::write(std::string_view head, std::string_view body) {
  const std::array<asio::const_buffer, 2> parts{asio::buffer(head.data(), head.size()),
                                                asio::buffer(body.data(), body.size())};
  const auto failed = co_await wire_->write(parts);
  co_return !failed && !aborted_;
}

/// Closing while bytes of the client are unread would reset the connection and could take our last
/// answer away from it: so say that we are done, and read a little longer.
asio::awaitable<void> http_session::farewell() {
  wait_for(waiting::farewell, farewell_limit);
  co_await wire_->end_sending();
  boost::system::error_code failed;
  in_.consume(in_.size());
  for (std::size_t read = 0; !failed && !expired_ && !aborted_ && read < farewell_bytes_max;) {
    const std::size_t size = co_await wire_->socket().async_read_some(
        in_.prepare(farewell_read_size), asio::redirect_error(asio::use_awaitable, failed));
    read += size;
  }
}

void http_session::wake() {
  asio::post(core_.io(), [weak = weak_from_this()] {
    if (const auto self = weak.lock())
      self->woken();
  });
}

void http_session::woken() {
  alarm_.cancel();
  if (!channel_ || waiting_ != waiting::write || !channel_->overflowed())
    return;
  deadline_ = time_point::min();
  expire(std::chrono::steady_clock::now());
}

asio::awaitable<void> http_session::sleep_until_woken() {
  boost::system::error_code ignored;
  co_await alarm_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

void http_session::wait_for(waiting what, milliseconds limit) {
  waiting_ = what;
  expired_ = false;
  since_ = std::chrono::steady_clock::now();
  deadline_ = since_ + limit;
}

void http_session::expire(time_point now) {
  if (now < deadline_)
    return;
  // The deadline stays: a cancel between two steps of one operation is lost, and is repeated then.
  expired_ = true;
  alarm_.cancel();
  boost::system::error_code ignored;
  if (waiting_ != waiting::answer && waiting_ != waiting::events)
    wire_->socket().cancel(ignored);
}

void http_session::finish() {
  if (channel_)
    channel_->close();
  if (waiting_ == waiting::request || waiting_ == waiting::handshake)
    abort();
}

void http_session::abort() {
  aborted_ = true;
  alarm_.cancel();
  boost::system::error_code ignored;
  wire_->socket().close(ignored);
}

std::string_view http_session::sheddable(time_point now) const {
  if (role_ != connection_role::serving || aborted_)
    return {};
  switch (waiting_) {
    case waiting::handshake:
      return "handshake";
    case waiting::request:
      return "idle";
    case waiting::head:
      return "head";
    case waiting::body:
      return "body";
    case waiting::write:
      return now - since_ >= slow_write ? "write" : std::string_view{};
    case waiting::farewell:
      return "farewell";
    case waiting::answer:
    case waiting::events:
      break;
  }
  return {};
}

void http_session::shed() {
  core_.changed_role(role_, connection_role::refused);
  role_ = connection_role::refused;
  abort();
}

}  // namespace sluice::status
