// Adds up positions and what is under way; everything else the folds have ready.
#include "sluice/gate/exposure.hpp"

#include <algorithm>
#include <utility>

namespace sluice {

exposure_book::exposure_book(std::shared_ptr<const gate_view> boards)
    : boards_(std::move(boards)) {}

void exposure_book::venue_clock(milliseconds ahead) {
  venue_ahead_ = ahead;
  day_.venue_clock(ahead);
}

void exposure_book::booked(const position_key& key, quantity amount) {
  if (amount.is_zero())
    books_.erase(key);
  else
    books_[key] = amount;
}

void exposure_book::take(const record_body& b, const stamp& at) {
  if (const auto* peak = std::get_if<equity_peaked>(&b))
    peaks_.restore(*peak);
  else
    day_.take(b, at);
}

void exposure_book::entry_sent(const plan_id& plan, const symbol& s, instant at) {
  day_.entry_sent(plan, s, at);
}

void exposure_book::entry_traded(const symbol& s, const entry_size& added, instant shown) {
  all_shown_ = std::max(all_shown_, shown);
  // Without a limit of the margin nothing is read that would drop them.
  std::erase_if(unread_,
                [&](const traded_entry& e) { return e.shown < shown - std::chrono::hours{2}; });
  unread_.push_back({shown, most_worth(s, added)});
}

std::optional<equity_peaked> exposure_book::margin_read(const margin_reading& m, const stamp& now) {
  // An answer that was overtaken says nothing new.
  if (margin_ && margin_->as_of > m.as_of)
    return std::nullopt;
  margin_ = m;
  std::erase_if(unread_, [&](const traded_entry& e) { return e.shown < m.as_of; });
  return peaks_.read(m.equity, {now.steady, {now.wall.ms + venue_ahead_.count()}});
}

std::optional<margin_facts> exposure_book::margin(const risk_limits& limits,
                                                  const stamp& now) const {
  if (!margin_)
    return std::nullopt;
  return margin_facts{margin_->equity, margin_->initial,
                      peaks_.highest(limits.drawdown_days, {now.wall.ms + venue_ahead_.count()}),
                      margin_->as_of, margin_->of_usdt_alone};
}

notional exposure_book::most_worth(const symbol& s, const entry_size& added) const {
  return added.amount * std::max(worth_of(s, added.valued_at), added.valued_at);
}

std::optional<notional> exposure_book::unread_worth(const flights& ours) const {
  notional sum;
  bool known = true;
  const auto add = [&](notional worth) {
    known = known && worth.sign() > 0;
    sum += worth;
  };
  for (const auto& e : unread_)
    add(e.worth);
  ours.for_each_unresolved_entry([&](const position_key& key, const entry_size& adds) {
    add(most_worth(key.instrument, adds));
  });
  return known ? std::optional(sum) : std::nullopt;
}

std::optional<margin_facts> exposure_book::margin_with(const flights& ours,
                                                       const risk_limits& limits,
                                                       const stamp& now) const {
  auto m = margin(limits, now);
  if (!m || !limits.needs_margin())
    return m;
  const auto unread = unread_worth(ours);
  if (!unread)
    return std::nullopt;
  m->initial += *unread;
  const auto most = limits.margin_use_percent_max;
  if (!unread->is_zero() && most > 0 && percent_of(m->initial, m->equity) >= most)
    return std::nullopt;
  return m;
}

price exposure_book::worth_of(const symbol& s, price otherwise) const {
  const auto seen = boards_->mark(s);
  return seen && seen->mark.sign() > 0 ? seen->mark : otherwise;
}

const std::vector<valued_position>& exposure_book::positions(flights& ours) {
  ours.reflect_all([&](const position_key& key) { return boards_->position(key); });
  boards_->open_positions(held_);
  all_.clear();
  for (auto& h : held_) {
    const notional value = (h.amount * h.valued_at).abs();
    all_.push_back({std::move(h.position), value});
  }
  add_booked();
  add_under_way(ours);
  return all_;
}

/// A position that truth does not show is there as our books have it: what is known to be gone is
/// no line here. Without a mark its place counts, and no value.
void exposure_book::add_booked() {
  for (const auto& [key, amount] : books_)
    if (!std::holds_alternative<position_open>(boards_->position(key).content))
      all_.push_back({key, amount.abs() * worth_of(key.instrument, {})});
}

void exposure_book::add_under_way(const flights& ours) {
  const auto first_booked = held_.size();
  const auto booked_end = all_.size();
  std::optional<std::size_t> joined;
  // The books may have a fill before truth shows it: that line is a part of its order, not a
  // position beside it. Of several orders it is a part of one.
  const auto booked_of = [&](const position_key& key, std::size_t at, const entry_size& adds) {
    if (at < first_booked || at >= booked_end || at == joined ||
        !is_known(boards_->position(key).content) || books_.at(key).abs() > adds.amount)
      return notional{};
    joined = at;
    return books_.at(key).abs() * worth_of(key.instrument, {});
  };
  ours.for_each_entry([&](const position_key& key, const plan_id&, const entry_size& adds) {
    if (place_.empty())
      for (std::size_t i = 0; i < all_.size(); ++i)
        place_.emplace(all_[i].position, i);
    const notional value = adds.amount * worth_of(key.instrument, adds.valued_at);
    const auto [here, is_new] = place_.try_emplace(key, all_.size());
    if (is_new)
      all_.push_back({key, value});
    else
      all_[here->second].value += value - booked_of(key, here->second, adds);
  });
  place_.clear();
}

exposure_facts exposure_book::before(const plan& p, flights& ours, const risk_limits& limits,
                                     const stamp& now) {
  exposure_facts e;
  const position_key own{p.instrument, p.leg};
  for (const auto& held : positions(ours)) {
    ++e.positions;
    e.account_value += held.value;
    if (held.position.instrument == p.instrument)
      e.symbol_value += held.value;
    e.holds_own = e.holds_own || held.position == own;
  }
  const auto account = day_.entries(now.steady);
  const auto here = day_.entries(p.instrument, now.steady);
  // What has had an order and is judged again is one entry, which is not there beside itself.
  const auto itself = day_.entries_of(p.id, now.steady);
  std::int64_t permitted = 0;
  std::int64_t permitted_here = 0;
  ours.for_each_entry([&](const position_key& key, const plan_id& plan, const entry_size&) {
    if (plan == p.id || day_.has_entry(plan))
      return;
    ++permitted;
    permitted_here += key.instrument == p.instrument ? 1 : 0;
  });
  e.entries_minute = account.minute - itself.minute + permitted;
  e.entries_hour = account.hour - itself.hour + permitted;
  e.symbol_entries_minute = here.minute - itself.minute + permitted_here;
  e.symbol_entries_hour = here.hour - itself.hour + permitted_here;
  e.day_result = day_.money(now.wall).result();
  const auto today = day_.of(p.instrument, now.wall);
  e.symbol_round_trips = today.round_trips;
  e.symbol_losses_in_a_row = today.losses_in_a_row;
  e.margin = margin_with(ours, limits, now);
  return e;
}

}  // namespace sluice
