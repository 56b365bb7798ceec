// What follows from the end of an order: the table of cures, the pauses, and the collar.
#include "sluice/execution/plan_course.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace sluice {
namespace {

constexpr milliseconds first_pause{200};
constexpr milliseconds pause_max{5'000};
/// "Best price outside PERCENT_PRICE" of a MARKET order in a thin book.
constexpr int code_thin_book = -4131;
/// "Margin is insufficient": cannot be for an order that only reduces, so a person should know.
constexpr int code_margin = -2019;
/// "ReduceOnly Order is rejected": flat, other side, or resting orders have taken it all.
constexpr int code_reduce_rejected = -2022;

milliseconds pause_after(int fruitless) {
  return std::min(first_pause * (1 << std::clamp(fruitless - 1, 0, 10)), pause_max);
}

std::string in_words(const order_finished& how) {
  const auto what = how.cause == finish_cause::venue ? to_string(how.state) : to_string(how.cause);
  return how.detail.empty() ? std::string(what) : fmt::format("{}: {}", what, how.detail);
}

bool is_withdrawn(const verdict& v) {
  return std::ranges::count(v.refusals, refusal_code::plan_withdrawn, &refusal::code) > 0;
}

std::string words_of(const std::vector<refusal>& refusals) {
  std::string text;
  for (const auto& r : refusals)
    text += fmt::format("{}{}", text.empty() ? "" : ", ", to_string(r.code));
  return text;
}

}  // namespace

std::string_view to_string(remedy r) {
  switch (r) {
    case remedy::none:
      return "none";
    case remedy::reread_position:
      return "reread_position";
    case remedy::free_orders:
      return "free_orders";
    case remedy::reload_symbols:
      return "reload_symbols";
    case remedy::reread_settings:
      return "reread_settings";
  }
  return "?";
}

plan_course::plan_course(const plan& p, bool collar) : deadline_(p.deadline) {
  if (const auto* wish = std::get_if<reduce_plan>(&p.body))
    target_ = wish->target;
  if (target_ && collar)
    shape_ = order_shape::collar;
}

plan_course::plan_course(const plan& p, bool collar, const course_memory& before)
    : plan_course(p, collar) {
  attempt_ = before.last_attempt + 1;
  orders_ = before.orders;
  executed_ = before.executed;
}

int plan_course::attempt(side direction) {
  // What never arrived is repeated as it was; the other way round it is another order.
  if (repeats_ && *repeats_ != direction) {
    ++attempt_;
    repeats_.reset();
  }
  return attempt_;
}

course_step plan_course::order_not_sent(const order_finished& how, instant now) {
  if (!repeats_)
    ++attempt_;
  return judge_once_more{now, remedy::none, in_words(how), {}};
}

course_step plan_course::order_ended(const order_finished& how, const order_request& request,
                                     std::optional<quantity> position_before, quantity step,
                                     instant now) {
  executed_ += how.executed;
  fruitless_ = how.executed.is_zero() ? fruitless_ + 1 : 0;
  repeats_.reset();
  if (how.cause == finish_cause::never_arrived)
    repeats_ = request.direction;
  else
    ++attempt_;
  if (!target_)
    return entry_ended(how, request);
  const bool all = how.executed >= request.amount;
  if (all && position_before && *position_before - how.executed <= reachable_target(*target_, step))
    return end_plan{plan_end::done, {}, remedy::none};
  return go_on(how, request, now);
}

course_step plan_course::entry_ended(const order_finished& how, const order_request& request) {
  const auto then = remedy_for(how);
  if (executed_ >= request.amount)
    return end_plan{plan_end::done, {}, remedy::none};
  // Entries of others will be refused for the same; want of margin is theirs alone.
  auto alert = how.venue_code == code_margin ? std::string{} : alert_for(how, then);
  return end_plan{executed_.is_zero() ? plan_end::failed : plan_end::partly, in_words(how), then,
                  std::move(alert)};
}

course_step plan_course::go_on(const order_finished& how, const order_request& request,
                               instant now) {
  choose_shape(how, request);
  auto at = fruitless_ == 0 ? now : now + pause_after(fruitless_);
  // What the venue asks for is obeyed, but never past the plan's last word.
  if (how.retry_at)
    at = std::max(at, *how.retry_at);
  if (at >= deadline_)
    return give_up(in_words(how));
  const auto first = remedy_for(how);
  return judge_once_more{at, first, in_words(how), alert_for(how, first)};
}

remedy plan_course::remedy_for(const order_finished& how) {
  rejected_reduce_ = how.venue_code == code_reduce_rejected ? rejected_reduce_ + 1 : 0;
  if (how.cause != finish_cause::refused)
    return remedy::none;
  switch (how.cure) {
    case refusal_cure::reread_position:
      // The same again after a fresh truth: then it is resting orders that stand in the way.
      return rejected_reduce_ > 1 ? remedy::free_orders : remedy::reread_position;
    case refusal_cure::free_orders:
      return remedy::free_orders;
    case refusal_cure::fit_to_filters:
    case refusal_cure::reload_symbols:
      return remedy::reload_symbols;
    case refusal_cure::reread_settings:
      return remedy::reread_settings;
    case refusal_cure::none:
    case refusal_cure::wait:
    case refusal_cure::only_reduce:
    case refusal_cure::query_order:
      return remedy::none;
  }
  return remedy::none;
}

std::string plan_course::alert_for(const order_finished& how, remedy first) {
  const bool strange = how.for_operator || how.venue_code == code_margin ||
                       how.cure == refusal_cure::only_reduce || first == remedy::reread_settings;
  if (how.cause != finish_cause::refused || !strange || !told_codes_.insert(how.venue_code).second)
    return {};
  return in_words(how);
}

void plan_course::choose_shape(const order_finished& how, const order_request& request) {
  const bool was_limit = request.type == order_type::limit;
  // What never lay in the book leaves nothing for MARKET to take: as it was, once more.
  const bool was_in_no_book =
      how.cause != finish_cause::venue &&
      (how.cause != finish_cause::refused || how.cure == refusal_cure::wait ||
       how.cure == refusal_cure::query_order || how.venue_code == code_reduce_rejected);
  if (how.cause == finish_cause::never_arrived || (was_limit && was_in_no_book))
    return;
  // MARKET gives no price away only where the book is thick: there the venue says so.
  const bool thin = how.venue_code == code_thin_book && !was_limit;
  shape_ = thin ? order_shape::collar : order_shape::market;
}

end_plan plan_course::give_up(std::string detail) const {
  return {executed_.is_zero() ? plan_end::failed : plan_end::partly, std::move(detail),
          remedy::none};
}

end_plan plan_course::refused(const verdict& v) const {
  if (is_withdrawn(v))
    return {plan_end::withdrawn, {}, remedy::none};
  // What is left is less than an order can be: none comes closer to the target.
  const bool as_close_as_can_be = !executed_.is_zero() && v.refusals.size() == 1 &&
                                  v.refusals.front().code == refusal_code::below_min_quantity;
  if (is_exit() && (is_at_target(v.refusals) || as_close_as_can_be))
    return {plan_end::done, words_of(v.refusals), remedy::none};
  return give_up(v.kind == verdict_kind::expire && v.refusals.empty() ? "expired"
                                                                      : words_of(v.refusals));
}

end_plan plan_course::ended(plan_end how, std::string detail) const {
  return {how, std::move(detail), remedy::none};
}

end_plan plan_course::entry_left(quantity asked) const {
  if (orders_ == 0)
    return {plan_end::interrupted, "the process ended", remedy::none};
  if (!executed_.is_zero() && executed_ >= asked)
    return {plan_end::done, {}, remedy::none};
  return give_up("its order had ended when the process did");
}

std::optional<order_request> with_collar(order_request market, price mark,
                                         const instrument_rules& rules, std::int64_t collar_bp) {
  constexpr std::int64_t whole_bp = 10'000;
  const auto& lot = rules.lot;
  if (mark.sign() <= 0 || rules.tick.sign() <= 0 || collar_bp <= 0 || collar_bp >= whole_bp)
    return std::nullopt;
  if (!on_step(market.amount, lot.step) || market.amount < lot.min ||
      (lot.max.sign() > 0 && market.amount > lot.max))
    return std::nullopt;
  const bool selling = market.direction == side::sell;
  const auto part = price::from_raw(
      static_cast<std::int64_t>(static_cast<wide_int>(mark.raw()) * collar_bp / whole_bp));
  auto limit = floor_to_step(selling ? mark - part : mark + part, rules.tick);
  // On the tick that is not worse than the collar.
  if (selling && limit < mark - part)
    limit += rules.tick;
  if (limit < rules.min_price || (rules.max_price.sign() > 0 && limit > rules.max_price) ||
      limit.sign() <= 0)
    return std::nullopt;
  market.type = order_type::limit;
  market.limit = limit;
  market.lasts = time_in_force::ioc;
  return market;
}

}  // namespace sluice
