// What the journal has of one plan, for those who must tell a repetition from another plan.
#pragma once

#include "sluice/journal/reader.hpp"
#include "sluice/planning/upstream_desk.hpp"

namespace sluice::actors {

/// None when no plan of this id was ever accepted, or the journal cannot say.
[[nodiscard]] std::optional<known_plan> look_up(journal::reader& journal, const plan_id& id);

/// Of a document as `journal::reader::explain` makes it.
[[nodiscard]] std::optional<known_plan> known_plan_in(std::string_view explained);

}  // namespace sluice::actors
