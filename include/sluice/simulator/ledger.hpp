// The venue's own books: what really happened, against which tests compare everything else.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sluice/domain/fixed.hpp"
#include "sluice/domain/order.hpp"
#include "sluice/domain/time.hpp"
#include "sluice/simulator/wire.hpp"

namespace sluice::simulator {

/// Who made an order.
enum class order_origin : std::uint8_t { api, person, venue };
enum class order_kind : std::uint8_t { market, limit };
/// How long an order waits for a counterparty.
enum class time_in_force : std::uint8_t { gtc, ioc, fok, gtx, gtd };

/// Whether a symbol's positions draw on all of the account's money or on what was set aside.
enum class margin_type : std::uint8_t { crossed, isolated };

struct ledger_position {
  symbol instrument{};
  quantity amount{};  ///< Signed, never zero; short legs are negative.
  price entry{};
  venue_time changed_at{};
  position_side leg{position_side::both};
  margin_type margin{margin_type::crossed};
  notional isolated_wallet{};  ///< Set aside for it alone; zero when crossed.
};

/// One order as the venue holds it, resting or at the end of its life.
struct ledger_order {
  order_report report{};
  order_origin origin{order_origin::api};
  order_kind kind{order_kind::market};
  time_in_force lasts{time_in_force::gtc};
  price limit{};                    ///< Zero for a market order.
  std::string price_match{"NONE"};  ///< OPPONENT, QUEUE and so on when the venue chose the limit.
  /// selfTradePreventionMode as asked; it never acts, for orders meet the venue's book alone.
  std::string self_trade{"EXPIRE_MAKER"};
  quantity asked{};          ///< Before a reduce-only order was shrunk.
  notional value{};          ///< Sum of price times quantity of its trades.
  bool result_reply{false};  ///< newOrderRespType=RESULT.
  bool closes_position{false};
  std::string original_type{};  ///< "STOP_MARKET" when a conditional order became it, else empty.
  price trigger{};              ///< Of that conditional order.
  std::string execution{"TRADE"};  ///< What its trades are called: CALCULATED when forced.
  int expiry_reason{0};            ///< The venue's "er", 0 to 9.
  std::int64_t good_till_ms{0};
  std::int64_t modifications{0};
  venue_time created_at{};

  [[nodiscard]] quantity remaining() const { return report.original - report.executed; }
};

/// Where a conditional order is in its life, in the venue's words.
enum class algo_status : std::uint8_t {
  new_,
  cancelled,
  triggering,
  triggered,
  finished,
  rejected,
  expired
};
[[nodiscard]] constexpr bool is_final(algo_status s) {
  return s != algo_status::new_ && s != algo_status::triggering && s != algo_status::triggered;
}

/// One conditional order: waits for a mark, then becomes a regular one.
struct ledger_algo {
  std::int64_t id{0};
  client_order_id client_id{};
  std::string
      type{};  ///< STOP, STOP_MARKET, TAKE_PROFIT, TAKE_PROFIT_MARKET, TRAILING_STOP_MARKET.
  symbol instrument{};
  side direction{side::buy};
  position_side leg{position_side::both};
  std::string lasts{"GTC"};         ///< As sent: GTE_GTC ends with the position.
  quantity amount{};                ///< Zero when it closes the position.
  price limit{};                    ///< Zero until a price match finds it at the trigger.
  std::string price_match{"NONE"};  ///< As in ledger_order.
  price trigger{};
  std::string self_trade{"EXPIRE_MAKER"};
  bool reduce_only{false};
  bool closes_position{false};
  bool price_protect{false};
  std::string working_type{"CONTRACT_PRICE"};
  price activation{};           ///< Trailing: where following begins; zero is at once.
  std::int64_t callback_bp{0};  ///< Trailing: distance in hundredths of a percent.
  bool following{false};        ///< Trailing: activated.
  price extreme{};              ///< Trailing: best mark since then.
  algo_status status{algo_status::new_};
  std::string failure{};  ///< Why it was rejected or expired; empty otherwise.
  order_id actual_order{0};
  std::int64_t good_till_ms{0};
  venue_time created_at{};
  venue_time updated_at{};
  venue_time triggered_at{};
};

/// One funding payment of one position.
struct ledger_funding {
  symbol instrument{};
  position_side leg{position_side::both};
  notional amount{};  ///< Negative is paid.
  venue_time at{};
};

struct account_ledger {
  std::string api_key{};
  notional initial_balance{};
  notional wallet{};  ///< = initial_balance + realised - fees + funding + cleared, to the digit.
  notional realised{};
  notional fees{};
  std::vector<ledger_position> positions{};
  std::vector<fill> fills{};           ///< In the order they happened; the newest `history_max`.
  std::vector<ledger_order> orders{};  ///< Same; all that are open are among them.
  notional funding{};
  notional cleared{};  ///< Put in by the insurance fund when a liquidation left the wallet below 0.
  std::vector<ledger_algo> algos{};
  std::vector<ledger_funding> fundings{};  ///< The newest `history_max`.
  bool hedge_mode{false};
  bool multi_assets{false};
};

struct ledger {
  venue_time at{};
  std::vector<account_ledger> accounts{};
};

/// One request as it was answered. Signature and key are left out.
struct transcript_entry {
  std::uint64_t number{0};  ///< From 1, without gaps, so that a reader sees what the ring has lost.
  moment at{};
  std::string method{};
  std::string path{};
  std::string parameters{};  ///< Query and body joined, without the signature.
  bool took_effect{true};
  int status{0};
  std::int64_t code{0};         ///< The venue's error code, 0 when there was none.
  std::int64_t weight_used{0};  ///< In this clock minute, after it.
};

}  // namespace sluice::simulator
