// The tables of the words for conditional orders.
#include "conditional_words.hpp"

#include <array>
#include <utility>

namespace sluice::exchange {
namespace {

using enum conditional_status;
constexpr std::array<std::pair<std::string_view, conditional_status>, 7> statuses{
    {{"NEW", new_},
     {"TRIGGERING", triggering},
     {"TRIGGERED", triggered},
     {"FINISHED", finished},
     {"CANCELED", cancelled},
     {"REJECTED", rejected},
     {"EXPIRED", expired}}};

}  // namespace

conditional_status conditional_status_of(std::string_view word) {
  for (const auto& [name, status] : statuses)
    if (name == word)
      return status;
  return other;
}

std::string_view word_of(conditional_kind kind) {
  switch (kind) {
    case conditional_kind::stop:
      return "STOP_MARKET";
    case conditional_kind::take_profit:
      return "TAKE_PROFIT_MARKET";
    case conditional_kind::stop_limit:
      return "STOP";
    case conditional_kind::take_profit_limit:
      break;
  }
  return "TAKE_PROFIT";
}

std::string_view word_of(trigger_source source) {
  return source == trigger_source::mark ? "MARK_PRICE" : "CONTRACT_PRICE";
}

}  // namespace sluice::exchange
