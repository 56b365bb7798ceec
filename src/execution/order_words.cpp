// The words of an order's events and endings.
#include "sluice/execution/order_actions.hpp"
#include "sluice/execution/order_life.hpp"

namespace sluice {

std::string_view to_string(order_event e) {
  constexpr std::array<std::string_view, order_event_count> words{
      "send",     "send_failed", "refuse", "doubt",  "acknowledge", "part_fill",
      "fill_all", "cancel",      "reject", "expire", "prove_absent"};
  return words.at(static_cast<std::size_t>(e));
}

std::string_view to_string(finish_cause c) {
  switch (c) {
    case finish_cause::venue:
      return "venue";
    case finish_cause::refused:
      return "refused";
    case finish_cause::too_late:
      return "too_late";
    case finish_cause::position_moved:
      return "position_moved";
    case finish_cause::not_permitted:
      return "not_permitted";
    case finish_cause::never_arrived:
      return "never_arrived";
  }
  return "?";
}

}  // namespace sluice
