// Draws the fate of each stream event from the script.
#include "event_faults.hpp"

namespace sluice::simulator {
namespace {

/// Of connections, not of single events.
bool is_of_events(stream_effect e) {
  return e != stream_effect::drop_connection && e != stream_effect::refuse;
}

bool concerns(const stream_fault& f, stream_kind kind, std::string_view type, milliseconds since) {
  return f.kind == kind && is_open(f.window, since) && (f.event.empty() || f.event == type);
}

/// Whether the event is about that symbol: its own, its order's, or one of its positions'.
bool names(std::string_view text, const std::string& instrument) {
  return instrument.empty() || text.find("\"s\":\"" + instrument + "\"") != text.npos;
}

}  // namespace

void event_faults::add(stream_fault f, milliseconds since) {
  settle(f.window, since);
  const bool lasting = f.effect == stream_effect::mute || f.effect == stream_effect::refuse;
  if (lasting)
    f.count = 0;
  faults_.push_back(std::move(f));
}

event_fate event_faults::draw(stream_kind kind, std::string_view type, std::string_view text,
                              milliseconds since) {
  event_fate fate;
  bool decided = false;
  for (auto& f : faults_) {
    if (!is_of_events(f.effect) || !concerns(f, kind, type, since) || !names(text, f.instrument))
      continue;
    const bool delays = f.effect == stream_effect::delay_events;
    if ((decided && !delays) || !strikes(f, random_))
      continue;
    if (delays) {
      fate.delay += f.delay + milliseconds{random_.between(0, f.delay_jitter.count())};
      continue;
    }
    decided = true;
    if (f.effect == stream_effect::reorder_events)
      fate.after_next = true;
    else
      fate.copies = f.effect == stream_effect::duplicate_events ? 2 : 0;
  }
  forget_past(faults_, since);
  return fate;
}

bool event_faults::refuses(stream_kind kind, milliseconds since) {
  forget_past(faults_, since);
  return std::any_of(faults_.begin(), faults_.end(), [&](const stream_fault& f) {
    return f.effect == stream_effect::refuse && f.kind == kind && is_open(f.window, since);
  });
}

std::vector<stream_kind> event_faults::due_drops(milliseconds since) {
  std::vector<stream_kind> due;
  for (auto& f : faults_) {
    if (f.effect != stream_effect::drop_connection || since < f.window.from)
      continue;
    due.push_back(f.kind);
    f.count = spent;
  }
  forget_past(faults_, since);
  return due;
}

std::optional<milliseconds> event_faults::next_drop() const {
  std::optional<milliseconds> next;
  for (const auto& f : faults_)
    if (f.effect == stream_effect::drop_connection && (!next || f.window.from < *next))
      next = f.window.from;
  return next;
}

}  // namespace sluice::simulator
