// Makes the lines of all limits from one look at what is in use.
#include "sluice/gate/limits_in_use.hpp"

#include <algorithm>
#include <map>

namespace sluice {
namespace {

std::int64_t percent(std::int64_t used, std::int64_t max) {
  return percent_of(notional::from_raw(used), notional::from_raw(max));
}

limit_line line(std::string_view name, std::int64_t used, std::int64_t max, symbol worst = {}) {
  limit_line l{name, measure{used}, measure{max}, {}, 0, std::move(worst)};
  if (max > 0) {
    l.left = std::max<std::int64_t>(max - used, 0);
    l.percent = percent(used, max);
  }
  return l;
}

limit_line line(std::string_view name, notional used, notional max, symbol worst = {}) {
  limit_line l{name, measure{used}, measure{max}, {}, 0, std::move(worst)};
  if (max.sign() > 0) {
    l.left = std::max(max - used, notional{});
    l.percent = percent_of(used, max);
  }
  return l;
}

/// Of something that is not used up, or not known.
limit_line bare_line(std::string_view name, measure max) {
  return {name, std::nullopt, std::move(max), std::nullopt, 0, {}};
}

/// The line of the symbol with the highest value.
template <class Value, class Max>
limit_line worst_line(std::string_view name, const std::vector<symbol_in_use>& all, Value value,
                      Max max) {
  const auto worst = std::ranges::max_element(
      all, [&](const auto& a, const auto& b) { return value(a) < value(b); });
  if (worst == all.end())
    return line(name, Max{}, max);
  return line(name, value(*worst), max, worst->instrument);
}

bool is_banned(const symbol_day& today, const risk_limits& l) {
  const auto reached = [](std::int64_t used, std::int64_t max) { return max > 0 && used >= max; };
  return reached(today.round_trips, l.round_trips_per_day_max) ||
         reached(today.losses_in_a_row, l.losses_in_a_row_max);
}

std::vector<symbol_in_use> symbols_in_use(const std::vector<valued_position>& positions,
                                          const trading_day& day, const risk_limits& l,
                                          const stamp& now) {
  std::map<symbol, symbol_in_use> all;
  for (const auto& p : positions)
    all[p.position.instrument].value += p.value;
  for (const auto& s : day.entered(now.steady))
    all.try_emplace(s);
  for (const auto& s : day.symbols(now.wall))
    all.try_emplace(s);
  std::vector<symbol_in_use> out;
  for (auto& [s, use] : all) {
    use.instrument = s;
    use.entries = day.entries(s, now.steady);
    use.today = day.of(s, now.wall);
    use.banned = is_banned(use.today, l);
    out.push_back(std::move(use));
  }
  return out;
}

std::vector<limit_line> lines_of(const limits_view& v, std::int64_t positions, notional account,
                                 const entry_counts& entries, const risk_limits& l) {
  const notional lost = v.today.result().sign() < 0 ? -v.today.result() : notional{};
  const auto& all = v.symbols;
  using use = const symbol_in_use&;
  return {
      bare_line("order_notional", l.order_notional_max),
      worst_line(
          "symbol_notional", all, [](use u) { return u.value; }, l.symbol_notional_max),
      line("account_notional", account, l.account_notional_max),
      line("open_positions", positions, l.open_positions_max),
      worst_line(
          "symbol_entries_per_minute", all, [](use u) { return u.entries.minute; },
          l.symbol_entries_per_minute_max),
      worst_line(
          "symbol_entries_per_hour", all, [](use u) { return u.entries.hour; },
          l.symbol_entries_per_hour_max),
      line("entries_per_minute", entries.minute, l.entries_per_minute_max),
      line("entries_per_hour", entries.hour, l.entries_per_hour_max),
      v.margin ? line("margin_use_percent", percent_of(v.margin->initial, v.margin->equity),
                      l.margin_use_percent_max)
               : bare_line("margin_use_percent", l.margin_use_percent_max),
      line("daily_loss", lost, l.daily_loss_max),
      v.margin ? line("drawdown_percent", drawdown_percent(*v.margin), l.drawdown_percent_max)
               : bare_line("drawdown_percent", l.drawdown_percent_max),
      bare_line("price_collar_bp", l.price_collar_bp),
      worst_line(
          "round_trips_per_day", all, [](use u) { return u.today.round_trips; },
          l.round_trips_per_day_max),
      worst_line(
          "losses_in_a_row", all, [](use u) { return u.today.losses_in_a_row; },
          l.losses_in_a_row_max),
  };
}

/// Entries that are permitted and have no intent yet count too, as when a plan is judged.
void add_permitted(limits_view& v, entry_counts& all, const flights& ours, const trading_day& day) {
  ours.for_each_entry([&](const position_key& key, const plan_id& plan, const entry_size&) {
    if (day.has_entry(plan))
      return;
    ++all.minute;
    ++all.hour;
    const auto here = std::ranges::find(v.symbols, key.instrument, &symbol_in_use::instrument);
    if (here == v.symbols.end())
      return;
    ++here->entries.minute;
    ++here->entries.hour;
  });
}

}  // namespace

limits_view limits_in_use(exposure_book& book, flights& ours, const risk_limits& limits,
                          const stamp& now) {
  limits_view v;
  v.at = now;
  v.today = book.day().money(now.wall);
  v.margin = book.margin(limits, now);
  const auto& positions = book.positions(ours);
  notional account;
  for (const auto& p : positions)
    account += p.value;
  v.symbols = symbols_in_use(positions, book.day(), limits, now);
  auto entries = book.day().entries(now.steady);
  add_permitted(v, entries, ours, book.day());
  v.lines = lines_of(v, static_cast<std::int64_t>(positions.size()), account, entries, limits);
  return v;
}

}  // namespace sluice
