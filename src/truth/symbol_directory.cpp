// Interning of symbols under a reader-writer lock; look-ups of different threads do not wait for
// each other.
#include "sluice/truth/symbol_directory.hpp"

#include <fmt/core.h>

#include <mutex>

namespace sluice {

symbol_directory::symbol_directory(std::size_t capacity) : capacity_(capacity) {
  names_.reserve(capacity);
}

result<symbol_index> symbol_directory::intern(const symbol& s) {
  if (s.empty())
    return fail(errc::invalid_value, "the empty symbol has no place in the directory");
  if (const auto known = find(s))
    return *known;
  const std::unique_lock lock{mutex_};
  if (names_.size() >= capacity_)
    return fail(errc::out_of_range,
                fmt::format("no place for symbol {}: {} are known, which is the capacity", s.str(),
                            names_.size()));
  const auto index = static_cast<symbol_index>(names_.size());
  names_.push_back(s);
  indices_.emplace(s, index);
  return index;
}

std::optional<symbol_index> symbol_directory::find(const symbol& s) const {
  const std::shared_lock lock{mutex_};
  const auto it = indices_.find(s);
  if (it == indices_.end())
    return std::nullopt;
  return it->second;
}

symbol symbol_directory::name_of(symbol_index index) const {
  const std::shared_lock lock{mutex_};
  return index < names_.size() ? names_[index] : symbol{};
}

std::size_t symbol_directory::size() const {
  const std::shared_lock lock{mutex_};
  return names_.size();
}

}  // namespace sluice
