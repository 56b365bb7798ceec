// Stages that take whatever the snapshot manager and the universe keeper tell them and do nothing,
// so that truth can be measured without the rest of the pipeline.
#pragma once

#include <memory>

#include "sluice/actors/interfaces.hpp"

namespace sluice::bench {

class silent_gate : public actors::gate_actor::base {
 public:
  using actors::gate_actor::base::base;
  behavior_type make_behavior() override {
    return {[](const actors::meet&) {},
            [](const actors::judge_plans&) {},
            [](const actors::judge_again&) {},
            [](const actors::reads_done&) {},
            [](const actors::truths_changed&) {},
            [](const order_moved&) {},
            [](const actors::fills_seen&) {},
            [](const actors::hold_changed&) {},
            [](const actors::flatten_changed&) {},
            [](const actors::ledger_moved&) {},
            [](const actors::reach_changed&) {},
            [](const actors::records_committed&) {},
            [](const actors::margin_seen&) {},
            [](const actors::universe_refreshed&) {},
            [](const actors::preview_plans&) { return actors::plans_previewed{}; },
            [](const actors::show_limits&) { return actors::limits_shown{}; },
            [](const actors::change_state&) { return actors::state_answer{}; },
            [](const actors::restrict_state&) {},
            [](const actors::halt_file_changed&) {},
            [](const actors::stop_allowing&) {},
            [](const actors::set_override&) { return actors::override_answer{}; },
            [](const actors::revert_override&) { return actors::override_answer{}; },
            [](const actors::gate_settings_changed&) {},
            [](actors::tick) {}};
  }
};

class silent_reconciler : public actors::reconciler_actor::base {
 public:
  using actors::reconciler_actor::base::base;
  behavior_type make_behavior() override {
    return {[](const actors::meet&) {},
            [](const actors::fills_seen&) {},
            [](const actors::truths_changed&) {},
            [](const actors::order_pending_changed&) {},
            [](const actors::funding_told&) {},
            [](const actors::trades_read&) {},
            [](const actors::release_holds&) { return actors::holds_released{}; },
            [](const actors::arm_close&) { return actors::close_arming_answer{}; },
            [](const actors::disarm_close&) { return actors::close_arming_answer{}; },
            [](const actors::reconcile_settings_changed&) {},
            [](actors::tick) {}};
  }
};

class silent_exit_engine : public actors::exit_engine_actor::base {
 public:
  using actors::exit_engine_actor::base::base;
  behavior_type make_behavior() override {
    return {[](const actors::meet&) {},
            [](const actors::plan_sent&) {},
            [](const actors::marks_moved&) {},
            [](const actors::truths_changed&) {},
            [](const actors::records_committed&) {},
            [](const actors::exit_settings_changed&) {},
            [](actors::tick) {}};
  }
};

class silent_journal : public actors::journal_actor::base {
 public:
  using actors::journal_actor::base::base;
  behavior_type make_behavior() override {
    return {[](const actors::append&) {},
            [](const actors::append_durable&) { return actors::appended{}; },
            [](const actors::find_plan&) { return actors::plan_found{}; },
            [](const actors::watch_records&) {},
            [](actors::commit_batch) {},
            [](actors::tick) {},
            [](actors::drain) {}};
  }
};

[[nodiscard]] inline std::shared_ptr<actors::peers> spawn_silent(caf::actor_system& system) {
  auto all = std::make_shared<actors::peers>();
  all->gate = system.spawn<silent_gate>();
  all->reconciler = system.spawn<silent_reconciler>();
  all->exit_engine = system.spawn<silent_exit_engine>();
  all->journal = system.spawn<silent_journal>();
  return all;
}

/// Ends every stage that is there.
inline void end_all(const actors::peers& all) {
  const auto over = [](const auto& stage) {
    if (stage)
      caf::anon_send_exit(stage, caf::exit_reason::user_shutdown);
  };
  over(all.snapshot_manager);
  over(all.universe_keeper);
  over(all.gate);
  over(all.reconciler);
  over(all.exit_engine);
  over(all.journal);
}

}  // namespace sluice::bench
