// The wiring: who is spawned with what, and in which order they meet.
#include "pipeline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "insight_pages.hpp"
#include "sluice/actors/dead_man_switch.hpp"
#include "sluice/actors/executor.hpp"
#include "sluice/actors/exit_engine.hpp"
#include "sluice/actors/flattener.hpp"
#include "sluice/actors/gate.hpp"
#include "sluice/actors/intake.hpp"
#include "sluice/actors/journal_writer.hpp"
#include "sluice/actors/planner.hpp"
#include "sluice/actors/reconciler.hpp"
#include "sluice/actors/recovery.hpp"
#include "sluice/actors/redis_bridge.hpp"
#include "sluice/actors/settings_keeper.hpp"
#include "sluice/actors/snapshot_manager.hpp"
#include "sluice/actors/status.hpp"
#include "sluice/actors/stop_guard.hpp"
#include "sluice/actors/streams.hpp"
#include "sluice/actors/supervisor.hpp"
#include "sluice/actors/universe_keeper.hpp"
#include "sluice/actors/watchdog.hpp"
#include "sluice/config/report.hpp"

namespace sluice::actors {
namespace {

journal_options journal_options_of(const config::settings& chosen, journal_thread writer,
                                   const supervisor_actor& supervisor) {
  journal_options o;
  o.thread = writer;
  o.batch_max = chosen.journal.commit_batch_max;
  o.commit_wait = chosen.journal.commit_wait;
  o.failed = [supervisor](const error& why) {
    caf::anon_send(supervisor,
                   end_process{static_cast<int>(exit_code::io_error), "journal: " + why.text});
  };
  return o;
}

status_options status_options_of(pipeline_parts& parts) {
  status_options o;
  o.snapshot = parts.chosen.snapshot;
  o.universe = parts.chosen.universe;
  o.reader = std::move(parts.reader);
  o.recovered = parts.found;
  o.recovered.plans = {};  // Many, and on no page.
  o.recovered.trade_ids = {};
  o.version = parts.build.version;
  o.revision = parts.build.revision;
  o.in_force = {config_json(parts.chosen),
                config_hash(parts.chosen),
                parts.chosen.gate,
                parts.chosen.exits,
                {}};
  for (const auto& key : config::keys_of(parts.chosen))
    o.setting_names.push_back(key.name);
  return o;
}

/// Takes the records of the last day out: after a busy one they are most of what was found.
gate_options gate_options_of(pipeline_parts& parts, const stamp& began) {
  gate_options o;
  o.settings = gate_settings_of(parts.chosen);
  o.limit_records = limit_records_of(std::move(parts.found.limit_records), began);
  const auto& found = parts.found;
  o.left = exits_to_judge(found, began);
  o.withdrawals = found.withdrawals;
  o.ordered = found.ordered_state;
  o.was_in_force = found.state.state;
  o.halt_file = halt_file_path(parts.chosen);
  o.halted = parts.halted;
  o.overrides = found.overrides;
  o.last_override_id = found.last_override_id;
  o.one_read = parts.chosen.snapshot.demand_timeout;
  o.orders = blocked_positions(found, began);
  o.holds = found.holds;
  o.flattens = running_flattens(found);
  o.books = booked_positions(found);
  return o;
}

stop_guard_options stop_options_of(const pipeline_parts& parts) {
  const auto& chosen = parts.chosen;
  return {chosen.protective_stops,
          chosen.executor,
          chosen.gate.limits.stale_after_exit,
          parts.found.stops,
          parts.found.last_stop_number,
          parts.found.exits};
}

dead_man_options dead_man_options_of(const pipeline_parts& parts) {
  dead_man_options o{parts.chosen.dead_man, {}};
  for (const auto& order : parts.found.unresolved_orders)
    o.inherited.push_back({order.request.id, order.request.instrument});
  return o;
}

redis_bridge_options redis_options_of(pipeline_parts& parts) {
  const auto& chosen = parts.chosen;
  redis_bridge_options o{chosen.redis,
                         chosen.upstream,
                         chosen.intake,
                         chosen.gate.limits.stale_after_exit,
                         std::move(parts.redis_reader),
                         std::move(parts.redis),
                         parts.found.undecided_plans};
  for (const auto& p : parts.found.unfinished_plans)
    o.unfinished.push_back(p.what);
  for (const auto& order : parts.found.unresolved_orders)
    o.under_way.emplace_back(order.request.id,
                             position_key{order.request.instrument, order.request.leg});
  return o;
}

/// What an earlier run left is looked for, also in symbols that are not offered: absence ends it
/// only where it is asked about, and a later position would be taken for the one from before.
void look_for_left(truth_keeper& keeper, const journal::recovered& found) {
  const auto look_for = [&](const position_key& key) {
    static_cast<void>(keeper.register_symbol(key.instrument));  // A refusal is counted.
  };
  for (const auto& e : found.exits)
    look_for(e.position);
  for (const auto& s : found.stops)
    look_for(s.position);
  for (const auto& h : found.holds)
    look_for(h.position);
  for (const auto& order : found.unresolved_orders)
    look_for({order.request.instrument, order.request.leg});
  for (const auto& b : booked_positions(found))
    if (!b.amount.is_zero())
      look_for(b.position);
}

}  // namespace

std::string halt_file_path(const config::settings& chosen) {
  if (!chosen.gate.halt_file.empty())
    return chosen.gate.halt_file;
  // Whole, since it is told to people who do not know where the process was started.
  return std::filesystem::absolute(chosen.journal.state_dir).lexically_normal() / "halt";
}

std::shared_ptr<const peers> spawn_pipeline(caf::actor_system& system, pipeline_parts parts,
                                            const stamp& began) {
  const auto& chosen = parts.chosen;
  const auto& given = parts.given;
  auto all = std::make_shared<peers>();
  look_for_left(*parts.keeper, parts.found);
  supervisor_options ending;
  ending.ended = std::move(parts.ended);
  all->supervisor = spawn_supervisor(system, given, std::move(ending));
  all->journal = spawn_journal_writer(system, given, std::move(parts.store),
                                      journal_options_of(chosen, parts.writer, all->supervisor));
  all->executor =
      spawn_executor(system, given,
                     {chosen.executor, inherited_orders(parts.found),
                      plans_to_resume(parts.found, began), known_at_venue(parts.found)});
  all->snapshot_manager = spawn_snapshot_manager(
      system, given,
      {chosen.snapshot, parts.keeper,
       std::min(chosen.gate.limits.stale_after_exit, chosen.gate.limits.stale_after_entry)});
  all->gate = spawn_gate(system, given, gate_options_of(parts, began));
  all->planner =
      spawn_planner(system, given, {memory_of(parts.found, chosen.intake, chosen.planner)});
  all->intake = spawn_intake(
      system, given,
      {chosen.intake, std::move(parts.tokens), std::move(parts.refused_lines), parts.orders,
       // Whoever waits keeps a connection: half of them stay for those who look and order.
       std::max<std::size_t>(1, chosen.status.connections_max / 2)});
  all->exit_engine =
      spawn_exit_engine(system, given,
                        {chosen.exits, parts.found.exits, plans_to_watch_for(parts.found),
                         static_cast<std::uint64_t>(began.wall.ms)});
  all->reconciler =
      spawn_reconciler(system, given,
                       books_of(parts.found, chosen.reconcile,
                                static_cast<std::size_t>(chosen.journal.trade_ids_kept), began));
  all->stop_guard = spawn_stop_guard(system, given, stop_options_of(parts));
  all->dead_man = spawn_dead_man_switch(system, given, dead_man_options_of(parts));
  all->flattener = spawn_flattener(
      system, given, flattens_of(parts.found, chosen.flatten, chosen.gate.permit_ttl, began));
  if (parts.redis)
    all->redis_bridge = spawn_redis_bridge(system, given, redis_options_of(parts));
  all->watchdog = spawn_watchdog(system, given, {chosen.watchdog, chosen.gate.read_on_demand});
  all->user_stream = spawn_user_stream(system, given, parts.found.stops);
  all->market_stream = spawn_market_stream(system, given);
  all->universe_keeper = spawn_universe_keeper(
      system, given,
      {chosen.universe, chosen.exchange.recv_window_orders, parts.found.last_universe,
       parts.found.universe_fault, margin_period_of(chosen.limits)});
  all->status = spawn_status(system, given, status_options_of(parts));
  all->settings_keeper = spawn_settings_keeper(
      system, given, {chosen, std::move(parts.environment), std::move(parts.guard), parts.writer});
  if (parts.manager.socket)
    all->service = spawn_service(system, given, std::move(parts.manager));
  return all;
}

void start_pipeline(const std::shared_ptr<const peers>& all, std::vector<record_body> first) {
  const auto watch = [&](const records_watcher& watcher) {
    caf::anon_send(all->journal, watch_records{watcher});
  };
  watch(all->gate);
  // Before the intake: whoever is told a verdict may act on it at once.
  watch(all->planner);
  watch(all->intake);
  watch(all->exit_engine);
  watch(all->stop_guard);
  watch(all->dead_man);
  watch(all->flattener);
  if (all->redis_bridge)
    watch(all->redis_bridge);
  watch(all->watchdog);
  watch(all->status);
  caf::anon_send(all->journal, append{std::move(first)});
  const auto introduce = [&](const auto& stage) { caf::anon_send(stage, meet{all}); };
  introduce(all->supervisor);
  introduce(all->gate);
  introduce(all->executor);
  introduce(all->reconciler);
  introduce(all->stop_guard);
  introduce(all->dead_man);
  introduce(all->planner);
  introduce(all->intake);
  introduce(all->exit_engine);
  introduce(all->flattener);
  if (all->redis_bridge)
    introduce(all->redis_bridge);
  introduce(all->status);
  introduce(all->settings_keeper);
  if (all->service)
    introduce(all->service);
  introduce(all->watchdog);
  introduce(all->snapshot_manager);
  introduce(all->user_stream);
  introduce(all->market_stream);
  introduce(all->universe_keeper);
}

}  // namespace sluice::actors
