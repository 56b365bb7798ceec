// Everything the journal has of one plan, as one JSON object put together from stored documents.
#pragma once

#include <optional>
#include <string>

#include "database.hpp"
#include "sluice/domain/verdict.hpp"

namespace sluice::journal {

/// None when the plan was never accepted and never judged. Inside a transaction of the caller.
[[nodiscard]] result<std::optional<std::string>> explain_plan(database& db, const plan_id& id);

/// The verdict inside a stored plan_judged record. Errors: malformed.
[[nodiscard]] result<verdict> parse_judged(std::string_view body, instant now);

}  // namespace sluice::journal
