// The mark prices of open positions that a read of positions brings.
#pragma once

#include "sluice/domain/exchange_port.hpp"

namespace sluice::actors {

/// As old as the read: its answer may have been long on its way.
[[nodiscard]] inline mark_batch marks_of(const snapshot& read) {
  mark_batch marks{.received_at = read.received_at, .of_stream = false};
  for (const auto& row : read.rows)
    if (!row.amount.is_zero() && row.mark.sign() > 0)
      marks.rows.push_back({row.position.instrument, row.mark, {}, read.sent_at});
  return marks;
}

}  // namespace sluice::actors
