// What tests of trading do again and again: limit orders, conditional orders, marks, streams.
#pragma once

#include <string>
#include <vector>

#include "simulator/support/bench_venue.hpp"

namespace sluice::simulator::test {

/// A LIMIT order with RESULT, GTC unless `more` says otherwise, e.g. "&timeInForce=IOC".
[[nodiscard]] reply limit_order(bench_venue& v, const std::string& symbol, const std::string& side,
                                const std::string& quantity, const std::string& price,
                                const std::string& more = "");
/// A conditional order; `more` holds everything but type, symbol and side.
[[nodiscard]] reply algo_order(bench_venue& v, const std::string& type, const std::string& symbol,
                               const std::string& side, const std::string& more);
/// Sets a mark and lets one tick pass, so that it takes effect on orders.
void tick_at(bench_venue& v, const std::string& symbol, const std::string& price);
/// A user stream of the main account.
[[nodiscard]] stream_id listen(bench_venue& v);
/// "ACCOUNT_UPDATE ORDER_TRADE_UPDATE/TRADE/FILLED ALGO_UPDATE/NEW": types, "x" and "X".
[[nodiscard]] std::string story(const std::vector<std::string>& texts);
/// The orders in the ledger of the main account, oldest first.
[[nodiscard]] std::vector<ledger_order> orders_of(const bench_venue& v);
[[nodiscard]] account_ledger books_of(const bench_venue& v, std::size_t account = 0);
/// Signed amount of one leg.
[[nodiscard]] quantity leg_of(const bench_venue& v, const std::string& symbol, position_side leg);
/// Recomputes wallet and every leg from fills, fees and funding; "" when they agree to the digit.
[[nodiscard]] std::string audit(const bench_venue& v, std::size_t account = 0);

}  // namespace sluice::simulator::test
