// The gate's view on the real boards: the state table, the universe in force and the last marks.
#pragma once

#include <memory>

#include "sluice/gate/gate_view.hpp"
#include "sluice/truth/mark_board.hpp"
#include "sluice/truth/state_table.hpp"
#include "sluice/truth/universe_board.hpp"

namespace sluice {

/// What the gate and the planner need of an instrument: the filters of market orders, where the
/// venue has no own ones for them those of all orders.
[[nodiscard]] instrument_facts facts_of(const instrument_rules& rules);

class board_view final : public gate_view {
 public:
  board_view(std::shared_ptr<const state_table> table,
             std::shared_ptr<const universe_board> symbols,
             std::shared_ptr<const mark_board> marks);

  [[nodiscard]] truth_view position(const position_key& key) const override;
  [[nodiscard]] std::optional<instrument_facts> instrument(const symbol& s) const override;
  [[nodiscard]] std::optional<mark_seen> mark(const symbol& s) const override;
  void open_positions(std::vector<held_position>& out) const override;

 private:
  std::shared_ptr<const state_table> table_{};
  std::shared_ptr<const universe_board> symbols_{};
  std::shared_ptr<const mark_board> marks_{};
};

}  // namespace sluice
