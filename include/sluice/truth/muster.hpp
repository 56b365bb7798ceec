// The roll call of routine reads: whoever should come round has a read waiting, whatever happened.
#pragma once

#include <cstddef>

#include "sluice/truth/read_scheduler.hpp"
#include "sluice/truth/rounds.hpp"
#include "sluice/truth/truth_keeper.hpp"

namespace sluice {

/// Looks at every symbol that has single reads in rounds, and wants the read that it should be
/// waiting for, due one period after its last proof. Whatever took a symbol out of its rounds (a
/// gathering of demands, a listing that came and went, a period that was longer), no sequence of
/// events loses it for good. Called about once a second; costs one look per symbol. Returns how
/// many symbols come round.
std::size_t muster(rounds& all, read_scheduler& scheduler, const truth_keeper& keeper,
                   const universe& listed, instant now);

/// The class of a routine read.
[[nodiscard]] constexpr read_priority routine_priority(bool is_open) {
  return is_open ? read_priority::open_position : read_priority::rest;
}

}  // namespace sluice
