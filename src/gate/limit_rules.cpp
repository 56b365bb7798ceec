// Each limit as one comparison of what would be in use with what may be.
#include "limit_rules.hpp"

#include <string>

namespace sluice::limit_rules {
namespace {

/// What the plan's order is worth at the mark; nothing when that cannot be said. Then other rules
/// refuse, for want of a mark or of a quantity.
std::optional<notional> worth(const plan& p, const facts& f) {
  const auto amount = safe_quantity(p, f);
  if (!amount || !f.mark || f.mark->sign() <= 0)
    return std::nullopt;
  return *amount * *f.mark;
}

check_result value_within(const plan& p, const facts& f, notional before, notional limit) {
  const auto value = worth(p, f);
  if (!f.exposure || limit.sign() <= 0 || !value)
    return {};
  const notional after = before + *value;
  return {after <= limit, after, limit};
}

/// One more than there are.
check_result one_more(std::int64_t before, std::int64_t limit) {
  if (limit <= 0)
    return {};
  return {before < limit, before + 1, limit};
}

check_result below(std::int64_t observed, std::int64_t limit) {
  if (limit <= 0)
    return {};
  return {observed < limit, observed, limit};
}

/// The farthest price on the losing side of the mark that is still within the collar.
price farthest(price mark, side direction, std::int64_t collar_bp) {
  const auto away =
      static_cast<std::int64_t>(static_cast<wide_int>(mark.raw()) * collar_bp / 10'000);
  return mark + price::from_raw(direction == side::buy ? -away : away);
}

/// Whether `a` is below `b` for a buyer, above it for a seller.
bool loses(price a, price b, side direction) {
  return direction == side::buy ? a < b : a > b;
}

}  // namespace

check_result order_notional(const plan& p, const facts& f) {
  return value_within(p, f, {}, f.limits.risk.order_notional_max);
}

check_result symbol_notional(const plan& p, const facts& f) {
  return value_within(p, f, f.exposure ? f.exposure->symbol_value : notional{},
                      f.limits.risk.symbol_notional_max);
}

check_result account_notional(const plan& p, const facts& f) {
  return value_within(p, f, f.exposure ? f.exposure->account_value : notional{},
                      f.limits.risk.account_notional_max);
}

check_result open_positions(const plan&, const facts& f) {
  const auto limit = f.limits.risk.open_positions_max;
  if (!f.exposure || limit <= 0)
    return {};
  const auto after = f.exposure->positions + (f.exposure->holds_own ? 0 : 1);
  // One that stands already takes no further place.
  return {f.exposure->holds_own || after <= limit, after, limit};
}

check_result symbol_entries_minute(const plan&, const facts& f) {
  return f.exposure ? one_more(f.exposure->symbol_entries_minute,
                               f.limits.risk.symbol_entries_per_minute_max)
                    : check_result{};
}

check_result symbol_entries_hour(const plan&, const facts& f) {
  return f.exposure
             ? one_more(f.exposure->symbol_entries_hour, f.limits.risk.symbol_entries_per_hour_max)
             : check_result{};
}

check_result entries_minute(const plan&, const facts& f) {
  return f.exposure ? one_more(f.exposure->entries_minute, f.limits.risk.entries_per_minute_max)
                    : check_result{};
}

check_result entries_hour(const plan&, const facts& f) {
  return f.exposure ? one_more(f.exposure->entries_hour, f.limits.risk.entries_per_hour_max)
                    : check_result{};
}

check_result margin_unknown(const plan&, const facts& f) {
  if (!f.exposure || !f.limits.risk.needs_margin())
    return {};
  const auto limit = f.limits.risk.margin_stale_after;
  if (!f.exposure->margin)
    return {false, std::string{"unknown"}, limit};
  if (f.exposure->margin->of_usdt_alone && f.instrument && !f.instrument->in_usdt)
    return {false, std::string{"of USDT alone"}, limit};
  const auto age = std::chrono::ceil<milliseconds>(f.now.steady - f.exposure->margin->as_of);
  return {age <= limit, age, limit};
}

check_result margin_use(const plan&, const facts& f) {
  if (!f.exposure || !f.exposure->margin)
    return {};
  const auto& m = *f.exposure->margin;
  return below(percent_of(m.initial, m.equity), f.limits.risk.margin_use_percent_max);
}

check_result daily_loss(const plan&, const facts& f) {
  const auto limit = f.limits.risk.daily_loss_max;
  if (!f.exposure || limit.sign() <= 0)
    return {};
  const notional lost = f.exposure->day_result.sign() < 0 ? -f.exposure->day_result : notional{};
  return {lost < limit, lost, limit};
}

check_result drawdown(const plan&, const facts& f) {
  if (!f.exposure || !f.exposure->margin)
    return {};
  return below(drawdown_percent(*f.exposure->margin), f.limits.risk.drawdown_percent_max);
}

/// A stop that would gain is stop_beyond_mark, whatever the collar.
check_result price_collar(const plan& p, const facts& f) {
  const auto& open = std::get<open_plan>(p.body);
  const auto collar = f.limits.risk.price_collar_bp;
  if (!f.exposure || collar <= 0 || !f.mark || f.mark->sign() <= 0)
    return {};
  const price mark = *f.mark;
  const price far = farthest(mark, open.direction, collar);
  if (open.stop && loses(*open.stop, far, open.direction))
    return {false, *open.stop, far};
  if (open.target && !loses(mark, *open.target, open.direction))
    return {false, *open.target, mark};
  return {true, open.stop ? measure{*open.stop} : measure{}, far};
}

check_result round_trips(const plan&, const facts& f) {
  return f.exposure ? below(f.exposure->symbol_round_trips, f.limits.risk.round_trips_per_day_max)
                    : check_result{};
}

check_result losses_in_a_row(const plan&, const facts& f) {
  return f.exposure ? below(f.exposure->symbol_losses_in_a_row, f.limits.risk.losses_in_a_row_max)
                    : check_result{};
}

}  // namespace sluice::limit_rules
