// One line per symbol; the wall clock is only read when one is restored.
#include "sluice/exits/regime_book.hpp"

#include <algorithm>

namespace sluice {

void regime_book::restore(const symbol& s, const regime_state& stored, const stamp& now) {
  if (stored.last.sign() <= 0)
    return;
  const auto known = lines_.find(s);
  if (known != lines_.end() && known->second.state.last_at >= stored.last_at)
    return;
  // Longer than any window.
  constexpr milliseconds ago_max = std::chrono::days{8};
  const auto ago =
      std::clamp(milliseconds{now.wall.ms - stored.last_at.ms}, milliseconds{0}, ago_max);
  lines_.insert_or_assign(s, line{stored, now.steady - ago});
}

const regime_state* regime_book::take(const symbol& s, price mark, const stamp& now) {
  const auto [at, is_new] = lines_.try_emplace(s);
  auto& l = at->second;
  const auto since = between(l.sampled, now.steady);
  if (!is_new && since < regime_sample_period)
    return nullptr;
  l.state =
      with_sample(l.state, mark, is_new ? std::nullopt : std::optional{since}, now.wall, windows_);
  l.sampled = now.steady;
  return &l.state;
}

regime_state regime_book::of(const symbol& s) const {
  const auto known = lines_.find(s);
  return known == lines_.end() ? regime_state{} : known->second.state;
}

}  // namespace sluice
