// What a start has to settle first: plans and orders that the last run left open.
#pragma once

#include <vector>

#include "sluice/actors/executor.hpp"
#include "sluice/actors/exit_engine.hpp"
#include "sluice/actors/flattener.hpp"
#include "sluice/actors/gate.hpp"
#include "sluice/actors/reconciler.hpp"
#include "sluice/journal/recovered.hpp"
#include "sluice/planning/planner.hpp"

namespace sluice::actors {

/// Exits without verdict or order whose deadline is yet to come, on the present steady clock: they
/// are judged as if they came now.
[[nodiscard]] std::vector<plan_ptr> exits_to_judge(const journal::recovered& found,
                                                   const stamp& now);

/// One terminal verdict for every other plan that had none: allow, with times_judged 0, when its
/// order was on its way (only the order's terms are known); otherwise expire with `interrupted`.
[[nodiscard]] std::vector<record_body> settle_undecided(const journal::recovered& found,
                                                        const stamp& now);

/// Unresolved orders as the executor inherits them, and as the gate blocks their positions.
[[nodiscard]] std::vector<inherited_order> inherited_orders(const journal::recovered& found);
/// Plans that were allowed and have no end yet, living on the present steady clock as long as their
/// deadline leaves them.
[[nodiscard]] std::vector<plan_to_resume> plans_to_resume(const journal::recovered& found,
                                                          const stamp& now);
/// Open plans that may have opened a position of which no exit state is on record, oldest first.
[[nodiscard]] std::vector<earlier_plan> plans_to_watch_for(const journal::recovered& found);
[[nodiscard]] own_orders known_at_venue(const journal::recovered& found);
[[nodiscard]] std::vector<recovered_order> blocked_positions(const journal::recovered& found,
                                                             const stamp& now);
/// What the gate compares truth with until the reconciler tells it more.
[[nodiscard]] std::vector<booked> booked_positions(const journal::recovered& found);
/// What limits are counted from, at instants of the present steady clock.
[[nodiscard]] std::vector<journal::limit_record> limit_records_of(
    std::vector<journal::limit_record> records, const stamp& now);
[[nodiscard]] reconciler_options books_of(const journal::recovered& found,
                                          const reconcile_settings& settings,
                                          std::size_t trade_ids_max, const stamp& began);
/// Flattens that the last run did not end: the gate lets nothing open there before they go on.
[[nodiscard]] std::vector<flatten_order> running_flattens(const journal::recovered& found);
[[nodiscard]] flattener_options flattens_of(const journal::recovered& found,
                                            const flatten_settings& settings,
                                            milliseconds permit_ttl, const stamp& began);
[[nodiscard]] planner_core memory_of(const journal::recovered& found, const intake_settings& intake,
                                     planner_settings settings);

}  // namespace sluice::actors
