// Each change of the port as one request, and the check that the answer speaks of it.
#pragma once

#include <functional>

#include "session.hpp"

namespace sluice::exchange {

/// What opens or closes is as old as `asked`, when the caller wanted it: this thread may come to it
/// late. A cancellation may always be late.
void send_order(session& venue, const order_request& wanted, instant asked, milliseconds timeout,
                std::function<void(order_outcome)> done);
void send_cancel(session& venue, const symbol& on, const client_order_id& id, milliseconds timeout,
                 std::function<void(order_outcome)> done);

/// Regular and conditional orders of a symbol are cleared by two endpoints that answer alike.
enum class clears : std::uint8_t { orders, conditionals };
void send_clear(session& venue, clears what, const symbol& on, milliseconds timeout,
                std::function<void(change_outcome<symbol_cleared>)> done);
void send_countdown(session& venue, const symbol& on, milliseconds after, milliseconds timeout,
                    std::function<void(change_outcome<countdown_armed>)> done);

void send_conditional(session& venue, const conditional_request& wanted, instant asked,
                      milliseconds timeout, std::function<void(conditional_outcome)> done);
void send_conditional_cancel(session& venue, const client_order_id& id, milliseconds timeout,
                             std::function<void(change_outcome<conditional_cancelled>)> done);

}  // namespace sluice::exchange
