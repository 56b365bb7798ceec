// The steps of the mark stream. A wrong stream is acknowledged and silent, so frames alone count.
#include "mark_stream.hpp"

#include <iterator>
#include <utility>

#include "sluice/exchange/frames.hpp"

namespace sluice::exchange {

mark_stream::mark_stream(io_loop& loop, tls_context& tls, session& venue, const settings& chosen,
                         sink_fn sink)
    : loop_(loop),
      tls_(tls),
      venue_(venue),
      chosen_(chosen),
      sink_(std::move(sink)),
      link_(chosen.reconnect_min, chosen.reconnect_max),
      retry_timer_(loop),
      silence_timer_(loop) {}

void mark_stream::connect() {
  if (closed_)
    return;
  if (const auto banned = venue_.budget().banned_until) {
    const auto wait = between(venue_.now(), *banned) + milliseconds(1);
    return retry_timer_.start(wait, [this] { connect(); });
  }
  web_socket_settings to{*parse_address(chosen_.stream_url, "wss"),
                         "/market/stream?streams=!markPrice@arr@1s", chosen_.connect_timeout,
                         chosen_.stream_idle_timeout};
  web_socket_events events;
  events.opened = [this] { watch_silence(); };
  events.frames = [this](const std::vector<std::string>& frames) { take(frames); };
  events.closed = [this](const std::string& why) { lost(why); };
  socket_ = std::make_unique<web_socket>(loop_, tls_, std::move(to), std::move(events));
}

void mark_stream::watch_silence() {
  silence_timer_.start(chosen_.mark_silence_max, [this] {
    lost("no mark price for " + format_duration(chosen_.mark_silence_max));
  });
}

void mark_stream::take(const std::vector<std::string>& frames) {
  mark_batch batch;
  batch.received_at = venue_.now();
  std::string broken;
  for (const auto& text : frames) {
    auto rows = parse_mark_frame(text);
    if (!rows) {
      broken = "unreadable mark prices: " + rows.error().text;
      break;
    }
    std::move(rows->begin(), rows->end(), std::back_inserter(batch.rows));
  }
  if (!batch.rows.empty()) {
    if (!link_.up()) {
      link_.opened(batch.received_at);
      venue_.log(log_level::info, "mark_stream_opened", "");
    }
    watch_silence();
    sink_(std::move(batch));
  }
  if (!broken.empty() && !closed_)
    lost(broken);
}

void mark_stream::lost(const std::string& reason) {
  if (closed_)
    return;
  socket_.reset();
  silence_timer_.cancel();
  const auto now = venue_.now();
  const auto next = link_.lost(reason, now, venue_.random());
  retry_timer_.start(next.wait, [this] { connect(); });
  if (!next.worth_telling)
    return;
  venue_.log(log_level::warning, "mark_stream_lost", reason);
  sink_({now, false, reason, {}});
}

void mark_stream::close() {
  if (std::exchange(closed_, true))
    return;
  socket_.reset();
  retry_timer_.cancel();
  silence_timer_.cancel();
  sink_({venue_.now(), false, "the client was closed", {}});
}

}  // namespace sluice::exchange
