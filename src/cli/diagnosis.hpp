// What doctor found: one line a step, with what was seen and what to do.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "terminal.hpp"

namespace sluice::cli {

enum class grade : std::uint8_t { pass, warn, fail };
[[nodiscard]] std::string_view to_string(grade g);

struct finding_line {
  std::string step{};  ///< A word: "permits".
  grade how{grade::pass};
  std::string seen{};
  std::string cure{};  ///< Empty when it passes.
};
using diagnosis = std::vector<finding_line>;

/// The worst of them; pass when there are none.
[[nodiscard]] grade worst(const diagnosis& d);
/// 0 when all pass, 1 when some warn, 3 when some fail.
[[nodiscard]] int exit_code_of(const diagnosis& d);

/// A line for each, "pass  ages  the oldest ...", with the cure below, and one that counts them.
[[nodiscard]] std::string draw(const diagnosis& d, std::size_t width, const painter& paint);
/// {"worst", "checks": [{"step", "result", "seen", "cure"}]}
[[nodiscard]] std::string as_json(const diagnosis& d);

}  // namespace sluice::cli
