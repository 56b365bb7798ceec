// Moves old records out of a journal into a file of their own, whole or not at all.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "sluice/domain/result.hpp"
#include "sluice/domain/time.hpp"

namespace sluice::journal {

struct archive_options {
  wall_time before{};  ///< Records up to the first one of this instant or later are moved.
  /// Where to; must not exist, and lie on any disk. None: `archive/journal-<first>-<last>.db`
  /// beside the journal.
  std::optional<std::filesystem::path> to{};
  milliseconds busy_timeout{5'000};
  std::int64_t trade_ids_kept{1'000};  ///< Per symbol, that a later start is given back.
  /// Of the disk of a folder; replaceable for tests, what the file system says when null.
  std::uintmax_t (*free_bytes)(const std::filesystem::path& folder){nullptr};
};

/// What was moved.
struct archived {
  std::filesystem::path file{};  ///< Empty when there was nothing to move.
  std::int64_t records{0};
  std::int64_t last_seq{0};  ///< The journal's chain begins after it.
  bool put_off{false};       ///< See archive_older_than.
};

/// The caller holds the state_lock. The archive is durable before anything is deleted, and deleting
/// is one transaction: whenever it is interrupted, the journal has either all of its records, or
/// those after the archive's end and what a start needs of the older ones. An archive that was
/// only not yet named when that happened is named when the journal is opened next; while that
/// fails, the journal can be opened but not archived again. A failure before that commit leaves no
/// file; what a killed archive left beside the journal is removed by the next one. Free space is
/// given back in small steps. Errors: those of store::open; invalid_value when `to` exists, or a
/// draft of it with records of another journal; io_failure, with nothing written, when the disk has
/// not twice the journal's size free; that of naming the last archive.
[[nodiscard]] result<archived> archive_journal(const std::filesystem::path& journal,
                                               const archive_options& options);

/// Archives what is older than `retention`, once the oldest record is older than that by a day more
/// (or by `retention`, if that is less), so that a journal is not copied for a few records. The
/// same conditions and errors as archive_journal. Nothing without a journal, or a retention of 0.
/// Put off when the last process had no orderly end and left a position or an order: what is held
/// would wait for us meanwhile.
[[nodiscard]] result<archived> archive_older_than(const std::filesystem::path& journal,
                                                  milliseconds retention, wall_time now,
                                                  archive_options options);

}  // namespace sluice::journal
