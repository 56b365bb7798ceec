// Which earlier record made a new one happen.
#pragma once

#include "database.hpp"
#include "sluice/domain/record.hpp"

namespace sluice::journal {

/// The seq of the record that caused this one, found by key; 0 when there is none, or none is
/// known. To be asked before the record's own rows are written. Errors: those of database.
[[nodiscard]] result<std::int64_t> cause_of(database& db, const record_body& b);

}  // namespace sluice::journal
