// Plans from what exists and what was measured; hands out the next time of each routine read.
#include "sluice/truth/rounds.hpp"

#include <algorithm>

namespace sluice {
namespace {

/// A plan's symbol stays in the rounds of open_positions for this long after it was asked for: its
/// order, its fill and the next plan of the same idea come within it.
constexpr milliseconds recent_plan{60'000};

/// Latency above the planned one by less than this does not change the plan, in percent.
constexpr int latency_slack_percent = 5;
/// How long reads must have been at least twice as fast as planned before the plan follows; less
/// while the promise is broken by it.
constexpr milliseconds fast_before_lowered{60'000};
constexpr milliseconds fast_before_mended{5'000};

constexpr std::int64_t jitter_part = 16;  ///< Of a period.

milliseconds with_slack(milliseconds latency) {
  return latency + milliseconds{latency.count() * latency_slack_percent / 100 + 1};
}

/// A well-mixed number from a counter (splitmix64 by Steele, Lea and Flood).
std::uint64_t mixed(std::uint64_t n) {
  n += 0x9e3779b97f4a7c15U;
  n = (n ^ (n >> 30U)) * 0xbf58476d1ce4e5b9U;
  n = (n ^ (n >> 27U)) * 0x94d049bb133111ebU;
  return n ^ (n >> 31U);
}

}  // namespace

rounds::rounds(const snapshot_settings& settings)
    : settings_(settings), latency_(settings.latency) {
  promise_.strategy = settings_.strategy;
  promise_.bound = settings_.bound;
}

bool rounds::set_universe(std::size_t symbols, std::int64_t weight_limit_1m) {
  symbols_ = symbols;
  weight_limit_1m_ = weight_limit_1m;
  return plan();
}

bool rounds::set_members(std::size_t symbols) {
  members_ = symbols;
  return settings_.strategy == freshness_strategy::open_positions && plan();
}

void rounds::of_interest(symbol_index one, instant now) {
  if (settings_.strategy == freshness_strategy::open_positions)
    wanted_[one] = now;
}

bool rounds::comes_round(symbol_index one, bool is_open, instant now) {
  if (promise_.plan.symbol_period.count() == 0)
    return false;
  if (covers_all_singly())
    return true;
  const auto wanted = wanted_.find(one);
  if (wanted != wanted_.end() && now - wanted->second > duration{recent_plan}) {
    wanted_.erase(wanted);
    return is_open;
  }
  return is_open || wanted != wanted_.end();
}

bool rounds::latency_seen(milliseconds high, instant now) {
  if (high > with_slack(latency_)) {
    fast_since_.reset();
    latency_ = with_slack(high);
    return plan();
  }
  // A promise that is broken is mended by any speed that keeps it, not only by a much higher one.
  auto asked = request();
  asked.latency = with_slack(high);
  const bool mends = !promise_.fault.empty() && plan_freshness(asked);
  if (high * 2 >= latency_ && !mends) {
    fast_since_.reset();
    return false;
  }
  if (!fast_since_)
    fast_since_ = now;
  const auto needed = promise_.fault.empty() ? fast_before_lowered : fast_before_mended;
  if (now - *fast_since_ < duration{needed})
    return false;
  fast_since_.reset();
  latency_ = with_slack(high);
  return plan();
}

result<void> rounds::choose(freshness_strategy strategy, milliseconds bound, std::size_t open) {
  auto asked = request();
  asked.positions = open;
  asked.strategy = strategy;
  asked.bound = bound;
  if (const auto possible = plan_freshness(asked); !possible)
    return possible.error();
  settings_.strategy = strategy;
  settings_.bound = bound;
  members_ = open;
  wanted_.clear();
  plan();
  return {};
}

freshness_request rounds::request() const {
  freshness_request r;
  r.strategy = settings_.strategy;
  r.bound = settings_.bound;
  r.symbols = symbols_;
  r.positions = members_;
  r.latency = latency_;
  r.weight_limit_1m = weight_limit_1m_;
  r.share_percent = settings_.budget_share_percent;
  r.concurrency = settings_.concurrency;
  return r;
}

bool rounds::plan() {
  const auto asked = request();
  freshness_promise next{asked.strategy, asked.bound, asked.bound, asked.latency, {}, {}};
  if (const auto planned = plan_freshness(asked)) {
    next.plan = *planned;
  } else {
    next.fault = planned.error().text;
    next.plan = fastest_plan(asked);
    next.kept = std::max(asked.bound, bound_kept_by(next.plan, asked));
  }
  const auto share = weight_limit_1m_ * settings_.budget_share_percent / 100;
  may_come_early_ =
      next.fault.empty() &&
      (weight_limit_1m_ <= 0 || next.plan.weight_1m * (jitter_part + 1) <= share * jitter_part);
  if (next == promise_)
    return false;
  promise_ = std::move(next);
  return true;
}

instant rounds::first_due(std::size_t place, std::size_t count, instant start) const {
  const auto period = promise_.plan.symbol_period.count();
  return start + milliseconds{period * static_cast<std::int64_t>(place) /
                              static_cast<std::int64_t>(std::max<std::size_t>(count, 1))};
}

std::optional<instant> rounds::next_due(read_target target, instant sent_at, bool is_open) {
  const auto& plan = promise_.plan;
  if (target.is_account()) {
    if (plan.account_period.count() == 0)
      return std::nullopt;
    return sent_at + duration{plan.account_period};
  }
  if (!comes_round(target.index(), is_open, sent_at))
    return std::nullopt;
  if (!may_come_early_)
    return sent_at + duration{plan.symbol_period};
  const auto range = static_cast<std::uint64_t>(plan.symbol_period.count() / jitter_part + 1);
  const milliseconds early{static_cast<std::int64_t>(mixed(++jitter_) % range)};
  return sent_at + duration{plan.symbol_period - early};
}

}  // namespace sluice
