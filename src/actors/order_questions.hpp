// What executor and reconciler ask of the exchange; each answer comes back as one message.
#pragma once

#include "sluice/actors/interfaces.hpp"

namespace sluice::actors {

/// The order itself; answered by order_answered.
void place(exchange_port& exchange, const executor_actor& asker, const order_request& request,
           milliseconds timeout);
/// What the venue knows of an order of ours; answered by order_queried.
void query(exchange_port& exchange, const executor_actor& asker, const symbol& instrument,
           const client_order_id& id, milliseconds timeout);
/// Whose order has this number; answered by order_named, for the order whose fate it may tell.
void ask_name(exchange_port& exchange, const executor_actor& asker, const client_order_id& doubted,
              const symbol& instrument, order_id number, milliseconds timeout);
/// The trades of one order, or the newest ones of the symbol for id 0; answered by fills_read.
void ask_fills(exchange_port& exchange, const executor_actor& asker, const client_order_id& order,
               const symbol& instrument, order_id id, milliseconds timeout);

/// What rests on a plan's symbol; answered by open_orders_read.
void ask_open_orders(exchange_port& exchange, const executor_actor& asker, const plan_id& plan,
                     const symbol& instrument, milliseconds timeout);
/// An order that stands in a plan's way; answered by order_cancelled.
void cancel(exchange_port& exchange, const executor_actor& asker, const plan_id& plan,
            const symbol& instrument, const client_order_id& order, milliseconds timeout);

/// The newest trades of the symbol, whosever they are; answered by trades_read.
void ask_trades(exchange_port& exchange, const reconciler_actor& asker, const symbol& instrument,
                milliseconds timeout);

}  // namespace sluice::actors
