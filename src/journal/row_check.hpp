// Rows that are copies of their record's fields, against the record: questions are answered by
// them.
#pragma once

#include "database.hpp"

namespace sluice::journal {

/// Compares the rows of plans, verdicts, orders' events and fills with the records they were
/// written with, and looks for rows without a record and records after `begins_after` without a
/// row. Errors: malformed naming table, record and column. The chain must hold.
[[nodiscard]] result<void> check_rows(database& db, std::int64_t begins_after);

}  // namespace sluice::journal
