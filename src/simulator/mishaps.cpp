// Lets the script happen to the venue: faults come in, and fall due as time is told.
#include <fmt/format.h>

#include "documents.hpp"
#include "venue_state.hpp"

namespace sluice::simulator {
namespace {

std::string contract_event(const instrument& i, venue_time at) {
  return fmt::format(
      R"({{"e":"contractInfo","E":{},"s":"{}","ps":"{}","ct":"{}","dt":4133404800000,)"
      R"("ot":1569398400000,"cs":"{}","st":1}})",
      at.ms, i.name.str(), i.name.str(), i.contract, i.status);
}

void expire_key(venue_state& v, const venue_fault& f, moment now) {
  const auto owner = static_cast<std::size_t>(f.account);
  const auto key = owner < v.accounts.size() ? v.keys.find(owner, now.steady) : std::nullopt;
  if (!key)
    return;
  v.keys.remove(owner);
  if (!f.silent)
    v.streams.publish_user(*key, "listenKeyExpired", listen_key_expired_event(*key, now.venue));
}

void change_symbol(venue_state& v, const venue_fault& f, moment now) {
  const auto changed = f.effect == venue_effect::symbol_status
                           ? v.instruments.set_status(f.symbol, f.value)
                           : v.instruments.set_filter(f.symbol, f.field, f.value);
  if (!changed)
    return;
  v.info = exchange_info(v.chosen, v.instruments);
  if (f.effect == venue_effect::symbol_status)
    v.streams.publish_market("!contractInfo", contract_event(**changed, now.venue));
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
    case venue_effect::symbol_status:
    case venue_effect::symbol_filter:
      return change_symbol(v, f, now);
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

std::optional<request_cut> venue::plan_request_cut(instant now) {
  return state_->faults.draw_request_cut(state_->since(now));
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
  state_->streams.clear_faults();
  state_->mishaps.clear();
}

}  // namespace sluice::simulator
