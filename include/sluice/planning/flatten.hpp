// One flatten without its actor: what to read, cancel and propose until everything is flat.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "sluice/domain/record.hpp"
#include "sluice/planning/order_watch.hpp"
#include "sluice/planning/resting_orders.hpp"
#include "sluice/planning/settings.hpp"

namespace sluice {

/// How far the closing of one position has come.
enum class closing_state : std::uint8_t {
  waiting,  ///< For a truth, for orders to be cancelled, or for the next try.
  closing,  ///< A plan or an order of ours is under way.
  flat,     ///< Proven by a truth newer than our last order.
  blocked,  ///< The last plan ended without an order; it is tried again.
};
/// "waiting", "closing", "flat", "blocked".
[[nodiscard]] std::string_view to_string(closing_state s);

struct closing_line {
  position_key position{};
  closing_state state{closing_state::waiting};
  quantity amount{};  ///< Signed, as last seen open.
  std::uint32_t plans{0};
  plan_id last_plan{};
  std::string reason{};  ///< Why it is not flat yet; empty when there is nothing to say.
};

/// A flatten as it stands, or as it ended.
struct flatten_progress {
  flatten_order what{};
  std::optional<flatten_end> outcome{};
  std::optional<wall_time> ended_at{};
  std::string left{};                     ///< What stayed open, and why.
  std::vector<closing_line> positions{};  ///< Those that were ever seen open, in order.
  std::size_t unproven{0};                ///< Positions of the scope not proven flat yet, all told.
  std::size_t regular{0};                 ///< Resting orders, as last read.
  std::size_t conditional{0};
  std::string orders_fault{};  ///< Why nothing is known of them; else empty.
};

/// Everything a step looks at, of one moment.
struct flatten_view {
  stamp now{};
  std::string stopped{};  ///< Why nothing may be sent now, e.g. "halted"; empty when it may.
  /// Every position of the scope that is tracked.
  std::span<const std::pair<position_key, truth_view>> positions{};
  /// Send time of the newest read of the whole account, taken before the positions were: a symbol
  /// that is not tracked was flat then. None before the first.
  std::optional<instant> account_as_of{};
  const order_watch& ours;
};

struct flatten_actions {
  bool read_orders{false};
  std::vector<cancel_wish> cancels{};
  std::vector<plan> plans{};
  /// Truths wanted, proven by a read sent after `newer_than`; one of no symbol is the whole
  /// account.
  std::vector<position_key> reads{};
  instant newer_than{};
  std::optional<flatten_ended> ended{};
};

/// "flatten:<id>:<SYMBOL>:<leg>:<n>"; a symbol that cannot stand in an id is told by its hash.
[[nodiscard]] plan_id flatten_plan_id(std::int64_t flatten, const position_key& position,
                                      std::uint32_t n);

/// Level-triggered: every step looks at all there is, so that nothing is missed and a restart is
/// only a late first step. For one thread; `now` never goes back.
class flatten_core {
 public:
  /// `permit_ttl` is how long an order permitted before may still leave: no truth older than that
  /// proves anything.
  flatten_core(flatten_order what, const flatten_settings& settings, milliseconds permit_ttl,
               const stamp& now);

  void step(const flatten_view& view, flatten_actions& out);
  void orders_read(resting_read brought, instant now) { resting_.read_answered(brought, now); }
  void cancel_answered(bool done, instant now) { resting_.cancel_answered(done, now); }

  /// The planner knows the plan from before a restart: its verdict stands, the next one is due.
  void plan_repeated(const plan_id& id);
  void plan_not_taken(const plan_id& id, std::string why, instant now);
  void judged(const plan_judged& verdict, instant now);
  /// One of its allowed plans has had its last order.
  void finished(const plan_finished& end, instant now);

  /// Ends it now. What stands is told in `left`.
  [[nodiscard]] flatten_ended end(flatten_end why) const;
  [[nodiscard]] const flatten_order& what() const { return what_; }
  [[nodiscard]] flatten_progress progress() const;

 private:
  struct leg {
    quantity amount{};
    bool flat{false};
    bool allowed{false};  ///< The plan's order left.
    std::uint32_t plans{0};
    plan_id plan{};  ///< Empty when none is under way.
    instant plan_until{};
    instant again_at{};
    std::string reason{};
  };
  using legs = std::map<position_key, leg>;

  [[nodiscard]] instant threshold(const position_key& key, const order_watch& ours) const;
  void end_unheard(const flatten_view& view);
  [[nodiscard]] bool is_gone(const position_key& key, const truth_view& seen) const;
  void note_missing(const position_key& key, const truth_view& seen);
  void look(const flatten_view& view);
  [[nodiscard]] bool account_agrees(const flatten_view& view) const;
  [[nodiscard]] std::optional<instant> flat_as_of(const symbol& on, const flatten_view& view) const;
  void tend_orders(const flatten_view& view, flatten_actions& out);
  void propose(const flatten_view& view, flatten_actions& out);
  [[nodiscard]] plan next_plan(const position_key& key, leg& l, const stamp& now) const;
  void want_truths(const flatten_view& view, flatten_actions& out);
  [[nodiscard]] bool is_done(const flatten_view& view) const;
  leg* leg_of(const plan_id& id);
  void plan_ended(leg& l, std::string why, instant now) const;
  [[nodiscard]] std::string what_stands() const;

  flatten_order what_{};
  flatten_settings settings_{};
  instant settled_from_{};
  instant give_up_{};
  instant ask_again_{};
  legs legs_{};
  std::map<position_key, bool> unproven_{};       ///< By the last step; true when it is not known.
  std::map<position_key, truth_view> missing_{};  ///< The first that showed it flat.
  /// Send time of the first read of the whole account that counts.
  std::optional<instant> account_read_{};
  bool seen_any_{false};
  std::optional<instant> all_flat_since_{};
  resting_orders resting_;
};

}  // namespace sluice
