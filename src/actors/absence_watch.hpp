// Collects what can prove that an order never arrived: a read of its trades and a truth, both new.
#pragma once

#include <algorithm>
#include <optional>
#include <vector>

#include "sluice/domain/order.hpp"
#include "sluice/domain/truth.hpp"
#include "sluice/execution/order_machine.hpp"
#include "sluice/ledger/own_orders.hpp"

namespace sluice::actors {

/// What an order is recognised by when its venue id is not known.
struct order_trace {
  client_order_id id{};
  position_side leg{position_side::both};
  side direction{side::buy};
  /// By the venue's clock, which is that of the trades: not before and not after. They are apart
  /// where ours is off, as it may have been set since.
  wall_time intended_from{};
  wall_time intended_until{};
  quantity amount_before{};  ///< Of the position, signed, when the intent was made.
  /// The venue's time of the last change that `amount_before` shows; 0 when not known.
  venue_time changed_before{};
};

/// Pure. One wait at a time.
class absence_watch {
 public:
  /// Asked for their names at most, in one wait.
  static constexpr std::size_t names_max = 5;
  /// So long after the horizon every trade is listed: who traded what then needs no order in time.
  static constexpr milliseconds all_listed_after{60'000};
  /// How far the venue's time of a trade may lie before our time of the intent and still be of it.
  static constexpr std::int64_t clock_slack_ms = 5'000;
  /// The oldest that a truth may be which an order is permitted for.
  static constexpr std::int64_t truth_age_max_ms = 60'000;

  void begin(instant newer_than) { wait_ = wait{newer_than}; }
  void end() { wait_.reset(); }
  [[nodiscard]] bool waiting() const { return wait_.has_value(); }
  [[nodiscard]] bool wants_trades() const { return wait_ && !wait_->trades_read; }
  [[nodiscard]] bool waits_long(instant now) const {
    return wait_ && now - wait_->newer_than >= duration{all_listed_after};
  }

  /// The venue does not know an order of this number, long after ours was sent: it forgets only
  /// what is old.
  void disown(order_id number) { disowned_.push_back(number); }

  /// The newest trades of the symbol: none in the order's direction, since the time that
  /// `amount_before` is of, may be its. What orders of other names traded is not. Gives the numbers
  /// of those whose names are not known, to be asked for; without them nothing is weighed.
  [[nodiscard]] std::vector<order_id> trades_read(const std::vector<fill>& trades,
                                                  const order_trace& order,
                                                  const own_orders& others) {
    if (!wait_)
      return {};
    wait_->trades_read = true;
    for (const auto& f : trades)
      if (f.leg == order.leg && f.direction == order.direction && f.traded_at.ms >= begin_of(order))
        wait_->suspects.push_back(f);
    named(order, others);
    // Of more than that the next wait asks, which then knows these.
    const auto& all = wait_->nameless;
    return {all.begin(),
            all.begin() + static_cast<std::ptrdiff_t>(std::min(all.size(), names_max))};
  }

  /// Some of the names have become known.
  void named(const order_trace& order, const own_orders& others) {
    if (!wait_ || !wait_->trades_read)
      return;
    wait_->no_trades = true;
    wait_->by_others = wait_->perhaps_before = {};
    wait_->nameless.clear();
    for (const auto& f : wait_->suspects) {
      if (is_of_another(f, order, others)) {
        (came_after(f, order) ? wait_->by_others : wait_->perhaps_before) += f.amount;
        continue;
      }
      wait_->no_trades = false;
      if (const auto known = others.find(f.instrument, f.order);
          f.order != 0 && (!known || known->client_id.empty()) &&
          std::ranges::find(wait_->nameless, f.order) == wait_->nameless.end())
        wait_->nameless.push_back(f.order);
    }
  }

  /// The evidence once truth is new enough and trades were read; ends the wait.
  [[nodiscard]] std::optional<absence_evidence> weigh(const truth_view& seen,
                                                      const order_trace& order) {
    if (!wait_ || !wait_->trades_read || !wait_->nameless.empty() || !is_known(seen.content) ||
        seen.as_of <= wait_->newer_than)
      return std::nullopt;
    // Others may have traded meanwhile; what the order itself would have done is a move its way
    // that they do not account for.
    const auto moved = amount_of(seen.content) - order.amount_before;
    auto by_others = wait_->by_others;
    if (seen.as_of - wait_->newer_than >= duration{all_listed_after})
      by_others += wait_->perhaps_before;
    const bool unchanged = moved.sign() != sign_of(order.direction) || moved.abs() <= by_others;
    const absence_evidence shown{seen.as_of, unchanged, wait_->no_trades};
    wait_.reset();
    return shown;
  }

 private:
  /// Whether `amount_before` cannot have this trade in it: by the venue's own times where they are
  /// known. A stop of ours triggers at the very moment at which the exit is sent.
  static bool came_after(const fill& f, const order_trace& order) {
    if (order.changed_before.ms != 0)
      return f.traded_at > order.changed_before;
    return f.traded_at.ms > order.intended_until.ms + clock_slack_ms;
  }

  /// Trades from then on are looked at. One of others that the amount before lacks may be older
  /// than the intent, as that amount was.
  static std::int64_t begin_of(const order_trace& order) {
    const auto latest = order.intended_from.ms - clock_slack_ms;
    const auto earliest = latest - truth_age_max_ms;
    return order.changed_before.ms == 0 ? earliest
                                        : std::clamp(order.changed_before.ms, earliest, latest);
  }

  [[nodiscard]] bool is_of_another(const fill& f, const order_trace& order,
                                   const own_orders& others) const {
    if (std::ranges::find(disowned_, f.order) != disowned_.end())
      return true;
    const auto known = others.find(f.instrument, f.order);
    return known && !known->client_id.empty() && known->client_id != order.id;
  }

  struct wait {
    instant newer_than{};
    bool trades_read{false};
    std::vector<fill> suspects{};  ///< Trades that are the order's, unless a name says otherwise.
    std::vector<order_id> nameless{};  ///< Numbers of their orders that have no name yet.
    bool no_trades{false};
    /// Traded in the order's direction by orders that are not it, surely not in the amount before.
    quantity by_others{};
    quantity perhaps_before{};  ///< The same, but perhaps in it: traded too near to the intent.
  };
  std::optional<wait> wait_{};
  std::vector<order_id> disowned_{};
};

}  // namespace sluice::actors
