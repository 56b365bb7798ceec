// What the venue said of an order, for people.
#pragma once

#include <string>

namespace sluice {

/// "-2022 ReduceOnly Order is rejected."; the text alone where no code came with it.
inline std::string venue_words(int code, const std::string& text) {
  return code == 0 ? text : std::to_string(code) + " " + text;
}

}  // namespace sluice
