// One entry of a stream that others write, as it came: text that nobody has judged yet.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace sluice {

/// Names and values, in the order of the entry; a name may come twice.
using stream_fields = std::vector<std::pair<std::string, std::string>>;

struct stream_entry {
  std::string id{};  ///< "1716400000000-0": milliseconds by the store's clock, and a number.
  stream_fields fields{};
};

}  // namespace sluice
