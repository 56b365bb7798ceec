// Follows a path of prices with a tracker whose every exit is carried out at once, and with a
// restart from what was stored wherever the test says.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "positions.hpp"
#include "sluice/exits/exit_moves.hpp"
#include "sluice/exits/exit_tracker.hpp"

namespace sluice::testing {

struct path_step {
  std::int64_t at_s{0};
  price mark{};
  bool flip{false};  ///< A source wants the other side before this mark.
};

/// What came out of a path: "1.5 take_profit" for each exit, and every state that was stored.
struct path_outcome {
  std::vector<std::string> exits{};
  std::vector<exit_state> stored{};
  friend bool operator==(const path_outcome&, const path_outcome&) = default;
};

class path_world {
 public:
  path_world(exit_settings settings, std::string_view amount, liquidation_lookup liquidation = {})
      : settings_(std::move(settings)),
        liquidation_(std::move(liquidation)),
        tracker_(settings_, liquidation_),
        held_(qty(amount)) {
    see(at_s(0));
  }

  void step(const path_step& s) {
    const auto now = at_s(s.at_s);
    if (s.flip)
      for (auto& c :
           tracker_.on_signal(btc.instrument, held_.sign() > 0 ? side::sell : side::buy, now))
        store(std::move(c));
    const mark_row rows[] = {{btc.instrument, s.mark, {}}};
    auto step = tracker_.on_marks(rows, now);
    for (auto& c : step.changes)
      store(std::move(c));
    auto proposals = std::move(step.proposals);
    for (auto& p : tracker_.on_tick(now.steady))
      proposals.push_back(std::move(p));
    for (const auto& p : proposals)
      carry_out(p, now);
  }

  /// The process ends here, and another one begins with what was stored.
  void restart(std::int64_t s) {
    tracker_ = exit_tracker(settings_, liquidation_);
    tracker_.restore({outcome_.stored.back()}, at_s(s));
    see(at_s(s));
  }

  [[nodiscard]] const path_outcome& outcome() const { return outcome_; }
  [[nodiscard]] bool is_open() const { return !held_.is_zero(); }
  [[nodiscard]] exit_tracker& tracker() { return tracker_; }
  [[nodiscard]] exit_state state() const { return outcome_.stored.back(); }

 private:
  void store(exit_changed change) { outcome_.stored.push_back(std::move(change.what)); }

  void see(const stamp& now) {
    truth_view v;
    v.version = ++version_;
    if (held_.is_zero())
      v.content = position_flat{};
    else
      v.content = position_open{held_, at_price("100")};
    if (auto c = tracker_.on_truth(btc, v, now))
      store(std::move(*c));
  }

  void carry_out(const exit_proposal& p, const stamp& now) {
    outcome_.exits.push_back(p.decision.target.str() + " " +
                             std::string(to_string(p.decision.reason)));
    const auto left = std::min(p.decision.target, held_.abs());
    held_ = held_.sign() > 0 ? left : -left;
    see(now);
    if (auto c = tracker_.plan_ended(p.request(), exit_end::satisfied, now.steady))
      store(std::move(*c));
  }

  exit_settings settings_;
  liquidation_lookup liquidation_;
  exit_tracker tracker_;
  quantity held_;
  std::uint64_t version_{0};
  path_outcome outcome_{};
};

/// The whole path, with a restart before step `restart_at` if given. A position that is gone ends
/// it.
inline path_outcome follow(const exit_settings& settings, std::string_view amount,
                           const std::vector<path_step>& path,
                           std::optional<std::size_t> restart_at = {},
                           const liquidation_lookup& liquidation = {}) {
  path_world world(settings, amount, liquidation);
  for (std::size_t i = 0; i < path.size() && world.is_open(); ++i) {
    if (restart_at == i)
      world.restart(path[i].at_s);
    world.step(path[i]);
  }
  return world.outcome();
}

}  // namespace sluice::testing
