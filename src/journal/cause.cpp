// The cause of each kind of record, by one look into an index.
#include "cause.hpp"

namespace sluice::journal {
namespace {

/// One overload for every kind, so that a new kind does not compile before its cause is considered.
class cause_finder {
 public:
  explicit cause_finder(database& db) : db_(db) {}
  using found = result<std::int64_t>;

  found operator()(const plan_accepted&) const { return 0; }
  found operator()(const plan_judged& b) const { return acceptance_of(b.plan); }
  found operator()(const plan_continued& b) const { return acceptance_of(b.what.plan); }
  found operator()(const plan_finished& b) const { return acceptance_of(b.plan); }
  found operator()(const order_intended& b) const { return acceptance_of(b.plan); }
  found operator()(const order_changed& b) const { return intent_of(b.order); }
  found operator()(const fill_recorded& b) const {
    return b.ours ? intent_of(b.what.client_id) : found(0);
  }
  found operator()(const ledger_adjusted&) const { return 0; }
  found operator()(const hold_placed&) const { return 0; }
  found operator()(const hold_released& b) const {
    const auto& h = b.what;
    return db_.number(
        "SELECT placed_seq FROM hold WHERE hold_id = ? AND symbol = ? AND position_side = ?",
        {h.id, h.position.instrument, h.position.leg});
  }
  found operator()(const truth_changed&) const { return 0; }
  found operator()(const state_changed&) const { return 0; }
  found operator()(const exit_changed& b) const { return acceptance_of(b.what.origin); }
  found operator()(const funding_booked&) const { return 0; }
  found operator()(const equity_peaked&) const { return 0; }
  found operator()(const universe_kept&) const { return 0; }
  found operator()(const override_set&) const { return 0; }
  found operator()(const override_ended& b) const {
    return db_.number("SELECT set_seq FROM setting_override WHERE override_id = ?", {b.what.id});
  }
  found operator()(const close_armed&) const { return 0; }
  found operator()(const close_disarmed& b) const {
    return db_.number("SELECT armed_seq FROM close_arming WHERE arming_id = ?", {b.what.id});
  }
  found operator()(const stop_changed& b) const {
    return db_.number("SELECT intended_seq FROM protective_stop WHERE stop_number = ?",
                      {b.what.number});
  }
  found operator()(const flatten_ordered&) const { return 0; }
  found operator()(const flatten_ended& b) const {
    return db_.number("SELECT ordered_seq FROM flatten WHERE flatten_id = ?", {b.what.id});
  }
  found operator()(const settings_changed&) const { return 0; }
  found operator()(const notice&) const { return 0; }

 private:
  found acceptance_of(const plan_id& plan) const {
    return db_.number(
        "SELECT seq FROM plan WHERE plan_id = ?1 "
        "UNION ALL SELECT seq FROM remembered_plan WHERE plan_id = ?1",
        {plan});
  }
  found intent_of(const client_order_id& order) const {
    return db_.number(
        "SELECT intended_seq FROM orders WHERE client_order_id = ?1 UNION ALL "
        "SELECT intended_seq FROM protective_stop WHERE client_order_id = ?1",
        {order});
  }

  database& db_;
};

}  // namespace

result<std::int64_t> cause_of(database& db, const record_body& b) {
  return std::visit(cause_finder(db), b);
}

}  // namespace sluice::journal
