// Reads the boards for the gate.
#include "sluice/gate/board_view.hpp"

#include <utility>

namespace sluice {

instrument_facts facts_of(const instrument_rules& rules) {
  const auto own_or = [](quantity market, quantity all) { return market.is_zero() ? all : market; };
  return {.tradable = rules.tradable,
          .offered = rules.offered,
          .step = own_or(rules.market_lot.step, rules.lot.step),
          .min_quantity = own_or(rules.market_lot.min, rules.lot.min),
          .max_quantity = own_or(rules.market_lot.max, rules.lot.max),
          .min_notional = rules.min_notional,
          .closed = rules.closed,
          .in_usdt = rules.quote_asset.empty() || rules.quote_asset == "USDT"};
}

board_view::board_view(std::shared_ptr<const state_table> table,
                       std::shared_ptr<const universe_board> symbols,
                       std::shared_ptr<const mark_board> marks)
    : table_(std::move(table)), symbols_(std::move(symbols)), marks_(std::move(marks)) {}

truth_view board_view::position(const position_key& key) const {
  return table_->read(key);
}

std::optional<instrument_facts> board_view::instrument(const symbol& s) const {
  const auto found = symbols_->rules_of(s);
  if (!found)
    return std::nullopt;
  return facts_of(*found);
}

std::optional<mark_seen> board_view::mark(const symbol& s) const {
  const auto seen = marks_->read(s);
  if (!seen)
    return std::nullopt;
  return mark_seen{seen->value, seen->as_of};
}

void board_view::open_positions(std::vector<held_position>& out) const {
  out.clear();
  table_->scan_open([&](position_slot slot, const truth_view& seen) {
    const auto index = table_->index_of(slot);
    const auto& open = std::get<position_open>(seen.content);
    const auto last = marks_->read(index);
    out.push_back({{table_->directory().name_of(index), table_->leg_of(slot)},
                   open.amount,
                   last ? last->value : open.entry});
  });
}

}  // namespace sluice
