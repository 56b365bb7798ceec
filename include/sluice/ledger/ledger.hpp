// Our own account of positions, built from our fills alone, each counted once whatever its order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sluice/domain/order.hpp"
#include "sluice/domain/truth.hpp"

namespace sluice {

/// What our fills and the adoptions before them add up to, for one position.
struct ledger_line {
  position_key position{};
  quantity amount{};    ///< Signed; zero once closed.
  price entry{};        ///< Average entry price; zero when flat or not known (restored without it).
  notional realised{};  ///< Sum of the venue's realised profit of our fills, before fees.
  std::map<std::string, notional> fees{};  ///< Paid, by asset.
  venue_time last_traded_at{};             ///< Of the newest of our fills.
  std::optional<instant> last_fill_at{};   ///< When we learned of the last of them, in this run.
  std::int64_t fills{0};
  friend bool operator==(const ledger_line&, const ledger_line&) = default;
};

/// What the ledger did with a fill.
enum class fill_effect : std::uint8_t {
  applied,    ///< Amount, fees and realised profit changed.
  contained,  ///< New, but the line's amount stays: only fees and profit changed.
  duplicate,  ///< Its trade id was seen before.
  refused     ///< No trade id, amount or price, or not newer than what was forgotten.
};
[[nodiscard]] std::string_view to_string(fill_effect e);

/// What a fill changes.
enum class fill_scope : std::uint8_t {
  position,  ///< Everything, unless it is older than the truth the line was set to.
  sums_only  ///< Fees, profit and counts: it closed what the ledger never had.
};

/// Whether restored trade ids are all there ever were on their symbol.
enum class seen_ids : std::uint8_t {
  complete,    ///< A fill with a smaller id is new.
  newest_only  ///< A fill with a smaller id is refused: it may be one of those not restored.
};

/// Lines by position. A fill is applied once by (symbol, trade id); any order and any repetition of
/// the same fills gives the same line, because the fills still remembered are folded in the order
/// of their trade ids, which is the venue's order of trading.
///
/// Memory is bounded: per symbol the newest `remembered_max` fills are kept. A fill not newer than
/// the newest one forgotten is `refused`, for it cannot be told from a repetition. That is the safe
/// side: counted twice it would be a wrong position without a cause, left out it is a drift that
/// the reconciler sees and adopts or holds.
class ledger {
 public:
  explicit ledger(std::size_t remembered_max = 10'000);

  /// `received_at` is when we learned of the fill. A position without a line starts from nothing.
  fill_effect apply(const fill& f, instant received_at, fill_scope scope = fill_scope::position);

  /// Adopts a truth that has every fill applied so far in it: the line's amount and entry become
  /// these. Fills that come later but were traded at or before `contains` (the venue's time of that
  /// truth; 0 when it gave none) are `contained`.
  void set(const position_key& key, quantity amount, price entry, venue_time contains = {});

  /// Puts a stored line back as the start of what is to come. An entry of zero means not known.
  void restore(const ledger_line& stored);
  /// Marks trade ids as seen without applying them: their effect is in the restored lines.
  void restore_seen(const symbol& instrument, std::vector<trade_id> ids, seen_ids reach);

  [[nodiscard]] std::optional<ledger_line> line(const position_key& key) const;
  [[nodiscard]] std::vector<ledger_line> lines() const;
  [[nodiscard]] bool has_seen(const symbol& instrument, trade_id id) const;
  /// Would a fill with this id count? False for those seen and for those older than what was
  /// forgotten.
  [[nodiscard]] bool is_new(const symbol& instrument, trade_id id) const;

 private:
  /// A remembered fill; only what the fold needs.
  struct trade {
    trade_id id{0};
    position_side leg{position_side::both};
    quantity change{};  ///< Signed; zero when it is in a base already.
    price at{};
  };
  /// One position: where the fold starts, and where it has come to.
  struct book {
    quantity base_amount{};
    price base_entry{};
    venue_time contains{};
    ledger_line now{};
  };
  struct symbol_books {
    std::deque<trade> trades{};  ///< Ascending by id.
    trade_id forgotten_up_to{0};
    std::map<position_side, book> books{};
  };

  static book& book_of(symbol_books& all, const position_key& key);
  void forget_surplus(symbol_books& all) const;
  static void refold(const symbol_books& all, book& b);

  std::size_t remembered_max_;
  std::unordered_map<symbol, symbol_books> symbols_{};
};

/// A position after a change of `change` at `at`: growing averages the entry by amount (truncated
/// to 1e-8), shrinking keeps it, crossing zero starts anew at `at`, reaching zero clears it.
[[nodiscard]] position_open position_after(const position_open& before, quantity change, price at);

}  // namespace sluice
