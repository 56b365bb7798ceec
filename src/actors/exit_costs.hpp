// Fees and funding in the quote asset of a symbol, whatever they were paid in.
#pragma once

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "sluice/actors/services.hpp"

namespace sluice::actors {

/// Marks by which fees and funding are told in the quote asset of a symbol.
class exit_costs {
 public:
  explicit exit_costs(const services& given) : universe_(given.universe), marks_(given.marks) {}

  /// Fees are paid in this asset also where its pair is not offered, and then no board has its
  /// mark.
  void note_marks(std::span<const mark_row> rows) {
    for (const auto& row : rows)
      if (row.mark.sign() > 0 && row.instrument.str().starts_with(fee_asset))
        fee_marks_.insert_or_assign(row.instrument, row.mark);
  }

  /// `amount` of `asset` in what the symbol is quoted in, at the mark of that pair if it is another
  /// asset (fees in BNB). An empty symbol means one quoted in the asset itself. None when there is
  /// no such mark.
  [[nodiscard]] std::optional<notional> in_quote(const symbol& of, const std::string& asset,
                                                 notional amount) const {
    const auto rules = universe_->rules_of(of);
    const auto quoted_in = rules ? rules->quote_asset : asset;
    if (asset == quoted_in || amount.is_zero())
      return amount;
    const auto mark = mark_of(symbol(fmt::format("{}{}", asset, quoted_in)));
    if (!mark)
      return std::nullopt;
    return *mark * quantity::from_raw(amount.raw());
  }

 private:
  static constexpr std::string_view fee_asset = "BNB";

  [[nodiscard]] std::optional<price> mark_of(const symbol& pair) const {
    if (const auto shown = marks_->read(pair))
      return shown->value;
    const auto at = fee_marks_.find(pair);
    return at == fee_marks_.end() ? std::nullopt : std::optional{at->second};
  }

  std::shared_ptr<universe_board> universe_;
  std::shared_ptr<mark_board> marks_;
  std::unordered_map<symbol, price> fee_marks_{};
};

}  // namespace sluice::actors
