// One tier after the other, by age; what the configuration leaves out is marked, not forgotten.
#include "sluice/truth/universe_tiers.hpp"

#include <algorithm>
#include <unordered_set>

namespace sluice {
namespace {

bool same_lot(const lot_rules& a, const lot_rules& b) {
  return a.min == b.min && a.max == b.max && a.step == b.step;
}

bool same_rules(const instrument_rules& a, const instrument_rules& b) {
  return a.tradable == b.tradable && a.closed == b.closed && a.status == b.status &&
         a.contract_type == b.contract_type && a.quote_asset == b.quote_asset && a.tick == b.tick &&
         a.min_price == b.min_price && a.max_price == b.max_price && same_lot(a.lot, b.lot) &&
         same_lot(a.market_lot, b.market_lot) && a.min_notional == b.min_notional;
}

}  // namespace

universe_difference difference(const universe& before, const universe& after) {
  universe_difference out;
  for (const auto& r : after.instruments) {
    const auto* old = before.find(r.instrument);
    if (!old)
      out.listed.push_back(r.instrument);
    else if (!same_rules(*old, r))
      out.changed.push_back(r.instrument);
  }
  for (const auto& r : before.instruments)
    if (!after.find(r.instrument))
      out.delisted.push_back(r.instrument);
  return out;
}

bool offers_such(const universe_settings& s, const instrument_rules& r) {
  const auto named = [](const std::vector<std::string>& all, const std::string& one) {
    return all.empty() || std::ranges::find(all, one) != all.end();
  };
  return named(s.contract_types, r.contract_type) && named(s.quote_assets, r.quote_asset);
}

bool offers_any(const universe& u) {
  return std::ranges::any_of(u.instruments, &instrument_rules::offered);
}

bool is_followed(const universe& u, const instrument_rules& r) {
  return r.offered || u.source == universe_source::configured;
}

universe_tiers::universe_tiers(universe_settings settings) : settings_(std::move(settings)) {}

void universe_tiers::keep_last_good(universe content, instant read_at) {
  content.read_at = read_at;
  offer(content);
  newest_ = std::move(content);
  changed_ = true;
}

std::optional<universe_difference> universe_tiers::read(universe now) {
  keep_missing(now);
  offer(now);
  std::optional<universe_difference> changes;
  if (newest_)
    changes = difference(*newest_, now);
  newest_ = std::move(now);
  by_this_process_ = true;
  changed_ = true;
  return changes;
}

/// One list that lacks a symbol may be a part, and so may another right after it: it is delisted
/// once a later one lacks it, too.
void universe_tiers::keep_missing(universe& now) {
  std::map<symbol, instant> missing;
  if (newest_)
    for (const auto& r : newest_->instruments) {
      if (now.find(r.instrument))
        continue;
      const auto before = missing_.find(r.instrument);
      const auto since = before == missing_.end() ? now.read_at : before->second;
      if (before != missing_.end() && now.read_at >= since + duration{settings_.refresh} / 2)
        continue;
      missing.emplace(r.instrument, since);
      now.instruments.push_back(r);
    }
  missing_ = std::move(missing);
  if (!missing_.empty())
    now.rebuild_index();
}

void universe_tiers::allow(std::vector<std::string> names) {
  settings_.allow = std::move(names);
  if (newest_)
    offer(*newest_);
  changed_ = true;
}

std::shared_ptr<const universe> universe_tiers::in_force(instant now) {
  const auto present = tier_at(now);
  if (present == given_ && !std::exchange(changed_, false))
    return nullptr;
  changed_ = false;
  given_ = present;
  return std::make_shared<const universe>(content_of(present));
}

std::optional<instant> universe_tiers::next_fall() const {
  if (!newest_)
    return std::nullopt;
  switch (given_) {
    case tier::live:
      return newest_->read_at + duration{settings_.max_age} + duration{1};
    case tier::last_good:
      return newest_->read_at + duration{settings_.last_good_max_age} + duration{1};
    case tier::exits_only:
      break;
  }
  return std::nullopt;
}

universe_tiers::tier universe_tiers::tier_at(instant now) const {
  if (!newest_)
    return tier::exits_only;
  const auto age = now - newest_->read_at;
  if (by_this_process_ && age <= duration{settings_.max_age})
    return tier::live;
  return age <= duration{settings_.last_good_max_age} ? tier::last_good : tier::exits_only;
}

universe universe_tiers::content_of(tier t) const {
  if (t == tier::exits_only)
    return for_exits();
  auto u = *newest_;
  u.source = t == tier::live ? universe_source::live : universe_source::last_good;
  return u;
}

/// What is held must stay closable, however long nobody could say which rules hold: an order that
/// breaks a new one is refused by the venue, which is definite. Nothing may be opened by them.
universe universe_tiers::for_exits() const {
  auto u = newest_.value_or(universe{});
  for (auto& r : u.instruments) {
    r.offered = false;
    r.tradable = true;  // What did not trade then may do so now.
    r.closed = false;
  }
  for (const auto& name : settings_.allow) {
    if (u.find(symbol(name)))
      continue;
    instrument_rules r;
    r.instrument = symbol(name);
    r.tradable = true;
    r.offered = false;
    r.status = "UNKNOWN";
    u.instruments.push_back(std::move(r));
  }
  u.rebuild_index();
  if (newest_)
    u.source = universe_source::last_good;
  else
    u.source = settings_.allow.empty() ? universe_source::none : universe_source::configured;
  return u;
}

void universe_tiers::offer(universe& u) const {
  const std::unordered_set<std::string> allowed(settings_.allow.begin(), settings_.allow.end());
  for (auto& r : u.instruments)
    r.offered = !missing_.contains(r.instrument) &&
                (allowed.empty() || allowed.contains(r.instrument.str())) &&
                offers_such(settings_, r);
}

}  // namespace sluice
