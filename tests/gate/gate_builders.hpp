// Plans and facts that pass every rule, for tests to spoil one thing at a time.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <utility>

#include "sluice/gate/gate_core.hpp"
#include "sluice/gate/judge.hpp"

namespace sluice::test {

inline constexpr instant start{std::chrono::hours{100}};

inline stamp at(milliseconds after_start) {
  return {start + after_start, {1'795'000'000'000 + after_start.count()}};
}

inline quantity qty(const char* text) {
  return *quantity::parse(text);
}
inline price px(const char* text) {
  return *price::parse(text);
}
inline notional value_of(const char* text) {
  return *notional::parse(text);
}

inline position_key btc(position_side leg = position_side::both) {
  return {symbol{"BTCUSDT"}, leg};
}

inline plan a_plan(std::string id, plan_body body, milliseconds life = milliseconds{30'000}) {
  plan p;
  p.id = plan_id{std::move(id)};
  p.source = source_id{"strategy"};
  p.instrument = symbol{"BTCUSDT"};
  p.body = std::move(body);
  p.received = at(milliseconds{0});
  p.deadline = start + life;
  return p;
}

inline plan an_open(std::string id = "o1", const char* amount = "0.010") {
  open_plan o;
  o.amount = qty(amount);
  return a_plan(std::move(id), o);
}
inline plan a_reduce(std::string id = "r1", const char* target = "0") {
  return a_plan(std::move(id), reduce_plan{qty(target), "test"});
}
/// Of a position as it was: signed.
inline plan a_part(std::string id, const char* target, const char* of) {
  auto p = a_reduce(std::move(id), target);
  std::get<reduce_plan>(p.body).part_of = qty(of);
  return p;
}
/// Of all that is held on one side: 1 long, -1 short.
inline plan a_close_of(std::string id, int side) {
  auto p = a_reduce(std::move(id));
  std::get<reduce_plan>(p.body).of_side = side;
  return p;
}
inline plan a_cancel(std::string id, std::string target) {
  return a_plan(std::move(id), cancel_plan{plan_id{std::move(target)}});
}

inline plan_ptr shared(plan p) {
  return std::make_shared<const plan>(std::move(p));
}

inline instrument_facts btc_facts() {
  return {.tradable = true,
          .step = qty("0.001"),
          .min_quantity = qty("0.001"),
          .max_quantity = qty("100"),
          .min_notional = value_of("100")};
}

inline truth_view seen(truth content, instant as_of = start) {
  return {.content = content,
          .as_of = as_of,
          .changed_at = {},
          .source = truth_source::bulk,
          .version = 7};
}
inline truth_view holding(const char* amount, instant as_of = start) {
  return seen(position_open{qty(amount), px("50000")}, as_of);
}

/// Facts at `start` that let an open pass (flat) or a reduce (long 0.5).
inline facts facts_for_open() {
  facts f;
  f.now = at(milliseconds{0});
  f.position = seen(position_flat{});
  f.instrument = btc_facts();
  f.mark = px("50000");
  f.mark_at = start;
  return f;
}
inline facts facts_for_reduce(const char* amount = "0.5") {
  facts f = facts_for_open();
  f.position = holding(amount);
  return f;
}

/// Boards that a test fills by hand.
class hand_made_view final : public gate_view {
 public:
  [[nodiscard]] truth_view position(const position_key& key) const override {
    const auto found = truths.find(key);
    return found == truths.end() ? truth_view{} : found->second;
  }
  [[nodiscard]] std::optional<instrument_facts> instrument(const symbol&) const override {
    return rules;
  }
  [[nodiscard]] std::optional<mark_seen> mark(const symbol&) const override { return last_mark; }
  void open_positions(std::vector<held_position>& out) const override {
    out.clear();
    for (const auto& [key, seen] : truths)
      if (const auto* open = std::get_if<position_open>(&seen.content))
        out.push_back({key, open->amount, last_mark ? last_mark->mark : open->entry});
  }

  std::unordered_map<position_key, truth_view> truths{};
  std::optional<instrument_facts> rules{btc_facts()};
  std::optional<mark_seen> last_mark{mark_seen{px("50000"), start + std::chrono::hours{1}}};
};

}  // namespace sluice::test
