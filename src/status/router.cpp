// Matches a path against the table, segment by segment.
#include "sluice/status/router.hpp"

#include <algorithm>

#include "sluice/status/url.hpp"

namespace sluice::status {

namespace {

/// More than any pattern has; a longer path matches nothing.
constexpr std::size_t segments_max = 16;

std::vector<std::string_view> split(std::string_view path) {
  std::vector<std::string_view> segments;
  while (!path.empty() && segments.size() <= segments_max) {
    path.remove_prefix(1);
    const auto end = std::min(path.find('/'), path.size());
    segments.push_back(path.substr(0, end));
    path.remove_prefix(end);
  }
  return segments;
}

bool is_parameter(std::string_view segment) {
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

/// Literal segments of a pattern that fits; -1 when it does not.
int fit(const std::vector<std::string_view>& pattern, const std::vector<std::string_view>& path) {
  if (pattern.size() != path.size())
    return -1;
  int literals = 0;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (is_parameter(pattern[i])) {
      if (path[i].empty())
        return -1;
    } else if (pattern[i] == path[i]) {
      ++literals;
    } else {
      return -1;
    }
  }
  return literals;
}

void add_method(std::string& allow, std::string_view method) {
  if (!allow.empty())
    allow += ", ";
  allow += method;
  if (method == "GET")
    allow += ", HEAD";
}

}  // namespace

std::optional<std::string_view> route_found::parameter(std::string_view name) const {
  for (const auto& [key, value] : parameters)
    if (key == name)
      return value;
  return std::nullopt;
}

router::router(const std::vector<route>& routes) {
  entries_.reserve(routes.size());
  for (const auto& row : routes)
    entries_.push_back({row, split(row.pattern)});
}

route_result router::match(std::string_view method, std::string_view path) const {
  if (path.empty() || path.front() != '/')
    return route_malformed{};
  const auto segments = split(path);
  const std::string_view wanted = method == "HEAD" ? std::string_view{"GET"} : method;
  const entry* best = nullptr;
  int best_literals = -1;
  std::string allow;
  for (const auto& e : entries_) {
    const int literals = fit(e.segments, segments);
    if (literals < 0)
      continue;
    if (e.row.method != wanted) {
      add_method(allow, e.row.method);
    } else if (literals > best_literals) {
      best = &e;
      best_literals = literals;
    }
  }
  if (!best && !allow.empty())
    return route_method_not_allowed{std::move(allow)};
  if (!best)
    return route_missing{};
  route_found found{best->row.id, {}};
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const auto pattern = best->segments[i];
    if (!is_parameter(pattern))
      continue;
    auto value = percent_decode(segments[i], plus_sign::literal);
    if (!value)
      return route_malformed{};
    found.parameters.emplace_back(pattern.substr(1, pattern.size() - 2), std::move(*value));
  }
  return found;
}

}  // namespace sluice::status
