// The steps of the user stream; the listenKey appears in no log, no event and no error.
#include "user_stream.hpp"

#include <algorithm>
#include <utility>

#include "sluice/exchange/replies.hpp"

namespace sluice::exchange {
namespace {

constexpr read_options key_traffic{read_class::entry_demand, milliseconds(5'000)};

}  // namespace

user_stream::user_stream(io_loop& loop, tls_context& tls, session& venue, const settings& chosen,
                         sink_fn sink)
    : loop_(loop),
      tls_(tls),
      venue_(venue),
      chosen_(chosen),
      sink_(std::move(sink)),
      link_(chosen.reconnect_min, chosen.reconnect_max),
      retry_timer_(loop),
      keep_alive_timer_(loop) {}

void user_stream::ask_for_key() {
  if (closed_)
    return;
  venue_.read({endpoint::listen_key_create, {}, key_traffic}, [this, round = round_](auto reply) {
    if (closed_ || round != round_)
      return;
    if (!reply)
      return lost("no listenKey: " + reply.error().text, reply.error().retry_at);
    const auto key = parse_listen_key(reply->body);
    if (!key)
      return lost("no listenKey: " + key.error().text);
    connect(*key);
  });
}

void user_stream::connect(const std::string& key) {
  web_socket_settings to{*parse_address(chosen_.stream_url, "wss"), "/private/ws/" + key,
                         chosen_.connect_timeout, chosen_.stream_idle_timeout};
  web_socket_events events;
  events.opened = [this] { opened(); };
  events.frames = [this](const std::vector<std::string>& frames) { take(frames); };
  events.closed = [this](const std::string& why) { lost(why); };
  socket_ = std::make_unique<web_socket>(loop_, tls_, std::move(to), std::move(events));
}

void user_stream::opened() {
  const auto now = venue_.now();
  link_.opened(now);
  keep_alive_timer_.start(chosen_.listen_key_keep_alive, [this] { extend_key(); });
  venue_.log(log_level::info, "user_stream_opened", "");
  sink_({event_at(now, stream_opened{})});
}

user_event user_stream::event_at(instant received, user_event_body body) const {
  return {received, received, {}, std::move(body)};
}

void user_stream::take(const std::vector<std::string>& frames) {
  const auto received = venue_.now();
  std::vector<user_event> events;
  std::string broken;
  for (const auto& text : frames) {
    auto frame = parse_user_frame(text);
    if (!frame)
      broken = "unreadable event: " + frame.error().text;
    else if (std::holds_alternative<listen_key_expired>(frame->body))
      broken = "the listenKey has expired";
    if (!broken.empty())
      break;
    user_event event{
        received, venue_.moved_here(frame->event_time, received), frame->event_time, {}};
    if (auto* account = std::get_if<account_update>(&frame->body))
      event.body = std::move(*account);
    else if (auto* order = std::get_if<order_update>(&frame->body))
      event.body = std::move(*order);
    else
      event.body = std::get<ignored_event>(std::move(frame->body));
    events.push_back(std::move(event));
  }
  if (!events.empty())
    sink_(std::move(events));
  // What an unreadable event said is lost; a fresh stream makes everybody read the truth again.
  if (!broken.empty() && !closed_)
    lost(broken);
}

void user_stream::extend_key() {
  venue_.read({endpoint::listen_key_extend, {}, key_traffic}, [this, round = round_](auto reply) {
    if (closed_ || round != round_)
      return;
    if (!reply)
      return lost("the listenKey was not extended: " + reply.error().text, reply.error().retry_at);
    keep_alive_timer_.start(chosen_.listen_key_keep_alive, [this] { extend_key(); });
  });
}

void user_stream::lost(const std::string& reason, std::optional<instant> not_before) {
  if (closed_)
    return;
  ++round_;
  socket_.reset();
  keep_alive_timer_.cancel();
  const auto now = venue_.now();
  const auto next = link_.lost(reason, now, venue_.random());
  const auto asked = not_before ? between(now, *not_before) : milliseconds(0);
  retry_timer_.start(std::max(next.wait, asked), [this] { ask_for_key(); });
  if (!next.worth_telling)
    return;
  venue_.log(log_level::warning, "user_stream_lost", reason);
  sink_({event_at(now, stream_closed{reason})});
}

void user_stream::close() {
  if (std::exchange(closed_, true))
    return;
  socket_.reset();
  retry_timer_.cancel();
  keep_alive_timer_.cancel();
  sink_({event_at(venue_.now(), stream_closed{"the client was closed"})});
}

}  // namespace sluice::exchange
