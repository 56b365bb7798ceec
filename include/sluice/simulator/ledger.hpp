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

struct ledger_position {
  symbol instrument{};
  quantity amount{};  ///< Signed, never zero.
  price entry{};
  venue_time changed_at{};
};

/// One order as the venue holds it at the end of its life.
struct ledger_order {
  order_report report{};
  order_origin origin{order_origin::api};
  quantity asked{};          ///< Before a reduce-only order was shrunk.
  notional value{};          ///< Sum of price times quantity of its trades.
  bool result_reply{false};  ///< newOrderRespType=RESULT.
  venue_time created_at{};
};

struct account_ledger {
  std::string api_key{};
  notional initial_balance{};
  notional wallet{};  ///< = initial_balance + realised - fees, to the last digit.
  notional realised{};
  notional fees{};
  std::vector<ledger_position> positions{};
  std::vector<fill> fills{};           ///< In the order they happened; the newest `history_max`.
  std::vector<ledger_order> orders{};  ///< Same.
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
