// Keeps reads of trades to one per symbol, and counts their failures.
#include "sluice/ledger/trade_search.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sluice {

bool trade_search::want(const symbol& instrument, instant newer_than, instant now) {
  if (newer_than > now || searches_.contains(instrument))
    return false;
  searches_[instrument].sent_at = now;
  return true;
}

search_result trade_search::answered(const symbol& instrument, std::size_t trades) {
  search_result out;
  if (const auto ended = searches_.extract(instrument))
    out.sent_at = ended.mapped().sent_at;
  out.trades = trades;
  return out;
}

std::optional<search_result> trade_search::failed(const symbol& instrument, const std::string& why,
                                                  instant now) {
  const auto at = searches_.find(instrument);
  if (at == searches_.end())
    return std::nullopt;
  auto& s = at->second;
  if (s.failures < search_pauses.size()) {
    s.retry_at = now + search_pauses[s.failures++];
    return std::nullopt;
  }
  const search_result out{s.sent_at, 0,
                          fmt::format("{} attempts failed, the last one: {}", s.failures + 1, why)};
  searches_.erase(at);
  return out;
}

void trade_search::put_off(const symbol& instrument, std::optional<instant> not_before,
                           instant now) {
  if (const auto at = searches_.find(instrument); at != searches_.end())
    at->second.retry_at = std::max<instant>(now + search_pauses.back(), not_before.value_or(now));
}

std::vector<symbol> trade_search::due(instant now) {
  std::vector<symbol> out;
  for (auto& [instrument, s] : searches_) {
    if (!s.retry_at || *s.retry_at > now)
      continue;
    s.retry_at.reset();
    s.sent_at = now;
    out.push_back(instrument);
  }
  return out;
}

std::optional<instant> trade_search::next_due() const {
  std::optional<instant> next;
  for (const auto& [instrument, s] : searches_)
    if (s.retry_at && (!next || *s.retry_at < *next))
      next = s.retry_at;
  return next;
}

}  // namespace sluice
