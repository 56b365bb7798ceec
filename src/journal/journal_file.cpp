// How a journal's file is made, checked and opened.
#include "journal_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "chain.hpp"
#include "log_check.hpp"
#include "schema.hpp"
#include "schema_state.hpp"
#include "state_checkpoint.hpp"

namespace sluice::journal {
namespace {

namespace fs = std::filesystem;

error failed_call(const fs::path& path, std::string_view what) {
  const int code = errno;
  const auto kind = code == EACCES || code == EPERM ? errc::not_permitted : errc::io_failure;
  return fail(
      kind, fmt::format("{}: {}: {}", path.string(), what, std::generic_category().message(code)));
}

/// The error with the file's name before it, unless it is there already.
error named(const fs::path& path, const error& e) {
  if (e.text.starts_with(path.string()))
    return e;
  return fail(e.code, path.string() + ": " + e.text);
}

fs::path beside(const fs::path& path, const char* ending) {
  return path.string() + ending;
}

/// Makes the names in a directory durable.
result<void> sync_directory(const fs::path& directory) {
  const int d = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (d < 0)
    return failed_call(directory, "open");
  const int synced = ::fsync(d);
  const auto failure = failed_call(directory, "sync");
  ::close(d);
  if (synced != 0)
    return failure;
  return {};
}

result<void> fill_new_file(const fs::path& path, const store_options& options) {
  const auto content = new_journal();
  if (!content)
    return content.error();
  auto db = database::open(path, access::read_write, options.busy_timeout);
  if (!db)
    return db.error();
  if (auto set = db->script("PRAGMA synchronous = FULL"); !set)
    return set;
  if (auto copied = db->take_content(*content); !copied)
    return copied;
  // Before it gets its name: the change itself leaves, when it is cut off, a file that a reader
  // cannot open until a writer has been there.
  return db->script("PRAGMA journal_mode = WAL");
}

/// Under another name first, so that a file of the journal's name is always a whole one: an empty
/// or half-made file there is damage, never a beginning.
result<void> make_journal(const fs::path& path, const store_options& options) {
  std::error_code code;
  if (fs::exists(beside(path, "-wal"), code))
    return fail(errc::malformed,
                path.string() +
                    ": is missing, but its write-ahead log (-wal) is there: restore the "
                    "file, or move the log away to begin anew");
  const auto draft = beside(path, ".new");
  for (const auto* ending : {"", "-wal", "-shm", "-journal"})
    fs::remove(beside(draft, ending), code);
  if (auto made = make_empty_file(draft); !made)
    return made;
  if (auto filled = fill_new_file(draft, options); !filled)
    return named(draft, filled.error());
  if (::rename(draft.c_str(), path.c_str()) != 0)
    return failed_call(path, "rename");
  return sync_directory(path.has_parent_path() ? path.parent_path() : fs::path("."));
}

/// SQLite would take an empty file for a new database.
result<void> refuse_empty(const fs::path& path) {
  std::error_code code;
  const auto size = fs::file_size(path, code);
  if (code)
    return fail(errc::io_failure, path.string() + ": " + code.message());
  if (size == 0)
    return fail(errc::malformed, path.string() +
                                     ": is empty: the journal was cut; restore it, or "
                                     "move it away to begin anew");
  return {};
}

result<void> check_whole(database& db, integrity how) {
  if (auto checked = check_structure(db, how); !checked)
    return checked;
  if (how == integrity::quick)
    return {};
  const auto walk = walk_chain(db);
  if (!walk)
    return walk.error();
  return {};
}

/// Written once before it is used, so that a commit finds its blocks there: a sync that makes the
/// log longer waits for the file system's own journal as well, which costs twice as much and has
/// the longer tail. Zeros are no frames: SQLite takes them for the end of the log.
result<void> lay_out_log(const fs::path& path, ::off_t bytes) {
  const auto log = beside(path, "-wal");
  const int file = ::open(log.c_str(), O_WRONLY | O_CLOEXEC);
  if (file < 0)
    return failed_call(log, "open");
  static constexpr std::array<char, 65'536> zeros{};
  auto at = ::lseek(file, 0, SEEK_END);
  bool written = at >= 0;
  while (written && at < bytes) {
    const auto more = ::pwrite(file, zeros.data(), zeros.size(), at);
    written = more > 0;
    at += more;
  }
  written = written && ::fdatasync(file) == 0;
  const auto failure = failed_call(log, "lay out");
  ::close(file);
  if (!written)
    return failure;
  return {};
}

result<void> prepare_to_write(database& db, const store_options& options) {
  // Checkpoints are made by the store, which must see them fail. A log is cut back to 64 MB.
  if (auto set = db.script("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                           "PRAGMA foreign_keys = ON;"
                           "PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -32768;"
                           "PRAGMA temp_store = MEMORY");
      !set)
    return set;
  if (auto migrated = migrate(db); !migrated)
    return migrated;
  if (auto kept = db.script(log_use_table); !kept)
    return kept;
  if (auto whole = check_whole(db, options.check); !whole)
    return whole;
  if (const auto start = read_chain_start(db); !start)
    return start.error();
  else if (start->archived_until != 0)
    return fail(errc::malformed, "is an archive: it can only be read");
  return check_since_last_checkpoint(db);
}

constexpr const char* log_lost =
    "SQLite would go on without what it held, as if that had never been. Restore it from a copy, "
    "or look what is lost (orders and positions at the exchange) and run `sluice journal accept`";

/// Before SQLite reads it: the first damaged frame is the end for SQLite, whatever follows.
result<void> check_log(const fs::path& path, const log_state& log) {
  if (log.damage.empty())
    return {};
  return fail(errc::malformed, fmt::format("{}-wal: {}: {}", path.string(), log.damage, log_lost));
}

/// Only a process that came to its end leaves no log.
result<void> check_use(database& db, const log_state& log, std::int64_t laid_out) {
  if (log.begun && log.size >= laid_out)
    return {};
  const auto in_use = db.number("SELECT in_use FROM log_use");
  if (!in_use)
    return in_use.error();
  if (*in_use == 0)
    return {};
  return fail(errc::malformed,
              fmt::format("the process before did not come to its end, and its write-ahead log "
                          "(-wal) is {}: {}",
                          log.size == 0 ? "missing" : "cut", log_lost));
}

/// From here on the log has to be there, and the file says so; where a reader is in the way, after
/// the store's next checkpoint. What a power cut left behind the last commit must not stand behind
/// later ones, so that the log begins anew.
result<void> begin_use(database& db) {
  if (auto set = db.run("UPDATE log_use SET in_use = 1"); !set)
    return set;
  return db.checkpoint();
}

/// Of a directory that may be the one we stand in.
fs::path directory_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

}  // namespace

result<void> check_structure(database& db, integrity how) {
  std::string found;
  const auto keep_first = [&](const row& r) {
    if (found.empty())
      found = r.text(0);
    return result<void>{};
  };
  const auto checked = how == integrity::full ? db.each("PRAGMA integrity_check(1)", {}, keep_first)
                                              : db.each("PRAGMA quick_check(1)", {}, keep_first);
  if (!checked)
    return checked.error();
  if (found != "ok")
    return fail(errc::malformed, "is damaged: " + found);
  return {};
}

result<void> make_empty_file(const fs::path& path) {
  const int file = ::open(path.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (file < 0)
    return failed_call(path, "make");
  ::close(file);
  return {};
}

result<void> make_directory(const fs::path& path) {
  const auto directory = path.parent_path();
  std::error_code code;
  if (directory.empty() || fs::exists(directory, code))
    return {};
  fs::create_directories(directory, code);
  if (!code)
    fs::permissions(directory, fs::perms::owner_all, code);
  if (code)
    return fail(errc::io_failure, directory.string() + ": " + code.message());
  return {};
}

result<void> give_to_owner_of(const fs::path& journal, const fs::path& made) {
  struct stat of {};
  if (::geteuid() != 0 || ::stat(journal.c_str(), &of) != 0)
    return {};
  if (::chown(made.c_str(), of.st_uid, of.st_gid) != 0)
    return failed_call(made, "give away");
  return {};
}

result<void> sync_file(const fs::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0)
    return failed_call(path, "open");
  const int synced = ::fdatasync(file);
  const auto failure = failed_call(path, "sync");
  ::close(file);
  if (synced != 0)
    return failure;
  return sync_directory(directory_of(path));
}

fs::path draft_of(const fs::path& archive) {
  return beside(archive, ".new");
}

result<void> name_archive(database& db) {
  const auto start = read_chain_start(db);
  if (!start)
    return start.error();
  std::error_code code;
  const fs::path archive = start->archive;
  if (archive.empty() || fs::is_regular_file(archive, code) || !fs::exists(draft_of(archive), code))
    return {};
  if (::rename(draft_of(archive).c_str(), archive.c_str()) != 0)
    return failed_call(archive, "rename");
  return sync_directory(directory_of(archive));
}

result<database> open_journal(const fs::path& path, const store_options& options) {
  if (auto made = make_directory(path); !made)
    return made.error();
  std::error_code code;
  if (!fs::exists(path, code)) {
    if (auto made = make_journal(path, options); !made)
      return made.error();
  }
  if (auto checked = refuse_empty(path); !checked)
    return checked.error();
  const auto log = look_at_log(path);
  if (!log)
    return log.error();
  if (auto checked = check_log(path, *log); !checked && !options.accept_lost_log)
    return checked.error();
  auto db = database::open(path, access::read_write, options.busy_timeout);
  if (!db)
    return db.error();
  db->keep_log_at_close(true);
  if (auto prepared = prepare_to_write(*db, options); !prepared)
    return named(path, prepared.error());
  if (auto checked = check_use(*db, *log, options.log_laid_out);
      !checked && !options.accept_lost_log)
    return named(path, checked.error());
  if (auto laid_out = lay_out_log(path, options.log_laid_out); !laid_out)
    return laid_out.error();
  if (auto begun = begin_use(*db); !begun)
    return named(path, begun.error());
  return db;
}

result<database> open_journal_to_read(const fs::path& path, milliseconds busy_timeout) {
  std::error_code code;
  if (!fs::exists(path, code))
    return fail(errc::not_found, path.string() + ": there is no journal");
  if (auto checked = refuse_empty(path); !checked)
    return checked.error();
  auto db = database::open(path, access::read_only, busy_timeout);
  if (!db)
    return db.error();
  if (auto current = expect_current_schema(*db); !current)
    return named(path, current.error());
  return db;
}

}  // namespace sluice::journal
