// An order as it was asked for, before the venue's rules have looked at it.
#pragma once

#include <optional>
#include <string>

#include "instruments.hpp"
#include "sluice/simulator/ledger.hpp"

namespace sluice::simulator {

struct order_draft {
  const instrument* what{nullptr};
  side direction{side::buy};
  position_side leg{position_side::both};
  order_kind kind{order_kind::market};
  time_in_force lasts{time_in_force::gtc};
  price limit{};                    ///< Zero for a market order.
  std::string price_match{"NONE"};  ///< How the limit was found, in the venue's words.
  std::string self_trade{"EXPIRE_MAKER"};
  quantity amount{};
  bool reduce_only{false};
  bool closes_position{false};
  bool result_reply{false};
  order_origin origin{order_origin::api};
  client_order_id id{};
  std::string original_type{};  ///< As in ledger_order.
  price trigger{};
  std::string execution{"TRADE"};
  std::string final_status{"FILLED"};  ///< NEW_ADL in some reports of forced closes.
  bool free_of_fee{false};
  std::int64_t good_till_ms{0};
  std::optional<fill_terms> fills{};  ///< None: as the venue's settings say.

  /// True when the order may only take off the position.
  [[nodiscard]] bool reduces() const;
};

}  // namespace sluice::simulator
