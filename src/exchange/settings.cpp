// The checks on the connection's settings: all faults at once, each with what is allowed.
#include "sluice/exchange/settings.hpp"

#include <fmt/format.h>

#include "sluice/exchange/url.hpp"

namespace sluice::exchange {
namespace {

class checker {
 public:
  void require(bool holds, std::string_view field, std::string text) {
    if (!holds)
      faults_.push_back({std::string(field), std::move(text)});
  }
  void within(std::string_view field, milliseconds value, milliseconds min, milliseconds max) {
    require(value >= min && value <= max, field,
            fmt::format("is {}, allowed are {} to {}", format_duration(value), format_duration(min),
                        format_duration(max)));
  }
  void within(std::string_view field, std::int64_t value, std::int64_t min, std::int64_t max) {
    require(value >= min && value <= max, field,
            fmt::format("is {}, allowed are {} to {}", value, min, max));
  }
  void address(std::string_view field, std::string_view url, std::string_view scheme) {
    const auto parsed = parse_address(url, scheme);
    require(parsed.has_value(), field, parsed ? std::string() : parsed.error().text);
  }
  [[nodiscard]] std::vector<fault> done() && { return std::move(faults_); }

 private:
  std::vector<fault> faults_{};
};

void check_shares(checker& check, const weight_shares& shares) {
  check.within("shares.routine_pct_max", shares.routine_pct_max, 1, 100);
  check.within("shares.exit_pct_max", shares.exit_pct_max, 1, 80);
  check.require(shares.routine_pct_max <= shares.verification_pct_max &&
                    shares.verification_pct_max <= shares.entry_pct_max,
                "shares", "must rise: routine, verification, entry");
  check.require(shares.exit_pct_max - shares.entry_pct_max >= exit_reserve_pct_min,
                "shares.entry_pct_max",
                fmt::format("is {}: exits need at least {} % above it for themselves, so with "
                            "exit_pct_max = {} at most {} is allowed",
                            shares.entry_pct_max, exit_reserve_pct_min, shares.exit_pct_max,
                            shares.exit_pct_max - exit_reserve_pct_min));
}

}  // namespace

std::vector<fault> settings::validate() const {
  using std::chrono::hours, std::chrono::minutes, std::chrono::seconds;
  checker check;
  check.address("rest_url", rest_url, "https");
  check.address("stream_url", stream_url, "wss");
  // Ordinary windows only: a long one lets a delayed order in long after it was decided.
  check.within("recv_window_orders", recv_window_orders, milliseconds(100), seconds(5));
  check.within("recv_window_reads", recv_window_reads, milliseconds(100), seconds(60));
  check.within("connect_timeout", connect_timeout, milliseconds(100), minutes(1));
  check.within("connections_max", connections_max, 1, 1'024);
  check.within("requests_waiting_max", requests_waiting_max, 1, 100'000);
  constexpr std::int64_t mib = 1'024LL * 1'024;
  check.within("bytes_in_flight_max", bytes_in_flight_max, 8 * mib, 1'024 * mib);
  check.within("idle_connection_max", idle_connection_max, milliseconds(100), minutes(5));
  check.within("clock_resync_every", clock_resync_every, seconds(1), hours(1));
  // The venue forgets a listenKey after 60 minutes.
  check.within("listen_key_keep_alive", listen_key_keep_alive, milliseconds(100), minutes(55));
  check.within("reconnect_min", reconnect_min, milliseconds(10), minutes(1));
  check.within("reconnect_max", reconnect_max, reconnect_min, minutes(10));
  check.within("stream_idle_timeout", stream_idle_timeout, milliseconds(500), minutes(10));
  check.within("mark_silence_max", mark_silence_max, milliseconds(100), minutes(5));
  check.within("stream_age_max", stream_age_max, milliseconds(500), minutes(24 * 60 - 10));
  check.within("stream_overlap", stream_overlap, milliseconds(100), minutes(1));
  check.require(stream_overlap * 2 <= stream_age_max, "stream_overlap",
                "must be at most half of stream_age_max");
  check.within("weight_limit_1m", weight_limit_1m, 1, 10'000'000);
  check_shares(check, shares);
  return std::move(check).done();
}

}  // namespace sluice::exchange
