// What becomes of each entry of an existing pipeline's stream, from its delivery to its
// acknowledgement.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "sluice/planning/planner.hpp"
#include "sluice/planning/refused_entries.hpp"
#include "sluice/planning/source_desk.hpp"
#include "sluice/planning/upstream_plan.hpp"
#include "sluice/planning/upstream_watch.hpp"

namespace sluice {

/// What the journal has of a plan that was accepted once.
struct known_plan {
  source_id source{};
  symbol instrument{};
  std::string kind{};
  std::string reason{};  ///< Of a reduce plan.
};
using plan_lookup = std::function<std::optional<known_plan>(const plan_id&)>;

/// What a step looks at.
struct upstream_view {
  const upstream_watch& ours;
  stamp now{};
  /// False until account and symbols were read once: nothing is offered, for any verdict would be a
  /// denial.
  bool judges{true};
  std::function<truth_view(const position_key&)> truth{};
  milliseconds stale_after{10'000};  ///< An older truth makes no target.
  /// False where an open plan would be denied for what is still to come: its entry waits.
  std::function<bool(const symbol&)> may_open{[](const symbol&) { return true; }};
  /// False for a symbol that nobody lists and nothing was ever told of.
  std::function<bool(const symbol&)> may_be_held{[](const symbol&) { return true; }};
};

/// An entry that is refused for good: kept where people find it, then acknowledged.
struct refused_entry {
  stream_entry entry{};
  upstream_refusal why{};
  bool answers{false};  ///< Its plan id is nobody else's: a denial may be written under it.
};

struct upstream_actions {
  std::vector<plan> plans{};  ///< For the planner; each is answered by taken() or not_taken().
  std::vector<std::string> done{};  ///< Ids of entries to acknowledge.
  std::vector<refused_entry> refused{};
  std::vector<plan_id> repeated{};    ///< Taken in before: their verdict may be told again.
  std::vector<position_key> reads{};  ///< Truths wanted, urgently.
  std::size_t skipped{0};             ///< Entries that were not meant to be carried out.
};

/// For one thread; `now` never goes back. An entry is acknowledged once its plan is durable or
/// refused for good, never before: whatever ends in between is delivered again, and recognised. One
/// that was refused is refused for the same reason when it comes again.
/// Closes never wait behind open plans, but a part of a position waits until nothing of ours is
/// under way on it, another part included, and a truth has seen what was: else it would be a part
/// of something else. That nothing is held takes two reads, or the word of the stream.
class upstream_desk {
 public:
  upstream_desk(upstream_settings settings, intake_settings intake, plan_lookup known);

  /// One that is in hand already is left alone.
  void deliver(stream_entry entry, std::int64_t server_ms, const arrival& received,
               upstream_actions& out);
  /// Offers what can be offered.
  void step(const upstream_view& view, upstream_actions& out);

  /// The planner's answer.
  void taken(const plan_id& id, plan_identity as, upstream_actions& out);
  /// Another open plan of its symbol has not ended, and the planner has no record of this one: an
  /// open plan is refused for good, a part waits again. True when it waits.
  bool symbol_busy(const plan_id& id, const plan_id& other, upstream_actions& out);
  /// The planner takes nothing now; the entry will be delivered again.
  void not_taken(const plan_id& id);
  /// A verdict became durable. True when its plan came from here.
  bool judged(const plan_id& id);
  /// A plan of an earlier run may have come from here; its verdict is still to come.
  void expect(const plan_id& id) { expected_.insert(id); }

  [[nodiscard]] std::size_t waiting(lane traffic) const { return waiting_[index(traffic)].size(); }
  [[nodiscard]] std::size_t open(lane traffic) const { return open_count_[index(traffic)]; }

 private:
  struct waiting_entry {
    stream_entry entry{};
    upstream_wish wish{};
    stamp received{};
    std::optional<instant> missing_in{};  ///< The first read in which nothing was held.
  };
  struct open_wish {
    upstream_wish wish{};
    std::vector<waiting_entry> entries{};  ///< To be acknowledged once it is durable.
    bool durable{false};
    bool judged{false};
  };
  enum class outcome : std::uint8_t { waits, gone, lane_full };

  static std::size_t index(lane traffic) { return static_cast<std::size_t>(traffic); }
  void refuse(stream_entry entry, upstream_refusal why, upstream_actions& out);
  /// The planner or another plan's name stands against it.
  void refuse(std::unordered_map<plan_id, open_wish>::iterator at, upstream_fault fault,
              std::string reason, upstream_actions& out);
  void refuse(waiting_entry w, upstream_fault fault, std::string reason, upstream_actions& out);
  void acknowledge(const std::string& entry_id, upstream_actions& out);
  /// From a truth that counts.
  outcome offer(waiting_entry& w, const truth& held, upstream_actions& out);
  outcome consider(waiting_entry& w, const upstream_view& view, upstream_actions& out);
  [[nodiscard]] bool is_old(const waiting_entry& w, const stamp& now) const;
  [[nodiscard]] bool has_truth(waiting_entry& w, const upstream_view& view, upstream_actions& out);
  /// A part of nothing is refused for good, and one read may be false: a later one has to agree.
  [[nodiscard]] bool is_doubted(waiting_entry& w, const truth_view& seen) const;
  [[nodiscard]] bool is_settled(const waiting_entry& w, const upstream_view& view) const;
  /// Anything of one symbol is at the planner, or its verdict is awaited.
  [[nodiscard]] bool under_way(const symbol& instrument) const;
  /// An open plan of one symbol waits here.
  [[nodiscard]] bool will_open(const symbol& instrument) const;
  void join(open_wish& open, waiting_entry& w, upstream_actions& out);
  [[nodiscard]] bool is_same(const upstream_wish& w) const;
  /// Another entry of this plan waits or is at the planner.
  [[nodiscard]] bool is_in_hand(const plan_id& id) const;
  void close(std::unordered_map<plan_id, open_wish>::iterator at);

  upstream_settings settings_{};
  intake_settings intake_{};
  plan_lookup known_{};
  source_desk door_;
  std::array<std::deque<waiting_entry>, 2> waiting_{};
  std::array<std::size_t, 2> open_count_{};
  std::unordered_map<plan_id, open_wish> open_{};
  /// Entries that wait or are at the planner, and their plans.
  std::unordered_map<std::string, plan_id> in_hand_{};
  std::unordered_set<plan_id> expected_{};
  refused_entries refused_;
  instant now_{};  ///< Of the last delivery or step.
  std::unordered_map<position_key, instant> asked_{};
};

}  // namespace sluice
