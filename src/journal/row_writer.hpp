// Writes one record into the spine and into the tables of its kind, state rows included.
#pragma once

#include "database.hpp"
#include "sluice/domain/record.hpp"

namespace sluice::journal {

/// True for what is to be left out: see appended::duplicate.
[[nodiscard]] result<bool> is_duplicate(database& db, const record_body& b);

/// Writes all rows of a record that has its seq, and returns the chain's new value. Inside a
/// transaction of the caller.
[[nodiscard]] result<std::uint64_t> write_record(database& db, const record& r,
                                                 std::uint64_t chain_before);

}  // namespace sluice::journal
