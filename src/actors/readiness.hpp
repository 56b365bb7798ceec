// Why plans cannot be allowed right now, in words: what /readyz says.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sluice/actors/vitals.hpp"
#include "sluice/domain/time.hpp"
#include "sluice/truth/mark_board.hpp"
#include "sluice/truth/symbol_directory.hpp"

namespace sluice::actors {

struct readiness_input {
  instant now{};
  bool universe_known{false};
  universe_source universe_from{universe_source::live};
  std::optional<duration> universe_age{};
  milliseconds universe_max_age{300'000};
  bool universe_offers{true};  ///< Any symbol, for entries.
  std::optional<instant> account_as_of{};
  std::size_t unknown{0};     ///< Symbols never proven.
  milliseconds oldest{0};     ///< Age of the oldest truth.
  milliseconds bound{2'000};  ///< What was promised.
  reach exchange{};
  std::vector<finding> findings{};  ///< Of preflight.
  std::vector<stall> stalls{};      ///< Of the watchdog.
  bool user_stream_up{false};
  bool mark_stream_up{false};
  bool marks_known{true};  ///< See enough_have_marks.
  standing_state trading{};
  bool draining{false};
};

struct not_ready {
  std::string reason{};  ///< A word: "truth_stale".
  std::string detail{};  ///< With numbers.
};

/// How many symbols of a list that are followed have no row in the state table yet: it has just
/// come, and nothing is known of their positions.
[[nodiscard]] std::size_t without_row(const universe& u, const symbol_directory& rows);

/// Whether half the symbols that may be opened, or more, have a mark. Those that do not trade may
/// never have one; and one alone says nothing about the stream: reads bring those of what is held.
[[nodiscard]] bool enough_have_marks(const universe& u, const mark_board& marks);

/// Empty means ready. Pure.
[[nodiscard]] std::vector<not_ready> readiness(const readiness_input& in);

}  // namespace sluice::actors
