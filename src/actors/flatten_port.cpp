// Port callbacks become messages: they run on a thread of the port and may only send.
#include "flatten_port.hpp"

namespace sluice::actors {
namespace {

constexpr milliseconds answer_within{5'000};

template <class Done>
std::string fault_of(const change_outcome<Done>& outcome) {
  if (const auto* refused = std::get_if<order_refused>(&outcome))
    return std::to_string(refused->code) + " " + refused->text;
  if (const auto* uncertain = std::get_if<order_uncertain>(&outcome))
    return "uncertain: " + uncertain->text;
  return {};
}

/// Tells how a cancel ended.
auto teller(const flattener_actor& asker, std::int64_t flatten, const cancel_wish& what) {
  return [asker, flatten, what](const auto& outcome) {
    caf::anon_send(asker, cancel_answered{flatten, what, fault_of(outcome)});
  };
}

}  // namespace

void ask_regular(exchange_port& exchange, const flattener_actor& asker, std::int64_t asked,
                 const symbol& scope, read_class traffic) {
  using answer = read_result<std::vector<order_report>>;
  exchange.read_open_orders(scope, {traffic, answer_within}, [asker, asked](answer found) {
    caf::anon_send(asker,
                   regular_orders_read{asked, std::make_shared<const answer>(std::move(found))});
  });
}

void ask_conditional(exchange_port& exchange, const flattener_actor& asker, std::int64_t asked,
                     const symbol& scope, read_class traffic) {
  using answer = read_result<std::vector<conditional_report>>;
  exchange.read_open_conditionals(scope, {traffic, answer_within}, [asker, asked](answer found) {
    caf::anon_send(
        asker, conditional_orders_read{asked, std::make_shared<const answer>(std::move(found))});
  });
}

void send_cancel(exchange_port& exchange, const flattener_actor& asker, std::int64_t flatten,
                 const cancel_wish& what) {
  const auto tell = teller(asker, flatten, what);
  switch (what.kind) {
    case cancel_kind::all_regular:
      return exchange.cancel_all(what.on, answer_within, tell);
    case cancel_kind::all_conditional:
      return exchange.cancel_all_conditionals(what.on, answer_within, tell);
    case cancel_kind::one_conditional:
      return exchange.cancel_conditional(what.order, answer_within, tell);
  }
}

std::string words_of(const cancel_wish& what) {
  const auto on = " of " + what.on.str();
  switch (what.kind) {
    case cancel_kind::all_regular:
      return "all regular orders" + on;
    case cancel_kind::all_conditional:
      return "all conditional orders" + on;
    case cancel_kind::one_conditional:
      break;
  }
  return "conditional order " + what.order.str() + on;
}

}  // namespace sluice::actors
