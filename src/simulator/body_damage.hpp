// Spoils the text of a reply's body in one named way.
#pragma once

#include <string>
#include <string_view>

#include "sluice/simulator/wire.hpp"

namespace sluice::simulator {

/// Damages the first place of that field, or of any field when `field` is empty. A body that has
/// no such place is cut in half, so that it is spoilt in any case.
[[nodiscard]] std::string damaged(std::string body, body_damage how, std::string_view field);

}  // namespace sluice::simulator
