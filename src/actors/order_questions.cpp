// Port callbacks become messages: they run on a thread of the port and may only send.
#include "order_questions.hpp"

namespace sluice::actors {
namespace {

template <class T>
std::shared_ptr<const T> shared(T&& value) {
  return std::make_shared<const T>(std::forward<T>(value));
}

}  // namespace

void place(exchange_port& exchange, const executor_actor& asker, const order_request& request,
           milliseconds timeout) {
  exchange.place_order(request, timeout, [asker, id = request.id](order_outcome outcome) {
    caf::anon_send(asker, order_answered{id, shared(std::move(outcome))});
  });
}

void query(exchange_port& exchange, const executor_actor& asker, const symbol& instrument,
           const client_order_id& id, milliseconds timeout) {
  exchange.read_order(instrument, id, {read_class::exit_demand, timeout},
                      [asker, id](read_result<order_report> found) {
                        caf::anon_send(asker, order_queried{id, shared(std::move(found))});
                      });
}

void ask_name(exchange_port& exchange, const executor_actor& asker, const client_order_id& doubted,
              const symbol& instrument, order_id number, milliseconds timeout) {
  exchange.read_order_numbered(
      instrument, number, {read_class::exit_demand, timeout},
      [asker, doubted, number](read_result<order_report> found) {
        caf::anon_send(asker, order_named{doubted, number, shared(std::move(found))});
      });
}

/// As the question for the order itself: until both are answered, no exit of the symbol may go.
void ask_fills(exchange_port& exchange, const executor_actor& asker, const client_order_id& order,
               const symbol& instrument, order_id id, milliseconds timeout) {
  exchange.read_fills(instrument, id, {read_class::exit_demand, timeout},
                      [asker, order, id](read_result<std::vector<fill>> found) {
                        caf::anon_send(asker, fills_read{order, id, shared(std::move(found))});
                      });
}

void ask_open_orders(exchange_port& exchange, const executor_actor& asker, const plan_id& plan,
                     const symbol& instrument, milliseconds timeout) {
  exchange.read_open_orders(
      instrument, {read_class::exit_demand, timeout},
      [asker, plan](read_result<std::vector<order_report>> found) {
        caf::anon_send(asker, open_orders_read{plan, shared(std::move(found))});
      });
}

void cancel(exchange_port& exchange, const executor_actor& asker, const plan_id& plan,
            const symbol& instrument, const client_order_id& order, milliseconds timeout) {
  exchange.cancel_order(instrument, order, timeout, [asker, plan, order](order_outcome outcome) {
    caf::anon_send(asker, order_cancelled{plan, order, shared(std::move(outcome))});
  });
}

void ask_trades(exchange_port& exchange, const reconciler_actor& asker, const symbol& instrument,
                milliseconds timeout) {
  exchange.read_fills(instrument, 0, {read_class::verification, timeout},
                      [asker, instrument](read_result<std::vector<fill>> found) {
                        caf::anon_send(asker, trades_read{instrument, shared(std::move(found))});
                      });
}

}  // namespace sluice::actors
