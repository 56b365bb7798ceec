// Which rows a history request asks for: by time, from an id on, so many of them.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parameters.hpp"
#include "sluice/domain/time.hpp"

namespace sluice::simulator {

struct history_filter {
  std::optional<std::int64_t> id{};  ///< Of an order.
  std::optional<std::int64_t> from_id{};
  std::optional<std::int64_t> start_ms{};
  std::optional<std::int64_t> end_ms{};
  std::int64_t limit{500};

  [[nodiscard]] bool covers(venue_time at) const {
    return (!start_ms || at.ms >= *start_ms) && (!end_ms || at.ms <= *end_ms);
  }
};

/// Reads the id under the name it has, fromId, startTime, endTime and limit, half of `limit_max`
/// when absent. Refuses windows of more than 7 days and fromId beside a window: -1128.
[[nodiscard]] outcome<history_filter> read_filter(const parameters& p, std::string_view id_name,
                                                  std::int64_t limit_max = 1'000);

/// Keeps `limit` rows, oldest first: the first ones from a lower bound on, otherwise the newest.
template <class T>
void keep_limit(std::vector<T>& rows, const history_filter& f, bool from_bound) {
  const auto most = static_cast<std::size_t>(f.limit);
  if (rows.size() <= most)
    return;
  if (from_bound)
    rows.resize(most);
  else
    rows.erase(rows.begin(), rows.end() - static_cast<std::ptrdiff_t>(most));
}

/// JSON texts as one array.
[[nodiscard]] std::string joined(const std::vector<std::string>& rows);

}  // namespace sluice::simulator
