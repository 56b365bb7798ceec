// The order's table, compared cell by cell with the moves that the model of it is checked with.
#include <array>

#include "sluice/execution/order_life.hpp"
#include "support/catch.hpp"

using namespace sluice;

namespace {

struct model_move {
  order_state from;
  order_event what;
  order_state to;
};

/// The very file that the model reads (tests/model/order.pml).
constexpr std::array model_moves{
#define MOVES(from, what, to) model_move{order_state::from, order_event::what, order_state::to},
#include "model/order_moves.inc"
#undef MOVES
};

/// As the model has it: what is not named changes nothing.
constexpr order_state next_in_model(order_state from, order_event what) {
  for (const auto& m : model_moves)
    if (m.from == from && m.what == what)
      return m.to;
  return from;
}

}  // namespace

TEST_CASE("every cell of the order's table is that of the checked model") {
  for (std::size_t s = 0; s < order_state_count; ++s)
    for (std::size_t e = 0; e < order_event_count; ++e) {
      const auto from = static_cast<order_state>(s);
      const auto what = static_cast<order_event>(e);
      CAPTURE(to_string(from), to_string(what));
      CHECK(next_state(from, what) == next_in_model(from, what));
    }
}

TEST_CASE("the model names each move once, and none that changes nothing") {
  for (std::size_t i = 0; i < model_moves.size(); ++i) {
    const auto& m = model_moves[i];
    CAPTURE(to_string(m.from), to_string(m.what));
    CHECK(m.from != m.to);
    for (std::size_t other = i + 1; other < model_moves.size(); ++other)
      CHECK_FALSE((model_moves[other].from == m.from && model_moves[other].what == m.what));
  }
}
