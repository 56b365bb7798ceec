// What an operator sends with a POST: always who and why, and sometimes a word more.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sluice/status/http_message.hpp"
#include "sluice/status/problem.hpp"

namespace sluice::actors {

struct operator_order {
  std::string author{};
  std::string reason{};
  std::string state{};  ///< Empty when not given.
};

/// Reads {"author": "...", "reason": "...", "state": "..."}; names every field that is missing.
[[nodiscard]] std::optional<operator_order> read_order(std::string_view body,
                                                       std::vector<status::problem_field>& faults);

}  // namespace sluice::actors
