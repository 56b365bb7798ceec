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
void ask_order_numbered(session& venue, const symbol& on, order_id number, read_options options,
                        std::function<void(read_result<order_report>)> done);
void ask_order(session& venue, const symbol& on, const client_order_id& id, read_options options,
               std::function<void(read_result<order_report>)> done);
void ask_fills(session& venue, const symbol& on, order_id id, read_options options,
               std::function<void(read_result<std::vector<fill>>)> done);

/// Below an empty symbol asks for every one of the account.
void ask_open_orders(session& venue, const symbol& scope, read_options options,
                     std::function<void(read_result<std::vector<order_report>>)> done);
void ask_open_conditionals(session& venue, const symbol& scope, read_options options,
                           std::function<void(read_result<std::vector<conditional_report>>)> done);
void ask_symbol_settings(session& venue, const symbol& scope, read_options options,
                         std::function<void(read_result<std::vector<symbol_settings>>)> done);
void ask_leverage_brackets(session& venue, const symbol& scope, read_options options,
                           std::function<void(read_result<std::vector<leverage_ladder>>)> done);
void ask_premiums(session& venue, const symbol& scope, read_options options,
                  std::function<void(read_result<std::vector<premium>>)> done);
void ask_conditional(session& venue, const client_order_id& id, read_options options,
                     std::function<void(read_result<conditional_report>)> done);
void ask_balance(session& venue, read_options options,
                 std::function<void(read_result<std::vector<asset_balance>>)> done);
void ask_margin(session& venue, read_options options,
                std::function<void(read_result<margin_summary>)> done);
/// Also tells the session these limits.
void ask_order_limits(session& venue, read_options options,
                      std::function<void(read_result<std::vector<venue_limit>>)> done);

}  // namespace sluice::exchange
