// Every plan is looked at before any quota is touched: a request is admitted whole or not at all.
#include "sluice/planning/source_desk.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

namespace sluice {

source_desk::source_desk(const intake_settings& settings, source_tokens tokens, order_token orders)
    : tokens_(std::move(tokens)), orders_(orders), unlisted_(settings.unlisted_source) {
  for (const auto& [name, source] : settings.sources)
    for (const auto traffic : {lane::exit, lane::entry}) {
      auto& q = sources_[name][static_cast<std::size_t>(traffic)];
      q.closed = std::ranges::count(source.lanes, traffic) == 0;
      q.open_max = source.open_plans_max;
      if (source.plans_per_second_max > 0)
        q.speed.emplace(source.plans_per_second_max, source.plans_burst_max);
    }
}

/// Looks at every token, so that the time it takes says nothing.
const std::string* source_desk::owner_of(const plan_bearer& by) const {
  const std::string* owner = nullptr;
  if (by.token)
    for (const auto& [name, digest] : tokens_)
      if (same_digest(digest, *by.token))
        owner = &name;
  return owner;
}

desk_refusal source_desk::known(const plan& p, const plan_bearer& by,
                                const std::string* owner) const {
  if (const auto refusal = refusal_by_token(p, by, owner); refusal != desk_refusal::none)
    return refusal;
  return refusal_by_table(p.source, lane_of(p));
}

/// Whoever may order may not speak for a source that has a token of its own: that proves who it is.
desk_refusal source_desk::refusal_by_token(const plan& p, const plan_bearer& by,
                                           const std::string* owner) const {
  if (by.local || (tokens_.empty() && orders_ == order_token::none))
    return desk_refusal::none;
  const bool has_its_own = tokens_.contains(p.source.str());
  if (by.may_order)
    return has_its_own ? desk_refusal::other_source : desk_refusal::none;
  if (by.token && !owner)
    return desk_refusal::token_unknown;
  if (owner)
    return *owner == p.source.str() ? desk_refusal::none : desk_refusal::other_source;
  if (has_its_own)
    return desk_refusal::token_missing;
  return orders_ == order_token::needed ? desk_refusal::order_token_missing : desk_refusal::none;
}

desk_refusal source_desk::refusal_by_table(const source_id& source, lane traffic) const {
  const auto at = sources_.find(source.str());
  if (at == sources_.end())
    return !sources_.empty() && unlisted_ == unlisted_intake::refuse ? desk_refusal::unlisted
                                                                     : desk_refusal::none;
  return at->second[static_cast<std::size_t>(traffic)].closed ? desk_refusal::lane_closed
                                                              : desk_refusal::none;
}

std::string door_words(desk_refusal r, const source_id& source, lane traffic) {
  return r == desk_refusal::unlisted
             ? fmt::format("source {} has no table in intake.sources", source.str())
             : fmt::format("source {} may send no {} plans", source.str(), to_string(traffic));
}

desk_answer source_desk::admit(std::span<const plan> plans, const plan_bearer& by, instant now,
                               bool only_asked) {
  if (sources_.empty() && orders_ == order_token::none)
    return {};
  const auto* owner = owner_of(by);
  std::map<std::pair<source_id, lane>, wanted> more;
  for (std::size_t i = 0; i < plans.size(); ++i) {
    const auto traffic = lane_of(plans[i]);
    if (const auto refusal = known(plans[i], by, owner); refusal != desk_refusal::none)
      return {refusal, plans[i].source, traffic, 0, {}, i};
    auto& w = more.try_emplace({plans[i].source, traffic}, wanted{0, i}).first->second;
    ++w.plans;
  }
  for (const auto& [whose, w] : more) {
    auto* q = quota_of(whose.first, whose.second);
    if (q && q->open_max > 0 && q->open + w.plans > q->open_max)
      return {desk_refusal::too_many_open, whose.first, whose.second, q->open_max, {}, w.at};
    if (q && q->speed && !q->speed->admits(w.plans, now))
      return {desk_refusal::too_fast,           whose.first, whose.second, 0,
              q->speed->wait_for(w.plans, now), w.at};
  }
  if (only_asked)
    return {};
  for (const auto& [whose, w] : more)
    if (auto* q = quota_of(whose.first, whose.second); q && q->speed)
      q->speed->take(w.plans, now);
  return {};
}

source_desk::quota* source_desk::quota_of(const source_id& source, lane traffic) {
  const auto at = sources_.find(source.str());
  return at == sources_.end() ? nullptr : &at->second[static_cast<std::size_t>(traffic)];
}

void source_desk::opened(const source_id& source, lane traffic) {
  if (auto* q = quota_of(source, traffic))
    ++q->open;
}

void source_desk::closed(const source_id& source, lane traffic) {
  if (auto* q = quota_of(source, traffic); q && q->open > 0)
    --q->open;
}

}  // namespace sluice
