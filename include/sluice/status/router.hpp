// From method and path to a route: a pure table lookup with named parameters.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace sluice::status {

/// One row of the table. A segment of the pattern in braces is a parameter: "/api/v1/plans/{id}".
struct route {
  std::string_view method{};
  std::string_view pattern{};
  int id{0};  ///< The caller's, given back on a match.
};

/// The route was found; parameters are percent-decoded, in the order of the pattern.
struct route_found {
  int id{0};
  std::vector<std::pair<std::string_view, std::string>> parameters{};

  [[nodiscard]] std::optional<std::string_view> parameter(std::string_view name) const;
};
/// No pattern matches: 404.
struct route_missing {};
/// A pattern matches, with another method: 405.
struct route_method_not_allowed {
  std::string allow{};  ///< For the Allow header: "GET, HEAD".
};
/// The path holds a bad percent escape, a control character, or is too long: 400.
struct route_malformed {};

using route_result =
    std::variant<route_found, route_missing, route_method_not_allowed, route_malformed>;

/// Holds the table split into segments. A literal segment wins over a parameter; GET also answers
/// HEAD; a parameter never matches an empty segment.
class router {
 public:
  /// The texts in `routes` must outlive the router; a table of literals does.
  explicit router(const std::vector<route>& routes);

  /// `path` is still percent-encoded and without the query.
  [[nodiscard]] route_result match(std::string_view method, std::string_view path) const;

 private:
  struct entry {
    route row{};
    std::vector<std::string_view> segments{};
  };
  std::vector<entry> entries_{};
};

}  // namespace sluice::status
