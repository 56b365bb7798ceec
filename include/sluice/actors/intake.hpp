// The intake's actor: reads what producers send, answers them, and knows who waits for which
// verdict.
#pragma once

#include <cstddef>
#include <memory>

#include "sluice/actors/interfaces.hpp"
#include "sluice/actors/services.hpp"
#include "sluice/planning/source_desk.hpp"

namespace sluice::actors {

class dead_letters;

struct intake_options {
  intake_settings settings{};
  source_tokens tokens{};
  /// Where refused lines go; null when nobody wants them.
  std::shared_ptr<dead_letters> refused_lines{};
  order_token orders{order_token::none};
  /// Requests that may wait for verdicts at once; one more is answered with what is known.
  std::size_t waits_max{128};
};

[[nodiscard]] intake_actor spawn_intake(caf::actor_system& system, services given,
                                        intake_options options);

}  // namespace sluice::actors
