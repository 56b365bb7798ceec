// One flatten and a small exchange of the test's own around it; time passes when the test says so.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sluice/planning/flatten.hpp"
#include "support/catch.hpp"

namespace sluice::testing {

inline const symbol btc{"BTCUSDT"};
inline const symbol eth{"ETHUSDT"};
inline const position_key btc_both{btc, position_side::both};
inline const position_key eth_both{eth, position_side::both};
inline constexpr milliseconds permit_ttl{2'000};
inline constexpr milliseconds step_period{100};
inline const stamp start{instant{std::chrono::hours{1}}, {1'790'000'000'000}};

inline quantity amount(const char* text) {
  return quantity::parse(text).value();
}

/// Positions as the state table would have them; time passes when the test says so.
struct scene {
  explicit scene(symbol scope = {}, milliseconds give_up = std::chrono::minutes{10})
      : core({7, std::move(scope), "alice", "drill", start.wall, {start.wall.ms + give_up.count()}},
             flatten_settings{}, permit_ttl, start) {}

  void hold(const position_key& key, const char* held) {
    table[key].content = position_open{amount(held), price::parse("100").value()};
    table[key].as_of = now.steady;
  }
  void flat(const position_key& key) {
    table[key].content = position_flat{};
    table[key].as_of = now.steady;
  }
  /// An event of the stream says so.
  void closes(const position_key& key) {
    flat(key);
    table[key].source = truth_source::stream;
  }
  /// A read of the whole account, sent now.
  void prove() {
    account = now.steady;
    for (auto& [key, view] : table)
      if (is_known(view.content))
        view.as_of = now.steady;
  }
  /// Two reads of everything, one after the other: what protects is taken by no less.
  void prove_twice() {
    for (int i = 0; i < 2; ++i) {
      pass(step_period);
      prove();
      step();
    }
  }
  void pass(milliseconds span) {
    now.steady += span;
    now.wall.ms += span.count();
  }
  flatten_actions step() {
    const std::vector<std::pair<position_key, truth_view>> positions(table.begin(), table.end());
    flatten_actions out;
    core.step({now, stopped, positions, account, ours}, out);
    if (out.read_orders && answers_orders)
      core.orders_read({now.steady, regular, conditional, {}}, now.steady);
    for (const auto& c : out.cancels) {
      cancelled.push_back(c);
      core.cancel_answered(true, now.steady);
      if (c.kind == cancel_kind::all_regular)
        regular.clear();
      else
        conditional.clear();
    }
    for (const auto& p : out.plans)
      plans.push_back(p);
    return out;
  }
  /// Steps on until something ended it, or `span` is over.
  std::optional<flatten_ended> run(milliseconds span) {
    for (milliseconds passed{0}; passed < span; passed += step_period) {
      auto out = step();
      if (out.ended)
        return out.ended;
      pass(step_period);
    }
    return std::nullopt;
  }
  void judge(const plan_id& id, verdict_kind kind, std::vector<refusal> refusals = {}) {
    plan_judged j;
    j.plan = id;
    j.outcome.kind = kind;
    j.outcome.refusals = std::move(refusals);
    core.judged(j, now.steady);
  }
  void plan_ends(const plan_id& id, const position_key& key, plan_end how = plan_end::done) {
    ours.begun(client_order_id{"o"}, key);
    judge(id, verdict_kind::allow);
    step();
    ours.ended(client_order_id{"o"}, now.steady);
    core.finished({id, key.instrument, how, {}, 1, "words"}, now.steady);
  }
  [[nodiscard]] closing_line line(const position_key& key) const {
    for (auto& l : core.progress().positions)
      if (l.position == key)
        return l;
    return {};
  }

  flatten_core core;
  stamp now{start};
  std::string stopped{};
  std::map<position_key, truth_view> table{};
  std::optional<instant> account{};
  order_watch ours{};
  std::vector<order_report> regular{};
  std::vector<conditional_report> conditional{};
  bool answers_orders{true};
  std::vector<cancel_wish> cancelled{};
  std::vector<plan> plans{};
};

}  // namespace sluice::testing
