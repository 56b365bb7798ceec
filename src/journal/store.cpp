// The journal's writer: batches of records, each batch one transaction and one sync.
#include "sluice/journal/store.hpp"

#include <optional>

#include "journal_file.hpp"
#include "recover.hpp"
#include "row_writer.hpp"

namespace sluice::journal {
namespace {

/// Pages of write-ahead log from which on they are moved into the file: 4 MB.
constexpr int checkpoint_pages = 1'000;
/// Pages from which on a commit does so itself, since nobody else has done it.
constexpr int checkpoint_pages_at_once = 4 * checkpoint_pages;

}  // namespace

struct store::impl {
  database db;
  store_options options{};
  std::int64_t last_seq{0};
  std::uint64_t chain{0};
  std::int64_t uncommitted{0};
  std::optional<error> failure{};

  /// The batch cannot be trusted any more, and after a failed sync no later one could be.
  error give_up(const error& e) {
    failure = e;
    db.abandon();
    last_seq -= uncommitted;
    uncommitted = 0;
    return e;
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
  const auto last_seq = db->number("SELECT max(seq) FROM record");
  if (!last_seq)
    return last_seq.error();
  const auto chain = db->number("SELECT chain FROM record WHERE seq = ?", {*last_seq});
  if (!chain)
    return chain.error();
  auto state = std::make_unique<impl>(impl{.db = std::move(*db),
                                           .options = options,
                                           .last_seq = *last_seq,
                                           .chain = static_cast<std::uint64_t>(*chain)});
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
    if (auto begun = impl_->db.run("BEGIN IMMEDIATE"); !begun)
      return impl_->give_up(begun.error());
  }
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

result<void> store::commit() {
  if (impl_->failure)
    return *impl_->failure;
  if (impl_->uncommitted == 0)
    return {};
  if (auto committed = impl_->db.run("COMMIT"); !committed)
    return impl_->give_up(committed.error());
  impl_->uncommitted = 0;
  return impl_->keep_log_below(checkpoint_pages_at_once);
}

result<void> store::keep_log_short() {
  if (impl_->failure)
    return *impl_->failure;
  return impl_->keep_log_below(checkpoint_pages);
}

result<recovered> store::recover() {
  if (impl_->failure)
    return *impl_->failure;
  return recover_from(impl_->db, impl_->options.trade_ids_kept);
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

}  // namespace sluice::journal
