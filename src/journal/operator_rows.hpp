// The rows of what operators ordered: trading states, overrides, armed closes, settings.
#pragma once

#include "row_head.hpp"

namespace sluice::journal {

[[nodiscard]] result<void> write(database& db, const row_head& h, const state_changed& b);
[[nodiscard]] result<void> write(database& db, const row_head& h, const override_set& b);
[[nodiscard]] result<void> write(database& db, const row_head& h, const override_ended& b);
[[nodiscard]] result<void> write(database& db, const row_head& h, const close_armed& b);
[[nodiscard]] result<void> write(database& db, const row_head& h, const close_disarmed& b);
[[nodiscard]] result<void> write(database& db, const row_head& h, const settings_changed& b);

}  // namespace sluice::journal
