// What the venue can change about a listed symbol, without notice as the real one does.
#pragma once

#include <optional>
#include <string>

#include "sluice/domain/fixed.hpp"

namespace sluice::simulator {

/// New values for a symbol; what is not given stays.
struct symbol_change {
  std::optional<std::string> status{};  ///< Any word: TRADING alone can be traded.
  std::optional<price> tick{};
  std::optional<quantity> step{};  ///< Also the least quantity.
  std::optional<quantity> market_max{};
  std::optional<notional> min_notional{};
};

}  // namespace sluice::simulator
