// The last mark price of every symbol: written by the market stream, read by everybody.
#pragma once

#include <memory>
#include <optional>

#include "sluice/domain/fixed.hpp"
#include "sluice/domain/time.hpp"
#include "sluice/truth/seqlock.hpp"
#include "sluice/truth/symbol_directory.hpp"

namespace sluice {

struct mark_view {
  price value{};
  instant as_of{};  ///< When the venue made it, on our clock; see mark_row.
  friend bool operator==(const mark_view&, const mark_view&) = default;
};

/// One writer, many readers; numbered by the symbol directory.
class mark_board {
 public:
  explicit mark_board(std::shared_ptr<const symbol_directory> directory);

  /// For the single writer only. False for a symbol the directory does not know, and for a price
  /// that is not positive: the venue sends 0 for symbols that do not trade yet.
  bool set(const symbol& s, price value, instant as_of);
  bool set(symbol_index index, price value, instant as_of);

  /// None until the first mark.
  [[nodiscard]] std::optional<mark_view> read(const symbol& s) const;
  [[nodiscard]] std::optional<mark_view> read(symbol_index index) const;

 private:
  std::shared_ptr<const symbol_directory> directory_;
  std::unique_ptr<seqlock<2>[]> cells_;
};

}  // namespace sluice
