// Two maps that are kept together: plans by id, open plans by symbol.
#include "sluice/planning/live_plans.hpp"

namespace sluice {

void live_plans::taken(const plan& p, bool allowed) {
  if (std::holds_alternative<cancel_plan>(p.body))
    return;
  const bool opens = std::holds_alternative<open_plan>(p.body);
  plans_.insert_or_assign(p.id,
                          live_one{p.source, opens ? p.instrument : symbol{}, content_hash(p)});
  if (opens)
    opens_.insert_or_assign(p.instrument, open_one{p.id, allowed, {}});
}

void live_plans::judged(const plan_id& id, verdict_kind outcome) {
  if (outcome != verdict_kind::allow)
    return ended(id);
  const auto at = plans_.find(id);
  if (at == plans_.end() || at->second.opens.empty())
    return;
  if (auto* open = open_of(at->second.opens); open && open->id == id) {
    open->allowed = true;
    open->successor = {};
  }
}

void live_plans::finished(const plan_id& id) {
  ended(id);
}

live_plans::open_one* live_plans::open_of(const symbol& s) {
  const auto at = opens_.find(s);
  return at == opens_.end() ? nullptr : &at->second;
}

std::optional<std::uint64_t> live_plans::content_of(const plan_id& id) const {
  const auto at = plans_.find(id);
  return at == plans_.end() ? std::nullopt : std::optional(at->second.content);
}

std::optional<source_id> live_plans::owner(const plan_id& id) const {
  const auto at = plans_.find(id);
  return at == plans_.end() ? std::nullopt : std::optional(at->second.source);
}

void live_plans::ended(const plan_id& id) {
  const auto at = plans_.find(id);
  if (at == plans_.end())
    return;
  if (const auto* open = open_of(at->second.opens); open && open->id == id)
    opens_.erase(at->second.opens);
  plans_.erase(at);
}

}  // namespace sluice
