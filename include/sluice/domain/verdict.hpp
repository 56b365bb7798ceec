// The gate's answer as data, and everything it looked at: what journal, API and replay work with.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sluice/domain/hold.hpp"
#include "sluice/domain/instrument.hpp"
#include "sluice/domain/order.hpp"
#include "sluice/domain/plan.hpp"
#include "sluice/domain/refusal.hpp"
#include "sluice/domain/risk.hpp"
#include "sluice/domain/truth.hpp"

namespace sluice {

/// How far an order of ours on a position has come, as the gate sees it.
enum class flight_phase : std::uint8_t {
  permitted,   ///< A permit is out, no outcome yet.
  unknown,     ///< Sent, and its outcome cannot be told.
  unreflected  ///< Done, but no truth newer than it has been read.
};
[[nodiscard]] std::string_view to_string(flight_phase p);

struct order_in_flight {
  plan_id plan{};
  flight_phase phase{flight_phase::permitted};
  instant since{};
  friend bool operator==(const order_in_flight&, const order_in_flight&) = default;
};

/// Settings the gate judges by, as they were in force at that moment.
struct gate_limits {
  milliseconds stale_after_exit{10'000};
  milliseconds stale_after_entry{10'000};
  milliseconds cooldown{15'000};  ///< Entries only, after our last fill on the position.
  milliseconds mark_stale_after{10'000};
  bool allow_add{false};  ///< May an open plan add to a position of its own side?
  bool hold_blocks_reduce{false};
  /// What ledger and truth may differ by before an open plan is refused; see drift_tolerance.
  int drift_tolerance_percent{1};
  risk_limits risk{};
  friend bool operator==(const gate_limits&, const gate_limits&) = default;
};

/// What the gate needs of an instrument.
struct instrument_facts {
  bool tradable{false};
  bool offered{true};  ///< False: only exits may trade it.
  quantity step{};     ///< Of market orders.
  quantity min_quantity{};
  quantity max_quantity{};  ///< Zero means no limit.
  notional min_notional{};
  bool closed{false};  ///< Not even exits may trade it.
  bool in_usdt{true};  ///< What it binds and gains is USDT.
};

/// Whether the exchange can be asked or told anything.
struct reach {
  bool reachable{true};
  /// What failed last, when not reachable; in facts also why the last read of the position failed.
  std::string why{};
  std::optional<instant> banned_until{};
};

/// Everything a rule may look at: one value, copied at one moment, `now` included.
struct facts {
  stamp now{};
  run_mode mode{run_mode::demo};
  trading_state state{trading_state::active};
  truth_view position{};
  /// The first read that did not show a position which had been open, while no later one agrees; of
  /// reduce plans only.
  std::optional<instant> missing_in{};
  std::optional<quantity> ledger{};  ///< What our books say of the position; none: no line yet.
  std::optional<instrument_facts> instrument{};
  std::optional<price> mark{};
  instant mark_at{};
  std::optional<order_in_flight> in_flight{};
  std::optional<hold> held{};
  std::optional<instant> last_fill_at{};
  bool source_allowed{true};
  reach exchange{};
  gate_limits limits{};  ///< In force at that moment.
  /// What of the risk limits is in use; of open plans only, since nobody else is held to them.
  std::optional<exposure_facts> exposure{};
  std::vector<std::int64_t> overrides{};  ///< Ids of those that `limits` come from, ascending.
};

enum class verdict_kind : std::uint8_t { allow, deny, expire };
[[nodiscard]] std::string_view to_string(verdict_kind k);

/// What an allowed plan may have sent for it.
struct order_terms {
  side direction{side::buy};
  quantity amount{};
  bool reduce_only{true};
  std::uint64_t truth_version{0};
  instant expires{};
};

struct verdict {
  verdict_kind kind{verdict_kind::deny};
  std::vector<refusal> refusals{};     ///< Empty exactly when allowed.
  std::optional<order_terms> terms{};  ///< Set exactly when allowed.

  /// The first refusal's code, or none when allowed.
  [[nodiscard]] std::optional<refusal_code> reason() const {
    if (refusals.empty())
      return std::nullopt;
    return refusals.front().code;
  }
};

}  // namespace sluice
