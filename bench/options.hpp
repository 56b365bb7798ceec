// What every benchmark may be told on its command line.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace sluice::bench {

/// How many times longer than usual each part shall be measured: `--longer 10`. 1 unless told.
inline int times_longer(int count, const char* const* words) {
  for (int n = 1; n + 1 < count; ++n)
    if (std::string_view(words[n]) == "--longer")
      return std::max(1, std::atoi(words[n + 1]));
  return 1;
}

}  // namespace sluice::bench
