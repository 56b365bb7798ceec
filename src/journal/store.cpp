// The journal's writer: batches of records, each batch one transaction and one sync.
#include "sluice/journal/store.hpp"

#include <optional>

#include "cause.hpp"
#include "chain.hpp"
#include "journal_file.hpp"
#include "recover.hpp"
#include "row_writer.hpp"
#include "state_checkpoint.hpp"

namespace sluice::journal {
namespace {

/// Pages of write-ahead log from which on they are moved into the file: 4 MB.
constexpr int checkpoint_pages = 1'000;
/// Pages from which on a commit does so itself, since nobody else has done it.
constexpr int checkpoint_pages_at_once = 4 * checkpoint_pages;

/// Records from which on the state is kept again; so many at most are folded at a start. Like the
/// pages: by tidy, by a commit when nobody called that, and at a start.
constexpr std::int64_t checkpoint_records = 10'000;
constexpr std::int64_t checkpoint_records_at_once = 2 * checkpoint_records;
constexpr std::int64_t checkpoint_records_at_start = 1'000;
/// Before any record: the first checkpoint is always due.
constexpr std::int64_t no_checkpoint = -checkpoint_records;

}  // namespace

struct store::impl {
  database db;
  store_options options{};
  std::int64_t last_seq{0};
  std::uint64_t chain{0};
  std::int64_t checkpoint{0};  ///< Seq of the last one of the state.
  std::int64_t uncommitted{0};
  std::optional<error> failure{};
  std::string archive_fault{};
  bool use_is_in_file{false};

  /// The batch cannot be trusted any more, and after a failed sync no later one could be.
  error give_up(const error& e) {
    failure = e;
    db.abandon();
    last_seq -= uncommitted;
    uncommitted = 0;
    return e;
  }

  /// Keeps the state when more than so many records followed the last time.
  result<void> keep_state_within(std::int64_t records) {
    if (uncommitted > 0 || last_seq - checkpoint <= records)
      return {};
    auto kept = db.run("BEGIN IMMEDIATE");
    if (kept)
      kept = keep_checkpoint(db, last_seq);
    if (kept)
      kept = db.run("COMMIT");
    if (!kept)
      return give_up(kept.error());
    checkpoint = last_seq;
    return {};
  }

  result<void> keep_log_below(int pages) {
    if (uncommitted > 0 || db.log_pages() < pages)
      return {};
    // A checkpoint whose sync failed may look done to the next one while its pages are lost.
    if (auto moved = db.checkpoint(); !moved)
      return give_up(moved.error());
    return {};
  }
};

store::store(std::unique_ptr<impl> state) : impl_(std::move(state)) {}
store::~store() = default;

result<std::unique_ptr<store>> store::open(const std::filesystem::path& path,
                                           const store_options& options) {
  auto db = open_journal(path, options);
  if (!db)
    return db.error();
  const auto named = name_archive(*db);
  const auto end = read_chain_end(*db);
  if (!end)
    return end.error();
  const auto kept = last_checkpoint(*db);
  if (!kept)
    return kept.error();
  auto state = std::make_unique<impl>(impl{.db = std::move(*db),
                                           .options = options,
                                           .last_seq = end->seq,
                                           .chain = end->chain,
                                           .checkpoint = kept->value_or(no_checkpoint),
                                           .archive_fault = named ? "" : named.error().text});
  state->use_is_in_file = state->db.all_moved();
  if (auto caught_up = state->keep_state_within(checkpoint_records_at_start); !caught_up)
    return fail(caught_up.error().code, path.string() + ": " + caught_up.error().text);
  return std::unique_ptr<store>(new store(std::move(state)));
}

result<appended> store::append(record& r) {
  if (impl_->failure)
    return *impl_->failure;
  r.seq = 0;
  const auto* filled = std::get_if<fill_recorded>(&r.body);
  if (filled && filled->what.id <= 0)
    return fail(errc::invalid_value, "a fill needs the venue's trade id");
  const auto duplicate = is_duplicate(impl_->db, r.body);
  if (!duplicate)
    return impl_->give_up(duplicate.error());
  if (*duplicate)
    return appended::duplicate;
  if (impl_->uncommitted == 0) {
    impl_->db.keep_log_at_close(true);
    if (auto begun = impl_->db.run("BEGIN IMMEDIATE"); !begun)
      return impl_->give_up(begun.error());
  }
  const auto cause = cause_of(impl_->db, r.body);
  if (!cause)
    return impl_->give_up(cause.error());
  r.caused_by = *cause;
  r.seq = ++impl_->last_seq;
  ++impl_->uncommitted;
  const auto chain = write_record(impl_->db, r, impl_->chain);
  if (!chain) {
    r.seq = 0;
    return impl_->give_up(chain.error());
  }
  impl_->chain = *chain;
  return appended::written;
}

result<std::uint64_t> store::content_hash_of(const plan_id& id) {
  if (impl_->failure)
    return *impl_->failure;
  const auto found = impl_->db.number(
      "SELECT content_hash FROM plan WHERE plan_id = ?1 "
      "UNION ALL SELECT content_hash FROM remembered_plan WHERE plan_id = ?1",
      {id});
  if (!found)
    return found.error();
  return static_cast<std::uint64_t>(*found);
}

result<std::string> store::verdict_of(const plan_id& id) {
  if (impl_->failure)
    return *impl_->failure;
  std::string found;
  const auto read = impl_->db.each(
      "SELECT record.body FROM plan JOIN record ON record.seq = plan.verdict_seq "
      "WHERE plan.plan_id = ?1",
      {id}, [&](const row& r) -> result<void> {
        found = r.text(0);
        return {};
      });
  if (!read)
    return read.error();
  return found;
}

result<void> store::commit() {
  if (impl_->failure)
    return *impl_->failure;
  if (impl_->uncommitted == 0)
    return {};
  if (auto committed = impl_->db.run("COMMIT"); !committed)
    return impl_->give_up(committed.error());
  impl_->uncommitted = 0;
  if (auto kept = impl_->keep_state_within(checkpoint_records_at_once); !kept)
    return kept;
  return impl_->keep_log_below(checkpoint_pages_at_once);
}

result<void> store::tidy() {
  if (impl_->failure)
    return *impl_->failure;
  if (auto kept = impl_->keep_state_within(checkpoint_records); !kept)
    return kept;
  // That the log is in use has to stand in the file: a reader may have kept it out at the start.
  if (!impl_->use_is_in_file) {
    if (auto moved = impl_->keep_log_below(0); !moved)
      return moved;
    impl_->use_is_in_file = impl_->db.all_moved();
  }
  return impl_->keep_log_below(checkpoint_pages);
}

result<void> store::end() {
  if (auto committed = commit(); !committed)
    return committed;
  if (auto kept = impl_->keep_state_within(0); !kept)
    return kept;
  if (auto ended = impl_->db.run("UPDATE log_use SET in_use = 0"); !ended)
    return impl_->give_up(ended.error());
  // The log is moved into the file and goes with the connection.
  impl_->db.keep_log_at_close(false);
  return {};
}

result<recovered> store::recover() {
  if (impl_->failure)
    return *impl_->failure;
  return recover_from(impl_->db, impl_->options.trade_ids_kept, impl_->options.plan_ids_kept);
}

std::int64_t store::last_seq() const {
  return impl_->last_seq;
}
std::int64_t store::uncommitted() const {
  return impl_->uncommitted;
}
bool store::failed() const {
  return impl_->failure.has_value();
}

const std::string& store::archive_fault() const {
  return impl_->archive_fault;
}

}  // namespace sluice::journal
