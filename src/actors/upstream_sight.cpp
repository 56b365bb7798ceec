// Waiting is only for what comes by itself: what stays missing is the gate's to deny.
#include "upstream_sight.hpp"

#include "sluice/truth/universe_tiers.hpp"

namespace sluice::actors {
namespace {

/// A symbol has its first mark some seconds after it was listed.
bool lacks_mark(const services& given, const universe& listed, const symbol& s) {
  const auto* rules = listed.find(s);
  return rules && rules->offered && rules->tradable && !given.marks->read(s);
}

}  // namespace

upstream_view look_around(const services& given, const upstream_watch& ours, const stamp& now,
                          milliseconds stale_after) {
  const auto listed = given.universe->current();
  const bool opens = given.vitals->mark_stream_up && offers_any(*listed);
  upstream_view view{ours, now};
  view.judges = given.table->account_as_of().has_value() && !listed->instruments.empty();
  view.truth = [&given](const position_key& key) { return given.table->read(key); };
  view.stale_after = stale_after;
  view.may_open = [&given, listed, opens](const symbol& s) {
    return opens && !lacks_mark(given, *listed, s);
  };
  // While the exchange's own list is not known, or too old, any may be.
  view.may_be_held = [&given, listed](const symbol& s) {
    return !offers_any(*listed) || listed->find(s) || given.table->directory().find(s);
  };
  return view;
}

}  // namespace sluice::actors
