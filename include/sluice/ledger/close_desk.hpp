// The reconcile close: off unless an operator armed it for a symbol, once per cause, and only where
// the exchange holds more than our books say.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sluice/domain/close_arming.hpp"
#include "sluice/domain/hold.hpp"
#include "sluice/domain/plan.hpp"
#include "sluice/domain/record.hpp"
#include "sluice/ledger/drift.hpp"
#include "sluice/ledger/ledger.hpp"

namespace sluice {

/// What an operator asks for.
struct arming_order {
  symbol instrument{};
  milliseconds lasts{0};
  std::string author{};
  std::string reason{};
};

/// What became of an order to arm or disarm. Nothing changed when `refusal` says why.
struct arming_outcome {
  std::optional<close_arming> now{};  ///< In force after an order to arm; before one to disarm.
  std::string refusal{};
  std::vector<record_body> records{};
};

/// Keeps the armings, at most one per symbol. They end by the steady clock.
class close_desk {
 public:
  /// `longest` is the longest arming; zero says that none is given.
  close_desk(milliseconds longest, std::int64_t last_id);

  /// Armings of the journal: what is left of their time runs on. Returns the ends of those whose
  /// time was over meanwhile, and the records of those that are too long today.
  [[nodiscard]] std::vector<record_body> restore(const std::vector<close_arming>& stored,
                                                 const stamp& now);
  /// Another longest arming; those that are given end by then, at once when none is given any more.
  /// Of each that ends earlier by it, the records: the arming as it was has been replaced by a
  /// shorter one, so that a restart does not give it its time back.
  [[nodiscard]] std::vector<record_body> longest(milliseconds longest, const stamp& now);
  [[nodiscard]] arming_outcome arm(const arming_order& order, const stamp& now);
  [[nodiscard]] arming_outcome disarm(const symbol& instrument, const std::string& author,
                                      const std::string& reason);
  /// Ends those whose time is over.
  [[nodiscard]] std::vector<record_body> expire(instant now);
  /// The arming is for the close of this hold, which has been proposed, and for no other until its
  /// plan was taken or not. It may be disarmed, replaced or over meanwhile as ever.
  void set_apart(const hold& cause);
  /// Ends the arming that was set apart for this hold, because the plan was taken; nothing when it
  /// has ended before.
  [[nodiscard]] std::optional<record_body> use(const hold& cause);
  /// The plan was not taken: the arming that was set apart for this hold is for any again.
  void give_back(const hold& cause);

  /// In force, set apart or not.
  [[nodiscard]] std::optional<close_arming> armed(const symbol& instrument, instant now) const;
  /// In force, and set apart for no hold.
  [[nodiscard]] bool may_serve(const symbol& instrument, instant now) const;
  /// When the next one ends.
  [[nodiscard]] std::optional<instant> next_end() const;

 private:
  struct entry {
    close_arming what{};
    instant until{};
    std::int64_t for_hold{0};  ///< Whose close it is set apart for; 0 when for none.
  };
  [[nodiscard]] entry* set_apart_for(const hold& cause);

  milliseconds longest_;
  std::int64_t last_id_;
  std::map<symbol, entry> armed_{};
};

/// Why nothing is closed, in the order in which it is looked for.
enum class close_obstacle : std::uint8_t {
  not_armed,
  no_hold,        ///< None of cause unexplained_drift or foreign_fill stands on the position.
  drift_unclear,  ///< The drift is not of a kind that a close could end, at this moment.
  truth_unknown,
  other_side,    ///< The exchange stands on the other side of the ledger.
  holds_no_more  ///< The exchange holds no more than the ledger.
};
[[nodiscard]] std::string_view to_string(close_obstacle o);

/// Everything the decision looks at.
struct close_question {
  bool armed{false};
  std::optional<hold> standing{};
  drift_kind kind{drift_kind::none};  ///< Of the drift as just compared.
  truth_view seen{};
  quantity ledger_amount{};  ///< Signed; zero without a line.
};

/// How much shall stay, |ledger|, or why nothing is closed.
using close_decision = std::variant<quantity, close_obstacle>;
[[nodiscard]] close_decision decide_close(const close_question& q);

/// How long the plan of a reconcile close lives.
inline constexpr milliseconds close_plan_ttl{30'000};

/// "reconcile-close:<hold id>", so that one cause is closed once, over repetitions and restarts.
[[nodiscard]] plan_id close_plan_id(const hold& cause);
/// The reduce plan for a decision.
[[nodiscard]] plan plan_for_close(const hold& cause, quantity target, const stamp& now);
/// True for the ids of these plans: their fills close what the ledger never had.
[[nodiscard]] bool is_reconcile_close(const plan_id& id);
[[nodiscard]] fill_scope scope_of(const plan_id& id);

}  // namespace sluice
