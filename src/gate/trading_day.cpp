// Folds fills, funding and intents into the day's sums and the hour's entries.
#include "sluice/gate/trading_day.hpp"

#include <algorithm>
#include <string_view>

namespace sluice {
namespace {

constexpr std::chrono::minutes one_minute{1};
constexpr std::chrono::hours one_hour{1};

/// Whether the asset is what the symbol is quoted in: "USDT" for BTCUSDT and BTCUSDT_261225.
bool is_quote_of(const symbol& s, const std::string& asset) {
  const std::string_view name{s.str()};
  return !asset.empty() && name.substr(0, name.find('_')).ends_with(asset);
}

/// How many instants of an ascending sequence are later than `after`.
template <class Times, class Projection = std::identity>
std::int64_t later_than(const Times& times, instant after, Projection at = {}) {
  return times.end() - std::ranges::upper_bound(times, after, {}, at);
}

/// Where the venue names no time, by ours.
std::int64_t day_of(venue_time named, const stamp& at) {
  return utc_day(named.ms > 0 ? wall_time{named.ms} : at.wall);
}

}  // namespace

void trading_day::take(const record_body& b, const stamp& at) {
  std::visit([&](const auto& body) { fold(body, at); }, b);
}

void trading_day::begin_day(std::int64_t day) {
  if (day <= day_)
    return;
  day_ = day;
  money_ = {};
  by_symbol_.clear();
  flat_.clear();
}

void trading_day::fold(const order_intended& b, const stamp& at) {
  const auto& q = b.request;
  if (!only_reduces(q.reduce_only, q.leg, q.direction))
    entry_sent(b.plan, q.instrument, at.steady);
}

void trading_day::entry_sent(const plan_id& plan, const symbol& s, instant at) {
  if (!plans_.insert(plan).second)
    return;
  forget_before(at - one_hour);
  // Told in order of time, except that a restart may have guessed an instant that is later.
  const auto when = entries_.empty() ? at : std::max(at, entries_.back().at);
  entries_.push_back({when, s, plan});
  entries_of_[s].push_back(when);
}

void trading_day::fold(const fill_recorded& b, const stamp& at) {
  const auto& f = b.what;
  begin_day(day_of(f.traded_at, at));
  const notional fee = is_quote_of(f.instrument, f.fee_asset) ? f.fee : notional{};
  money_.realised += f.realised;
  money_.fees += fee;
  if (!b.ours)
    return;
  auto& day = by_symbol_[f.instrument];
  day.trip_result += f.realised - fee;
  const position_key key{f.instrument, f.leg};
  if (!b.entry_after.is_zero())
    flat_.erase(key);
  else if (flat_.insert(key).second)
    end_round_trip(day);
}

/// What was adopted, or repaired, stands in our books: its close ends a round trip as any other.
void trading_day::fold(const ledger_adjusted& b, const stamp&) {
  if (!b.after.is_zero())
    flat_.erase(b.position);
}

void trading_day::end_round_trip(symbol_day& day) {
  ++day.round_trips;
  day.losses_in_a_row = day.trip_result.sign() < 0 ? day.losses_in_a_row + 1 : 0;
  day.trip_result = {};
}

void trading_day::fold(const funding_booked& b, const stamp& at) {
  begin_day(day_of(b.booked_at, at));
  // Without a symbol it is of crossed positions, and in the quote asset.
  if (b.instrument.empty() || is_quote_of(b.instrument, b.asset))
    money_.funding += b.amount;
}

void trading_day::forget_before(instant hour) {
  while (!entries_.empty() && entries_.front().at <= hour) {
    const auto& oldest = entries_.front();
    plans_.erase(oldest.plan);
    const auto here = entries_of_.find(oldest.instrument);
    here->second.pop_front();
    if (here->second.empty())
      entries_of_.erase(here);
    entries_.pop_front();
  }
}

bool trading_day::is_over(wall_time now) const {
  return utc_day({now.ms + venue_ahead_.count()}) > day_;
}

day_money trading_day::money(wall_time now) const {
  return is_over(now) ? day_money{} : money_;
}

symbol_day trading_day::of(const symbol& s, wall_time now) const {
  const auto found = by_symbol_.find(s);
  return is_over(now) || found == by_symbol_.end() ? symbol_day{} : found->second;
}

std::vector<symbol> trading_day::symbols(wall_time now) const {
  std::vector<symbol> out;
  if (!is_over(now))
    for (const auto& [s, day] : by_symbol_)
      out.push_back(s);
  return out;
}

entry_counts trading_day::entries(instant now) const {
  return {later_than(entries_, now - one_minute, &entry::at),
          later_than(entries_, now - one_hour, &entry::at)};
}

entry_counts trading_day::entries(const symbol& s, instant now) const {
  const auto here = entries_of_.find(s);
  if (here == entries_of_.end())
    return {};
  return {later_than(here->second, now - one_minute), later_than(here->second, now - one_hour)};
}

entry_counts trading_day::entries_of(const plan_id& plan, instant now) const {
  if (!plans_.contains(plan))
    return {};
  const auto own = std::ranges::find(entries_, plan, &entry::plan);
  return {own->at > now - one_minute ? 1 : 0, own->at > now - one_hour ? 1 : 0};
}

std::vector<symbol> trading_day::entered(instant now) const {
  std::vector<symbol> out;
  for (const auto& [s, times] : entries_of_)
    if (times.back() > now - one_hour)
      out.push_back(s);
  return out;
}

}  // namespace sluice
