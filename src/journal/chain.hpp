// The checksum chain over the records: each value covers its record and the value before it.
#pragma once

#include <cstdint>
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
  std::string_view facts{};  ///< Empty but for verdicts.
};

/// 64 bits of stable_hash: notices damage and careless edits, not a forger.
[[nodiscard]] std::uint64_t chain_value(std::uint64_t before, const link& l);

/// What a walk over all records found.
struct chain_walk {
  std::int64_t records{0};
  std::int64_t last_seq{0};
};

/// Recomputes the chain from the first record. Errors: malformed naming the first record that is
/// missing or does not fit.
[[nodiscard]] result<chain_walk> walk_chain(database& db);

}  // namespace sluice::journal
