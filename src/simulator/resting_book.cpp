// Keeps resting orders in price-time priority.
#include "resting_book.hpp"

namespace sluice::simulator {

void resting_book::add(std::size_t symbol_index, side direction, price at, resting_order o) {
  auto& b = books_[symbol_index];
  if (direction == side::buy)
    b.bids.emplace(place{-at.raw(), o.id}, o.owner);
  else
    b.asks.emplace(place{at.raw(), o.id}, o.owner);
}

void resting_book::remove(std::size_t symbol_index, side direction, price at, order_id id) {
  const auto it = books_.find(symbol_index);
  if (it == books_.end())
    return;
  auto& b = it->second;
  if (direction == side::buy)
    b.bids.erase(place{-at.raw(), id});
  else
    b.asks.erase(place{at.raw(), id});
  if (b.bids.empty() && b.asks.empty())
    books_.erase(it);
}

std::vector<std::size_t> resting_book::symbols() const {
  std::vector<std::size_t> out;
  out.reserve(books_.size());
  for (const auto& [index, b] : books_)
    out.push_back(index);
  return out;
}

std::vector<resting_order> resting_book::crossed(std::size_t symbol_index, price mark) const {
  std::vector<resting_order> out;
  const auto it = books_.find(symbol_index);
  if (it == books_.end())
    return out;
  for (const auto& [where, owner] : it->second.bids) {
    if (-where.rank < mark.raw())
      break;
    out.push_back({owner, where.id});
  }
  for (const auto& [where, owner] : it->second.asks) {
    if (where.rank > mark.raw())
      break;
    out.push_back({owner, where.id});
  }
  return out;
}

}  // namespace sluice::simulator
