// The exit engine's shell: truth and marks in, reduce plans out to the planner.
#include "sluice/actors/exit_engine.hpp"

#include <unordered_map>

#include "sluice/planning/planner.hpp"
#include "stage.hpp"

namespace sluice::actors {
namespace {

/// How often the rules that need no price are asked.
constexpr milliseconds tick_period{500};

class exit_engine : public stage<exit_engine_actor> {
 public:
  exit_engine(caf::actor_config& config, services given, exit_options options)
      : stage(config, std::move(given)),
        settings_(options.settings),
        tracker_(options.settings),
        run_(options.run) {
    tracker_.restore(options.restored, now_stamp());
  }

  behavior_type make_behavior() override {
    return {
        [this](const meet& m) {
          met(m);
          wake_at(now() + duration{tick_period});
        },
        [this](const plan_sent& leaving) { tracker_.note_plan(*leaving.what); },
        [this](const marks_moved& moved) { propose(tracker_.on_marks(moved.batch->rows, now())); },
        [this](const truths_changed& changed) {
          for (const auto& c : *changed.changes)
            if (auto state =
                    tracker_.on_truth(c.position, given_.table->read(c.position), now_stamp()))
              journal({std::move(*state)});
        },
        [this](const records_committed& committed) {
          for (const auto& r : *committed.records)
            std::visit([&](const auto& body) { learn(body); }, r.body);
        },
        [this](tick) {
          propose(tracker_.on_tick(now()));
          wake_at(now() + duration{tick_period});
        },
    };
  }

 private:
  void propose(std::vector<exit_proposal> proposals) {
    take_plans wanted;
    for (auto& p : proposals) {
      const auto reason = std::string(to_string(p.decision.reason));
      const exit_wish wish{p.position, p.seen, p.truth_version, p.decision.target,
                           reason,     run_,   p.attempt};
      auto made = plan_for_exit(wish, now_stamp(), settings_.plan_ttl);
      log().info("exit_engine", "exit_proposed",
                 {{"plan", made.id},
                  {"symbol", p.position.instrument},
                  {"reason", reason},
                  {"numbers", p.decision.numbers}});
      metrics().add(status::metric::exit_proposals, {reason});
      asked_[made.id] = p.position;
      wanted.plans.push_back(std::move(made));
    }
    if (!wanted.plans.empty())
      offer(std::move(wanted));
  }

  void offer(take_plans wanted) {
    std::vector<plan_id> ids;
    for (const auto& p : wanted.plans)
      ids.push_back(p.id);
    request(peers_->planner, caf::infinite, std::move(wanted))
        .then(
            [this, ids](const plans_taken& taken) {
              // A repetition of a plan that has had its verdict will not get another one.
              for (std::size_t i = 0; i < ids.size() && i < taken.receptions.size(); ++i)
                if (taken.receptions[i] != plan_reception::accepted)
                  ended(ids[i]);
            },
            [this, ids](const caf::error&) {
              for (const auto& id : ids)
                ended(id);
            });
  }

  void ended(const plan_id& id) {
    if (const auto at = asked_.find(id); at != asked_.end()) {
      tracker_.plan_ended(at->second, now());
      asked_.erase(at);
    }
  }

  void learn(const plan_judged& judged) {
    if (judged.outcome.kind != verdict_kind::allow)
      ended(judged.plan);
  }
  void learn(const plan_finished& finished) {
    if (finished.executed.is_zero())
      tracker_.forget_plan(finished.plan);
    ended(finished.plan);
  }
  template <class Other>
  void learn(const Other&) {}

  exit_settings settings_;
  exit_tracker tracker_;
  std::uint64_t run_{0};
  std::unordered_map<plan_id, position_key> asked_{};
};

}  // namespace

exit_engine_actor spawn_exit_engine(caf::actor_system& system, services given,
                                    exit_options options) {
  return system.spawn<exit_engine>(std::move(given), std::move(options));
}

}  // namespace sluice::actors
