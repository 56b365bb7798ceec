// Checkpoints of the state: what the rows said at a record, kept to be held against the fold of the
// records since.
#pragma once

#include <optional>

#include "database.hpp"

namespace sluice::journal {

/// Keeps the standing rows and their hash as those of record `seq`, the last that was appended. The
/// rows of older checkpoints go, but for the first's, from which a verification begins; their
/// hashes stay. Inside a transaction of the caller.
[[nodiscard]] result<void> keep_checkpoint(database& db, std::int64_t seq);

/// Makes record `seq`, older than the newest checkpoint, the one that a verification begins from.
/// Does nothing when the first checkpoint is later. Inside a transaction of the caller.
[[nodiscard]] result<void> move_first_checkpoint(database& db, std::int64_t seq);

/// Seq of the newest checkpoint; none when there is none yet.
[[nodiscard]] result<std::optional<std::int64_t>> last_checkpoint(database& db);

/// Folds the records since the newest checkpoint and compares with the rows: as long as the way
/// from the checkpoint. Errors: malformed, naming the first row that differs.
[[nodiscard]] result<void> check_since_last_checkpoint(database& db);

struct state_walk {
  std::int64_t checkpoints{0};  ///< That were compared.
  std::int64_t rows{0};         ///< Of state, that were compared.
};

/// Folds all records from the first checkpoint on and compares every checkpoint's hash and, at the
/// end, every row of state. Errors: malformed, naming the first checkpoint or row that differs.
[[nodiscard]] result<state_walk> walk_state(database& db);

}  // namespace sluice::journal
