// The table of the venue's order statuses.
#include "order_words.hpp"

#include <array>

namespace sluice::exchange {
namespace {

struct word_row {
  std::string_view word{};
  order_status status{order_status::other};
};

constexpr std::array words{word_row{"NEW", order_status::new_},
                           word_row{"PARTIALLY_FILLED", order_status::partially_filled},
                           word_row{"FILLED", order_status::filled},
                           word_row{"CANCELED", order_status::cancelled},
                           word_row{"REJECTED", order_status::rejected},
                           word_row{"EXPIRED", order_status::expired},
                           word_row{"EXPIRED_IN_MATCH", order_status::expired}};

}  // namespace

order_status status_of(std::string_view word) {
  for (const auto& row : words)
    if (row.word == word)
      return row.status;
  return order_status::other;
}

std::string_view word_of(side direction) {
  return direction == side::buy ? "BUY" : "SELL";
}

std::string_view word_of(position_side leg) {
  return leg == position_side::long_ ? "LONG" : leg == position_side::short_ ? "SHORT" : "BOTH";
}

std::string_view word_of(order_type type) {
  return type == order_type::market ? "MARKET" : "LIMIT";
}

std::string_view word_of(time_in_force lasts) {
  static constexpr std::array<std::string_view, 4> names{"GTC", "IOC", "FOK", "GTX"};
  return names[static_cast<std::size_t>(lasts)];
}

}  // namespace sluice::exchange
