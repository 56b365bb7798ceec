// Periods from a bound, the budget they need, and the refusal that shows its arithmetic.
#include "sluice/truth/freshness.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

#include "sluice/truth/read_places.hpp"

namespace sluice {
namespace {

constexpr std::int64_t minute_ms = 60'000;

constexpr std::array strategy_words{std::string_view{"adaptive"}, std::string_view{"per_symbol"},
                                    std::string_view{"open_positions"}};

std::int64_t ceil_div(std::int64_t a, std::int64_t b) {
  return (a + b - 1) / b;
}

/// "16,980"
std::string grouped(std::int64_t n) {
  auto text = fmt::format("{}", n);
  for (auto at = static_cast<std::int64_t>(text.size()) - 3; at > 0; at -= 3)
    text.insert(static_cast<std::size_t>(at), ",");
  return text;
}

/// "10 s", "1.7 s", "0.065 s"
std::string seconds(std::int64_t ms) {
  auto text = fmt::format("{}.{:03}", ms / 1000, ms % 1000);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.')
    text.pop_back();
  return text + " s";
}

/// A bound worth writing down that is at least `ms`.
std::string bound_to_raise_to(std::int64_t ms) {
  const std::int64_t grid = ms > 10'000 ? 1'000 : 100;
  return seconds(ceil_div(ms, grid) * grid);
}

/// What the budget allows routine reads to spend in a minute; none when the limit is lifted.
std::optional<std::int64_t> share_of(const freshness_request& r) {
  if (r.weight_limit_1m <= 0)
    return std::nullopt;
  return r.weight_limit_1m * r.share_percent / 100;
}

/// `reads` of the given weight, each once per period, rounded up.
std::int64_t weight_1m(std::int64_t reads, std::int64_t weight, std::int64_t period_ms) {
  return ceil_div(reads * weight * minute_ms, period_ms);
}

std::string budget_text(const freshness_request& r, std::int64_t needed) {
  return fmt::format("need {} weight a minute; the limit is {}, the share {}", grouped(needed),
                     grouped(r.weight_limit_1m), grouped(*share_of(r)));
}

/// The smallest period of account-wide reads that the budget bears, one at a time.
std::int64_t smallest_account_period(const freshness_request& r) {
  const auto share = share_of(r);
  const auto cheapest = share ? ceil_div(r.weight_account * minute_ms, *share) : 1;
  return std::max({cheapest, static_cast<std::int64_t>(r.latency.count()), std::int64_t{1}});
}

result<freshness_plan> plan_adaptive(const freshness_request& r) {
  const auto latency = static_cast<std::int64_t>(r.latency.count());
  const auto share = share_of(r);
  const auto raised = bound_to_raise_to(2 * smallest_account_period(r) + latency);

  const auto period = (static_cast<std::int64_t>(r.bound.count()) - latency) / 2;
  if (period < std::max(latency, std::int64_t{1}))
    return fail(errc::out_of_range,
                fmt::format("a bound of {} that survives one lost read needs account-wide reads "
                            "that take no longer than {}, but one takes {}: raise the bound to {}",
                            seconds(r.bound.count()), seconds(std::max(period, std::int64_t{0})),
                            seconds(latency), raised));
  const auto weight = weight_1m(1, r.weight_account, period);
  if (share && weight > *share)
    return fail(errc::out_of_range,
                fmt::format("account-wide reads every {} {}: raise the bound to {}",
                            seconds(period), budget_text(r, weight), raised));
  return freshness_plan{milliseconds{period}, milliseconds{0}, milliseconds{period}, weight};
}

/// The smallest period in which `count` single reads fit the budget, the places and themselves.
std::int64_t smallest_sweep(const freshness_request& r, std::int64_t count) {
  const auto latency = static_cast<std::int64_t>(r.latency.count());
  const auto places = static_cast<std::int64_t>(routine_places_of(r.concurrency));
  auto smallest = std::max({latency, ceil_div(count * latency, places), std::int64_t{1}});
  if (const auto share = share_of(r))
    smallest = std::max(smallest, ceil_div(count * r.weight_single * minute_ms, *share));
  return smallest;
}

std::string sweep_refusal(const freshness_request& r, std::int64_t count, std::int64_t period) {
  const auto latency = static_cast<std::int64_t>(r.latency.count());
  const auto bound = static_cast<std::int64_t>(r.bound.count());
  const auto what = r.strategy == freshness_strategy::per_symbol ? "symbols" : "open positions";
  auto other = r;
  other.strategy = freshness_strategy::adaptive;
  const auto cure =
      fmt::format("{}raise the bound to {}", plan_freshness(other) ? "use adaptive, or " : "",
                  bound_to_raise_to(smallest_sweep(r, count) + latency));
  if (period < latency || period < 1)
    return fmt::format(
        "a bound of {} needs every read sent {} after the last of its symbol, but "
        "one takes {}: {}",
        seconds(bound), seconds(std::max(period, std::int64_t{0})), seconds(latency), cure);
  // The bound itself is the friendlier number when it is already too short.
  for (const auto every : {bound, period})
    if (const auto needed = weight_1m(count, r.weight_single, every);
        share_of(r) && needed > *share_of(r))
      return fmt::format("{} {} every {} by single reads {}: {}", grouped(count), what,
                         seconds(every), budget_text(r, needed), cure);
  return fmt::format(
      "{} {} every {} by reads of {} need {} reads at once; of {} places routine "
      "reads have {}: {}",
      grouped(count), what, seconds(period), seconds(latency),
      grouped(ceil_div(count * latency, period)), grouped(static_cast<std::int64_t>(r.concurrency)),
      grouped(static_cast<std::int64_t>(routine_places_of(r.concurrency))), cure);
}

result<freshness_plan> plan_sweep(const freshness_request& r, std::size_t reads) {
  const auto count = static_cast<std::int64_t>(reads);
  const auto period = static_cast<std::int64_t>((r.bound - r.latency).count());
  if (period < smallest_sweep(r, count))
    return fail(errc::out_of_range, sweep_refusal(r, count, period));
  return freshness_plan{milliseconds{0}, milliseconds{period}, milliseconds{period},
                        weight_1m(count, r.weight_single, period)};
}

std::optional<error> fault_of(const freshness_request& r) {
  if (r.bound.count() <= 0 || r.latency.count() < 0)
    return fail(errc::invalid_value, "the bound must be positive and the latency not negative");
  if (r.concurrency == 0)
    return fail(errc::invalid_value, "at least one read at a time is needed");
  if (const auto share = share_of(r); share && *share <= 0)
    return fail(errc::out_of_range,
                fmt::format("{} % of a limit of {} leaves no weight for routine reads: raise the "
                            "share",
                            r.share_percent, grouped(r.weight_limit_1m)));
  return std::nullopt;
}

}  // namespace

std::string_view to_string(freshness_strategy s) {
  return strategy_words[static_cast<std::size_t>(s)];
}

std::optional<freshness_strategy> parse_freshness_strategy(std::string_view text) {
  const auto it = std::find(strategy_words.begin(), strategy_words.end(), text);
  if (it == strategy_words.end())
    return std::nullopt;
  return static_cast<freshness_strategy>(it - strategy_words.begin());
}

result<freshness_plan> plan_freshness(const freshness_request& request) {
  if (const auto fault = fault_of(request))
    return *fault;
  switch (request.strategy) {
    case freshness_strategy::per_symbol:
      return plan_sweep(request, request.symbols);
    case freshness_strategy::open_positions:
      return plan_sweep(request, request.positions);
    case freshness_strategy::adaptive:
      break;
  }
  return plan_adaptive(request);
}

freshness_plan fastest_plan(const freshness_request& request) {
  const milliseconds every_minute{minute_ms};
  const bool adaptive = request.strategy == freshness_strategy::adaptive;
  if (fault_of(request))
    return adaptive ? freshness_plan{every_minute, milliseconds{0}, every_minute, 0}
                    : freshness_plan{milliseconds{0}, every_minute, every_minute, 0};
  if (adaptive) {
    const auto period = smallest_account_period(request);
    return {milliseconds{period}, milliseconds{0}, milliseconds{period},
            weight_1m(1, request.weight_account, period)};
  }
  const auto count = static_cast<std::int64_t>(
      request.strategy == freshness_strategy::per_symbol ? request.symbols : request.positions);
  const auto period = smallest_sweep(request, count);
  return {milliseconds{0}, milliseconds{period}, milliseconds{period},
          weight_1m(count, request.weight_single, period)};
}

milliseconds bound_kept_by(const freshness_plan& plan, const freshness_request& request) {
  if (plan.account_period.count() > 0)
    return 2 * plan.account_period + request.latency;
  return plan.symbol_period + request.latency;
}

}  // namespace sluice
