// Decides which read goes out next: earliest deadline first within priority classes, one read per
// target at a time, with places kept free for reads that plans wait for.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <set>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "sluice/domain/exchange_port.hpp"
#include "sluice/domain/time.hpp"
#include "sluice/truth/settings.hpp"
#include "sluice/truth/single_pace.hpp"
#include "sluice/truth/symbol_directory.hpp"

namespace sluice {

/// Most urgent first.
enum class read_priority : std::uint8_t {
  exit_demand,    ///< An exit waits for it.
  entry_demand,   ///< An entry waits for it.
  verification,   ///< Checks what a fill or an event said.
  open_position,  ///< Routine, of a position that is open.
  rest,           ///< Routine.
};
inline constexpr std::size_t read_priority_count = 5;
[[nodiscard]] std::string_view to_string(read_priority p);
/// What the read spends of the request budget.
[[nodiscard]] read_class budget_class(read_priority p);
/// How urgent a read is that somebody asked for in this class.
[[nodiscard]] read_priority priority_of(read_class c);
/// True when a plan waits for the read.
[[nodiscard]] constexpr bool is_demand(read_priority p) {
  return p <= read_priority::entry_demand;
}

/// The account, or one symbol.
class read_target {
 public:
  [[nodiscard]] static constexpr read_target account() { return read_target{account_value}; }
  [[nodiscard]] static constexpr read_target of(symbol_index index) { return read_target{index}; }

  [[nodiscard]] constexpr bool is_account() const { return value_ == account_value; }
  /// Only for a target that is not the account.
  [[nodiscard]] constexpr symbol_index index() const { return value_; }
  friend constexpr auto operator<=>(read_target, read_target) = default;

