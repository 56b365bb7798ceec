// The form of plans as a JSON Schema (2020-12), for producers that check before they send.
#pragma once

#include <string>

namespace sluice {

/// A schema of one plan or of a batch; "#/$defs/plan" and "#/$defs/batch" are either alone. It is
/// made from the table by which plans are read, and says what can be said by form: whatever it
/// refuses is refused. What depends on time, settings or on how two numbers compare is not in it.
[[nodiscard]] std::string plan_schema();

}  // namespace sluice
