// The planner's shell: new plans go to journal and gate at once; the answer waits for the journal.
#include "sluice/actors/planner.hpp"

#include "stage.hpp"

namespace sluice::actors {
namespace {

plan_reception reception_of(plan_identity identity) {
  switch (identity) {
    case plan_identity::fresh:
      return plan_reception::accepted;
    case plan_identity::repeat:
      return plan_reception::repeated;
    case plan_identity::conflict:
      break;
  }
  return plan_reception::conflicting;
}

class planner : public stage<planner_actor> {
 public:
  planner(caf::actor_config& config, services given, planner_options options)
      : stage(config, std::move(given)), memory_(std::move(options.memory)) {}

  behavior_type make_behavior() override {
    return {
        [this](const meet& m) { met(m); },
        [this](take_plans& offered) { return take(offered.plans); },
        [this](drain) { draining_ = true; },
    };
  }

 private:
  caf::result<plans_taken> take(std::vector<plan>& offered) {
    if (draining_)
      return caf::make_error(caf::sec::runtime_error, "draining");
    plans_taken answer;
    std::vector<plan> fresh;
    for (auto& p : offered) {
      answer.receptions.push_back(reception_of(memory_.remember(p)));
      if (answer.receptions.back() == plan_reception::accepted)
        fresh.push_back(std::move(p));
    }
    if (fresh.empty())
      return answer;
    order_exits_first(fresh);
    auto promise = make_response_promise<plans_taken>();
    accept(std::move(fresh), [promise, answer](bool durable) mutable {
      if (durable)
        promise.deliver(std::move(answer));
      else
        promise.deliver(caf::make_error(caf::sec::runtime_error, "the journal has failed"));
    });
    return promise;
  }

  template <class Answer>
  void accept(std::vector<plan> fresh, Answer answer) {
    append_durable records;
    judge_plans wanted;
    for (auto& p : fresh) {
      metrics().add(status::metric::plans_accepted, {to_string(lane_of(p))});
      log().info(
          "planner", "plan_accepted",
          {{"plan", p.id}, {"source", p.source}, {"kind", kind_of(p)}, {"symbol", p.instrument}});
      // As it was asked for: a repetition is recognised by it after a restart, and its verdict can
      // be made again from it, since the gate sizes by the facts alone.
      records.bodies.emplace_back(plan_accepted{p});
      wanted.plans.push_back(std::make_shared<const plan>(std::move(p)));
    }
    // The journal keeps the order in which it is told: whatever follows from the plan comes later.
    request(peers_->journal, caf::infinite, std::move(records))
        .then([answer](const appended&) mutable { answer(true); },
              [answer](const caf::error&) mutable { answer(false); });
    send(peers_->gate, std::move(wanted));
  }

  planner_core memory_;
  bool draining_{false};
};

}  // namespace

planner_actor spawn_planner(caf::actor_system& system, services given, planner_options options) {
  return system.spawn<planner>(std::move(given), std::move(options));
}

}  // namespace sluice::actors
