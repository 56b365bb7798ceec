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
  return a.tradable == b.tradable && a.status == b.status && a.contract_type == b.contract_type &&
         a.tick == b.tick && a.min_price == b.min_price && a.max_price == b.max_price &&
         same_lot(a.lot, b.lot) && same_lot(a.market_lot, b.market_lot) &&
         a.min_notional == b.min_notional;
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

/// One list that lacks a symbol may be a part: it is delisted once a second one lacks it, too.
void universe_tiers::keep_missing(universe& now) {
  std::set<symbol> missing;
  if (newest_)
    for (const auto& r : newest_->instruments)
      if (!now.find(r.instrument) && !missing_.contains(r.instrument)) {
        missing.insert(r.instrument);
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
  const auto source = source_at(now);
  if (source == given_ && !std::exchange(changed_, false))
    return nullptr;
  changed_ = false;
  given_ = source;
  auto u = source == universe_source::live || source == universe_source::last_good
               ? *newest_
               : named_by_configuration();
  u.source = source;
  return std::make_shared<const universe>(std::move(u));
}

std::optional<instant> universe_tiers::next_fall() const {
  if (!newest_)
    return std::nullopt;
  if (given_ == universe_source::live)
    return newest_->read_at + duration{settings_.max_age} + duration{1};
  if (given_ == universe_source::last_good)
    return newest_->read_at + duration{settings_.last_good_max_age} + duration{1};
  return std::nullopt;
}

universe_source universe_tiers::source_at(instant now) const {
  if (newest_) {
    const auto age = now - newest_->read_at;
    if (by_this_process_ && age <= duration{settings_.max_age})
      return universe_source::live;
    if (age <= duration{settings_.last_good_max_age})
      return universe_source::last_good;
  }
  return settings_.allow.empty() ? universe_source::none : universe_source::configured;
}

universe universe_tiers::named_by_configuration() const {
  universe u;
  for (const auto& name : settings_.allow) {
    instrument_rules r;
    r.instrument = symbol(name);
    r.tradable = true;
    r.offered = false;  // Nothing may be opened by rules that nobody knows.
    r.status = "UNKNOWN";
    u.instruments.push_back(std::move(r));
  }
  u.rebuild_index();
  if (newest_)
    u.read_at = newest_->read_at;
  return u;
}

void universe_tiers::offer(universe& u) const {
  const std::unordered_set<std::string> allowed(settings_.allow.begin(), settings_.allow.end());
  const auto& kinds = settings_.contract_types;
  for (auto& r : u.instruments)
    r.offered = !missing_.contains(r.instrument) &&
                (allowed.empty() || allowed.contains(r.instrument.str())) &&
                (kinds.empty() || std::ranges::find(kinds, r.contract_type) != kinds.end());
}

}  // namespace sluice
