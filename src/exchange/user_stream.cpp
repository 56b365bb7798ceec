// The steps of the user stream; the listenKey appears in no log, no event and no error.
#include "user_stream.hpp"

#include <algorithm>
#include <utility>

#include "sluice/exchange/classify.hpp"
#include "sluice/exchange/replies.hpp"

namespace sluice::exchange {
namespace {

constexpr read_options key_traffic{read_class::entry_demand, milliseconds(5'000)};
constexpr int retry_part = 30;  ///< Of the time between two extensions.
constexpr milliseconds retry_pause_min(1'000);

std::string_view before_key(user_stream_form form) {
  switch (form) {
    case user_stream_form::routed_path:
      break;
    case user_stream_form::routed_query:
      return "/private/ws?listenKey=";
    case user_stream_form::plain_path:
      return "/ws/";
    case user_stream_form::plain_query:
      return "/ws?listenKey=";
  }
  return "/private/ws/";
}

}  // namespace

user_stream::user_stream(io_loop& loop, tls_context& tls, session& venue, const settings& chosen,
                         sink_fn sink)
    : venue_(venue),
      chosen_(chosen),
      sink_(std::move(sink)),
      keep_alive_timer_(loop),
      keeper_(loop, tls, venue, chosen, {"user_stream", proof_of_service::open, {}, {}}, hooks()) {}

stream_hooks user_stream::hooks() {
  stream_hooks made;
  made.find = [this](std::function<void(stream_target)> found) { find(found); };
  made.up = [this] {
    keep_alive_timer_.start(chosen_.listen_key_keep_alive, [this] { extend_key(); });
    tell(stream_opened{});
  };
  made.frames = [this](const std::vector<std::string>& frames) { return take(frames); };
  made.down = [this](const std::string& reason, bool worth_telling) {
    ++round_;
    keep_alive_timer_.cancel();
    if (worth_telling)
      tell(stream_closed{reason});
  };
  return made;
}

/// While a key is alive the venue hands out the same one again, good for another hour.
void user_stream::find(const std::function<void(stream_target)>& found) {
  const auto start = before_key(chosen_.user_stream);
  venue_.read({endpoint::listen_key_create, {}, key_traffic},
              [this, found, start, round = round_, asked = venue_.now()](auto reply) {
                if (round != round_)
                  return;
                if (!reply)
                  return found({{}, "no listenKey: " + reply.error().text, reply.error().retry_at});
                const secret body(std::move(reply->body));
                auto key = parse_listen_key(body.reveal());
                if (!key)
                  return found({{}, "no listenKey: " + key.error().text, {}});
                // Of another key than the one that serves: that one is gone, and its stream silent.
                if (keeper_.up() && key->reveal() != key_.reveal())
                  return keeper_.lose("the venue has handed out another listenKey");
                key_ = std::move(*key);
                key_good_at_ = asked;
                found({joined_secret({start, key_.reveal()}), {}, {}});
              });
}

void user_stream::tell(user_event_body body) {
  const auto now = venue_.now();
  sink_({user_event{now, now, {}, std::move(body)}});
}

user_event user_stream::event_of(user_frame frame, instant received) {
  user_event event{received, venue_.moved_here(frame.event_time, received), frame.event_time, {}};
  if (auto* account = std::get_if<account_update>(&frame.body))
    event.body = std::move(*account);
  else if (auto* order = std::get_if<order_update>(&frame.body))
    event.body = std::move(*order);
  else if (auto* changed = std::get_if<settings_update>(&frame.body))
    event.body = std::move(*changed);
  else if (auto* conditional = std::get_if<conditional_update>(&frame.body))
    event.body = std::move(*conditional);
  else {
    ++venue_.counters().ignored;
    event.body = ignored_event{quotable(std::get<ignored_event>(frame.body).type)};
  }
  return event;
}

frames_taken user_stream::take(const std::vector<std::string>& frames) {
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
    events.push_back(event_of(std::move(*frame), received));
  }
  if (!events.empty())
    sink_(std::move(events));
  // What an unreadable event said is lost; a fresh stream makes everybody read the truth again.
  return {true, std::move(broken)};
}

void user_stream::extend_key() {
  const auto extended = [this, round = round_, asked = venue_.now()](auto reply) {
    if (keeper_.closed() || round != round_)
      return;
    if (!reply)
      return key_not_extended(reply.error());
    const secret body(std::move(reply->body));
    // The venue makes a new key when ours is gone: the stream is open and silent then.
    if (const auto key = parse_listen_key(body.reveal()); key && key->reveal() != key_.reveal())
      return keeper_.lose("another listenKey was extended than that of this stream");
    key_good_at_ = asked;
    keep_alive_timer_.start(chosen_.listen_key_keep_alive, [this] { extend_key(); });
  };
  venue_.read({endpoint::listen_key_extend, {}, key_traffic}, extended);
}

void user_stream::key_not_extended(const read_failure& why) {
  const auto text = "the listenKey was not extended: " + why.text;
  // -1125: the key is gone, and the stream with it, though it stays open and silent. Else it serves
  // as long as the key lives: a new connection needs a key by the same requests that fail now.
  const auto life_left = chosen_.listen_key_life - between(key_good_at_, venue_.now());
  if (why.kind == failure_kind::not_found || life_left <= milliseconds(0))
    return keeper_.lose(text, why.retry_at);
  venue_.log(log_level::warning, "listen_key_not_extended", why.text);
  const auto pause = why.retry_at ? std::max(between(venue_.now(), *why.retry_at), retry_pause_min)
                                  : chosen_.listen_key_keep_alive / retry_part;
  keep_alive_timer_.start(std::min(pause, life_left), [this] { extend_key(); });
}

void user_stream::renew(const std::string& reason) {
  if (keeper_.running())
    keeper_.lose(reason);
}

void user_stream::close() {
  if (keeper_.closed())
    return;
  ++round_;
  keep_alive_timer_.cancel();
  keeper_.close();
  tell(stream_closed{"the client was closed"});
}

}  // namespace sluice::exchange
