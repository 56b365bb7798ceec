// Says what is wrong with the simulated exchange's settings, everything at once.
#include "sluice/simulator/settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <limits>
#include <string_view>

#include "signature.hpp"

namespace sluice::simulator {
namespace {

class checker {
 public:
  void range(const char* field, std::int64_t value, std::int64_t low, std::int64_t high) {
    if (value < low || value > high)
      fault(field, fmt::format("is {}, allowed is {} to {}", value, low, high));
  }
  void size(const char* field, std::size_t value, std::size_t low, std::size_t high) {
    if (value < low || value > high)
      fault(field, fmt::format("is {}, allowed is {} to {}", value, low, high));
  }
  void time(const char* field, milliseconds value, milliseconds low, milliseconds high) {
    if (value < low || value > high)
      fault(field, fmt::format("is {}, allowed is {} to {}", format_duration(value),
                               format_duration(low), format_duration(high)));
  }
  void fault(std::string field, std::string text) {
    faults_.push_back({std::move(field), std::move(text)});
  }
  std::vector<setting_fault> take() { return std::move(faults_); }

 private:
  std::vector<setting_fault> faults_{};
};

/// "localhost", "::1", or a dotted quad that begins with 127.
bool is_loopback(const std::string& address) {
  if (address == "::1" || address == "localhost")
    return true;
  int parts = 0;
  for (std::string_view rest = address; ++parts <= 4;) {
    const auto end = std::min(rest.find('.'), rest.size());
    const auto part = rest.substr(0, end);
    int number = -1;
    const auto [stop, ec] = std::from_chars(part.data(), part.data() + part.size(), number);
    if (ec != std::errc{} || stop != part.data() + part.size() || number < 0 || number > 255 ||
        (parts == 1 && number != 127))
      return false;
    if (end == rest.size())
      return parts == 4;
    rest.remove_prefix(end + 1);
  }
  return false;
}

bool plain_key(const std::string& text) {
  return text.size() <= 128 && std::all_of(text.begin(), text.end(),
                                           [](unsigned char c) { return std::isalnum(c) != 0; });
}

void check_account(checker& c, const account_settings& a, const std::string& prefix) {
  if (!plain_key(a.api_key))
    c.fault(prefix + "api_key", "must be at most 128 letters and digits");
  if (!plain_key(a.api_secret))
    c.fault(prefix + "api_secret", "must be at most 128 letters and digits");
  if (!a.api_public_key.empty() && !is_ed25519_public_key(a.api_public_key))
    c.fault(prefix + "api_public_key", "must be an Ed25519 public key in PEM");
  if (!a.api_public_key.empty() && !a.api_secret.empty())
    c.fault(prefix + "api_public_key", "is given beside a secret; an account signs in one way");
  if (a.balance.raw() < 0 || a.balance > notional::whole(1'000'000'000))
    c.fault(prefix + "balance", "is " + a.balance.str() + ", allowed is 0 to 1000000000");
  for (const auto& p : a.initial_positions)
    if (p.instrument.empty() || p.amount.is_zero())
      c.fault(prefix + "initial_positions", "each needs a symbol and an amount that is not zero");
}

void check_accounts(checker& c, const settings& s) {
  check_account(c, s.account, "account.");
  std::vector<std::string> keys{s.account.api_key};
  for (const auto& a : s.more_accounts) {
    check_account(c, a, "more_accounts.");
    if (a.api_key.empty() || (a.api_secret.empty() && a.api_public_key.empty()))
      c.fault("more_accounts.api_key", "key and secret must be given");
    if (std::find(keys.begin(), keys.end(), a.api_key) != keys.end())
      c.fault("more_accounts.api_key", "is used twice");
    keys.push_back(a.api_key);
  }
}

void check_trading(checker& c, const settings& s) {
  c.size("symbols", s.symbols, 1, 10'000);
  c.size("closed_symbols", s.closed_symbols, 0, 1'000);
  c.size("tradfi_symbols", s.tradfi_symbols, 0, s.symbols);
  c.size("unicode_symbols", s.unicode_symbols, 0, 100);
  c.size("coin_symbols", s.coin_symbols, 0, s.symbols);
  c.range("weight_limit_1m", s.weight_limit_1m, 0, 1'000'000'000);
  c.range("order_limit_10s", s.order_limit_10s, 0, 1'000'000'000);
  c.range("order_limit_1m", s.order_limit_1m, 0, 1'000'000'000);
  c.range("ban_after", s.ban_after, 1, 1'000'000);
  c.range("leverage", s.leverage, 1, 125);
  c.range("taker_fee_ppm", s.taker_fee_ppm, 0, 100'000);
  c.range("volatility_bp", s.volatility_bp, 0, 1'000);
  c.range("half_spread_bp", s.half_spread_bp, 0, 1'000);
  c.range("fills_max", s.fills_max, 1, 100);
}

void check_rules(checker& c, const trading_rules& r) {
  c.range("maker_fee_ppm", r.maker_fee_ppm, 0, 100'000);
  c.range("thin_book_percent", r.thin_book_percent, 0, 100);
  c.range("orders_per_symbol_max", r.orders_per_symbol_max, 1, 100'000);
  c.range("algo_orders_max", r.algo_orders_max, 1, 100'000);
  c.range("funding_rate_ppm", r.funding_rate_ppm, 0, 30'000);
  c.time("trigger_delay", r.trigger_delay, milliseconds{0}, milliseconds{60'000});
}

void check_times(checker& c, const settings& s) {
  using std::chrono::hours;
  c.time("latency", s.latency, milliseconds{0}, milliseconds{600'000});
  c.time("latency_jitter", s.latency_jitter, milliseconds{0}, milliseconds{600'000});
  c.time("clock_skew", s.clock_skew, -hours{24}, hours{24});
  c.time("tick_period", s.tick_period, milliseconds{10}, milliseconds{3'600'000});
  c.time("listen_key_life", s.listen_key_life, milliseconds{100}, hours{240});
  c.time("stream_life", s.stream_life, milliseconds{100}, hours{240});
  c.time("ping_period", s.ping_period, milliseconds{100}, hours{1});
  c.time("pong_limit", s.pong_limit, milliseconds{100}, hours{24});
  c.time("idle_limit", s.idle_limit, milliseconds{100}, hours{24});
}

void check_bounds(checker& c, const settings& s) {
  c.range("messages_per_second_max", s.messages_per_second_max, 1, 1'000'000);
  c.size("streams_max", s.streams_max, 1, 100'000);
  c.size("connections_max", s.connections_max, 1, 65'536);
  c.size("header_bytes_max", s.header_bytes_max, 1'024, 1'048'576);
  c.size("body_bytes_max", s.body_bytes_max, 1'024, 16'777'216);
  c.size("stream_queue_bytes_max", s.stream_queue_bytes_max, 65'536,
         std::numeric_limits<std::uint32_t>::max());
  c.size("transcript_max", s.transcript_max, 1, 10'000'000);
  c.size("history_max", s.history_max, 1'000, 100'000'000);
}

}  // namespace

std::vector<setting_fault> validate(const settings& s) {
  checker c;
  if (!is_loopback(s.address))
    c.fault("address", "is '" + s.address + "', allowed are loopback addresses only");
  check_accounts(c, s);
  check_trading(c, s);
  check_rules(c, s.trading);
  check_times(c, s);
  check_bounds(c, s);
  return c.take();
}

}  // namespace sluice::simulator
