// Folds fills into lines: amounts, entries, fees; every fill once, in the venue's order of trading.
#include "sluice/ledger/ledger.hpp"

#include <algorithm>

namespace sluice {

std::string_view to_string(fill_effect e) {
  switch (e) {
    case fill_effect::applied:
      return "applied";
    case fill_effect::contained:
      return "contained";
    case fill_effect::duplicate:
      return "duplicate";
    case fill_effect::refused:
      return "refused";
  }
  return "?";
}

position_open position_after(const position_open& before, quantity change, price at) {
  const quantity after = before.amount + change;
  if (after.is_zero())
    return {};
  if (before.amount.sign() != after.sign())
    return {after, at};
  if (before.amount.sign() != change.sign())
    return {after, before.entry};
  if (before.entry.raw() <= 0)
    return {after, price{}};  // The average of something unknown is unknown.
  const wide_int moved = static_cast<wide_int>(at.raw() - before.entry.raw()) * change.abs().raw();
  const auto shift = static_cast<std::int64_t>(moved / after.abs().raw());
  return {after, price::from_raw(before.entry.raw() + shift)};
}

ledger::ledger(std::size_t remembered_max)
    : remembered_max_(std::max<std::size_t>(remembered_max, 1)) {}

ledger::book& ledger::book_of(symbol_books& all, const position_key& key) {
  auto [it, is_new] = all.books.try_emplace(key.leg);
  if (is_new)
    it->second.now.position = key;
  return it->second;
}

namespace {

/// Everything that does not depend on the order of the fills.
void add_sums(ledger_line& line, const fill& f, instant received_at) {
  line.realised += f.realised;
  if (!f.fee.is_zero())
    line.fees[f.fee_asset] += f.fee;
  line.last_traded_at = std::max(line.last_traded_at, f.traded_at);
  line.last_fill_at = std::max(line.last_fill_at.value_or(received_at), received_at);
  ++line.fills;
}

auto place_of(auto& trades, trade_id id) {
  return std::lower_bound(trades.begin(), trades.end(), id,
                          [](const auto& t, trade_id wanted) { return t.id < wanted; });
}

}  // namespace

fill_effect ledger::apply(const fill& f, instant received_at, fill_scope scope) {
  if (f.id <= 0 || f.amount.raw() <= 0 || f.at.raw() <= 0)
    return fill_effect::refused;
  auto& all = symbols_[f.instrument];
  const auto place = place_of(all.trades, f.id);
  if (place != all.trades.end() && place->id == f.id)
    return fill_effect::duplicate;
  if (f.id <= all.forgotten_up_to)
    return fill_effect::refused;

  auto& b = book_of(all, {f.instrument, f.leg});
  const bool contained =
      scope == fill_scope::sums_only || (b.contains.ms != 0 && f.traded_at <= b.contains);
  const bool newest = place == all.trades.end();
  const trade t{f.id, f.leg, contained ? quantity{} : signed_amount(f), f.at};
  all.trades.insert(place, t);
  add_sums(b.now, f, received_at);
  if (newest) {
    const auto after = position_after({b.now.amount, b.now.entry}, t.change, t.at);
    b.now.amount = after.amount;
    b.now.entry = after.entry;
  } else {
    refold(all, b);
  }
  forget_surplus(all);
  return contained ? fill_effect::contained : fill_effect::applied;
}

void ledger::refold(const symbol_books& all, book& b) {
  position_open p{b.base_amount, b.base_entry};
  for (const auto& t : all.trades)
    if (t.leg == b.now.position.leg)
      p = position_after(p, t.change, t.at);
  b.now.amount = p.amount;
  b.now.entry = p.entry;
}

void ledger::forget_surplus(symbol_books& all) const {
  while (all.trades.size() > remembered_max_) {
    const trade oldest = all.trades.front();
    all.trades.pop_front();
    all.forgotten_up_to = oldest.id;
    const auto it = all.books.find(oldest.leg);
    if (it == all.books.end())
      continue;  // A restored id: its effect is in the restored line.
    auto& b = it->second;
    const auto folded = position_after({b.base_amount, b.base_entry}, oldest.change, oldest.at);
    b.base_amount = folded.amount;
    b.base_entry = folded.entry;
  }
}

void ledger::set(const position_key& key, quantity amount, price entry, venue_time contains) {
  auto& all = symbols_[key.instrument];
  for (auto& t : all.trades)
    if (t.leg == key.leg)
      t.change = {};
  auto& b = book_of(all, key);
  b.base_amount = b.now.amount = amount;
  b.base_entry = b.now.entry = amount.is_zero() ? price{} : entry;
  b.contains = std::max(b.contains, contains);
}

void ledger::restore(const ledger_line& stored) {
  set(stored.position, stored.amount, stored.entry);
  auto& b = book_of(symbols_[stored.position.instrument], stored.position);
  const price entry = b.now.entry;
  b.now = stored;
  b.now.entry = entry;
  b.now.last_fill_at = std::nullopt;  // That instant belonged to another run.
}

void ledger::restore_seen(const symbol& instrument, std::vector<trade_id> ids, seen_ids reach) {
  if (ids.empty())
    return;
  auto& all = symbols_[instrument];
  std::sort(ids.begin(), ids.end());
  if (reach == seen_ids::newest_only)
    all.forgotten_up_to = std::max(all.forgotten_up_to, ids.front() - 1);
  for (const auto id : ids) {
    const auto place = place_of(all.trades, id);
    if (id > all.forgotten_up_to && (place == all.trades.end() || place->id != id))
      all.trades.insert(place, trade{.id = id});
  }
  forget_surplus(all);
}

std::optional<ledger_line> ledger::line(const position_key& key) const {
  const auto all = symbols_.find(key.instrument);
  if (all == symbols_.end())
    return std::nullopt;
  const auto b = all->second.books.find(key.leg);
  if (b == all->second.books.end())
    return std::nullopt;
  return b->second.now;
}

std::vector<ledger_line> ledger::lines() const {
  std::vector<ledger_line> out;
  for (const auto& [instrument, all] : symbols_)
    for (const auto& [leg, b] : all.books)
      out.push_back(b.now);
  std::sort(out.begin(), out.end(),
            [](const auto& a, const auto& b) { return a.position < b.position; });
  return out;
}

bool ledger::has_seen(const symbol& instrument, trade_id id) const {
  const auto all = symbols_.find(instrument);
  if (all == symbols_.end())
    return false;
  const auto place = place_of(all->second.trades, id);
  return place != all->second.trades.end() && place->id == id;
}

bool ledger::is_new(const symbol& instrument, trade_id id) const {
  const auto all = symbols_.find(instrument);
  if (all == symbols_.end())
    return true;
  return id > all->second.forgotten_up_to && !has_seen(instrument, id);
}

}  // namespace sluice
