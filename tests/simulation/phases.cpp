// Follows plans and orders by records and requests.
#include "phases.hpp"

namespace sluice::simulation {
namespace {

bool is_place(const simulator::request& r) {
  return r.method == "POST" && r.path == "/fapi/v1/order";
}
bool is_cancel(const simulator::request& r) {
  return r.method == "DELETE" && r.path.find("rder") != std::string::npos;
}

}  // namespace

std::string_view to_string(phase p) {
  switch (p) {
    case phase::before_snapshot:
      return "before snapshot";
    case phase::deciding:
      return "deciding";
    case phase::intent_written:
      return "intent written";
    case phase::request_sent:
      return "request sent";
    case phase::accepted_unanswered:
      return "accepted unanswered";
    case phase::partly_filled:
      return "partly filled";
    case phase::cancelling:
      break;
  }
  return "cancelling";
}

std::string parameter_of(const simulator::request& r, std::string_view name) {
  const auto text = "&" + r.query;
  const auto begin = text.find("&" + std::string(name) + "=");
  if (begin == std::string::npos)
    return {};
  const auto from = begin + name.size() + 2;
  return text.substr(from, text.find('&', from) - from);
}

void phase_tracker::offered(const plan_id& plan, const symbol& on) {
  before_[plan.str()] = on;
}

void phase_tracker::recorded(const record& r) {
  if (const auto* taken = std::get_if<plan_accepted>(&r.body)) {
    before_.erase(taken->what.id.str());
    deciding_[taken->what.id.str()] = taken->what.instrument;
  } else if (const auto* judged = std::get_if<plan_judged>(&r.body)) {
    before_.erase(judged->plan.str());
    deciding_.erase(judged->plan.str());
  } else if (const auto* intended = std::get_if<order_intended>(&r.body)) {
    orders_[intended->request.id.str()] = {intended->plan, intended->request.instrument,
                                           intended->request.amount, phase::intent_written};
  } else if (const auto* changed = std::get_if<order_changed>(&r.body)) {
    const auto at = orders_.find(changed->order.str());
    if (at == orders_.end())
      return;
    if (is_resolved(changed->state))
      orders_.erase(at);
    else if (changed->state == order_state::partially_filled)
      at->second.at = phase::partly_filled;
  } else if (const auto* filled = std::get_if<fill_recorded>(&r.body)) {
    const auto at = orders_.find(filled->what.client_id.str());
    if (at != orders_.end() && filled->what.amount < at->second.amount)
      at->second.at = phase::partly_filled;
  }
}

std::string phase_tracker::cancelled_on(const simulator::request& r) const {
  const auto at = stops_.find(parameter_of(r, "clientAlgoId"));
  return at == stops_.end() ? parameter_of(r, "symbol") : at->second;
}

void phase_tracker::written(const simulator::request& r) {
  if (r.method == "POST" && r.path == "/fapi/v1/algoOrder")
    stops_[parameter_of(r, "clientAlgoId")] = parameter_of(r, "symbol");
  if (is_cancel(r))
    ++cancels_[cancelled_on(r)];
  if (!is_place(r))
    return;
  if (const auto at = orders_.find(parameter_of(r, "newClientOrderId")); at != orders_.end())
    at->second.at = phase::request_sent;
}

void phase_tracker::performed(const simulator::request& r, const simulator::reply& out) {
  if (!is_place(r))
    return;
  const auto at = orders_.find(parameter_of(r, "newClientOrderId"));
  if (at != orders_.end() && (out.status == 200 || out.status >= 500))
    at->second.at = out.body.find("PARTIALLY_FILLED") != std::string::npos
                        ? phase::partly_filled
                        : phase::accepted_unanswered;
}

void phase_tracker::over(const simulator::request& r) {
  if (is_cancel(r))
    if (const auto at = cancels_.find(cancelled_on(r)); at != cancels_.end() && --at->second <= 0)
      cancels_.erase(at);
}

void phase_tracker::forget() {
  before_.clear();
  deciding_.clear();
  orders_.clear();
  cancels_.clear();
}

std::optional<symbol> phase_tracker::somewhere_in(phase p) const {
  if (p == phase::before_snapshot)
    return before_.empty() ? std::nullopt : std::optional(before_.begin()->second);
  if (p == phase::deciding)
    return deciding_.empty() ? std::nullopt : std::optional(deciding_.begin()->second);
  if (p == phase::cancelling)
    return cancels_.empty() || cancels_.begin()->first.empty()
               ? std::nullopt
               : std::optional(symbol(cancels_.begin()->first));
  for (const auto& [id, o] : orders_)
    if (o.at == p)
      return o.on;
  return std::nullopt;
}

}  // namespace sluice::simulation
