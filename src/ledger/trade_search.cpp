// Keeps reads of trades to one per symbol, and counts their failures.
#include "sluice/ledger/trade_search.hpp"

#include <fmt/format.h>

namespace sluice {

bool trade_search::want(const symbol& instrument, instant newer_than, instant now) {
  auto [at, is_new] = searches_.try_emplace(instrument);
  if (!is_new || newer_than > now)
    return false;
  at->second.sent_at = now;
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
