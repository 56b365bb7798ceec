// Exchange of one pointer under a mutex; readers keep what they took for as long as they like.
#include "sluice/truth/universe_board.hpp"

#include <utility>

namespace sluice {

std::shared_ptr<const universe> universe_board::current() const {
  const std::lock_guard lock{mutex_};
  return current_;
}

std::shared_ptr<const instrument_rules> universe_board::rules_of(const symbol& s) const {
  auto in_force = current();
  const auto* found = in_force->find(s);
  if (!found)
    return nullptr;
  return {std::move(in_force), found};
}

void universe_board::set(std::shared_ptr<const universe> next) {
  if (!next)
    return;
  const std::lock_guard lock{mutex_};
  std::swap(current_, next);  // The old one, if it is the last, is destroyed outside the lock.
}

}  // namespace sluice
