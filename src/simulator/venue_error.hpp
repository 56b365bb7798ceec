// The venue's refusals: HTTP status, code and text as documented.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sluice/simulator/wire.hpp"

namespace sluice::simulator {

/// How the venue refuses a request.
struct venue_error {
  int http{400};
  std::int64_t code{0};
  std::string text{};
};

[[nodiscard]] venue_error missing_parameter(std::string_view name);   // -1102
[[nodiscard]] venue_error bad_parameter(std::string_view name);       // -1130
[[nodiscard]] venue_error unwanted_parameter(std::string_view name);  // -1106
[[nodiscard]] venue_error invalid_symbol();                           // -1121

/// {"code":...,"msg":...} with the error's status.
[[nodiscard]] reply error_reply(const venue_error& e);

}  // namespace sluice::simulator
