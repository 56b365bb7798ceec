// What the operator can do to the venue: set marks, act as a person, act as the venue itself.
#include <fmt/format.h>

#include "sluice/simulator/venue.hpp"
#include "venue_state.hpp"

namespace sluice::simulator {
namespace {

result<const instrument*> known(const venue_state& v, const symbol& s, std::size_t account = 0) {
  if (account >= v.accounts.size())
    return fail(errc::not_found, "account: there is no such one");
  if (const auto* found = v.instruments.find(s.str()))
    return found;
  return fail(errc::not_found, "symbol: there is no " + s.str());
}

result<ledger_order> placed_or_error(const outcome<ledger_order>& placed) {
  if (const auto* wrong = error_of(placed))
    return fail(errc::not_permitted, fmt::format("{} {}", wrong->code, wrong->text));
  return std::get<0>(placed);
}

result<void> done_or_error(const std::optional<venue_error>& wrong) {
  if (wrong)
    return fail(errc::not_permitted, fmt::format("{} {}", wrong->code, wrong->text));
  return {};
}

}  // namespace

result<void> venue::set_mark(const symbol& s, price p, mark_pin pin) {
  const auto what = known(*state_, s);
  if (!what)
    return what.error();
  if (p < (*what)->min_price || p > (*what)->max_price)
    return fail(errc::out_of_range,
                fmt::format("price: is {}, allowed is {} to {}", p.str(), (*what)->min_price.str(),
                            (*what)->max_price.str()));
  state_->marks.set(**what, p, pin);
  for (auto& a : state_->accounts)
    a.refresh(**what, p);
  return {};
}

result<void> venue::release_mark(const symbol& s) {
  const auto what = known(*state_, s);
  if (!what)
    return what.error();
  state_->marks.release(**what);
  return {};
}

std::optional<price> venue::mark(const symbol& s) const {
  const auto what = known(*state_, s);
  return what ? std::optional(state_->marks.of(**what)) : std::nullopt;
}

result<ledger_order> venue::trade(const symbol& s, side direction, quantity amount, moment now,
                                  std::size_t account) {
  person_order o;
  o.instrument = s;
  o.direction = direction;
  o.amount = amount;
  o.account = account;
  return enter(o, now);
}

result<ledger_order> venue::enter(const person_order& o, moment now) {
  now = state_->meet(now);
  const auto what = known(*state_, o.instrument, o.account);
  if (!what)
    return what.error();
  order_draft d;
  d.what = *what;
  d.direction = o.direction;
  d.leg = o.leg;
  d.amount = o.amount;
  d.kind = o.limit ? order_kind::limit : order_kind::market;
  d.limit = o.limit.value_or(price{});
  d.reduce_only = o.reduce_only;
  d.origin = order_origin::person;
  d.id = state_->desk.random_client_id();
  return placed_or_error(state_->place(o.account, d, now));
}

result<void> venue::cancel_open(const symbol& s, moment now, std::size_t account) {
  now = state_->meet(now);
  const auto what = known(*state_, s, account);
  if (!what)
    return what.error();
  state_->desk.cancel_all(account, s, now.venue);
  state_->algos.cancel_all(account, s, now.venue);
  state_->publish(now);
  return {};
}

result<void> venue::set_leverage(const symbol& s, std::int64_t leverage, moment now,
                                 std::size_t account) {
  now = state_->meet(now);
  const auto what = known(*state_, s, account);
  if (!what)
    return what.error();
  return done_or_error(state_->change_leverage(account, **what, leverage, now));
}

result<void> venue::set_position_mode(bool hedged, std::size_t account) {
  if (account >= state_->accounts.size())
    return fail(errc::not_found, "account: there is no such one");
  return done_or_error(state_->change_position_mode(account, hedged));
}

result<void> venue::set_multi_assets(bool on, moment now, std::size_t account) {
  now = state_->meet(now);
  if (account >= state_->accounts.size())
    return fail(errc::not_found, "account: there is no such one");
  return done_or_error(state_->change_multi_assets(account, on, now));
}

result<ledger_order> venue::liquidate(const symbol& s, moment now, std::size_t account) {
  now = state_->meet(now);
  const auto what = known(*state_, s, account);
  if (!what)
    return what.error();
  const auto& who = state_->accounts[account];
  for (auto leg : {position_side::both, position_side::long_, position_side::short_}) {
    const auto held = who.amount_of(s, leg);
    const forced_style style{fmt::format("autoclose-{}", now.venue.ms), "CALCULATED", "FILLED",
                             false};
    if (!held.is_zero())
      return placed_or_error(state_->force_close(account, **what, leg, held.abs(), style, now));
  }
  return fail(errc::not_permitted, "symbol: no position to close");
}

result<ledger_order> venue::deleverage(const deleveraging& d, moment now) {
  now = state_->meet(now);
  const auto what = known(*state_, d.instrument, d.account);
  if (!what)
    return what.error();
  if (d.amount.sign() <= 0)
    return fail(errc::out_of_range, "quantity: must be above 0");
  const forced_style style{"adl_autoclose", d.execution, d.status, true};
  return placed_or_error(state_->force_close(d.account, **what, d.leg, d.amount, style, now));
}

result<void> venue::settle(const symbol& s, moment now) {
  now = state_->meet(now);
  const auto what = known(*state_, s, 0);
  if (!what)
    return what.error();
  state_->settle(**what, now);
  return {};
}

}  // namespace sluice::simulator
