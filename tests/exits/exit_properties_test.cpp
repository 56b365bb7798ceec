// What holds for every position, path and policy.
#include <rapidcheck.h>

#include "exit_path.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::testing;

namespace {

std::int64_t some(std::int64_t from, std::int64_t to) {
  return *rc::gen::inRange<std::int64_t>(from, to);
}
ratio some_r(std::int64_t from_percent, std::int64_t to_percent) {
  return ratio::from_raw(some(from_percent, to_percent) * 1'000'000);
}

exit_policy any_policy() {
  exit_policy p;
  p.stop_bp = some(0, 500);
  p.target_bp = some(0, 1'000);
  p.liquidation_buffer_bp = some(0, 300);
  p.loss_limit_r = some_r(0, 300);
  p.kill_score_at = some_r(20, 101);
  p.time_stop = milliseconds{some(0, 3'600'000)};
  p.time_stop_min_r = some_r(0, 100);
  p.trail_after_r = some_r(0, 200);
  p.trail_distance_r = some_r(0, 200);
  p.peak_step_r = some_r(1, 50);
  p.break_even_after_r = some_r(0, 200);
  p.tranches.clear();
  auto level = ratio{};
  for (auto n = some(0, 4); n > 0; --n)
    p.tranches.push_back({level += some_r(10, 100), static_cast<int>(some(1, 26))});
  RC_PRE(p.validate().empty());
  return p;
}

std::vector<path_step> any_path() {
  std::vector<path_step> path;
  std::int64_t at = 0;
  std::int64_t mark = 10'000;
  for (auto n = some(1, 60); n > 0; --n) {
    at += some(1, 90);
    mark += some(-80, 81);
    path.push_back({at, price::from_raw(mark * 1'000'000), some(0, 10) == 0});
  }
  return path;
}

exit_settings any_settings() {
  exit_settings s;
  static_cast<exit_policy&>(s) = any_policy();
  s.regime = {std::chrono::minutes{5}, std::chrono::minutes{15}, std::chrono::minutes{5}};
  return s;
}

exit_state any_state(bool is_long) {
  auto s = is_long ? long_state() : short_state();
  s.initial = quantity::from_raw((is_long ? 1 : -1) * some(1, 1'000'000'000));
  s.cost = notional::from_raw(some(-100'000'000, 100'000'000));
  s.tranches = static_cast<int>(some(0, 4));
  s.peak = price::from_raw(some(9'000'000'000, 11'000'000'000));
  s.stop_by = static_cast<stop_mover>(some(0, 3));
  if (some(0, 4) == 0)
    s.risk = {};
  if (some(0, 4) == 0)
    s.stop = std::nullopt;
  return s;
}

exit_view any_view(const exit_state& s) {
  exit_view v;
  const auto amount = some(1, 2'000'000'000);
  v.amount = quantity::from_raw(s.initial.sign() * amount);
  if (some(0, 8) != 0)
    v.mark = price::from_raw(some(9'000'000'000, 11'000'000'000));
  v.age = milliseconds{some(0, 2 * 86'400'000)};
  if (some(0, 2) == 0)
    v.liquidation = price::from_raw(some(9'000'000'000, 11'000'000'000));
  if (some(0, 2) == 0)
    v.opposed_ago = milliseconds{some(0, 1'800'000)};
  return v;
}

}  // namespace

TEST_CASE("an exit never asks for more than stands, and no rule keeps another from less") {
  CHECK(rc::check([](bool is_long) {
    const auto policy = any_policy();
    const auto state = any_state(is_long);
    const auto view = any_view(state);
    const auto decision = evaluate(state, view, policy);
    if (decision) {
      RC_ASSERT(decision->target.raw() >= 0);
      RC_ASSERT(decision->target < view.amount.abs());
      RC_ASSERT(!decision->numbers.empty());
    }
    for (int i = 0; i <= static_cast<int>(exit_reason::take_profit); ++i)
      if (const auto alone = evaluate_rule(static_cast<exit_reason>(i), state, view, policy)) {
        RC_ASSERT(alone->reason == static_cast<exit_reason>(i));
        RC_ASSERT(decision.has_value());
        RC_ASSERT(decision->target <= alone->target);
      }
  }));
}

TEST_CASE("a stop never loosens and a best mark never worsens, whatever the path") {
  CHECK(rc::check([](bool is_long) {
    const auto outcome = follow(any_settings(), is_long ? "2" : "-2", any_path());
    const auto worse = [&](price a, price b) { return is_long ? a < b : a > b; };
    for (std::size_t i = 1; i < outcome.stored.size(); ++i) {
      const auto& before = outcome.stored[i - 1];
      const auto& after = outcome.stored[i];
      RC_ASSERT((!before.stop || (after.stop && !worse(*after.stop, *before.stop))));
      RC_ASSERT(before.peak.is_zero() || !worse(after.peak, before.peak));
      RC_ASSERT(after.tranches >= before.tranches);
      RC_ASSERT(after.risk == before.risk);
    }
  }));
}

TEST_CASE("a restart anywhere on a random path leads to the same exits and states") {
  CHECK(rc::check([](bool is_long) {
    const auto settings = any_settings();
    const auto path = any_path();
    const auto at = static_cast<std::size_t>(some(0, static_cast<std::int64_t>(path.size())));
    const auto* amount = is_long ? "2" : "-2";
    const auto whole = follow(settings, amount, path);
    const auto halved = follow(settings, amount, path, at);
    RC_ASSERT(halved.exits == whole.exits);
    RC_ASSERT(halved.stored == whole.stored);
  }));
}

TEST_CASE("exposure only shrinks along a path, and a repeated mark asks for nothing more") {
  CHECK(rc::check([](bool is_long) {
    path_world world(any_settings(), is_long ? "2" : "-2");
    auto least = qty("2");
    for (const auto& s : any_path()) {
      const auto before = world.outcome().exits.size();
      world.step(s);
      RC_ASSERT(world.outcome().exits.size() <= before + 1);
      if (world.outcome().exits.size() > before) {
        const auto text = world.outcome().exits.back();
        const auto target = qty(text.substr(0, text.find(' ')));
        RC_ASSERT(target < least);
        least = target;
      }
      if (!world.is_open())
        break;
      const auto told = world.outcome();
      world.step({s.at_s, s.mark, false});
      RC_ASSERT(world.outcome() == told);
    }
  }));
}

TEST_CASE("a proposal that nobody has carried out is not made twice within its plan's life") {
  CHECK(rc::check([] {
    exit_tracker t{exit_settings{}};
    (void)t.on_truth(btc, open_truth("2", "100"), at_s(0));
    std::optional<quantity> asked;
    for (std::int64_t i = 0; i < some(1, 100); ++i) {
      const mark_row rows[] = {{btc.instrument, price::from_raw(some(95, 108) * 100'000'000), {}}};
      for (const auto& p : t.on_marks(rows, at_s(i / 4)).proposals) {
        RC_ASSERT((!asked || p.decision.target < *asked));  // The macro alone evaluates both sides.
        asked = p.decision.target;
      }
    }
  }));
}

TEST_CASE("orders of ours that fill in pieces are one position, over restarts, too") {
  CHECK(rc::check([](bool is_long) {
    exit_tracker t{plain_settings()};
    exit_state stored;
    price entry;
    wide_int paid = 0;
    std::int64_t held = 0;
    std::uint64_t version = 0;
    std::int64_t second = 0;
    const auto see = [&] {
      if (version > 0 && some(0, 4) == 0) {
        t = exit_tracker{plain_settings()};
        t.restore({stored}, at_s(second));
      }
      truth_view seen;
      seen.content = position_open{quantity::from_raw(is_long ? held : -held), entry};
      seen.source = truth_source::stream;
      seen.version = ++version;
      if (auto changed = t.on_truth(btc, seen, at_s(++second)))
        stored = std::move(changed->what);
    };
    for (auto pieces = some(1, 9); pieces > 0; --pieces) {
      const auto piece = some(1, 1'000'000'000);
      paid += static_cast<wide_int>(piece) * some(9'000'000'000, 11'000'000'000);
      held += piece;
      entry = price::from_raw(static_cast<std::int64_t>(paid / held));
      see();
    }
    for (auto pieces = some(0, 9); pieces > 0 && held > 1; --pieces) {
      held -= some(1, held);
      see();
    }
    RC_ASSERT(stored.active);
    RC_ASSERT(stored.opened_at == at_s(1).wall);
  }));
}
