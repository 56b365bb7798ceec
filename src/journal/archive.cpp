// The archive is written and synced under a draft's name; then one transaction of the journal makes
// it the archive, and last it gets its name. Until that transaction a failure takes the draft away.
#include "sluice/journal/archive.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "archive_drafts.hpp"
#include "archive_rows.hpp"
#include "chain.hpp"
#include "journal_file.hpp"
#include "state_checkpoint.hpp"

namespace sluice::journal {
namespace {

namespace fs = std::filesystem;

/// Pages given back in one transaction, 8 MB, and how often at most in one run.
constexpr int pages_a_step = 2'000;
constexpr int steps_max = 1'000;

/// The records before the first one of `before` or later: a clock that was set back changes no
/// order.
result<archive_cut> find_cut(database& db, wall_time before) {
  const auto start = read_chain_start(db);
  if (!start)
    return start.error();
  const auto end = read_chain_end(db);
  if (!end)
    return end.error();
  const auto first_kept =
      db.number("SELECT seq FROM record WHERE seq > ? AND wall_ms >= ? ORDER BY seq LIMIT 1",
                {start->seq, before});
  if (!first_kept)
    return first_kept.error();
  archive_cut cut{.begin = start->seq, .end = *first_kept == 0 ? end->seq : *first_kept - 1};
  const auto chain = db.number("SELECT chain FROM record WHERE seq = ?", {cut.end});
  if (!chain)
    return chain.error();
  cut.chain = static_cast<std::uint64_t>(*chain);
  return cut;
}

/// Reads the draft again from the disk's side: it must end with what the journal goes on from.
result<void> check_draft(const fs::path& draft, const archive_cut& cut, milliseconds busy_timeout) {
  auto db = open_journal_to_read(draft, busy_timeout);
  if (!db)
    return db.error();
  const auto walk = walk_chain(*db);
  if (!walk)
    return fail(walk.error().code, draft.string() + ": " + walk.error().text);
  if (walk->last_seq != cut.end || walk->chain != cut.chain)
    return fail(errc::malformed, draft.string() + ": does not end where the journal goes on");
  return {};
}

/// Before anything is written.
result<void> look_for_room(database& db, const fs::path& folder, const archive_options& options) {
  const auto bytes = bytes_in_use(db);
  if (!bytes)
    return bytes.error();
  return check_room(folder, *bytes,
                    options.free_bytes ? options.free_bytes(folder) : free_bytes_at(folder));
}

/// Whoever calls it removes the draft when it fails.
result<void> write_draft(database& db, const fs::path& draft, const archive_cut& cut,
                         milliseconds busy_timeout) {
  const auto copy = copy_for(draft);
  if (auto made = make_directory(draft); !made)
    return made;
  for (const auto& file : {copy, draft})
    if (auto made = make_empty_file(file); !made)
      return made;
  if (auto copied = db.run("VACUUM INTO ?", {copy.string()}); !copied)
    return copied;
  {
    auto whole = database::open(copy, access::read_write, busy_timeout);
    if (!whole)
      return whole.error();
    if (auto kept = keep_only_archived(*whole, cut); !kept)
      return kept;
    // A VACUUM of the copy itself would take its size once more, in the directory of temporary
    // files.
    if (auto written = whole->run("VACUUM INTO ?", {draft.string()}); !written)
      return written;
  }
  std::error_code code;
  fs::remove(copy, code);
  if (auto checked = check_draft(draft, cut, busy_timeout); !checked)
    return checked;
  return sync_file(draft);
}

/// All but the commit.
result<void> drop_in_transaction(database& db, const fs::path& archive, const archive_cut& cut,
                                 std::int64_t trade_ids_kept) {
  // Looked at as a whole before the end: row by row, each would be looked for in every table.
  auto done = db.script("PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE");
  if (done)
    done = move_first_checkpoint(db, cut.end);
  if (done)
    done = drop_archived(db, cut, trade_ids_kept);
  if (!done)
    return done;
  const auto kept = hash_of_kept(db, cut.end);
  if (!kept)
    return kept.error();
  return db.run("UPDATE chain_start SET seq = ?, chain = ?, archive = ?, kept_hash = ?",
                {cut.end, cut.chain, archive.string(), *kept});
}

/// Ends with an archive that only lacks its name, or with no draft.
result<void> move_records(database& db, const fs::path& archive, const archive_cut& cut,
                          const archive_options& options) {
  const auto draft = draft_of(archive);
  auto done = write_draft(db, draft, cut, options.busy_timeout);
  if (done) {
    done = drop_in_transaction(db, archive, cut, options.trade_ids_kept);
    if (!done)
      db.abandon();
  }
  if (!done) {
    remove_draft(draft);
    return done;
  }
  done = db.run("COMMIT");
  // A commit that failed may stand in the log all the same. Then the draft is the archive and gets
  // its name at the next opening; otherwise the next archive removes it.
  if (!done)
    db.abandon();
  return done;
}

result<void> give_back_space(database& db) {
  for (int i = 0; i < steps_max; ++i) {
    const auto before = db.number("PRAGMA freelist_count");
    if (!before || *before == 0)
      return before ? db.checkpoint() : before.error();
    if (auto given = db.script(fmt::format("PRAGMA incremental_vacuum({})", pages_a_step)); !given)
      return given;
    if (auto moved = db.checkpoint(); !moved)
      return moved;
    // A file made by an older version keeps its pages and uses them again.
    const auto after = db.number("PRAGMA freelist_count ");
    if (!after || *after == *before)
      return after ? result<void>{} : after.error();
  }
  return {};
}

/// Whether somebody has to look after what a crash or a kill left, before anything else.
result<bool> is_urgent(database& db) {
  const auto urgent = db.number(
      "SELECT (SELECT max(seq) FROM record) IS NOT (SELECT max(seq) FROM state_checkpoint) AND "
      "(EXISTS (SELECT 1 FROM ledger_line WHERE amount <> '0') OR "
      "EXISTS (SELECT 1 FROM orders "
      "WHERE state NOT IN ('filled', 'cancelled', 'rejected', 'expired')))");
  if (!urgent)
    return urgent.error();
  return *urgent != 0;
}

}  // namespace

result<archived> archive_journal(const fs::path& journal, const archive_options& options) {
  std::error_code code;
  if (!fs::exists(journal, code))
    return fail(errc::not_found, journal.string() + ": there is no journal");
  auto db = open_journal(journal, {.check = integrity::full,
                                   .busy_timeout = options.busy_timeout,
                                   .trade_ids_kept = options.trade_ids_kept});
  if (!db)
    return db.error();
  const auto last_named = name_archive(*db);
  const auto cut = find_cut(*db, options.before);
  if (!cut)
    return cut.error();
  if (cut->end <= cut->begin)
    return archived{.last_seq = cut->begin};
  // The journal would forget which file the last one is.
  if (!last_named)
    return fail(last_named.error().code, "the last archive cannot be named, so no other is made: " +
                                             last_named.error().text);
  const auto archive =
      fs::absolute(options.to.value_or(journal.parent_path() / "archive" /
                                       fmt::format("journal-{}-{}.db", cut->begin + 1, cut->end)));
  if (fs::exists(archive, code))
    return fail(errc::invalid_value, archive.string() + ": is there already");
  // Another folder may have drafts of others.
  if (!options.to)
    remove_stale_drafts(*db, archive.parent_path(), cut->begin);
  if (auto cleared = clear_draft(*db, draft_of(archive)); !cleared)
    return cleared.error();
  if (auto room = look_for_room(*db, archive.parent_path(), options); !room)
    return room.error();
  if (auto moved = move_records(*db, archive, *cut, options); !moved)
    return moved.error();
  if (auto named = name_archive(*db); !named)
    return named.error();
  if (auto given = give_back_space(*db); !given)
    return given.error();
  if (!options.to)
    if (auto given = give_to_owner_of(journal, archive.parent_path()); !given)
      return given.error();
  if (auto given = give_to_owner_of(journal, archive); !given)
    return given.error();
  return archived{archive, cut->end - cut->begin, cut->end};
}

result<archived> archive_older_than(const fs::path& journal, milliseconds retention, wall_time now,
                                    archive_options options) {
  std::error_code code;
  if (retention <= milliseconds{0} || !fs::exists(journal, code))
    return archived{};
  options.before = {now.ms - retention.count()};
  const auto spared = std::min(retention, milliseconds{std::chrono::hours{24}});
  {
    auto db = open_journal(journal, {.busy_timeout = options.busy_timeout});
    if (!db)
      return db.error();
    const auto old = db->number(
        "SELECT 1 FROM record WHERE seq = (SELECT seq + 1 FROM chain_start) AND wall_ms < ?",
        {wall_time{options.before.ms - spared.count()}});
    if (!old)
      return old.error();
    if (*old == 0)
      return archived{};
    const auto urgent = is_urgent(*db);
    if (!urgent)
      return urgent.error();
    if (*urgent)
      return archived{.put_off = true};
  }
  return archive_journal(journal, options);
}

}  // namespace sluice::journal
