// The journal's writer: records go in, in one order, and are durable once commit says so.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "sluice/domain/record.hpp"
#include "sluice/domain/time.hpp"
#include "sluice/journal/recovered.hpp"

namespace sluice::journal {

/// How much of an existing file is looked at before it is used.
enum class integrity : std::uint8_t {
  quick,  ///< Pages, tree structure and constraints; does not notice a changed byte inside a value.
  full,   ///< Also every index, and the checksum chain over all records.
};

struct store_options {
  integrity check{integrity::quick};
  milliseconds busy_timeout{5'000};
  std::int64_t trade_ids_kept{1'000};     ///< Per symbol, given back by recover().
  std::int64_t plan_ids_kept{1'000'000};  ///< The newest, given back by recover().
  /// A journal whose write-ahead log is damaged, cut or missing is opened with what SQLite still
  /// finds. Somebody who knows what was lost has to say so.
  bool accept_lost_log{false};
  /// Bytes of the write-ahead log that are written before it is used: what the store lets it grow
  /// to before it moves it into the file, and a large batch more.
  std::int64_t log_laid_out{6 * 1'048'576};
};

/// What an append did.
enum class appended : std::uint8_t {
  written,
  /// A trade or plan id that is already there, or an order that must not be: its plan has ended or
  /// was not allowed, or an order under its id may have reached the venue. Nothing is written, and
  /// `seq` is left at 0.
  duplicate,
};

/// One journal file, open for writing. Not thread-safe: belongs to the thread that writes. The
/// caller holds the state_lock. The first error of append or commit is final: the batch is rolled
/// back and every later call fails with the same text; trading must halt.
class store {
 public:
  /// Opens the journal, or makes it (mode 0600; whole or not at all). Errors: malformed for a file
  /// that is damaged, cut, without its write-ahead log, no journal, of a newer schema, or whose
  /// rows of state are not what its records since the last checkpoint make of them; busy;
  /// io_failure; not_permitted.
  [[nodiscard]] static result<std::unique_ptr<store>> open(const std::filesystem::path& path,
                                                           const store_options& options = {});
  store(const store&) = delete;
  store& operator=(const store&) = delete;
  /// What was appended but not committed is gone.
  ~store();

  /// Gives the record its seq and its cause and writes it and its rows into the open batch (begins
  /// one if there is none). invalid_value (a fill without a trade id) writes nothing and does not
  /// fail the store.
  [[nodiscard]] result<appended> append(record& r);

  /// content_hash of the plan that was accepted under this id; 0 when none was.
  [[nodiscard]] result<std::uint64_t> content_hash_of(const plan_id& id);
  /// The verdict of a plan, as body_json wrote it; empty when it has none, or is in an archive.
  [[nodiscard]] result<std::string> verdict_of(const plan_id& id);

  /// Makes all appended records durable, by one sync. Does nothing when there are none.
  [[nodiscard]] result<void> commit();

  /// Moves the write-ahead log into the file when it has become long, and keeps the state to be
  /// checked by the next start when many records came since the last time. Not part of commit, so
  /// that nobody waits for it who waits for durability; a failure is as final as one of commit.
  [[nodiscard]] result<void> tidy();

  /// Commits and keeps the state, so that the next start has nothing to fold.
  [[nodiscard]] result<void> end();

  /// The state as of the last append.
  [[nodiscard]] result<recovered> recover();

  [[nodiscard]] std::int64_t last_seq() const;     ///< Of the last append.
  [[nodiscard]] std::int64_t uncommitted() const;  ///< Records in the open batch.
  [[nodiscard]] bool failed() const;
  /// Why an archive that was made, but not named, could not be named when the journal was opened;
  /// empty when nothing is wrong.
  [[nodiscard]] const std::string& archive_fault() const;

 private:
  struct impl;
  explicit store(std::unique_ptr<impl> state);

  std::unique_ptr<impl> impl_;
};

}  // namespace sluice::journal
