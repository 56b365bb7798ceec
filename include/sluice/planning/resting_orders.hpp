// The resting orders of a flatten's scope: read, cancelled and read again, until none is left.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sluice/domain/conditional_order.hpp"
#include "sluice/domain/truth.hpp"

namespace sluice {

/// What one look at the open orders of both kinds brought. The conditional ones are read first: one
/// that triggers in between is then among the regular ones.
struct resting_read {
  /// When the later of the two was answered: a position that is proven before may still be changed
  /// by an order that was there.
  instant answered_at{};
  std::vector<order_report> regular{};
  std::vector<conditional_report> conditional{};
  /// Why one kind, or both, could not be read and stand empty here; empty when both were.
  std::string fault{};
  bool regular_known{true};  ///< False: it was the regular ones, or they too.
};

enum class cancel_kind : std::uint8_t { all_regular, all_conditional, one_conditional };
struct cancel_wish {
  symbol on{};
  cancel_kind kind{cancel_kind::all_regular};
  client_order_id order{};  ///< For one_conditional only.
};

/// True for a conditional order that can only make a position smaller.
[[nodiscard]] bool protects(const conditional_report& r);

/// What the orders are judged by at one moment.
struct resting_view {
  instant now{};
  bool may_send{true};  ///< False: nothing is cancelled now.
  /// Since when every position of the scope is proven flat; none while one is not.
  std::optional<instant> all_flat_since{};
  /// As of when every position of one symbol is; none while one is not.
  std::function<std::optional<instant>(const symbol&)> flat_as_of{};
};

struct resting_actions {
  bool read{false};  ///< Read the open orders of both kinds.
  std::vector<cancel_wish> cancels{};
};

/// Whose the orders are plays no part. Regular ones go first, since they compete with what closes
/// the position; conditional ones that protect a position go once two reads that are newer than a
/// look without anything that opens it show it flat, all others at once.
class resting_orders {
 public:
  explicit resting_orders(milliseconds retry_after) : retry_after_(retry_after) {}

  void step(const resting_view& view, resting_actions& out);
  void read_answered(resting_read brought, instant now);
  /// One cancel was answered; done or not, the next read tells.
  void cancel_answered(bool done, instant now);

  /// False until orders have been looked for, and while regular ones of the symbol are being
  /// cancelled. A look or a cancel that fails keeps nothing open: the close goes on without it.
  [[nodiscard]] bool may_close(const symbol& on) const;
  /// When it was answered that nothing rests, by a look that began at `after` or later and is the
  /// last one.
  [[nodiscard]] std::optional<instant> clear_since(instant after) const;
  /// What protects the symbol waits for a truth newer than this, which shows it flat.
  [[nodiscard]] std::optional<instant> awaits_truth_of(const symbol& on) const;
  /// The same of any symbol.
  [[nodiscard]] std::optional<instant> awaits_truth() const;
  [[nodiscard]] std::size_t regular() const { return last_.regular.size(); }
  [[nodiscard]] std::size_t conditional() const { return last_.conditional.size(); }
  /// Why nothing is known of them; empty when something is.
  [[nodiscard]] std::string fault() const;

 private:
  [[nodiscard]] bool is_due(const resting_view& view) const;
  /// Without what protects, which is noted instead.
  [[nodiscard]] std::vector<cancel_wish> wishes(const resting_view& view);
  [[nodiscard]] std::vector<cancel_wish> proven(const resting_view& view);
  void take_guards(const std::vector<cancel_wish>& wanted);
  void begin_cancels(std::vector<cancel_wish> wanted, resting_actions& out);
  void begin_read(const resting_view& view, resting_actions& out);
  void pause(instant now, bool failed, std::size_t& tries);

  milliseconds retry_after_{};
  resting_read last_{};
  struct clear_look {
    instant begun{};
    instant answered{};
  };
  std::optional<clear_look> clear_{};
  instant begun_{};
  instant not_before_{};
  std::size_t cancels_{0};  ///< Not answered yet.
  std::size_t tries_{0};    ///< Rounds in a row that failed, or still found something to cancel.
  std::size_t guard_tries_{0};  ///< The same of what protects.
  std::set<symbol> taken_{};    ///< By the last round of those.
  bool tried_{false};
  bool reading_{false};
  bool fresh_{false};         ///< The last read has not been acted upon.
  bool held_{false};          ///< It could not be, for nothing was to be sent.
  bool takes_guards_{false};  ///< The cancels under way are of what protects.
  /// Flat symbols of the last read whose protection waits for truths, with the first that came.
  std::map<symbol, std::optional<instant>> guards_{};
  bool again_{false};  ///< Something was cancelled, or failed, since the last read.
  bool cancel_failed_{false};
};

}  // namespace sluice
