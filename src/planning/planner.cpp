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

/// It was reckoned from a position that the open plan of its symbol may be changing.
bool is_part(const plan& p) {
  const auto* reduce = std::get_if<reduce_plan>(&p.body);
  return reduce && !reduce->part_of.is_zero();
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

planner_core::planner_core(std::size_t remembered_ids_max, planner_settings settings)
    : settings_(settings), seen_(remembered_ids_max), opens_(settings.duplicate_window) {}

offer_answer planner_core::offer(const plan& p) {
  const auto id = stable_hash(p.id.str());
  const auto content = content_hash(p);
  auto known = seen_.find(id);
  if (!known)
    known = live_.content_of(p.id);  // Many came after it, but it has not ended.
  if (known)
    return {*known == content ? offer_kind::repeat : offer_kind::conflict, {}};
  if (const auto* cancel = std::get_if<cancel_plan>(&p.body)) {
    const auto owner = live_.owner(cancel->target);
    const bool ours = owner && is_own_source(*owner);  // Our exits are nobody else's to withdraw.
    if (owner && *owner != p.source && !is_own_source(p.source) &&
        (settings_.cancel_own_only || ours))
      return {offer_kind::not_its_own, cancel->target};
  }
  if (is_part(p))
    if (const auto* other = live_.open_of(p.instrument))
      return {offer_kind::symbol_busy, other->id};
  if (std::holds_alternative<open_plan>(p.body)) {
    if (const auto* first = opens_.first_like(p)) {
      const bool itself = first->id == p.id;  // Many came after it, so that its id was forgotten.
      const auto before = itself ? content_hash(*first) : content;
      seen_.add(id, before);
      if (itself)
        return {before == content ? offer_kind::repeat : offer_kind::conflict, {}};
      return {offer_kind::duplicate, first->id};
    }
    if (auto* other = live_.open_of(p.instrument)) {
      const bool waits = !other->successor.empty();
      const bool own = live_.owner(other->id) == p.source;
      if (settings_.second_entry == second_entry_policy::refuse || !own || other->allowed || waits)
        return {offer_kind::symbol_busy, waits ? other->successor : other->id};
      other->successor = p.id;
      return {offer_kind::supersedes, other->id};
    }
    opens_.add(p);
  }
  seen_.add(id, content);
  live_.taken(p, false);
  return {offer_kind::fresh, {}};
}

bool planner_core::leans_on_another(const plan& p) {
  return has_forgotten() && std::holds_alternative<open_plan>(p.body) &&
         live_.open_of(p.instrument) && !seen_.find(stable_hash(p.id.str())) &&
         !live_.content_of(p.id) && !opens_.first_like(p);
}

void planner_core::stop_waiting(const symbol& s) {
  if (auto* open = live_.open_of(s))
    open->successor = {};
}

void planner_core::judged(const plan_id& id, verdict_kind outcome) {
  live_.judged(id, outcome);
  if (outcome != verdict_kind::allow)
    opens_.forget(id);
}

void planner_core::finished(const plan_id& id, bool traded) {
  live_.finished(id);
  if (!traded)
    opens_.forget(id);
}

plan_identity planner_core::known_before(const plan& p, std::uint64_t content) {
  seen_.replace(stable_hash(p.id.str()), content);
  live_.finished(p.id);
  opens_.forget(p.id);
  return content == content_hash(p) ? plan_identity::repeat : plan_identity::conflict;
}

void planner_core::stand_alone(const plan& p) {
  opens_.add(p);
  live_.taken(p, false);
}

void planner_core::resume(const plan& p, bool allowed) {
  live_.taken(p, allowed);
}

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

plan plan_to_supersede(const plan_id& older, const plan& newer, const stamp& now) {
  constexpr std::size_t named_max = 37;  // 64 less prefix, colon and hash
  const auto hash = stable_hash(
      fmt::format("{}|{}|{}", older.str(), newer.id.str(), now.steady.time_since_epoch().count()));
  return {.id = plan_id{fmt::format("{}{}:{:016x}", supersede_plan_prefix,
                                    newer.id.str().substr(0, named_max), hash)},
          .source = source_id{std::string{planner_source}},
          .instrument = newer.instrument,
          .leg = newer.leg,
          .body = cancel_plan{older},
          .created_at = {},
          .received = now,
          .deadline = newer.deadline,
          .deadline_wall = newer.deadline_wall};
}

plan plan_for_exit(const exit_wish& wish, const stamp& now, milliseconds ttl) {
  reduce_plan body{.target = wish.target, .reason = wish.reason, .numbers = wish.numbers};
  // A close of everything is for whatever it has grown to, and waits for no entry.
  if (wish.target.is_zero())
    body.of_side = wish.seen.amount.sign();
  else
    body.part_of = wish.seen.amount;
  return {.id = plan_id{id_of_exit(wish)},
          .source = source_id{std::string{exit_engine_source}},
          .instrument = wish.position.instrument,
          .leg = wish.position.leg,
          .body = std::move(body),
          .created_at = {},
          .received = now,
          .deadline = now.steady + ttl,
          .deadline_wall = {now.wall.ms + ttl.count()}};
}

}  // namespace sluice
