// Which files of a folder are drafts that nobody needs any more, and whether there is room for one.
#include "archive_drafts.hpp"

#include <fmt/format.h>

#include <limits>
#include <optional>
#include <regex>
#include <set>
#include <string>

#include "journal_file.hpp"

namespace sluice::journal {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t megabyte = 1'000'000;

/// A draft, or a file beside it, that was given its name by archive_journal.
struct given_name {
  std::string draft{};
  std::int64_t last{0};  ///< The record that it is to end with.
};

std::optional<given_name> given_name_of(const std::string& file) {
  static const std::regex words{
      R"((journal-[0-9]{1,18}-([0-9]{1,18})\.db\.new)(-copy)?(-wal|-shm|-journal)?)"};
  std::smatch found;
  if (!std::regex_match(file, found, words))
    return std::nullopt;
  return given_name{found[1], std::stoll(found[2])};
}

/// What is no database came to no end; whatever else keeps it from being read may pass.
bool may_be_whole(const error& why) {
  return why.code != errc::malformed;
}

/// Whether it came to its end, with records that the journal does not have: then it may be all that
/// is left of another journal, which was moved away. One of ours that came to its end but was never
/// committed has nothing that the journal has not. One that cannot be read now may be one.
bool has_other_records(database& db, const fs::path& draft) {
  std::error_code code;
  // With a rollback journal beside it, it was cut off.
  if (!fs::exists(draft, code) || fs::exists(draft.string() + "-journal", code))
    return false;
  auto made = database::open(draft, access::read_only, milliseconds{0});
  if (!made)
    return may_be_whole(made.error());
  const auto begun = made->number("SELECT count(*) FROM sqlite_master WHERE name = 'chain_start'");
  if (!begun)
    return may_be_whole(begun.error());
  if (*begun == 0)
    return false;
  const auto until = made->number("SELECT archived_until FROM chain_start");
  if (!until)
    return may_be_whole(until.error());
  if (*until == 0)
    return false;
  constexpr std::string_view chain_at = "SELECT chain FROM record WHERE seq = ?";
  const auto theirs = made->number(chain_at, {*until});
  const auto ours = db.number(chain_at, {*until});
  return !theirs || !ours || *theirs != *ours;
}

}  // namespace

fs::path copy_for(const fs::path& draft) {
  return draft.string() + "-copy";
}

void remove_draft(const fs::path& draft) {
  std::error_code code;
  for (const auto& file : {draft, copy_for(draft)})
    for (const auto* ending : {"", "-wal", "-shm", "-journal"})
      fs::remove(file.string() + ending, code);
}

result<void> clear_draft(database& db, const fs::path& draft) {
  if (has_other_records(db, draft))
    return fail(errc::invalid_value,
                draft.string() +
                    ": holds records of another journal, or cannot be read; move it "
                    "away");
  remove_draft(draft);
  return {};
}

void remove_stale_drafts(database& db, const fs::path& folder, std::int64_t begin) {
  std::set<std::string> stale;
  std::error_code code;
  for (fs::directory_iterator file(folder, code), end; !code && file != end; file.increment(code))
    if (auto name = given_name_of(file->path().filename().string()); name && name->last > begin)
      stale.insert(std::move(name->draft));
  for (const auto& draft : stale)
    if (!has_other_records(db, folder / draft))
      remove_draft(folder / draft);
}

result<std::uintmax_t> bytes_in_use(database& db) {
  const auto pages = db.number("PRAGMA page_count");
  if (!pages)
    return pages.error();
  const auto unused = db.number("PRAGMA freelist_count");
  if (!unused)
    return unused.error();
  const auto size = db.number("PRAGMA page_size");
  if (!size)
    return size.error();
  return static_cast<std::uintmax_t>(*pages - *unused) * static_cast<std::uintmax_t>(*size);
}

std::uintmax_t free_bytes_at(const fs::path& folder) {
  std::error_code code;
  auto there = folder;
  while (!fs::exists(there, code) && there.has_relative_path())
    there = there.parent_path();
  const auto space = fs::space(there, code);
  return code ? std::numeric_limits<std::uintmax_t>::max() : space.available;
}

result<void> check_room(const fs::path& folder, std::uintmax_t journal_bytes,
                        std::uintmax_t free_bytes) {
  const auto needed = room_for_archive(journal_bytes);
  if (free_bytes >= needed)
    return {};
  return fail(
      errc::io_failure,
      fmt::format("{}: an archive of this journal takes {} MB of free space while it is made, and "
                  "{} MB are free: nothing was written; make room, or archive to another disk "
                  "(sluice journal archive --to FILE)",
                  folder.string(), (needed + megabyte - 1) / megabyte, free_bytes / megabyte));
}

}  // namespace sluice::journal
