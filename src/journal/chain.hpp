// The checksum chain over the records: each value covers its record and the value before it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "database.hpp"

namespace sluice::journal {

/// What the chain covers of one record.
struct link {
  std::int64_t seq{0};
  std::string_view kind{};
  std::int64_t wall_ms{0};
  std::int64_t steady_ns{0};
  std::string_view body{};
  std::string_view facts{};                 ///< Empty but for verdicts.
  std::optional<std::int64_t> caused_by{};  ///< None in records of schema 3 and before.
};

/// 64 bits of stable_hash: notices damage and careless edits, not a forger.
[[nodiscard]] std::uint64_t chain_value(std::uint64_t before, const link& l);

/// Where the next record goes on.
struct chain_end {
  std::int64_t seq{0};
  std::uint64_t chain{0};
};

[[nodiscard]] result<chain_end> read_chain_end(database& db);

/// Where a file's own chain begins, and whether it has an end.
struct chain_start {
  std::int64_t seq{0};  ///< The last archived record; 0: none was.
  std::uint64_t chain{0};
  std::int64_t without_cause_until{0};  ///< Records of older versions.
  std::string archive{};                ///< The file that ends with `seq`.
  std::uint64_t kept_hash{0};           ///< Of older records that were kept.
  std::int64_t archived_until{0};       ///< In an archive: the record it ends with.
};

[[nodiscard]] result<chain_start> read_chain_start(database& db);

/// Of the records up to `seq` that a file still has, with their facts; 0 when there are none.
[[nodiscard]] result<std::uint64_t> hash_of_kept(database& db, std::int64_t seq);

/// What a walk over all records found.
struct chain_walk {
  std::int64_t records{0};
  std::int64_t last_seq{0};
  chain_start start{};
  std::uint64_t chain{0};  ///< Of the last record.
};

/// Recomputes the chain from where the file's own begins. Errors: malformed naming the first record
/// that is missing or does not fit.
[[nodiscard]] result<chain_walk> walk_chain(database& db);

}  // namespace sluice::journal
