// The venue's words for the windows of its limits.
#include "limit_words.hpp"

namespace sluice::exchange {
namespace {

milliseconds unit_of(std::string_view interval) {
  if (interval == "SECOND")
    return std::chrono::seconds(1);
  if (interval == "MINUTE")
    return std::chrono::minutes(1);
  if (interval == "HOUR")
    return std::chrono::hours(1);
  if (interval == "DAY")
    return std::chrono::hours(24);
  return milliseconds{0};
}

}  // namespace

venue_limit limit_from(const json_object& row) {
  venue_limit read;
  read.type = row.text("rateLimitType");
  read.limit = row.integer("limit");
  const auto count = row.integer("intervalNum");
  const bool sane = count > 0 && count <= 10'000;
  read.window = unit_of(row.text("interval")) * (sane ? count : 0);
  return read;
}

}  // namespace sluice::exchange
