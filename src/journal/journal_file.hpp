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

}  // namespace sluice::journal
