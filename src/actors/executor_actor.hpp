// The executor's actor as one class: orders in executor.cpp, the plans they are for in
// executor_plans.cpp.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "finished_orders.hpp"
#include "order_entry.hpp"
#include "plan_courses.hpp"
#include "question_patience.hpp"
#include "sluice/actors/executor.hpp"
#include "stage.hpp"
#include "vain_exits.hpp"

namespace sluice::actors {

[[nodiscard]] inline position_key position_of(const order_request& r) {
  return {r.instrument, r.leg};
}

class executor : public stage<executor_actor> {
 public:
  executor(caf::actor_config& config, services given, executor_options options)
      : stage(config, std::move(given)), options_(std::move(options)) {}

  behavior_type make_behavior() override;
  void on_exit() override;

 private:
  using entry = order_entry;

  // ---- what an earlier run left

  void inherit();
  void resume_plans();
  void go_on_later(plan_in_hand& p);

  // ---- plans: before their orders, and between them (executor_plans.cpp)

  void take(const carry_out& permitted);
  void begin(const carry_out& permitted, order_request request, const order_terms& terms,
             int attempt);
  [[nodiscard]] order_request shaped(order_request market, const plan_course& course) const;
  void intent_refused(const client_order_id& id);
  void end_spent(plan_in_hand& p, const order_request& request);
  void only_record(const carry_out& permitted, const order_request& request);
  void truth_moved(const plan_ptr& p, const order_request& request);
  void take(const refused_again& refused);
  void order_ended(const plan_id& plan, const order_request& request, const entry& e,
                   const order_finished& how);
  void follow(plan_in_hand& p, const judge_once_more& step);
  void finish(plan_in_hand& p, const end_plan& end);
  void note_vain(const plan_in_hand& p, const std::string& words);
  void forget_vain(const plan_id& plan);
  void run_plans();
  void help(const plan_in_hand& p, remedy first);
  void take(const open_orders_read& answer);
  void take(const order_cancelled& answer);

  // ---- what is told of orders

  void take(const order_update& update);
  void take(const order_named& answer);
  void take(const fills_read& answer);
  void take_symbol_trades(const client_order_id& id, entry& e,
                          const read_result<std::vector<fill>>& trades);
  void pass_on_fills(const entry& e, const std::vector<fill>& fills);
  void weigh_absence(const client_order_id& id, entry& e);
  void nothing_proven(const client_order_id& id, entry& e);
  void run_timers();
  void wake_for_timers();

  // ---- carrying out what a machine says

  template <class Input>
  void feed(client_order_id id, Input&& input) {
    const auto at = orders_.find(id);
    if (at != orders_.end())
      carry_out_all(id, input(at->second.machine));
  }
  void carry_out_all(const client_order_id& id, order_actions actions);
  void act(const client_order_id& id, entry& e, const send_order& a);
  void act(const client_order_id& id, entry& e, const query_order& a);
  void act(const client_order_id& id, entry& e, const set_timer& a);
  void act(const client_order_id& id, entry& e, const read_order_fills& a);
  void act(const client_order_id& id, entry& e, const check_absence& a);
  void act(const client_order_id& id, entry& e, const want_truth& a);
  void act(const client_order_id& id, entry& e, report_change& a);
  void act(const client_order_id& id, entry& e, const raise_alert& a);
  void act(const client_order_id& id, entry& e, const order_finished& a);
  void act(const client_order_id& id, entry& e, const order_settled& a);

  /// The first verdict of a plan as such, every later one as its continuation.
  void record_verdict(const std::shared_ptr<const plan_judged>& judged, plan_in_hand& p);
  void alert(std::string event, std::string text);
  void send_moved(const order_request& request, const plan_id& plan, flight_step step,
                  venue_time venue_at, bool outdates_truth, bool goes_on = false);
  void tell_pending(const order_request& r, const plan_id& plan, bool pending, order_id venue = 0,
                    bool lacks_fills = false);
  [[nodiscard]] bool collars() const { return options_.settings.exit_collar_bp > 0; }
  [[nodiscard]] send_moment moment(const order_machine& m) const;
  void show();
  void answer_drains();

  executor_options options_;
  std::unordered_map<client_order_id, entry> orders_{};
  plan_courses plans_{};
  vain_exits vain_{};
  finished_orders finished_{};
  question_patience patience_{};
  std::vector<caf::typed_response_promise<drained>> drain_waits_{};
  bool draining_{false};
};

}  // namespace sluice::actors
