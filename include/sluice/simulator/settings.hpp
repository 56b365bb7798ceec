// What can be chosen about the simulated exchange, with defaults that behave like production.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "sluice/domain/fixed.hpp"
#include "sluice/domain/ids.hpp"
#include "sluice/domain/time.hpp"
#include "sluice/simulator/trading_rules.hpp"

namespace sluice::simulator {

/// A position the account holds from the start: bought (or sold short) at the first mark.
struct initial_position {
  symbol instrument{};
  quantity amount{};  ///< Signed: negative is short. Must satisfy the symbol's market filters.
};

/// One account of the venue. Keys and secrets of 1-128 letters and digits. Its requests are signed
/// either with the secret (HMAC-SHA256) or with the private key that belongs to the public one.
struct account_settings {
  std::string api_key{};
  std::string api_secret{};
  std::string api_public_key{};                ///< Ed25519, as PEM; instead of a secret.
  notional balance{notional::whole(100'000)};  ///< USDT.
  std::vector<initial_position> initial_positions{};
};

/// What becomes of a reduce-only order larger than the position: both are reported of the real
/// venue.
enum class oversized_reduce { shrink, reject };
/// Among which orders a client order id must be unique: the documented rule, and the cautious one.
enum class client_id_scope { open_orders, all_orders };
/// How the end of a reply's body is marked.
enum class reply_framing { chunked, content_length };
/// Whether 429 and 418 carry Retry-After, which the futures API does not document.
enum class retry_after_header { sent, omitted };

struct settings {
  std::string address{"127.0.0.1"};  ///< A loopback address; anything else is refused.
  std::uint16_t port{0};             ///< 0 takes any free one.
  std::string
      certificate_file{};  ///< When set, the certificate is written there for other programs.

  std::string
      script{};  ///< A file of faults, one JSON object a line (see faults.hpp); may be empty.

  std::size_t symbols{566};       ///< Tradable ones, 1 to 10,000.
  std::size_t closed_symbols{4};  ///< Beyond those: SETTLING and PENDING_TRADING.
  std::size_t tradfi_symbols{
      0};  ///< Of the tradable ones: stocks and metals, in frames of their own.
  std::size_t unicode_symbols{0};  ///< Further tradable ones, of names beyond ASCII.
  std::size_t coin_symbols{0};     ///< COIN-M rows (st 2) among the all-market streams.
  std::uint64_t seed{1};           ///< Instruments, marks, partial fills and faults follow from it.

  milliseconds latency{300};       ///< Of every request; half before it takes effect, half after.
  milliseconds latency_jitter{0};  ///< Up to this much more, evenly distributed.
  milliseconds clock_skew{0};      ///< Added to the venue's clock.

  std::int64_t weight_limit_1m{2'400};  ///< REQUEST_WEIGHT a clock minute; 0 lifts it.
  std::int64_t order_limit_10s{300};    ///< 0 lifts it.
  std::int64_t order_limit_1m{1'200};   ///< 0 lifts it.
  std::int64_t ban_after{10};           ///< Refused requests in one minute that earn a 418.
  retry_after_header retry_after{retry_after_header::sent};

  /// Of the main account: the server makes key and secret at random where they are left empty.
  account_settings account{};
  std::vector<account_settings> more_accounts{};
  std::int64_t leverage{20};        ///< Of every symbol, 1 to 125.
  std::int64_t taker_fee_ppm{400};  ///< Millionths of the value: 400 is 0.04 %.

  std::int64_t volatility_bp{5};  ///< Standard deviation of a mark's step, hundredths of a percent.
  milliseconds tick_period{1'000};  ///< Of marks and their streams.
  std::int64_t half_spread_bp{0};   ///< Market orders fill this far from the mark.
  std::int64_t fills_max{1};        ///< A market order becomes 1 to this many trades.
  oversized_reduce oversized{oversized_reduce::shrink};
  client_id_scope unique_ids{client_id_scope::open_orders};
  trading_rules trading{};

  milliseconds listen_key_life{3'600'000};
  milliseconds stream_life{86'400'000};
  milliseconds ping_period{180'000};
  milliseconds pong_limit{600'000};
  std::int64_t messages_per_second_max{10};  ///< From one stream client; more is closed with 1008.
  std::size_t streams_max{1'024};            ///< Subscriptions of one connection.

  reply_framing framing{reply_framing::chunked};
  std::size_t connections_max{4'096};
  std::size_t header_bytes_max{16'384};
  std::size_t body_bytes_max{65'536};
  milliseconds idle_limit{75'000};                ///< A connection without a request is closed.
  std::size_t stream_queue_bytes_max{8'388'608};  ///< A slower reader is dropped.
  std::size_t transcript_max{10'000};             ///< Requests remembered.
  std::size_t history_max{200'000};  ///< Orders and trades remembered for each account.
};

/// A setting that cannot be used: its name as spelled above, and what is allowed.
struct setting_fault {
  std::string field{};
  std::string text{};
  friend bool operator==(const setting_fault&, const setting_fault&) = default;
};

/// Every fault at once; empty means usable.
[[nodiscard]] std::vector<setting_fault> validate(const settings& s);

}  // namespace sluice::simulator
