// The course of one plan over its orders: after each of them, whether the plan is done, is given
// up, or is judged once more, and what has to happen before.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <variant>

#include "sluice/domain/plan.hpp"
#include "sluice/domain/record.hpp"
#include "sluice/execution/order_actions.hpp"

namespace sluice {

/// What has to happen before a plan is judged once more, since judging alone would end the same.
enum class remedy : std::uint8_t {
  none,
  reread_position,  ///< The position is not what the order assumed.
  free_orders,      ///< Resting orders that only reduce compete with the exit: cancel ours.
  reload_symbols,   ///< The filters or the symbol are not what we think.
  reread_settings   ///< Position mode, key or permissions are not what we think.
};
/// "none", "reread_position", "free_orders", "reload_symbols", "reread_settings".
[[nodiscard]] std::string_view to_string(remedy r);

/// The plan stays wanted: judge it once more, not before this instant.
struct judge_once_more {
  instant not_before{};
  remedy first{remedy::none};
  std::string after{};  ///< What became of the order, for the journal.
  std::string alert{};  ///< What a person has to be told, once per cause; else empty.
};
/// Nothing more is done for the plan.
struct end_plan {
  plan_end how{plan_end::done};
  std::string detail{};
  remedy then{remedy::none};  ///< For the plans after it.
  std::string alert{};        ///< What a person has to mend; else empty.
};
using course_step = std::variant<judge_once_more, end_plan>;

/// How an order is shaped: MARKET, or LIMIT IOC at the collar.
enum class order_shape : std::uint8_t { market, collar };

/// What the journal knows of a plan's orders when a later process goes on with it.
struct course_memory {
  int orders{0};
  int last_attempt{0};
  quantity executed{};
  quantity asked{};  ///< By its newest order that has ended.
};

/// Pure. An entry gets one order, and ends with it. An exit is a target: it is judged again after
/// every order that did not bring it there, with pauses of 200 ms doubling to 5 s while nothing is
/// executed, until truth shows the target, somebody withdraws it, or its deadline has come.
///
/// Attempts are numbered from 1, each with a client order id of its own; only an order proven never
/// to have reached the venue is repeated under the same one.
class plan_course {
 public:
  /// `collar` says that the first order of an exit is a LIMIT IOC one. What the venue refuses
  /// because the book is thin is followed by one in any case.
  plan_course(const plan& p, bool collar);
  plan_course(const plan& p, bool collar, const course_memory& before);

  /// The number of the next order, which trades this way.
  [[nodiscard]] int attempt(side direction);
  [[nodiscard]] order_shape shape() const { return shape_; }
  /// The order with the present number was handed to the exchange for the `times`-th time.
  void sent(int times) {
    orders_ += times == 1 ? 1 : 0;
    repeats_.reset();
  }

  /// `position_before` is |position| when the order was permitted, none when that is not known;
  /// `step` is that of market orders.
  [[nodiscard]] course_step order_ended(const order_finished& how, const order_request& request,
                                        std::optional<quantity> position_before, quantity step,
                                        instant now);
  /// An order that never left: the plan is judged as it stands.
  [[nodiscard]] course_step order_not_sent(const order_finished& how, instant now);
  /// The gate let no further order out for these refusals.
  [[nodiscard]] end_plan refused(const verdict& v) const;
  /// The process is of mode shadow, or has to end what an earlier one left.
  [[nodiscard]] end_plan ended(plan_end how, std::string detail) const;

  /// Of an entry none of whose orders is open any more, though an earlier process did not say how
  /// it ended.
  [[nodiscard]] end_plan entry_left(quantity asked) const;

  [[nodiscard]] bool is_exit() const { return target_.has_value(); }
  [[nodiscard]] quantity executed() const { return executed_; }
  [[nodiscard]] int orders() const { return orders_; }
  [[nodiscard]] instant deadline() const { return deadline_; }

 private:
  [[nodiscard]] course_step entry_ended(const order_finished& how, const order_request& request);
  [[nodiscard]] course_step go_on(const order_finished& how, const order_request& request,
                                  instant now);
  [[nodiscard]] remedy remedy_for(const order_finished& how);
  [[nodiscard]] std::string alert_for(const order_finished& how, remedy first);
  void choose_shape(const order_finished& how, const order_request& request);
  [[nodiscard]] end_plan give_up(std::string detail) const;

  std::optional<quantity> target_{};  ///< Of an exit.
  instant deadline_{};
  int attempt_{1};
  order_shape shape_{order_shape::market};
  int orders_{0};
  quantity executed_{};
  int fruitless_{0};               ///< Orders in a row that executed nothing.
  int rejected_reduce_{0};         ///< -2022 in a row.
  std::optional<side> repeats_{};  ///< An order of this number never arrived; it traded this way.
  std::set<int> told_codes_{};     ///< Of alerts.
};

/// The LIMIT IOC order in place of this MARKET one: at most `collar_bp` basis points worse than the
/// mark, on the tick. None when the symbol's limit orders cannot have this amount or the price
/// would be outside of its bounds: then MARKET is sent.
[[nodiscard]] std::optional<order_request> with_collar(order_request market, price mark,
                                                       const instrument_rules& rules,
                                                       std::int64_t collar_bp);

}  // namespace sluice
