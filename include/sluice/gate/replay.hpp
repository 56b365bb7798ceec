// A stored verdict made again from its facts, to see whether the gate still says what it said.
#pragma once

#include <cstdint>
#include <string_view>

#include "sluice/domain/verdict.hpp"

namespace sluice {

/// How a verdict made again stands to the stored one.
enum class replay_match : std::uint8_t {
  same,     ///< Kind, refusals with their numbers, and what may be sent are equal.
  differs,  ///< Something of it is not.
  outside,  ///< The stored one was not made by the rules: a withdrawal, a restart, a cancel plan.
};
/// "same", "differs", "outside".
[[nodiscard]] std::string_view to_string(replay_match m);

struct replayed {
  replay_match match{replay_match::outside};
  verdict again{};  ///< Meaningless when outside.
};

/// Judges `p` by `seen` once more. Facts hold everything a rule may look at, so that nothing else
/// decides; only the instant at which a permit expires is not compared, since how long permits live
/// is no fact.
[[nodiscard]] replayed replay(const plan& p, const facts& seen, const verdict& stored);

/// Whether two verdicts send the same: both an order, or both none.
[[nodiscard]] bool same_outcome(const verdict& a, const verdict& b);

}  // namespace sluice
