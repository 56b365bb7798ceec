// What the venue says about accounts and orders: replies and user-stream events as JSON text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "account.hpp"

namespace sluice::simulator {

/// GET v3/positionRisk, all symbols or one: those with a position or an open order.
[[nodiscard]] std::string position_risk(const account& who, const mark_board& marks,
                                        const instrument* only, const trading_rules& rules);
/// The entry moved by the fee of opening, against the holder.
[[nodiscard]] std::string break_even(const account::position& p);
[[nodiscard]] std::string account_v3(const account& who, const mark_board& marks);
[[nodiscard]] std::string balance_v3(const account& who);
[[nodiscard]] std::string account_config(const account& who);
/// GET symbolConfig of one symbol.
[[nodiscard]] std::string symbol_config(const account& who, const instrument& i);
/// POST leverage.
[[nodiscard]] std::string leverage_text(const account& who, const instrument& i);
/// One element of leverageBracket.
[[nodiscard]] std::string leverage_brackets(const instrument& i);

/// Which of the order shapes: replies to orders and changes, queries, and rows of allOrders.
enum class order_shape : std::uint8_t { acknowledgement, result, change, query, history };
[[nodiscard]] std::string order_text(const ledger_order& o, const instrument& i, order_shape shape,
                                     average_fields averages);
/// One row of userTrades.
[[nodiscard]] std::string trade_text(const booked_fill& b, const instrument& i);
/// POST, GET or a row of openAlgoOrders and allAlgoOrders.
enum class algo_shape : std::uint8_t { reply, query, row };
[[nodiscard]] std::string algo_text(const ledger_algo& a, const instrument& i,
                                    const ledger_order* actual, algo_shape shape);

using position_rows = std::vector<const account::position*>;
/// ACCOUNT_UPDATE after a trade (ORDER) or another change: the wallet and the legs that moved.
[[nodiscard]] std::string account_event(const account& who, const position_rows& rows,
                                        const mark_board& marks, venue_time at,
                                        std::string_view reason = "ORDER");
/// ACCOUNT_UPDATE of a funding fee of an isolated position: with that one leg.
[[nodiscard]] std::string isolated_funding_event(const account& who, const account::position& leg,
                                                 notional change, const mark_board& marks,
                                                 venue_time at);
/// ACCOUNT_UPDATE of money alone; `symbol_name` empty leaves out "S".
[[nodiscard]] std::string wallet_event(const account& who, std::string_view reason, notional change,
                                       const symbol& symbol_name, funding_positions list,
                                       venue_time at);
/// ORDER_TRADE_UPDATE; `execution` is its "x", the trade is null when there is none.
[[nodiscard]] std::string order_event(const ledger_order& o, const instrument& i,
                                      std::string_view execution, const fill* trade,
                                      liquidity l = liquidity::taker);
[[nodiscard]] std::string trade_lite_event(const ledger_order& o, const instrument& i,
                                           const fill& trade, liquidity l);
[[nodiscard]] std::string algo_event(const ledger_algo& a, const instrument& i,
                                     const ledger_order* actual);
[[nodiscard]] std::string leverage_event(const instrument& i, std::int64_t leverage, venue_time at);
[[nodiscard]] std::string multi_assets_event(bool on, venue_time at);
/// MARGIN_CALL of the crossed positions together, or of one isolated one.
[[nodiscard]] std::string margin_call_event(const account& who, const position_rows& rows,
                                            margin_type kind, const mark_board& marks,
                                            venue_time at);
[[nodiscard]] std::string listen_key_expired_event(const std::string& key, venue_time at);

/// "BUY", "BOTH" and the like, as the venue spells them.
[[nodiscard]] const char* venue_word(side s);
[[nodiscard]] const char* venue_word(position_side s);
[[nodiscard]] const char* venue_word(time_in_force t);
[[nodiscard]] const char* venue_word(algo_status s);
[[nodiscard]] const char* venue_word(margin_type m);  ///< "CROSSED"; events say "cross".

}  // namespace sluice::simulator
