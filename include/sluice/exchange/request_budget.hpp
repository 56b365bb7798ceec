// Keeps the venue's limits before the venue has to: request weight, order counts, pauses and bans.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "sluice/domain/exchange_port.hpp"
#include "sluice/exchange/settings.hpp"

namespace sluice::exchange {

/// One moment on both clocks that matter here: windows follow the venue's, waits our steady one.
struct moment {
  instant steady{};
  venue_time venue{};
};

/// Why a request may not leave now, and when to ask again.
struct budget_refusal {
  failure_kind kind{failure_kind::rate_limited};  ///< rate_limited or banned.
  std::string text{};
  instant retry_at{};
};

/// A reservation. It must be handed back exactly once, by settle() or withdraw().
struct budget_ticket {
  int weight{0};
  std::int64_t window{0};  ///< The venue's minute in which it was made.
  venue_time made_at{};
};
using budget_answer = std::variant<budget_ticket, budget_refusal>;

/// Counters the venue sent along with a reply.
struct venue_counters {
  std::optional<std::int64_t> weight_1m{};
  std::optional<std::int64_t> orders_10s{};
  std::optional<std::int64_t> orders_1m{};
};

/// Fixed window of the venue's clock in which something is counted.
class window_counter {
 public:
  explicit window_counter(milliseconds length) : length_(length) {}

  /// Starts a new window when `now` lies in a later one; then only `carried` is counted.
  void roll(venue_time now, std::int64_t carried);
  void add(std::int64_t n) { used_ += n; }
  void raise_to(std::int64_t n) { used_ = used_ > n ? used_ : n; }
  [[nodiscard]] std::int64_t used() const { return used_; }
  [[nodiscard]] std::int64_t window() const { return window_; }
  /// Steady instant of the end of the window that holds `now`.
  [[nodiscard]] instant ends(moment now) const;

 private:
  milliseconds length_{};
  std::int64_t window_{-1};
  std::int64_t used_{0};
};

/// Pure; decides at once and never queues.
class request_budget {
 public:
  request_budget(std::int64_t weight_limit_1m, weight_shares shares);

  /// Takes over what the venue says of its limits; unknown kinds and windows are ignored.
  void adopt(const std::vector<venue_limit>& limits);

  [[nodiscard]] budget_answer reserve_read(read_class traffic, int weight, moment now);
  /// `closes` marks orders that only reduce: they may use the whole order limit, others 75 % of it.
  enum class order_kind : std::uint8_t { opens, closes };
  [[nodiscard]] budget_answer reserve_order(order_kind kind, moment now);

  /// The request was answered, or may have been counted. Counters only ever raise ours.
  void settle(const budget_ticket& ticket, const venue_counters& seen, moment now);
  /// The request certainly never left.
  void withdraw(const budget_ticket& ticket, moment now);

  /// 429: nothing more until then. `orders_only` for -1015, which leaves reads alone.
  enum class pause_scope : std::uint8_t { everything, orders_only };
  void pause_until(instant until, pause_scope scope);
  /// 418: nothing at all until then.
  void ban_until(instant until);

  [[nodiscard]] budget_view view(moment now) const;

 private:
  void roll(moment now);
  [[nodiscard]] std::optional<budget_refusal> stopped(moment now) const;
  [[nodiscard]] std::int64_t total() const { return own_.used() + foreign_; }

  std::int64_t limit_{};
  weight_shares shares_{};
  window_counter own_{milliseconds{60'000}};
  std::int64_t foreign_{0};  ///< Weight in this window that the venue counted and we did not spend.
  std::int64_t under_way_{0};
  window_counter orders_10s_{milliseconds{10'000}};
  window_counter orders_1m_{milliseconds{60'000}};
  std::int64_t orders_10s_limit_{300};
  std::int64_t orders_1m_limit_{1'200};
  std::int64_t requests_{0};
  std::optional<instant> paused_until_{};
  std::optional<instant> orders_paused_until_{};
  std::optional<instant> banned_until_{};
};

}  // namespace sluice::exchange
