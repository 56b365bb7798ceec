// An archive that fails or is killed costs no record, and leaves no file that fills the disk.
#include <sqlite3.h>

#include <algorithm>
#include <fstream>

#include "archive_drafts.hpp"
#include "builders.hpp"
#include "faulty_disk.hpp"
#include "sluice/journal/archive.hpp"
#include "support/catch.hpp"

namespace sluice::journal {
namespace {

using namespace test;
namespace fs = std::filesystem;
using names = std::vector<std::string>;

constexpr wall_time later{1'795'000'000'000 + 1'000'000};

/// Twenty notices that begin with `first`.
void fill_journal(const directory& d, const std::string& first = "first") {
  auto s = opened(d.journal());
  put(*s, notice{"test", first});
  for (int i = 1; i < 20; ++i)
    put(*s, notice{"test", "old"});
  REQUIRE(s->end().has_value());
}

fs::path archives_of(const directory& d) {
  return d.path() / "archive";
}

names files_in(const fs::path& folder) {
  names found;
  std::error_code code;
  for (const auto& file : fs::directory_iterator(folder, code))
    found.push_back(file.path().filename().string());
  std::ranges::sort(found);
  return found;
}

void write_file(const fs::path& path) {
  fs::create_directories(path.parent_path());
  std::ofstream(path) << "half of a draft";
}

std::int64_t records_in(const fs::path& file) {
  const auto found = read(file)->verify();
  INFO((found ? "" : found.error().text));
  REQUIRE(found.has_value());
  return found->records;
}

void archive_all(const directory& d) {
  const auto made = archive_journal(d.journal(), {.before = later});
  INFO((made ? "" : made.error().text));
  REQUIRE(made.has_value());
}

enum class moment : std::uint8_t { copy_written, draft_written, commit };

/// True at the first call for the disk in that part of an archive, and after it.
bool has_come(moment when, const directory& d) {
  const auto draft = archives_of(d) / "journal-1-20.db.new";
  const auto is_begun = [](const fs::path& file) {
    std::error_code code;
    return fs::exists(file, code) && fs::file_size(file, code) > 0;
  };
  switch (when) {
    case moment::copy_written:
      return is_begun(copy_for(draft));
    case moment::draft_written:
      return is_begun(draft);
    case moment::commit:
      return is_begun(draft) && !fs::exists(copy_for(draft));
  }
  return false;
}

void fail_archive(const directory& d, moment when, disk_call what, int code) {
  faulty_disk disk;
  bool planned = false;
  disk.before_each_call([&] {
    if (planned || !has_come(when, d))
      return;
    planned = true;
    disk.fail(what, 0, code);
  });
  const auto made = archive_journal(d.journal(), {.before = later});
  REQUIRE(disk.happened());
  REQUIRE_FALSE(made.has_value());
  CHECK(made.error().code == errc::io_failure);
}

/// An archive of another file, under the name of a draft in this one's folder.
void put_whole_draft(const directory& of, std::int64_t before_second, const directory& into,
                     const std::string& name) {
  const auto file = archives_of(into) / name;
  const auto made = archive_journal(
      of.journal(), {.before = {1'795'000'000'000 + before_second * 1'000}, .to = file});
  REQUIRE(made.has_value());
  fs::rename(file, file.string() + ".new");
}

}  // namespace

TEST_CASE("an archive takes twice the journal's size of free space, and says so") {
  CHECK(check_room("/x", 1'000'000, 2'000'000).has_value());
  CHECK(check_room("/x", 0, 0).has_value());
  const auto refused = check_room("/x", 1'000'000, 1'999'999);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == errc::io_failure);
  CHECK_THAT(refused.error().text, ContainsSubstring("/x: an archive of this journal takes 2 MB"));
  CHECK_THAT(refused.error().text, ContainsSubstring("1 MB are free: nothing was written"));
  CHECK(free_bytes_at(fs::temp_directory_path() / "not" / "made yet") > 0);
}

TEST_CASE("an archive without room is refused before anything is written") {
  const directory d;
  fill_journal(d);
  const auto made = archive_journal(
      d.journal(),
      {.before = later, .free_bytes = [](const fs::path&) -> std::uintmax_t { return 1'000; }});
  REQUIRE_FALSE(made.has_value());
  CHECK_THAT(made.error().text, ContainsSubstring("0 MB are free: nothing was written"));
  CHECK_FALSE(fs::exists(archives_of(d)));
  CHECK(records_in(d.journal()) == 20);
}

TEST_CASE("a full disk leaves no draft, and the next archive succeeds") {
  for (const auto when : {moment::copy_written, moment::draft_written}) {
    INFO(static_cast<int>(when));
    const directory d;
    fill_journal(d);
    fail_archive(d, when, disk_call::write, SQLITE_FULL);
    CHECK(files_in(archives_of(d)) == names{});
    CHECK(records_in(d.journal()) == 20);
    archive_all(d);
    CHECK(files_in(archives_of(d)) == names{"journal-1-20.db"});
  }
}

TEST_CASE("records that cannot be dropped stay, and their draft goes") {
  const directory d;
  fill_journal(d);
  sqlite3* raw = nullptr;
  REQUIRE(sqlite3_open(d.journal().c_str(), &raw) == SQLITE_OK);
  CHECK(sqlite3_exec(raw,
                     "CREATE TABLE stranger (seq INTEGER REFERENCES record(seq));"
                     "INSERT INTO stranger VALUES (2)",
                     nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(raw);
  const auto made = archive_journal(d.journal(), {.before = later});
  REQUIRE_FALSE(made.has_value());
  CHECK_THAT(made.error().text, ContainsSubstring("a row of stranger would refer to a record"));
  CHECK(files_in(archives_of(d)) == names{});
  CHECK(records_in(d.journal()) == 20);
}

TEST_CASE("a commit that fails loses no record, whether it reached the disk or not") {
  for (const auto& [what, code] :
       {std::pair{disk_call::write, SQLITE_FULL}, std::pair{disk_call::sync, SQLITE_IOERR_FSYNC}}) {
    INFO(code);
    const directory d;
    fill_journal(d);
    fail_archive(d, moment::commit, what, code);
    REQUIRE(files_in(archives_of(d)) == names{"journal-1-20.db.new"});
    CHECK(opened(d.journal())->last_seq() == 20);
    const auto file = archives_of(d) / "journal-1-20.db";
    CHECK(records_in(fs::exists(file) ? file : d.journal()) == 20);
    archive_all(d);
    CHECK(files_in(archives_of(d)) == names{"journal-1-20.db"});
    CHECK(records_in(file) == 20);
  }
}

TEST_CASE("an archive removes what killed ones left, and nothing else") {
  const directory d;
  fill_journal(d);
  const directory other;
  fill_journal(other, "of another journal");
  put_whole_draft(other, 3, d, "journal-1-3.db");
  const directory twin;
  fs::copy_file(d.journal(), twin.journal());
  put_whole_draft(twin, 7, d, "journal-1-7.db");
  for (const auto* name :
       {"journal-1-5.db.new", "journal-1-5.db.new-journal", "journal-1-6.db.new-copy",
        "journal-1-6.db.new-copy-journal", "journal-1-5.db", "journal-1-5.db.newer",
        "journal-1.db.new", "my-journal-1-5.db.new", "notes.txt"})
    write_file(archives_of(d) / name);
  archive_all(d);
  CHECK(files_in(archives_of(d)) == names{"journal-1-20.db", "journal-1-3.db.new", "journal-1-5.db",
                                          "journal-1-5.db.newer", "journal-1.db.new",
                                          "my-journal-1-5.db.new", "notes.txt"});
  CHECK(records_in(archives_of(d) / "journal-1-3.db.new") == 3);
}

TEST_CASE("a draft of another journal is not written over") {
  const directory d;
  fill_journal(d);
  const directory other;
  fill_journal(other, "of another journal");
  put_whole_draft(other, 1'000, d, "journal-1-20.db");
  const auto made = archive_journal(d.journal(), {.before = later});
  REQUIRE_FALSE(made.has_value());
  CHECK(made.error().code == errc::invalid_value);
  CHECK_THAT(made.error().text, ContainsSubstring("journal-1-20.db.new: holds records of another"));
  CHECK(records_in(archives_of(d) / "journal-1-20.db.new") == 20);
  CHECK(records_in(d.journal()) == 20);
}

TEST_CASE("a draft that ends where the journal begins is left alone") {
  const directory d;
  fill_journal(d);
  archive_all(d);
  write_file(archives_of(d) / "journal-1-20.db.new");
  {
    auto s = opened(d.journal());
    put(*s, notice{"test", "newer"});
    REQUIRE(s->end().has_value());
  }
  archive_all(d);
  CHECK(files_in(archives_of(d)) ==
        names{"journal-1-20.db", "journal-1-20.db.new", "journal-21-21.db"});
}

TEST_CASE("a folder that somebody chose is not tidied") {
  const directory d;
  fill_journal(d);
  write_file(archives_of(d) / "journal-1-5.db.new");
  REQUIRE(archive_journal(d.journal(), {.before = later, .to = archives_of(d) / "mine.db"}));
  CHECK(files_in(archives_of(d)) == names{"journal-1-5.db.new", "mine.db"});
}

}  // namespace sluice::journal