 private:
  static constexpr symbol_index account_value = std::numeric_limits<symbol_index>::max();
  explicit constexpr read_target(symbol_index value) : value_(value) {}
  symbol_index value_{account_value};
};

/// A wish for a read. Wishes for one target become one read.
struct read_want {
  read_target target{read_target::account()};
  read_priority priority{read_priority::rest};
  instant due{};  ///< Not before this; also the deadline by which reads are ordered.
  /// A read already under way satisfies the wish when it was sent at or after this and the wish is
  /// due; otherwise another read follows it. The default accepts any read under way.
  instant newer_than{instant::min()};
  connection_choice connection{connection_choice::any};
};

/// A read to be sent now.
struct read_job {
  std::uint64_t id{0};
  read_target target{read_target::account()};
  read_priority priority{read_priority::rest};  ///< Raised when a more urgent wish joins it.
  instant due{};
  instant started_at{};
  instant deadline{};  ///< When it is given up; brought forward when a demand joins it.
  connection_choice connection{connection_choice::any};
  read_priority left_as{read_priority::rest};  ///< Its budget is of this one, whoever joins it.
};

struct read_limits {
  std::size_t concurrency{32};
  std::size_t demand_reserve{8};  ///< Places that only demands may take.
  std::size_t exit_reserve{4};    ///< Of these, places that only exits may take.
  milliseconds demand_timeout{800};
  milliseconds read_timeout{2'000};
  milliseconds account_timeout{2'000};  ///< For routine account-wide reads: give_up_after.
  /// A read this long overdue counts as one class more urgent, twice as long as two, and so on.
  milliseconds aging_step{1'000};
};
/// Reserves as read_places.hpp divides them.
[[nodiscard]] read_limits read_limits_from(const snapshot_settings& s, const freshness_plan& plan);

/// How a read ended.
enum class read_end : std::uint8_t {
  answered,
  not_sent,      ///< It was kept back here, by our own budget or a pause.
  failed,        ///< A refusal that says nothing of the read.
  says_nothing,  ///< No answer, or none that anything can be taken from; the next may be no better.
};

enum class want_outcome : std::uint8_t {
  queued,  ///< A new read will go out for it.
  merged,  ///< A read already waiting serves it, more urgently if it asked for that.
  joined,  ///< A read under way serves it.
};

struct read_counters {
  std::array<std::uint64_t, read_priority_count> started{};
  std::uint64_t joined{0};
  std::uint64_t gathered{0};  ///< Demands of single symbols that one account-wide read served.
  std::uint64_t merged{0};
  std::uint64_t abandoned{0};
  std::uint64_t late{0};  ///< Reads that finished after they had been given up.
};

/// Pure: times come in, jobs come out. Holds at most two wishes per target.
class read_scheduler {
 public:
  explicit read_scheduler(const read_limits& limits);

  want_outcome want(const read_want& w, instant now);
  /// A plan waits for the truth of one symbol. An account-wide read costs the venue no more than
  /// one of a symbol, so the plan is served by the account-wide read under way if that is new
  /// enough; and when plans wait for other symbols too, by one account-wide read for all that have
  /// not begun. After one that was given up, or said nothing, few plans trust another until one
  /// ends, at the pace of single_pace.hpp.
  want_outcome demand(const read_want& w, instant now);
  /// The read to send now, or none: nothing is due, or no place is free. Call until it says none.
  [[nodiscard]] std::optional<read_job> next(instant now);
  /// The worker of this read is done: the read with all that joined it. None when it had been given
  /// up before; its reply may still be merged, for the merge decides by time.
  std::optional<read_job> finished(const read_job& ended, read_end how);
  /// A demand that failed goes out once more, over another connection.
  void repeat(const read_job& failed, instant now);
  /// When the read that waits for a target is due; none when none waits.
  [[nodiscard]] std::optional<instant> waits_until(read_target target) const;
  /// Gives up all reads past their deadline and returns them; whoever waits must be told.
  [[nodiscard]] std::vector<read_job> expire(instant now);
  /// When next() or expire() may have something to do, `now` when they have it already; none when
  /// only a finished read or a new wish can change anything.
  [[nodiscard]] std::optional<instant> next_wakeup(instant now) const;
  /// Forgets what is waiting for a target; a read under way stays.
  void drop(read_target target);
  /// Forgets all that nobody waits for and nothing needs checked: rounds begin anew.
  void drop_routine();
  /// From now on; reads under way stay as they are.
  void set_limits(const read_limits& limits);

  [[nodiscard]] bool is_in_flight(read_target target) const;
  [[nodiscard]] std::size_t in_flight() const { return jobs_.size(); }
  [[nodiscard]] std::size_t waiting() const;
  [[nodiscard]] const read_counters& counters() const { return counters_; }

 private:
  struct target_hash {
    std::size_t operator()(read_target t) const noexcept {
      return std::hash<symbol_index>{}(t.is_account() ? ~symbol_index{0} : t.index());
    }
  };
  using by_time = std::set<std::pair<instant, read_target>>;
  struct waiting_want : read_want {
    /// A read sent before this leaves a verification to be done then; never when not set.
    instant check_at{instant::min()};
  };

  [[nodiscard]] bool place_free(read_priority p) const;
  [[nodiscard]] std::optional<waiting_want> best_due(instant now) const;
  [[nodiscard]] milliseconds timeout_of(const read_want& w) const;
  void enqueue(const read_want& w);
  void check_later(const waiting_want& served, instant now);
  void release(const read_job& job);
  [[nodiscard]] bool serves(read_target target, const read_want& w, instant now) const;
  /// Reads of single symbols, waiting or under way, that plans of this priority or above wait for.
  [[nodiscard]] std::size_t singles_demanding(read_priority least, read_target except) const;
  [[nodiscard]] bool others_demand(read_target except) const;
  /// Past account-wide reads in doubt.
  [[nodiscard]] bool may_go_alone(const read_want& w, instant now);
  /// While account-wide reads are in doubt plans want few of them.
  [[nodiscard]] read_want later_in_doubt(read_want w) const;
  want_outcome go_alone(const read_want& w, instant now);
  /// A plan waits for a read of it that has not gone out.
  [[nodiscard]] bool is_demanded(read_target target) const;
  [[nodiscard]] read_want for_all_waiting(const read_want& w, instant now);
  void join(read_job& job, const read_want& w, instant now);

  read_limits limits_;
  std::array<by_time, read_priority_count> queues_{};  ///< Waiting and not in flight.
  std::unordered_map<read_target, waiting_want, target_hash> waiting_{};  ///< All that waits.
  std::unordered_map<read_target, read_job, target_hash> jobs_{};         ///< In flight.
  std::unordered_map<std::uint64_t, read_target> targets_{};              ///< By job id, in flight.
  by_time deadlines_{};
  std::array<std::size_t, read_priority_count> places_{};  ///< In flight, by class.
  bool account_lost_{false};   ///< The last account-wide one was given up, or said nothing.
  instant account_sent_at_{};  ///< When the last account-wide one was sent.
  single_pace<read_target> pace_{};
  std::uint64_t last_id_{0};
  read_counters counters_{};
};

}  // namespace sluice
