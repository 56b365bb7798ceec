// Two flat hash tables that take turns at being young.
#include "sluice/planning/recent_plans.hpp"

#include <algorithm>
#include <utility>

namespace sluice {
namespace {

constexpr std::size_t first_slots = 64;
/// Key 0 marks an empty slot, so the one key that is 0 stands under this one.
constexpr std::uint64_t stand_in = 0x9e3779b97f4a7c15ULL;

std::uint64_t stored_key(std::uint64_t key) {
  return key == 0 ? stand_in : key;
}

}  // namespace

recent_map::recent_map(std::size_t entries_max)
    : generation_max_(std::max<std::size_t>(entries_max / 2, 1)) {}

std::uint64_t* recent_map::value_of(std::uint64_t key) {
  for (auto* g : {&young_, &old_})
    if (auto* found = g->find(stored_key(key)))
      return found;
  return nullptr;
}

std::optional<std::uint64_t> recent_map::find(std::uint64_t key) {
  const auto* found = value_of(key);
  return found ? std::optional{*found} : std::nullopt;
}

void recent_map::add(std::uint64_t key, std::uint64_t value) {
  if (young_.used >= generation_max_) {
    has_forgotten_ = has_forgotten_ || old_.used > 0;
    old_ = std::exchange(young_, generation{});
  }
  young_.add({stored_key(key), value});
}

void recent_map::replace(std::uint64_t key, std::uint64_t value) {
  if (auto* found = value_of(key))
    *found = value;
}

std::uint64_t* recent_map::generation::find(std::uint64_t key) {
  if (slots.empty())
    return nullptr;
  const std::size_t mask = slots.size() - 1;
  for (std::size_t i = key & mask; slots[i].key != 0; i = (i + 1) & mask)
    if (slots[i].key == key)
      return &slots[i].value;
  return nullptr;
}

void recent_map::generation::add(slot s) {
  if ((used + 1) * 2 > slots.size())
    grow();
  const std::size_t mask = slots.size() - 1;
  std::size_t i = s.key & mask;
  while (slots[i].key != 0)
    i = (i + 1) & mask;
  slots[i] = s;
  ++used;
}

void recent_map::generation::grow() {
  const std::vector<slot> before =
      std::exchange(slots, std::vector<slot>(std::max(first_slots, slots.size() * 2)));
  used = 0;
  for (const auto& s : before)
    if (s.key != 0)
      add(s);
}

}  // namespace sluice
