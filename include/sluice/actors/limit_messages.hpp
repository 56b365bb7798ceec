// Messages about limits and about plans that are only tried.
#pragma once

#include <memory>
#include <vector>

#include "sluice/domain/exchange_port.hpp"
#include "sluice/gate/gate_core.hpp"

namespace sluice::actors {

/// The exchange answered, or did not answer, what the account's margin is.
struct margin_answered {
  instant sent_at{};
  std::shared_ptr<const read_result<margin_summary>> outcome{};
};
/// The account's margin was read.
struct margin_seen {
  margin_reading what{};
};
/// What would be said of these plans now? Answered in their order; nothing follows from it.
struct preview_plans {
  std::shared_ptr<const std::vector<plan>> plans{};
};
struct plans_previewed {
  std::shared_ptr<const std::vector<plan_preview>> previews{};
};
/// How much of each limit is in use?
struct show_limits {};
struct limits_shown {
  std::shared_ptr<const limits_view> now{};
};

}  // namespace sluice::actors
