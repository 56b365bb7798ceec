// The gate's shell: permits to the executor, refusals to the journal, wishes to the snapshot
// manager.
#include "sluice/actors/gate.hpp"

#include <algorithm>

#include "sluice/gate/blocked_exit.hpp"
#include "sluice/gate/board_view.hpp"
#include "stage.hpp"

namespace sluice::actors {
namespace {

class gate : public stage<gate_actor> {
 public:
  gate(caf::actor_config& config, services given, gate_options options)
      : stage(config, std::move(given)),
        core_(std::make_shared<board_view>(given_.table, given_.universe, given_.marks),
              options.settings, given_.mode) {
    core_.recover(options.orders, options.holds, options.books);
    core_.trading_state_changed(options.state, now_stamp(), actions_);
    core_.reach_changed(vitals().exchange(), now_stamp(), actions_);
    vitals().state = options.state;
  }

  behavior_type make_behavior() override {
    return {
        [this](const meet& m) { met(m); },
        [this](const judge_plans& wanted) {
          for (const auto& p : wanted.plans)
            core_.submit(p, now_stamp(), actions_);
          act();
        },
        [this](const judge_again& wanted) {
          core_.submit(wanted.what, now_stamp(), actions_);
          act();
        },
        [this](const reads_done& ended) {
          for (const auto& r : ended.reads)
            core_.read_finished(r, now_stamp(), actions_);
          act();
        },
        [this](const truths_changed& changed) {
          for (const auto& c : *changed.changes)
            core_.truth_moved(c.position, now_stamp(), actions_);
          act();
        },
        [this](const order_moved& m) {
          core_.moved(m, now_stamp(), actions_);
          act();
        },
        [this](const fills_seen& seen) {
          for (const auto& f : seen.fills)
            if (f.ours)
              core_.fill_seen({f.what.instrument, f.what.leg}, now());
        },
        [this](const hold_changed& change) {
          if (change.active)
            core_.hold_set(change.what, now_stamp(), actions_);
          else
            core_.hold_cleared(change.what, now_stamp(), actions_);
          act();
        },
        [this](const ledger_moved& moved) {
          core_.ledger_moved(moved.position, moved.amount, now_stamp(), actions_);
          act();
        },
        [this](const reach_changed& change) {
          core_.reach_changed(change.now, now_stamp(), actions_);
          act();
        },
        [this](const change_state& change) {
          set_state(change);
          act();
        },
        [this](tick) {
          core_.tick(now_stamp(), actions_);
          act();
        },
    };
  }

 private:
  void set_state(const change_state& change) {
    const auto before = core_.state();
    if (before == change.to)
      return;
    vitals().state = change.to;
    log().warn("gate", "state_changed",
               {{"from", to_string(before)},
                {"to", to_string(change.to)},
                {"author", change.author},
                {"reason", change.reason}});
    journal({state_changed{before, change.to, change.author, change.reason}});
    core_.trading_state_changed(change.to, now_stamp(), actions_);
  }

  /// Carries out what the core said; a verdict that allows travels with its permit and becomes a
  /// record only when the order is really sent (see docs/decisions.md).
  void act() {
    std::vector<record_body> denied;
    for (auto& v : actions_.verdicts) {
      if (auto blocked = blocked_exit(v))
        denied.emplace_back(tell_blocked(v, std::move(*blocked)));
      const auto leave = std::ranges::find_if(
          actions_.permits, [&](const permit& p) { return !p.spent() && p.plan() == v.what->id; });
      plan_judged judged{v.what->id,           v.what->instrument, lane_of(*v.what),
                         std::move(v.outcome), std::move(v.seen),  v.times_judged};
      if (leave != actions_.permits.end())
        send(peers_->executor, carry_out{v.what, std::make_shared<permit>(std::move(*leave)),
                                         std::make_shared<const plan_judged>(std::move(judged))});
      else
        denied.emplace_back(std::move(judged));
    }
    journal(std::move(denied));
    read_truths reads;
    for (const auto& r : actions_.reads)
      reads.wanted.push_back(
          {r.position, r.traffic == lane::exit ? read_class::exit_demand : read_class::entry_demand,
           r.newer_than});
    if (!reads.wanted.empty())
      send(peers_->snapshot_manager, std::move(reads));
    actions_.clear();
    show();
  }

  /// An exit ends without an order: a person should know, whatever the cause.
  notice tell_blocked(const plan_verdict& v, std::string what) {
    metrics().add(status::metric::exits_blocked, {to_string(*v.outcome.reason())});
    log().limited(v.what->instrument.str(), status::log_level::error, "gate", "exit_blocked",
                  {{"what", what}});
    return {"exit_blocked", std::move(what)};
  }

  void show() {
    const auto stats = core_.stats();
    vitals().parked_exit = stats.parked_exit;
    vitals().parked_entry = stats.parked_entry;
    if (const auto next = core_.next_deadline())
      wake_at(*next);
  }

  gate_core core_;
  gate_actions actions_{};
};

}  // namespace

gate_actor spawn_gate(caf::actor_system& system, services given, gate_options options) {
  return system.spawn<gate>(std::move(given), std::move(options));
}

}  // namespace sluice::actors
