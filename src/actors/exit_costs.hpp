// Fees and funding in the quote asset of a symbol, whatever they were paid in.
#pragma once

#include <fmt/format.h>

#include <optional>
#include <string>

#include "sluice/actors/services.hpp"

namespace sluice::actors {

/// `amount` of `asset` in what the symbol is quoted in, at the mark of that pair if it is another
/// asset (fees in BNB). An empty symbol means one quoted in the asset itself. None when there is no
/// such mark.
[[nodiscard]] inline std::optional<notional> in_quote(const services& given, const symbol& of,
                                                      const std::string& asset, notional amount) {
  const auto rules = given.universe->rules_of(of);
  const auto quoted_in = rules ? rules->quote_asset : asset;
  if (asset == quoted_in || amount.is_zero())
    return amount;
  const auto mark = given.marks->read(symbol(fmt::format("{}{}", asset, quoted_in)));
  if (!mark)
    return std::nullopt;
  return mark->value * quantity::from_raw(amount.raw());
}

}  // namespace sluice::actors
