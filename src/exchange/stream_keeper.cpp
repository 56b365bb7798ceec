// The steps of a kept stream. One connection serves; near its end a second one joins and takes
// over.
#include "stream_keeper.hpp"

#include <algorithm>
#include <utility>

namespace sluice::exchange {

stream_keeper::stream_keeper(io_loop& loop, tls_context& tls, session& venue,
                             const settings& chosen, stream_kind kind, stream_hooks hooks)
    : loop_(loop),
      tls_(tls),
      venue_(venue),
      chosen_(chosen),
      kind_(std::move(kind)),
      hooks_(std::move(hooks)),
      link_(chosen.reconnect_min, chosen.reconnect_max),
      overlap_waits_(chosen.reconnect_min, chosen.reconnect_max),
      retry_timer_(loop),
      silence_timer_(loop),
      age_timer_(loop) {}

void stream_keeper::dial(place where) {
  if (closed_)
    return;
  if (const auto stop = venue_.stopped(budget_lane::others))
    return failed(where, stop->text, stop->retry_at);
  hooks_.find([this, where, round = round_](const stream_target& found) {
    if (closed_ || round != round_)
      return;
    if (!found.why.empty())
      return failed(where, found.why, found.not_before);
    connect(where, found.path);
  });
}

/// A ban or pause may have begun since the stream was wanted.
result<secret> stream_keeper::target_when_sent(const secret& path) const {
  if (const auto stop = venue_.stopped(budget_lane::others))
    return fail(errc::not_permitted, stop->text);
  return joined_secret({path.reveal()});
}

void stream_keeper::connect(place where, const secret& path) {
  // When it was asked for tells an old answer of a firewall from a new one.
  const auto asked_at = std::make_shared<instant>();
  web_socket_settings to;
  to.address = *parse_address(chosen_.stream_url, "wss");
  to.target = [this, kept = std::make_shared<const secret>(joined_secret({path.reveal()})),
               asked_at] {
    *asked_at = venue_.now();
    return target_when_sent(*kept);
  };
  to.connect_timeout = chosen_.connect_timeout;
  to.idle_timeout = chosen_.stream_idle_timeout;
  to.room = venue_.room();
  auto& into = where == place::first ? first_ : next_;
  into = {};
  // From here on, not from when we hear that it is open: the venue may send before that.
  if (where == place::next && kind_.proof == proof_of_service::open)
    merge_.emplace();
  auto which = std::make_shared<const web_socket*>(nullptr);
  web_socket_events events;
  events.opened = [this, which] { opened(*which); };
  events.frames = [this, which](std::vector<std::string> frames) {
    arrived(*which, std::move(frames));
  };
  events.closed = [this, which, asked_at](stream_end end) {
    if (end.declined)
      end.declined->sent_at = *asked_at;
    ended(*which, end);
  };
  into.socket = std::make_unique<web_socket>(loop_, tls_, std::move(to), std::move(events));
  *which = into.socket.get();
}

void stream_keeper::opened(const web_socket* which) {
  if (which != first_.socket.get())
    return next_opened();
  first_.open = true;
  watch_silence();
  schedule_overlap(chosen_.stream_age_max);
  if (kind_.proof == proof_of_service::open)
    serve();
}

void stream_keeper::next_opened() {
  next_.open = true;
  if (kind_.proof == proof_of_service::open) {
    // It may rightly be silent, so both get time to bring what they have to bring.
    return age_timer_.start(chosen_.stream_overlap, [this] { take_over(); });
  }
  age_timer_.start(kind_.silence_max,
                   [this] { failed(place::next, kind_.silence_text, std::nullopt); });
}

void stream_keeper::serve() {
  if (link_.up())
    return;
  link_.opened(venue_.now());
  ++venue_.counters().opened;
  venue_.log(log_level::info, kind_.name + "_opened", "");
  hooks_.up();
}

void stream_keeper::arrived(const web_socket* which, std::vector<std::string> frames) {
  if (which == first_.socket.get())
    pass(merged(place::first, std::move(frames)));
  else
    next_arrived(std::move(frames));
}

void stream_keeper::next_arrived(std::vector<std::string> frames) {
  if (kind_.proof == proof_of_service::frame) {
    if (!hooks_.prove(frames))
      return;
    take_over();
    return pass(frames);
  }
  (void)merged(place::next, std::move(frames));
  if (merge_->full())
    take_over();
}

std::vector<std::string> stream_keeper::merged(place from, std::vector<std::string> frames) {
  if (!next_.socket && merge_ && venue_.now() > merge_until_)
    merge_.reset();
  if (!merge_)
    return frames;
  // After the change the first connection is the one that was new.
  const bool leads = from == place::first && next_.socket != nullptr;
  const auto before = merge_->dropped();
  auto rest = leads ? merge_->from_old(std::move(frames)) : merge_->from_new(std::move(frames));
  venue_.counters().duplicates_dropped += merge_->dropped() - before;
  return rest;
}

void stream_keeper::pass(const std::vector<std::string>& frames) {
  if (frames.empty() || closed_)
    return;
  const auto round = round_;
  const auto taken = hooks_.frames(frames);
  if (closed_ || round != round_)
    return;  // Whoever was told has ended the stream.
  if (!taken.broken.empty())
    return lose(taken.broken);
  if (taken.served)
    watch_silence();
}

void stream_keeper::watch_silence() {
  if (kind_.silence_max.count() > 0)
    silence_timer_.start(kind_.silence_max, [this] { lose(kind_.silence_text); });
}

/// A little earlier than asked, so that streams opened together do not all move together.
void stream_keeper::schedule_overlap(milliseconds wait) {
  const auto spread = wait / 16;
  const auto early =
      spread.count() > 0 ? milliseconds(venue_.random() % spread.count()) : milliseconds(0);
  age_timer_.start(wait - early, [this] { dial(place::next); });
}

void stream_keeper::take_over() {
  if (!next_.open)
    return;
  first_ = std::exchange(next_, {});
  venue_.log(log_level::info, kind_.name + "_overlapped", "");
  ++venue_.counters().overlapped;
  overlap_waits_.reset();
  schedule_overlap(chosen_.stream_age_max);
  if (!merge_)
    return;
  merge_until_ = venue_.now() + chosen_.stream_overlap;
  pass(merge_->finish());
}

void stream_keeper::ended(const web_socket* which, const stream_end& end) {
  const auto not_before = end.declined ? venue_.obey_declined(*end.declined) : std::nullopt;
  if (next_.socket && which == next_.socket.get())
    return failed(place::next, end.why, not_before);
  if (next_.open && kind_.proof == proof_of_service::open)
    return take_over();
  lose(end.why, not_before);
}

void stream_keeper::failed(place where, const std::string& why, std::optional<instant> not_before) {
  if (where == place::first)
    return lose(why, not_before);
  venue_.log(log_level::warning, kind_.name + "_overlap_failed", why);
  next_ = {};
  merge_.reset();
  const auto asked = not_before ? between(venue_.now(), *not_before) : milliseconds(0);
  age_timer_.start(std::max(overlap_waits_.next(venue_.random()), asked),
                   [this] { dial(place::next); });
}

void stream_keeper::lose(const std::string& reason, std::optional<instant> not_before) {
  if (closed_)
    return;
  ++round_;
  first_ = {};
  next_ = {};
  merge_.reset();
  silence_timer_.cancel();
  age_timer_.cancel();
  const bool was_up = link_.up();
  const auto now = venue_.now();
  const auto next = link_.lost(reason, now, venue_.random());
  const auto asked = not_before ? between(now, *not_before) + milliseconds(1) : milliseconds(0);
  retry_timer_.start(std::max(next.wait, asked), [this] { dial(place::first); });
  if (was_up)
    ++venue_.counters().lost;
  if (next.worth_telling)
    venue_.log(log_level::warning, kind_.name + "_lost", reason);
  hooks_.down(reason, next.worth_telling);
}

void stream_keeper::close() {
  if (std::exchange(closed_, true))
    return;
  first_ = {};
  next_ = {};
  retry_timer_.cancel();
  silence_timer_.cancel();
  age_timer_.cancel();
}

}  // namespace sluice::exchange
