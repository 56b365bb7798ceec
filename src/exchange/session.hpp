// Speaks to the venue as one account: signs, spends the budget, keeps the clock, judges every
// answer.
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "http_pool.hpp"
#include "io_loop.hpp"
#include "sluice/domain/exchange_port.hpp"
#include "sluice/exchange/classify.hpp"
#include "sluice/exchange/client.hpp"
#include "sluice/exchange/endpoints.hpp"
#include "sluice/exchange/firewall_waits.hpp"
#include "sluice/exchange/query.hpp"
#include "sluice/exchange/request_budget.hpp"
#include "sluice/exchange/server_clock.hpp"
#include "sluice/exchange/signer.hpp"
#include "stream_counters.hpp"

namespace sluice::exchange {

/// Whether a request names one symbol or speaks of all; the weight depends on it.
enum class breadth : std::uint8_t { one, all };

/// A read as the session needs it.
struct read_call {
  endpoint what{endpoint::time};
  query parameters{};
  read_options options{};
  breadth of{breadth::one};
};

/// A request that changes something at the venue. `closes` lets orders use the reserve of exits.
struct change_call {
  endpoint what{endpoint::place_order};
  query parameters{};
  milliseconds timeout{};
  request_budget::order_kind kind{request_budget::order_kind::opens};
  std::optional<instant> asked{};  ///< When it was wanted; none when it may leave late.
};

/// Loop thread only, but for budget() and clock(), which any thread may ask.
class session {
 public:
  using read_done = std::function<void(read_result<http_reply>)>;
  /// A 200 whose body the asker has yet to understand, or how it ended otherwise.
  using change_done = std::function<void(change_outcome<http_reply>)>;

  session(io_loop& loop, tls_context& tls, const settings& chosen, credentials keys, signer signs,
          extras additions);

  /// Hands over a reply with status 200, or why there is none. A refused timestamp is cured once.
  void read(read_call call, read_done done);
  /// Sends at most once, unless refused for its timestamp: then once more with a new one. An order
  /// is not sent again, and leaves soon after it was asked for or not at all.
  void change(change_call call, change_done done);
  /// Asks the venue for its time and corrects the clock by it.
  void measure_clock(read_options options, std::function<void(read_result<clock_offset>)> done);
  /// Measures now and then periodically; the first call counts.
  void keep_clock();
  void adopt_limits(const std::vector<venue_limit>& limits, limit_source source);
  void close();

  [[nodiscard]] budget_view budget() const;
  /// None before the first measurement.
  [[nodiscard]] std::optional<clock_offset> clock() const;
  [[nodiscard]] instant now() const { return additions_.steady_now(); }
  /// The steady instant of a venue's event, early by the clock error, never after `received`.
  [[nodiscard]] instant moved_here(venue_time event, instant received) const;
  /// The same for what only has an age: as it arrived while the venue's clock is not measured.
  [[nodiscard]] instant made_at(venue_time event, instant received) const;
  /// Why not one request of this lane may leave now, and no stream be opened; none when it may.
  [[nodiscard]] std::optional<budget_refusal> stopped(budget_lane whose) const;
  /// Obeys the answer to an opening of a stream that was declined, as that to any request; the
  /// instant before which no stream should be tried again.
  [[nodiscard]] std::optional<instant> obey_declined(const http_reply& reply);
  /// For the bytes of replies and frames, whoever receives them.
  [[nodiscard]] const std::shared_ptr<byte_allowance>& room() const { return room_; }
  [[nodiscard]] stream_counters& counters() { return counters_; }
  [[nodiscard]] const stream_counters& counters() const { return counters_; }
  [[nodiscard]] std::uint32_t random() { return static_cast<std::uint32_t>(random_()); }
  void log(log_level level, std::string_view event, std::string_view text) const;

 private:
  struct read_job;
  struct change_job;

  [[nodiscard]] moment here() const;
  [[nodiscard]] milliseconds remaining(instant deadline) const { return between(now(), deadline); }
  [[nodiscard]] secret target_of(const endpoint_row& row, const query& parameters,
                                 milliseconds recv_window);
  void send_read(std::shared_ptr<read_job> job);
  void end_read(std::shared_ptr<read_job> job, const budget_ticket& ticket, http_outcome outcome);
  void send_change(std::shared_ptr<change_job> job);
  [[nodiscard]] std::function<result<secret>()> target_in_time(std::function<result<secret>()> made,
                                                               const change_job& job);
  /// Whether it was decided on before a standstill of the machine was found; never of a protective
  /// stop, which closes all there is.
  [[nodiscard]] bool is_from_before_standstill(const change_call& call) const;
  /// Until when an order that opens is refused because the machine stood still; none when it may
  /// go.
  [[nodiscard]] std::optional<instant> held_after_standstill(const change_call& call) const;
  void end_change(std::shared_ptr<change_job> job, const budget_ticket& ticket,
                  http_outcome outcome);
  void judge_change(const std::shared_ptr<change_job>& job, const budget_ticket& ticket,
                    const http_reply& reply);
  [[nodiscard]] budget_answer reserve(const change_call& call);
  /// The target of a reserved request, unless a ban or pause has begun since.
  [[nodiscard]] std::function<result<secret>()> target_when_sent(const endpoint_row& row,
                                                                 const query& parameters,
                                                                 milliseconds recv_window,
                                                                 const budget_ticket& ticket);
  [[nodiscard]] std::optional<budget_refusal> withheld(const budget_ticket& ticket) const;
  void settle(const budget_ticket& ticket, const http_outcome& outcome);
  /// Obeys 429, 418 and firewalls; the instant from which this lane is listened to again, if it
  /// must wait.
  [[nodiscard]] std::optional<instant> obey(const answer& seen, const http_reply& reply,
                                            budget_lane whose);
  /// Those two with the mutex held.
  [[nodiscard]] instant stop(stop_kind kind, const answer& seen, const http_reply& reply,
                             budget_lane whose);
  [[nodiscard]] instant stay_away(const http_reply& reply, budget_lane whose);
  /// Gives what stops everything to whoever keeps it.
  void save_stops() const;
  /// On our steady clock; none when it is over.
  [[nodiscard]] std::optional<instant> end_of(const std::optional<kept_stop>& stop) const;
  [[nodiscard]] instant end_named(venue_time until, const http_reply& reply) const;
  [[nodiscard]] instant end_of_ban(const answer& seen, const http_reply& reply) const;
  [[nodiscard]] instant end_of_pause(stop_kind kind, const answer& seen, const http_reply& reply);
  /// Measures once for all who wait for it, then calls them.
  void cure_clock(std::function<void(bool)> cured);
  void schedule_clock();

  settings chosen_;
  credentials keys_;
  signer signer_;
  extras additions_;
  mutable std::mutex mutex_;  ///< Guards budget_ and clock_, which other threads read too.
  request_budget budget_;
  server_clock clock_;
  std::optional<instant> stood_still_{};  ///< When it was found; guarded like the clock.
  firewall_waits firewall_{};
  std::mt19937 random_;
  stream_counters counters_{};
  std::vector<std::function<void(bool)>> clock_waiters_{};
  loop_timer clock_timer_;
  bool clock_kept_{false};
  std::shared_ptr<byte_allowance> room_;
  http_pool pool_;
};

}  // namespace sluice::exchange
