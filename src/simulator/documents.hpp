// What the venue says about accounts and orders: replies and user-stream events as JSON text.
#pragma once

#include <string>
#include <vector>

#include "account.hpp"

namespace sluice::simulator {

/// GET v3/positionRisk of these positions; `who` gives the margin they share.
[[nodiscard]] std::string position_risk(const account& who, const mark_board& marks,
                                        const std::vector<const account::position*>& rows);
[[nodiscard]] std::string account_v3(const account& who, const mark_board& marks);
[[nodiscard]] std::string balance_v3(const account& who, const mark_board& marks);
[[nodiscard]] std::string account_config();

/// Which of the order shapes: only the query has average price, value and creation time.
enum class order_shape { acknowledgement, result, query };
[[nodiscard]] std::string order_text(const ledger_order& o, const instrument& i, order_shape shape);
/// One row of userTrades.
[[nodiscard]] std::string trade_text(const fill& f, const instrument& i);

/// ACCOUNT_UPDATE after a trade: the wallet and the one position that moved.
[[nodiscard]] std::string account_event(const account& who, const instrument& moved,
                                        const mark_board& marks, venue_time at);
/// ORDER_TRADE_UPDATE: of the new order when there is no trade, else of that trade.
[[nodiscard]] std::string order_event(const ledger_order& o, const instrument& i,
                                      const fill* trade);
[[nodiscard]] std::string listen_key_expired_event(const std::string& key, venue_time at);

}  // namespace sluice::simulator
