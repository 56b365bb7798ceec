// What the operator can do to the venue: set marks, trade as a person, liquidate.
#include <fmt/format.h>

#include "sluice/simulator/venue.hpp"
#include "venue_state.hpp"

namespace sluice::simulator {
namespace {

result<const instrument*> known(const venue_state& v, const symbol& s) {
  if (const auto* found = v.instruments.find(s.str()))
    return found;
  return fail(errc::not_found, "symbol: there is no " + s.str());
}

result<ledger_order> placed_or_error(const outcome<ledger_order>& placed) {
  if (const auto* wrong = error_of(placed))
    return fail(errc::not_permitted, fmt::format("{} {}", wrong->code, wrong->text));
  return std::get<0>(placed);
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
  now = state_->meet(now);
  const auto what = known(*state_, s);
  if (!what)
    return what.error();
  if (account >= state_->accounts.size())
    return fail(errc::not_found, "account: there is no such one");
  order_draft d;
  d.what = *what;
  d.direction = direction;
  d.amount = amount;
  d.origin = order_origin::person;
  d.id = state_->desk.random_client_id();
  return placed_or_error(state_->place(account, d, now));
}

result<ledger_order> venue::liquidate(const symbol& s, moment now, std::size_t account) {
  now = state_->meet(now);
  const auto what = known(*state_, s);
  if (!what)
    return what.error();
  if (account >= state_->accounts.size())
    return fail(errc::not_found, "account: there is no such one");
  const auto held = state_->accounts[account].amount_of(s);
  if (held.is_zero())
    return fail(errc::not_permitted, "symbol: no position to close");
  order_draft d;
  d.what = *what;
  d.direction = held.sign() > 0 ? side::sell : side::buy;
  d.amount = held.abs();
  d.reduce_only = true;
  d.origin = order_origin::venue;
  d.id = client_order_id{fmt::format("autoclose-{}", now.venue.ms)};
  return placed_or_error(state_->place(account, d, now));
}

}  // namespace sluice::simulator
