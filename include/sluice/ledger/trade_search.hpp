// Searches for evidence: one read of a symbol's newest trades at a time, repeated a few times when
// it fails.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sluice/domain/ids.hpp"
#include "sluice/domain/time.hpp"
#include "sluice/ledger/drift.hpp"

namespace sluice {

/// Pauses before the second and third attempt; after the last one the search has failed.
inline constexpr std::array search_pauses{milliseconds{500}, milliseconds{2'000}};

class trade_search {
 public:
  /// Somebody wants the trades of a symbol from a read sent at `newer_than` or later. True: send it
  /// now. While a search of the symbol runs nothing is sent: who needs a newer one asks again when
  /// it has ended.
  [[nodiscard]] bool want(const symbol& instrument, instant newer_than, instant now);
  /// The read under way brought `trades` rows. Returns what became of the search.
  [[nodiscard]] search_result answered(const symbol& instrument, std::size_t trades);
  /// It failed. None while it will be repeated.
  [[nodiscard]] std::optional<search_result> failed(const symbol& instrument,
                                                    const std::string& why, instant now);
  /// It was not even asked: again after a pause, not before `not_before`, and without counting.
  void put_off(const symbol& instrument, std::optional<instant> not_before, instant now);
  /// Symbols whose pause is over: send their reads now.
  [[nodiscard]] std::vector<symbol> due(instant now);
  [[nodiscard]] std::optional<instant> next_due() const;

 private:
  struct state {
    instant sent_at{};
    std::optional<instant> retry_at{};  ///< None while a read is under way.
    std::size_t failures{0};
  };
  std::map<symbol, state> searches_{};  ///< Only those not ended.
};

}  // namespace sluice
