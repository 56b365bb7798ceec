// Rows as the venue would write them, for reading them again.
#pragma once

#include <string>
#include <vector>

#include "sluice/domain/exchange_port.hpp"

namespace sluice::fuzz {

[[nodiscard]] std::string text_of(const position_row& row);
[[nodiscard]] std::string text_of(const order_report& order);

/// A list of them.
template <class Row>
[[nodiscard]] std::string text_of(const std::vector<Row>& rows) {
  std::string text = "[";
  for (const auto& row : rows)
    text += (text.size() == 1 ? "" : ",") + text_of(row);
  return text + "]";
}

}  // namespace sluice::fuzz
