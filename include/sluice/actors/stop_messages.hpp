// What the stages of protective stops and dead man's switch are told, besides what others are told
// too.
#pragma once

#include <memory>
#include <vector>

#include "sluice/domain/exchange_port.hpp"
#include "sluice/domain/protective_stop.hpp"

namespace sluice::actors {

/// A protective stop of ours changed its state, by whatever way that became known.
struct stop_told {
  protective_stop what{};
};
/// The user stream reported a conditional order, ours or not.
struct conditional_reported {
  std::shared_ptr<const conditional_report> report{};
};
/// The exchange answered, or did not answer, the placing of this stop.
struct stop_placed {
  client_order_id stop{};
  std::shared_ptr<const conditional_outcome> outcome{};
};
struct stop_cancelled {
  client_order_id stop{};
  std::shared_ptr<const change_outcome<conditional_cancelled>> outcome{};
};
struct stop_asked {
  client_order_id stop{};
  instant sent_at{};
  std::shared_ptr<const read_result<conditional_report>> answer{};
};
/// Open conditional orders of a symbol, or of the account when `scope` is empty.
struct stops_listed {
  symbol scope{};
  instant sent_at{};
  std::shared_ptr<const read_result<std::vector<conditional_report>>> list{};
};

/// The exchange answered, or did not answer, that its countdown be set.
struct countdown_answered {
  symbol instrument{};
  milliseconds after{};
  std::shared_ptr<const change_outcome<countdown_armed>> outcome{};
};

}  // namespace sluice::actors
