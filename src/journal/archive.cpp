// The archive is written and synced under a draft's name; then one transaction of the journal makes
// it the archive, and last it gets its name.
#include "sluice/journal/archive.hpp"

#include <fmt/format.h>

#include <algorithm>

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

result<void> write_draft(database& db, const fs::path& draft, const archive_cut& cut,
                         milliseconds busy_timeout) {
  std::error_code code;
  for (const auto* ending : {"", "-wal", "-shm", "-journal"})
    fs::remove(draft.string() + ending, code);
  if (auto made = make_directory(draft); !made)
    return made;
  if (auto made = make_empty_file(draft); !made)
    return made;
  if (auto copied = db.run("VACUUM INTO ?", {draft.string()}); !copied)
    return copied;
  {
    auto copy = database::open(draft, access::read_write, busy_timeout);
    if (!copy)
      return copy.error();
    if (auto kept = keep_only_archived(*copy, cut); !kept)
      return kept;
  }
  if (auto checked = check_draft(draft, cut, busy_timeout); !checked)
    return checked;
  return sync_file(draft);
}

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
  done = db.run("UPDATE chain_start SET seq = ?, chain = ?, archive = ?, kept_hash = ?",
                {cut.end, cut.chain, archive.string(), *kept});
  return done ? db.run("COMMIT") : done;
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
  if (auto written = write_draft(*db, draft_of(archive), *cut, options.busy_timeout); !written)
    return written.error();
  if (auto dropped = drop_in_transaction(*db, archive, *cut, options.trade_ids_kept); !dropped) {
    db->abandon();
    return dropped.error();
  }
  if (auto named = name_archive(*db); !named)
    return named.error();
  if (auto given = give_back_space(*db); !given)
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
  }
  return archive_journal(journal, options);
}

}  // namespace sluice::journal
