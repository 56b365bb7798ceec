// Lets the script happen to the venue: faults come in, and fall due as time is told.
#include "documents.hpp"
#include "venue_state.hpp"

namespace sluice::simulator {
namespace {

void expire_key(venue_state& v, const venue_fault& f, moment now) {
  const auto owner = static_cast<std::size_t>(f.account);
  const auto key = owner < v.accounts.size() ? v.keys.find(owner, now.steady) : std::nullopt;
  if (!key)
    return;
  v.keys.remove(owner);
  if (!f.silent)
    v.streams.publish_user(*key, "listenKeyExpired", listen_key_expired_event(*key, now.venue));
}

void list_more(venue_state& v, const venue_fault& f) {
  v.instruments.grow(static_cast<std::size_t>(std::max<std::int64_t>(f.number, 0)));
  v.marks.grow();
  v.info = exchange_info(v.chosen, v.instruments);
}

void happen(venue_state& v, const venue_fault& f, moment now) {
  switch (f.effect) {
    case venue_effect::ban:
      return v.weight.impose_ban(now.venue, f.time);
    case venue_effect::expire_listen_key:
      return expire_key(v, f, now);
    case venue_effect::symbol_change:
      if (const auto* what = v.instruments.find(f.symbol))
        v.change_symbol(*what, f.change, now);
      return;
    case venue_effect::more_symbols:
      return list_more(v, f);
    case venue_effect::clock_step:
    case venue_effect::clock_drift:
      return;  // Felt through the clock's offset.
  }
}

}  // namespace

moment venue_state::meet(moment now) {
  seen = now.steady;
  const auto passed = since(now.steady);
  streams.meet(now.steady, passed);
  now.venue.ms += mishaps.clock_offset(passed).count();
  for (const auto& f : mishaps.due(passed))
    happen(*this, f, now);
  return now;
}

connection_course venue::plan_connection(instant now) {
  return state_->faults.draw_connection(state_->since(now));
}

std::optional<request_cut> venue::plan_request_cut(instant now, std::string_view first_bytes) {
  return state_->faults.draw_request_cut(state_->since(now), first_bytes);
}

std::uint64_t venue::user_events() const {
  return state_->streams.user_events();
}

void venue::add_fault(const fault& f) {
  auto& v = *state_;
  const auto passed = v.since(v.seen);
  if (const auto* on_stream = std::get_if<stream_fault>(&f))
    v.streams.add(*on_stream);
  else if (const auto* on_request = std::get_if<request_fault>(&f))
    v.faults.add(*on_request, passed);
  else if (const auto* on_connection = std::get_if<connection_fault>(&f))
    v.faults.add(*on_connection, passed);
  else
    v.mishaps.add(std::get<venue_fault>(f), passed);
  // What is due at once is done at once.
  v.streams.meet(v.seen, passed);
}

void venue::clear_faults() {
  state_->faults.clear();
  state_->frozen.clear();
  state_->streams.clear_faults();
  state_->mishaps.clear();
}

}  // namespace sluice::simulator
