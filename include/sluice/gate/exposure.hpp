// What of the risk limits is in use, derived at each question from truth, books, orders under way
// and the journal's records; nothing is counted up and down.
#pragma once

#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "sluice/gate/equity_peaks.hpp"
#include "sluice/gate/flights.hpp"
#include "sluice/gate/gate_view.hpp"
#include "sluice/gate/trading_day.hpp"

namespace sluice {

/// The account's margin from one read.
struct margin_reading {
  notional equity{};
  notional initial{};
  instant as_of{};            ///< Just before the read was sent.
  bool of_usdt_alone{false};  ///< See margin_summary.
};

/// One position with what is under way on it, in quote asset.
struct valued_position {
  position_key position{};
  notional value{};  ///< >= 0.
};

/// For one thread.
class exposure_book {
 public:
  explicit exposure_book(std::shared_ptr<const gate_view> boards);

  /// By how much the venue's clock is ahead of our wall clock: days are the venue's.
  void venue_clock(milliseconds ahead);
  /// What our books say of a position: it counts where truth does not show it. Zero for what is
  /// surely gone, whatever the books say.
  void booked(const position_key& key, quantity amount);
  /// The journal's records, before the start and since.
  void take(const record_body& b, const stamp& at);
  void entry_sent(const plan_id& plan, const symbol& s, instant at);
  /// An entry traded something and is over: margins read up to `shown` may not know of it.
  void entry_traded(const symbol& s, const entry_size& added, instant shown);
  /// A margin read after this instant knows of every entry that is over.
  [[nodiscard]] instant margin_from() const { return all_shown_; }
  /// What the journal shall know of the peak, if anything.
  [[nodiscard]] std::optional<equity_peaked> margin_read(const margin_reading& m, const stamp& now);

  /// What is in use before this plan. Orders that truth shows meanwhile leave `ours`.
  [[nodiscard]] exposure_facts before(const plan& p, flights& ours, const risk_limits& limits,
                                      const stamp& now);
  /// All positions that count, each once.
  [[nodiscard]] const std::vector<valued_position>& positions(flights& ours);
  [[nodiscard]] const trading_day& day() const { return day_; }
  [[nodiscard]] std::optional<margin_facts> margin(const risk_limits& limits,
                                                   const stamp& now) const;

 private:
  /// The last reading, with all that entries it may not show can bind. None where that may be too
  /// much: then only a newer reading can say.
  [[nodiscard]] std::optional<margin_facts> margin_with(const flights& ours,
                                                        const risk_limits& limits,
                                                        const stamp& now) const;
  /// Whole worth of entries that the last reading may not show; none where one has no mark.
  [[nodiscard]] std::optional<notional> unread_worth(const flights& ours) const;
  [[nodiscard]] notional most_worth(const symbol& s, const entry_size& added) const;
  void add_booked();
  void add_under_way(const flights& ours);
  [[nodiscard]] price worth_of(const symbol& s, price otherwise) const;

  std::shared_ptr<const gate_view> boards_{};
  std::unordered_map<position_key, quantity> books_{};  ///< Lines that are not flat.
  milliseconds venue_ahead_{0};
  trading_day day_{};
  equity_peaks peaks_{};
  std::optional<margin_reading> margin_{};
  struct traded_entry {
    instant shown{};   ///< A margin read later counts it.
    notional worth{};  ///< Zero when it is not known.
  };
  std::vector<traded_entry> unread_{};  ///< Entries that are over, since the last reading was sent.
  instant all_shown_{};                 ///< The last of what margins may not show before.
  std::vector<held_position> held_{};   ///< Kept for its memory.
  std::vector<valued_position> all_{};
  std::unordered_map<position_key, std::size_t> place_{};  ///< In `all_`, while it is added up.
};

}  // namespace sluice
