// Keeps the venue's limits before the venue has to: request weight, order counts, pauses and bans.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "sluice/domain/exchange_port.hpp"
#include "sluice/exchange/settings.hpp"
#include "sluice/exchange/venue_window.hpp"

namespace sluice::exchange {

/// Why a request may not leave now, and when to ask again.
struct budget_refusal {
  failure_kind kind{failure_kind::rate_limited};  ///< rate_limited or banned.
  std::string text{};
  instant retry_at{};
};

/// Exits have a reserve of every limit and are let out of a firewall's pause sooner.
enum class budget_lane : std::uint8_t { exits, others };

/// A reservation. It must be handed back exactly once, by settle() or withdraw().
struct budget_ticket {
  int weight{0};
  int orders{0};
  venue_time made_at{};
  budget_lane whose{budget_lane::others};
};
using budget_answer = std::variant<budget_ticket, budget_refusal>;

/// Counters the venue sent along with a reply.
struct venue_counters {
  std::optional<std::int64_t> weight_1m{};
  std::optional<std::int64_t> orders_10s{};
  std::optional<std::int64_t> orders_1m{};
};

/// Whose limits they are: an account's own of orders hold whatever everybody's are.
enum class limit_source : std::uint8_t { everybody, account };

/// Pure; decides at once and never queues.
class request_budget {
 public:
  request_budget(std::int64_t weight_limit_1m, weight_shares shares);

  /// Takes over what the venue says of its limits; unknown kinds and windows are ignored.
  void adopt(const std::vector<venue_limit>& limits, limit_source source);

  [[nodiscard]] budget_answer reserve_read(read_class traffic, int weight, moment now);
  /// `closes` marks orders that only reduce: like exits of the reads they have a reserve. `guards`
  /// are protective stops, which may move often: they leave half of it to those.
  enum class order_kind : std::uint8_t { opens, guards, closes };
  [[nodiscard]] budget_answer reserve_order(order_kind kind, moment now);

  /// The request was answered, or may have been counted. Counters only ever raise ours.
  void settle(const budget_ticket& ticket, const venue_counters& seen, moment now);
  /// The request certainly never left.
  void withdraw(const budget_ticket& ticket, moment now);
  /// The transport sent the request of this ticket once more.
  void repeated(const budget_ticket& ticket, moment now);

  /// 429: nothing more until then. `orders_only` for -1015, which leaves reads alone;
  /// `all_but_exits` for what costs exits less time than the rest.
  enum class pause_scope : std::uint8_t { everything, all_but_exits, orders_only };
  void pause_until(instant until, pause_scope scope);
  /// 418: nothing at all until then.
  void ban_until(instant until);
  /// Why something reserved earlier must not leave now after all; none when it may.
  [[nodiscard]] std::optional<budget_refusal> withheld(const budget_ticket& ticket,
                                                       moment now) const;

  /// Why nothing at all of this lane may leave now; none when it may.
  [[nodiscard]] std::optional<budget_refusal> stopped(budget_lane whose, moment now) const;

  [[nodiscard]] budget_view view(moment now) const;

 private:
  void roll(moment now);
  [[nodiscard]] std::optional<budget_refusal> orders_stopped(budget_lane whose, moment now) const;

  weight_shares shares_{};
  venue_window weight_{milliseconds{60'000}};
  venue_window orders_10s_{milliseconds{10'000}};
  venue_window orders_1m_{milliseconds{60'000}};
  std::int64_t requests_{0};
  std::optional<instant> paused_until_{};
  std::optional<instant> others_paused_until_{};
  std::optional<instant> orders_paused_until_{};
  bool own_order_limits_{false};  ///< The account named its own.
  std::optional<instant> banned_until_{};
};

}  // namespace sluice::exchange
