// The highest equity of each UTC day, against which a drawdown is measured.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "sluice/domain/record.hpp"

namespace sluice {

/// For one thread.
class equity_peaks {
 public:
  static constexpr std::int64_t days_max = 31;

  /// What the journal knows.
  void restore(const equity_peaked& stored);
  /// Takes a reading, and says what the journal shall know: the first of a day, one that is a
  /// thousandth above what it knows, or any other rise once a minute.
  [[nodiscard]] std::optional<equity_peaked> read(notional equity, const stamp& now);
  /// The highest of the last `days` days, today included; zero when there is none.
  [[nodiscard]] notional highest(std::int64_t days, wall_time now) const;

 private:
  struct day_peak {
    notional highest{};
    notional recorded{};
  };
  std::map<std::int64_t, day_peak> days_{};
  std::optional<instant> recorded_at_{};
};

}  // namespace sluice
