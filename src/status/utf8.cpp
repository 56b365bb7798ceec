// The table of well-formed UTF-8 byte sequences (Unicode 15, table 3-7) as code.
#include "sluice/status/utf8.hpp"

namespace sluice::status {

std::size_t utf8_length(std::string_view text) {
  const auto at = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const auto between = [](unsigned value, unsigned low, unsigned high) {
    return value >= low && value <= high;
  };
  const auto tail = [&](std::size_t i) { return between(at(i), 0x80, 0xbf); };
  const unsigned first = at(0);
  if (text.empty())
    return 0;
  if (first < 0x80)
    return 1;
  if (between(first, 0xc2, 0xdf))
    return tail(1) ? 2 : 0;
  if (between(first, 0xe0, 0xef)) {
    const unsigned low = first == 0xe0 ? 0xa0U : 0x80U;
    const unsigned high = first == 0xed ? 0x9fU : 0xbfU;
    return between(at(1), low, high) && tail(2) ? 3 : 0;
  }
  if (between(first, 0xf0, 0xf4)) {
    const unsigned low = first == 0xf0 ? 0x90U : 0x80U;
    const unsigned high = first == 0xf4 ? 0x8fU : 0xbfU;
    return between(at(1), low, high) && tail(2) && tail(3) ? 4 : 0;
  }
  return 0;
}

}  // namespace sluice::status
