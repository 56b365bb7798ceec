// Who may be told what: the typed interface of every actor, one comment per message.
//
//   http, file ──► intake ──► planner ──► gate ──► executor ──► exchange
//                                ▲          │ ▲        │
//                       exit_engine   read_truths    fills_seen
//                            ▲             ▼ │         ▼
//     market_stream ─────────┘      snapshot_manager  reconciler      journal_writer ◄── all of
//     them
//                                    ▲  │ spawns                           │ records_committed
//                       user_stream ─┘  ▼                                  ▼
//                                    fetch_worker               intake, exit_engine, status
#pragma once

#include "sluice/actors/flatten_messages.hpp"
#include "sluice/actors/limit_messages.hpp"
#include "sluice/actors/messages.hpp"
#include "sluice/actors/redis_messages.hpp"
#include "sluice/actors/service_messages.hpp"
#include "sluice/actors/settings_messages.hpp"

namespace sluice::actors {

/// The handles of all stages, given to each once, before anything else happens.
struct meet;

/// Whoever wants to know what became durable.
using records_watcher = caf::typed_actor<  //
    caf::reacts_to<records_committed>>;    // in order, each record once

struct watch_records {
  records_watcher watcher;
};

using journal_actor = caf::typed_actor<               //
    caf::reacts_to<append>,                           // from every stage: make durable soon
    caf::replies_to<append_durable>::with<appended>,  // planner, executor: answered after the
                                                      // commit
    caf::replies_to<find_plan>::with<plan_found>,     // planner, once it forgot ids; intake
    caf::reacts_to<watch_records>,                    // supervisor, while wiring
    caf::reacts_to<commit_batch>,                     // itself
    caf::reacts_to<tick>,                             // itself: tidy, when nothing comes
    caf::reacts_to<drain>>;                           // supervisor: commit what there is

using fetch_worker_actor = caf::typed_actor<  //
    caf::reacts_to<tick>,                     // itself: begin
    caf::reacts_to<fetch_ended>>;             // exchange port: the reply, passed on to the manager

using executor_actor = caf::typed_actor<     //
    caf::reacts_to<meet>,                    // supervisor, once, first
    caf::reacts_to<carry_out>,               // gate: a permit
    caf::reacts_to<refused_again>,           // gate: no further order for a plan
    caf::reacts_to<open_orders_read>,        // exchange port
    caf::reacts_to<order_cancelled>,         // exchange port
    caf::reacts_to<order_reported>,          // user_stream
    caf::reacts_to<order_answered>,          // exchange port
    caf::reacts_to<order_queried>,           // exchange port
    caf::reacts_to<order_named>,             // exchange port
    caf::reacts_to<fills_read>,              // exchange port
    caf::reacts_to<order_pending_changed>,   // stop_guard: the number of a stop's order
    caf::reacts_to<tick>,                    // itself: the machines' timers
    caf::replies_to<drain>::with<drained>>;  // supervisor: answered when no outcome is open

using snapshot_manager_actor = caf::typed_actor<                 //
    caf::reacts_to<meet>,                                        // supervisor, once, first
    caf::reacts_to<read_truths>,                                 // gate, executor: an urgent read
    caf::reacts_to<fetch_ended>,                                 // fetch_worker
    caf::reacts_to<account_moved>,                               // user_stream
    caf::reacts_to<user_stream_changed>,                         // user_stream
    caf::reacts_to<universe_refreshed>,                          // universe_keeper
    caf::replies_to<change_freshness>::with<freshness_changed>,  // status, for an operator
    caf::replies_to<resync>::with<resynced>,                     // status, for an operator
    caf::reacts_to<stale_limits_changed>,                        // settings_keeper
    caf::reacts_to<tick>>;                                       // itself

using gate_actor = caf::typed_actor<                        //
    caf::reacts_to<meet>,                                   // supervisor, once, first
    caf::reacts_to<judge_plans>,                            // planner
    caf::reacts_to<judge_again>,                            // executor: truth moved before the send
    caf::reacts_to<reads_done>,                             // snapshot_manager
    caf::reacts_to<truths_changed>,                         // snapshot_manager
    caf::reacts_to<order_moved>,                            // executor
    caf::reacts_to<fills_seen>,                             // executor: starts the cooldown
    caf::reacts_to<hold_changed>,                           // reconciler
    caf::reacts_to<ledger_moved>,                           // reconciler
    caf::reacts_to<flatten_changed>,                        // flattener
    caf::reacts_to<reach_changed>,                          // snapshot_manager
    caf::reacts_to<records_committed>,                      // journal_writer: what limits count
    caf::reacts_to<margin_seen>,                            // universe_keeper
    caf::reacts_to<universe_refreshed>,                     // universe_keeper
    caf::replies_to<preview_plans>::with<plans_previewed>,  // intake: a dry run
    caf::replies_to<show_limits>::with<limits_shown>,       // status
    caf::replies_to<change_state>::with<state_answer>,      // status, for an operator
    caf::reacts_to<restrict_state>,                         // signal thread
    caf::reacts_to<halt_file_changed>,                      // the halt file's watcher
    caf::reacts_to<stop_allowing>,                          // supervisor
    caf::replies_to<set_override>::with<override_answer>,   // status, for an operator
    caf::replies_to<revert_override>::with<override_answer>,  // status, for an operator
    caf::reacts_to<gate_settings_changed>,                    // settings_keeper
    caf::reacts_to<tick>>;                                    // itself: deadlines

using planner_actor = caf::typed_actor<              //
    caf::reacts_to<meet>,                            // supervisor, once, first
    caf::replies_to<take_plans>::with<plans_taken>,  // intake, exit_engine
    caf::reacts_to<records_committed>,               // journal_writer: ends of plans
    caf::reacts_to<drain>>;                          // supervisor: nothing new from now on

using intake_actor = caf::typed_actor<      //
    caf::reacts_to<meet>,                   // supervisor, once, first
    caf::reacts_to<plans_posted>,           // http
    caf::reacts_to<plan_line_read>,         // the plan file's reader
    caf::reacts_to<records_committed>,      // journal_writer: verdicts for those who wait
    caf::reacts_to<source_tokens_changed>,  // settings_keeper
    caf::reacts_to<tick>,                   // itself: waits that run out
    caf::reacts_to<drain>>;                 // supervisor: 503 from now on

using exit_engine_actor = caf::typed_actor<  //
    caf::reacts_to<meet>,                    // supervisor, once, first
    caf::reacts_to<plan_sent>,               // executor: an order is about to leave
    caf::reacts_to<marks_moved>,             // market_stream
    caf::reacts_to<truths_changed>,          // snapshot_manager
    caf::reacts_to<records_committed>,       // journal_writer: ends of exits
    caf::reacts_to<exit_settings_changed>,   // settings_keeper
    caf::reacts_to<tick>>;                   // itself: time limits without marks

using reconciler_actor = caf::typed_actor<                     //
    caf::reacts_to<meet>,                                      // supervisor, once, first
    caf::reacts_to<fills_seen>,                                // executor
    caf::reacts_to<funding_told>,                              // user_stream
    caf::reacts_to<truths_changed>,                            // snapshot_manager
    caf::reacts_to<order_pending_changed>,                     // executor, stop_guard
    caf::reacts_to<trades_read>,                               // exchange port: evidence
    caf::replies_to<release_holds>::with<holds_released>,      // status, for an operator
    caf::replies_to<arm_close>::with<close_arming_answer>,     // status, for an operator
    caf::replies_to<disarm_close>::with<close_arming_answer>,  // status, for an operator
    caf::reacts_to<reconcile_settings_changed>,                // settings_keeper
    caf::reacts_to<tick>>;                                     // itself: every period

using stop_guard_actor = caf::typed_actor<  //
    caf::reacts_to<meet>,                   // supervisor, once, first
    caf::reacts_to<truths_changed>,         // snapshot_manager
    caf::reacts_to<conditional_reported>,   // user_stream
    caf::reacts_to<user_stream_changed>,    // user_stream
    caf::reacts_to<records_committed>,      // journal_writer: exit states
    caf::reacts_to<stop_placed>,            // exchange port
    caf::reacts_to<stop_cancelled>,         // exchange port
    caf::reacts_to<stop_asked>,             // exchange port
    caf::reacts_to<stops_listed>,           // exchange port
    caf::replies_to<drain>::with<drained>,  // supervisor, once no stop is being moved
    caf::reacts_to<stale_limits_changed>,   // settings_keeper
    caf::reacts_to<tick>>;                  // itself: audits, questions, graces

using dead_man_actor = caf::typed_actor<    //
    caf::reacts_to<meet>,                   // supervisor, once, first
    caf::reacts_to<records_committed>,      // journal_writer: orders that open and end
    caf::reacts_to<countdown_answered>,     // exchange port
    caf::replies_to<drain>::with<drained>,  // supervisor, once no order is under way
    caf::reacts_to<tick>>;                  // itself: signs of life

using flattener_actor = caf::typed_actor<                  //
    caf::reacts_to<meet>,                                  // supervisor, once, first
    caf::replies_to<order_flatten>::with<flatten_answer>,  // status, for an operator
    caf::replies_to<show_flattens>::with<flattens_shown>,  // status
    caf::reacts_to<records_committed>,                     // journal_writer: verdicts and orders
    caf::reacts_to<regular_orders_read>,                   // exchange port
    caf::reacts_to<conditional_orders_read>,               // exchange port
    caf::reacts_to<cancel_answered>,                       // exchange port
    caf::reacts_to<tick>>;                                 // itself: the next step

using redis_bridge_actor = caf::typed_actor<  //
    caf::reacts_to<meet>,                     // supervisor, once, first
    caf::reacts_to<stream_delivered>,         // the link's reading thread
    caf::reacts_to<redis_answered>,           // the link's writing thread
    caf::reacts_to<redis_reached>,            // both
    caf::reacts_to<records_committed>,        // journal_writer: verdicts and truths
    caf::reacts_to<stale_limits_changed>,     // settings_keeper
    caf::reacts_to<tick>>;                    // itself: what waits, permits, snapshots

using user_stream_actor = caf::typed_actor<   //
    caf::reacts_to<meet>,                     // supervisor, once, first
    caf::reacts_to<std::vector<user_event>>,  // exchange port: the events of one read
    caf::reacts_to<stop_told>,                // stop_guard
    caf::reacts_to<tick>>;                    // itself: orders that wait for their name

using market_stream_actor = caf::typed_actor<  //
    caf::reacts_to<meet>,                      // supervisor, once, first
    caf::reacts_to<mark_batch>>;               // exchange port: one frame

using universe_keeper_actor = caf::typed_actor<                    //
    caf::reacts_to<meet>,                                          // supervisor, once, first
    caf::reacts_to<std::shared_ptr<const read_result<universe>>>,  // exchange port
    caf::reacts_to<std::shared_ptr<const read_result<account_settings>>>,  // exchange port
    caf::reacts_to<std::shared_ptr<const read_result<clock_offset>>>,      // exchange port
    caf::reacts_to<margin_answered>,                                       // exchange port
    caf::reacts_to<settings_touched>,                                      // user_stream
    caf::reacts_to<read_anew>,                                             // executor, gate
    caf::reacts_to<allowed_symbols_changed>,                               // settings_keeper
    caf::reacts_to<margin_period_changed>,                                 // settings_keeper
    caf::reacts_to<tick>>;                                                 // itself: refresh

using watchdog_actor = caf::typed_actor<  //
    caf::reacts_to<meet>,                 // supervisor, once, first
    caf::reacts_to<records_committed>,    // journal_writer: verdicts
    caf::reacts_to<tick>>;                // itself: once a second

using status_actor = caf::typed_actor<  //
    caf::reacts_to<meet>,               // supervisor, once, first
    caf::reacts_to<http_asked>,         // http server
    caf::reacts_to<settings_told>,      // settings_keeper
    caf::reacts_to<records_committed>,  // journal_writer
    caf::reacts_to<tick>>;              // itself: gauges, readiness edges

using settings_keeper_actor = caf::typed_actor<                  //
    caf::reacts_to<meet>,                                        // supervisor, once, first
    caf::replies_to<reload_settings>::with<settings_reloaded>>;  // status, signal thread

using service_actor = caf::typed_actor<  //
    caf::reacts_to<meet>,                // supervisor, once, first
    caf::reacts_to<standing_told>,       // status, about four times a second
    caf::reacts_to<reload_begun>,        // settings_keeper
    caf::reacts_to<reload_over>,         // settings_keeper
    caf::reacts_to<end_process>,         // supervisor: the end has begun
    caf::reacts_to<tick>>;               // itself: signs of life

using supervisor_actor = caf::typed_actor<  //
    caf::reacts_to<meet>,                   // application: watch over these
    caf::reacts_to<end_process>,            // signal thread, stages that cannot go on
    caf::reacts_to<tick>>;                  // itself: limits of the shutdown

struct peers {
  journal_actor journal;
  executor_actor executor;
  snapshot_manager_actor snapshot_manager;
  gate_actor gate;
  planner_actor planner;
  intake_actor intake;
  exit_engine_actor exit_engine;
  reconciler_actor reconciler;
  stop_guard_actor stop_guard;
  dead_man_actor dead_man;
  flattener_actor flattener;
  redis_bridge_actor redis_bridge;  ///< None unless intake.redis.enabled.
  user_stream_actor user_stream;
  market_stream_actor market_stream;
  universe_keeper_actor universe_keeper;
  status_actor status;
  watchdog_actor watchdog;
  settings_keeper_actor settings_keeper;
  service_actor service;  ///< None unless a service manager listens.
  supervisor_actor supervisor;
};
struct meet {
  std::shared_ptr<const peers> all{};
};

}  // namespace sluice::actors

// The numbers need every type above.
#include "sluice/actors/message_numbers.hpp"
