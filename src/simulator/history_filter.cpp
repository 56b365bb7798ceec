// Reads the parameters that history requests share.
#include "history_filter.hpp"
#include "refusals.hpp"

#include <utility>

namespace sluice::simulator {
namespace {

constexpr std::int64_t week_ms = 7LL * 24 * 3'600 * 1'000;

}  // namespace

outcome<history_filter> read_filter(const parameters& p, std::string_view id_name,
                                    std::int64_t limit_max) {
  history_filter f;
  f.limit = limit_max / 2;
  std::optional<std::int64_t> limit;
  for (auto [name, into] :
       {std::pair{id_name, &f.id}, std::pair{std::string_view{"fromId"}, &f.from_id},
        std::pair{std::string_view{"startTime"}, &f.start_ms},
        std::pair{std::string_view{"endTime"}, &f.end_ms},
        std::pair{std::string_view{"limit"}, &limit}}) {
    const auto value = p.whole(name);
    if (const auto* wrong = error_of(value))
      return *wrong;
    *into = std::get<0>(value);
  }
  const bool too_long = f.start_ms && f.end_ms && *f.end_ms - *f.start_ms > week_ms;
  if ((f.from_id && (f.start_ms || f.end_ms)) || too_long)
    return refuse<-1128>();
  f.limit = limit.value_or(f.limit);
  if (f.limit < 1 || f.limit > limit_max)
    return bad_parameter("limit");
  return f;
}

std::string joined(const std::vector<std::string>& rows) {
  std::string list = "[";
  for (const auto& row : rows) {
    if (list.size() > 1)
      list += ',';
    list += row;
  }
  return list + "]";
}

}  // namespace sluice::simulator
