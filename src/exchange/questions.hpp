// Each question of the port as one request and one check that the answer is an answer to it.
#pragma once

#include <functional>
#include <vector>

#include "session.hpp"

namespace sluice::exchange {

/// An empty symbol asks for the whole account.
void ask_positions(session& venue, const symbol& scope, read_options options,
                   std::function<void(read_result<snapshot>)> done);
/// Also tells the session the venue's limits.
void ask_universe(session& venue, read_options options,
                  std::function<void(read_result<universe>)> done);
void ask_settings(session& venue, read_options options,
                  std::function<void(read_result<account_settings>)> done);
void ask_order(session& venue, const symbol& on, const client_order_id& id, read_options options,
               std::function<void(read_result<order_report>)> done);
void ask_fills(session& venue, const symbol& on, order_id id, read_options options,
               std::function<void(read_result<std::vector<fill>>)> done);
void send_order(session& venue, const order_request& wanted, milliseconds timeout,
                std::function<void(order_outcome)> done);

}  // namespace sluice::exchange
