// Builders of positions, states and marks for the exit engine's tests.
#pragma once

#include <string_view>

#include "sluice/exits/exit_tracker.hpp"

namespace sluice::testing {

inline const position_key btc{symbol{"BTCUSDT"}, position_side::both};

inline quantity qty(std::string_view text) {
  return quantity::parse(text).value();
}
inline price at_price(std::string_view text) {
  return price::parse(text).value();
}

/// Both clocks at `s` seconds; the wall clock began at 1,000,000 s.
inline stamp at_s(std::int64_t s) {
  return {instant{} + std::chrono::seconds{s}, wall_time{(1'000'000 + s) * 1'000}};
}

inline truth_view open_truth(std::string_view amount, std::string_view entry,
                             std::uint64_t version = 1) {
  truth_view v;
  v.content = position_open{qty(amount), at_price(entry)};
  v.source = truth_source::stream;
  v.version = version;
  return v;
}

inline truth_view flat_truth() {
  truth_view v;
  v.content = position_flat{};
  v.source = truth_source::stream;
  v.version = 99;
  return v;
}

/// A read that was sent then and did not show the position.
inline truth_view missing_truth(instant sent_at) {
  auto v = flat_truth();
  v.source = truth_source::bulk;
  v.as_of = sent_at;
  return v;
}

inline ratio in_r(std::string_view text) {
  return ratio::parse(text).value();
}

/// Stop, target and time limit alone.
inline exit_policy plain_policy() {
  exit_policy p;
  p.loss_limit_r = {};
  p.kill_score_at = ratio::whole(1);
  p.time_stop = {};
  p.trail_distance_r = {};
  p.break_even_after_r = {};
  p.tranches.clear();
  return p;
}
inline exit_settings plain_settings() {
  exit_settings s;
  static_cast<exit_policy&>(s) = plain_policy();
  return s;
}

inline mark_row mark(std::string_view at) {
  return {btc.instrument, at_price(at), {}};
}

inline exit_state long_state() {
  exit_state s;
  s.position = btc;
  s.active = true;
  s.entry = at_price("100");
  s.initial = qty("2");
  s.opened_at = at_s(0).wall;
  s.stop = at_price("98");
  s.target = at_price("104");
  s.time_limit = std::chrono::hours{24};
  s.risk = at_price("2");
  return s;
}

inline exit_state short_state() {
  auto s = long_state();
  s.initial = qty("-2");
  s.stop = at_price("102");
  s.target = at_price("96");
  return s;
}

inline plan a_strategy_plan(side direction) {
  open_plan wish;
  wish.direction = direction;
  wish.amount = qty("2");
  wish.stop = at_price("95");
  wish.target = at_price("120");
  wish.time_limit = std::chrono::hours{4};
  plan p;
  p.id = plan_id{"strategy-1"};
  p.instrument = btc.instrument;
  p.body = wish;
  p.deadline = at_s(30).steady;
  return p;
}

inline std::vector<exit_proposal> proposals_at(exit_tracker& t, std::string_view at,
                                               std::int64_t s) {
  const mark_row rows[] = {mark(at)};
  return t.on_marks(rows, at_s(s)).proposals;
}

}  // namespace sluice::testing
