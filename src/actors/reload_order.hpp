// An operator's order to read the configuration again.
#pragma once

#include "operator_orders.hpp"

namespace sluice::actors {

/// {"author", "reason"}: 200 with {"file", "changed": [{"key", "before", "after"}],
/// "restart_needed":
/// [{"key", "in_force", "in_file"}], "overridden": [key]}; 422 with every fault, as `sluice check`
/// says it, and then nothing has changed.
void order_reload(status_self* self, const settings_keeper_actor& keeper,
                  const status::request& asked, const status::responder& reply);

}  // namespace sluice::actors
