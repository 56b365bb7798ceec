// From a path to a journal that can be written: made whole or not at all, checked, brought up to
// date.
#pragma once

#include "database.hpp"
#include "sluice/journal/store.hpp"

namespace sluice::journal {

/// Opens the journal for writing; see store::open.
[[nodiscard]] result<database> open_journal(const std::filesystem::path& path,
                                            const store_options& options);

/// Opens an existing journal of the current schema for reading.
[[nodiscard]] result<database> open_journal_to_read(const std::filesystem::path& path,
                                                    milliseconds busy_timeout);

/// Whether pages, trees and constraints, and with integrity::full also every index, are whole: a
/// row that an index has lost is not found by it. Says nothing of values.
[[nodiscard]] result<void> check_structure(database& db, integrity how);

/// Makes an empty file (mode 0600) of a name that is not there.
[[nodiscard]] result<void> make_empty_file(const std::filesystem::path& path);

/// Makes the directory (mode 0700) of a file that shall be there.
[[nodiscard]] result<void> make_directory(const std::filesystem::path& path);

/// Root may work on the journal of another user, who has to go on with what was made beside it.
/// Does nothing for anybody else.
[[nodiscard]] result<void> give_to_owner_of(const std::filesystem::path& journal,
                                            const std::filesystem::path& made);

/// Makes content and name of a file durable.
[[nodiscard]] result<void> sync_file(const std::filesystem::path& path);

/// The name of an archive that is not whole yet, or not yet one.
[[nodiscard]] std::filesystem::path draft_of(const std::filesystem::path& archive);

/// Names the archive that the journal's chain goes on from, when that was not done yet. The journal
/// itself needs no name of it.
[[nodiscard]] result<void> name_archive(database& db);

}  // namespace sluice::journal
