// Which rows go with archived records, and which a start still needs.
#pragma once

#include "database.hpp"

namespace sluice::journal {

/// Up to where records are archived.
struct archive_cut {
  std::int64_t begin{0};   ///< The file's chain began after it.
  std::int64_t end{0};     ///< The last record that is moved.
  std::uint64_t chain{0};  ///< Of that record.
};

/// Leaves of a copy of the journal what is the archive of the cut: without later records, and
/// without the state, which is that of a later moment. The space of what goes stays in the file.
[[nodiscard]] result<void> keep_only_archived(database& copy, const archive_cut& cut);

/// Deletes the cut's records, and all older ones, but for what a start needs. Inside a transaction
/// of the caller, without foreign keys; fails (malformed) rather than leave a row that refers to
/// nothing.
[[nodiscard]] result<void> drop_archived(database& db, const archive_cut& cut,
                                         std::int64_t trade_ids_kept);

}  // namespace sluice::journal
