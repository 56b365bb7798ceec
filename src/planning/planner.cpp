// Identity, size and order of plans.
#include "sluice/planning/planner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace sluice {
namespace {

bool fits_an_id(const std::string& text) {
  return parse_plan_id(text).has_value();
}

std::string id_of_exit(const exit_wish& wish) {
  const auto hash = stable_hash(fmt::format(
      "{}|{}|{}|{}|{}|{}|{}|{}|{}", wish.position.instrument.str(), to_string(wish.position.leg),
      wish.run, wish.truth_version, wish.seen.amount.raw(), wish.seen.entry.raw(),
      wish.target.raw(), wish.reason, wish.attempt));
  // A symbol may hold characters that an id may not: its hash tells it as well.
  const auto& spelled = wish.position.instrument.str();
  const auto name = fits_an_id(spelled) ? spelled : fmt::format("{:016x}", stable_hash(spelled));
  return fmt::format("exit:{}:{}:{:016x}", name, to_string(wish.position.leg), hash);
}

}  // namespace

planner_core::planner_core(std::size_t remembered_ids_max) : seen_(remembered_ids_max) {}

plan_identity planner_core::remember(const plan& p) {
  return remember(stable_hash(p.id.str()), content_hash(p));
}

plan_identity planner_core::remember(std::uint64_t id_hash, std::uint64_t content) {
  if (const auto known = seen_.find(id_hash))
    return *known == content ? plan_identity::repeat : plan_identity::conflict;
  seen_.add(id_hash, content);
  return plan_identity::fresh;
}

void order_exits_first(std::vector<plan>& plans) {
  std::stable_partition(plans.begin(), plans.end(),
                        [](const plan& p) { return lane_of(p) == lane::exit; });
}

plan plan_for_exit(const exit_wish& wish, const stamp& now, milliseconds ttl) {
  return {
      .id = plan_id{id_of_exit(wish)},
      .source = source_id{std::string{exit_engine_source}},
      .instrument = wish.position.instrument,
      .leg = wish.position.leg,
      .body = reduce_plan{.target = wish.target, .reason = wish.reason, .numbers = wish.numbers},
      .created_at = {},
      .received = now,
      .deadline = now.steady + ttl,
      .deadline_wall = {now.wall.ms + ttl.count()}};
}

}  // namespace sluice
