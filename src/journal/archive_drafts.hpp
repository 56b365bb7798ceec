// Files that are to become an archive: the room they need, and when they go.
#pragma once

#include <cstdint>
#include <filesystem>

#include "database.hpp"

namespace sluice::journal {

/// The copy of the whole journal that a draft is made from. Never an archive itself.
[[nodiscard]] std::filesystem::path copy_for(const std::filesystem::path& draft);

/// Removes a draft, its copy, and what SQLite keeps beside them, as far as they are there.
void remove_draft(const std::filesystem::path& draft);

/// Removes what an earlier try left under the draft's name. Fails (invalid_value) when that is a
/// whole archive of records that the journal does not have.
[[nodiscard]] result<void> clear_draft(database& db, const std::filesystem::path& draft);

/// Removes the drafts that killed archives left in the journal's own folder of archives: those that
/// were given the name of an archive behind record `begin`, after which the journal's chain begins.
/// One that the journal itself goes on from ends with `begin`, so it stays; so does a whole one of
/// records that the journal does not have.
void remove_stale_drafts(database& db, const std::filesystem::path& folder, std::int64_t begin);

/// Free space that an archive takes where it is written: the copy of the journal, and as much again
/// for what is changed in the copy, and then for the archive itself.
[[nodiscard]] constexpr std::uintmax_t room_for_archive(std::uintmax_t journal_bytes) {
  return 2 * journal_bytes;
}

/// What the journal's rows take in the file, and so at most in a copy.
[[nodiscard]] result<std::uintmax_t> bytes_in_use(database& db);

/// Of the disk that a folder is on, or will be once it is made. As much as can be where nobody
/// knows: then the writing itself will say.
[[nodiscard]] std::uintmax_t free_bytes_at(const std::filesystem::path& folder);

/// Fails (io_failure) when the free bytes are less than an archive of the journal takes.
[[nodiscard]] result<void> check_room(const std::filesystem::path& folder,
                                      std::uintmax_t journal_bytes, std::uintmax_t free_bytes);

}  // namespace sluice::journal
