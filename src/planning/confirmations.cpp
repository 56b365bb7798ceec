// Offered tokens in a short list that is always looked through to its end.
#include "sluice/planning/confirmations.hpp"

namespace sluice {

bool same_digest(const token_digest& a, const token_digest& b) {
  std::uint8_t different = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    different = static_cast<std::uint8_t>(different | (a[i] ^ b[i]));
  return different == 0;
}

void confirmations::forget_old(instant now) {
  std::erase_if(offered_, [&](const offer_made& o) { return now >= o.until; });
}

void confirmations::offer(const token_digest& digest, const symbol& scope, instant now) {
  forget_old(now);
  if (offered_.size() >= open_max)
    offered_.erase(offered_.begin());
  offered_.push_back({digest, scope, now + lasts});
}

bool confirmations::take(const token_digest& digest, const symbol& scope, instant now) {
  forget_old(now);
  bool good = false;
  std::erase_if(offered_, [&](const offer_made& o) {
    const bool shown = same_digest(o.digest, digest);
    good = good || (shown && o.scope == scope);
    return shown;
  });
  return good;
}

}  // namespace sluice
