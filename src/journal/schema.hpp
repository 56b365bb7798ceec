// The journal's tables, their version, and the steps from each older version to the next.
#pragma once

#include <cstdint>
#include <string_view>

#include "database.hpp"

namespace sluice::journal {

/// "Sluc" in the file's header: says that a SQLite file is a journal.
inline constexpr std::int64_t application_id = 0x536c'7563;

/// What this program writes and reads.
inline constexpr std::int64_t schema_version = 4;

/// The bytes of a journal without records, as every older version's steps make it. They stay where
/// they are. Errors: those of database.
[[nodiscard]] result<std::string_view> new_journal();

/// Brings a journal of any older version (0: an empty file) to schema_version, each step in one
/// transaction. Errors: malformed when it is newer, no journal, or has other tables than its
/// version makes; those of database.
[[nodiscard]] result<void> migrate(database& db);

/// Refuses a file that is not a journal of exactly this version, table by table: for those that
/// only read.
[[nodiscard]] result<void> expect_current_schema(database& db);

}  // namespace sluice::journal
