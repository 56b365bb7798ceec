// The keys of [simulator]: the exchange inside the process in mode demo, and of `sluice sim`.
#include "builder.hpp"
#include "describe.hpp"
#include "echo.hpp"

namespace sluice::config {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using simulator_settings = ::sluice::simulator::settings;
using ::sluice::simulator::initial_position;

constexpr std::uint64_t kibibyte = 1'024;
constexpr std::uint64_t mebibyte = 1'024 * kibibyte;
constexpr std::int64_t billion = 1'000'000'000;

result<initial_position> read_position(std::string_view text) {
  const auto equals = text.find('=');
  const auto name = parse_symbol(text.substr(0, equals));
  const auto amount = equals == std::string_view::npos ? quantity::parse("")
                                                       : quantity::parse(text.substr(equals + 1));
  if (!name || !amount || amount->is_zero())
    return fail(errc::invalid_value, fmt::format("{} is no position", echoed(text)));
  return initial_position{*name, *amount};
}

std::string position_text(const initial_position& p) {
  return fmt::format("{}={}", p.instrument.str(), p.amount.str());
}

void describe_listener(section_builder& b, settings& all) {
  auto& s = all.simulator;
  b.text({"address", "Loopback address to listen on; the network never sees a simulated exchange."},
         s.address, "\"127.0.0.1\" or \"::1\"");
  b.integer({"port", "Port to listen on; 0 takes any free one."}, s.port, {0, 65'535});
  b.file(
      {"certificate_file",
       "Where the certificate is written at start, for other programs to trust; \"\" for nowhere."},
      s.certificate_file);
  b.file(
      {"script", "File of faults, one JSON object a line, in force from the start; \"\" for none."},
      s.script);
  b.file({"api_key_file",
          "File that holds the account's API key; \"\" for a random key at every start."},
         all.simulator_keys.api_key_file);
  b.file({"api_secret_file", "File that holds the account's secret; with api_key_file only."},
         all.simulator_keys.api_secret_file);
  b.file({"api_public_key_file",
          "File that holds the account's Ed25519 public key as PEM, instead of a secret; its "
          "requests are then signed with the private key."},
         all.simulator_keys.api_public_key_file);
}

void describe_market(section_builder& b, simulator_settings& s) {
  b.integer({"symbols", "Symbols that can be traded; Binance had 566 of them at the incident."},
            s.symbols, {1, 10'000});
  b.integer({"closed_symbols", "Further symbols that cannot be traded now."}, s.closed_symbols,
            {0, 1'000});
  b.integer({"tradfi_symbols", "Of the tradable ones: stocks and metals, in frames of their own."},
            s.tradfi_symbols, {0, 10'000});
  b.integer(
      {"unicode_symbols", "Further tradable symbols, of names beyond ASCII; Binance has some."},
      s.unicode_symbols, {0, 100});
  b.integer({"coin_symbols", "COIN-M rows among the all-market streams, to be passed over."},
            s.coin_symbols, {0, 10'000});
  b.integer({"seed", "Instruments, marks, partial fills and faults follow from it."}, s.seed,
            {0, std::numeric_limits<std::int64_t>::max()});
  b.duration({"tick_period", "Between two marks of every symbol."}, s.tick_period,
             {milliseconds{10}, hours{1}});
  b.integer({"volatility_bp", "Standard deviation of one step of a mark, in basis points."},
            s.volatility_bp, {0, 1'000});
  b.integer({"half_spread_bp", "Market orders fill this far from the mark, in basis points."},
            s.half_spread_bp, {0, 1'000});
  b.integer({"fills_max", "A market order becomes 1 to this many trades."}, s.fills_max, {1, 100});
}

void describe_account(section_builder& b, ::sluice::simulator::account_settings& s) {
  b.decimal({"balance", "What the account holds at start. USDT."}, s.balance,
            {notional{}, notional::whole(billion)});
  b.list_of<initial_position>({"initial_positions",
                               "Positions it holds from the start, bought at the first mark; short "
                               "ones are negative. Base asset."},
                              s.initial_positions,
                              "a list of symbol=quantity texts, e.g. [\"BTCUSDT=0.010\"]",
                              &read_position, &position_text);
}

void describe_rules(section_builder& b, simulator_settings& s) {
  using namespace ::sluice::simulator;
  b.integer({"leverage", "Leverage of every symbol, for the margin that an order needs."},
            s.leverage, {1, 125});
  b.integer({"taker_fee_ppm", "Fee of market orders in millionths of their value: 400 are 0.04 %."},
            s.taker_fee_ppm, {0, 100'000});
  b.word({"oversized",
          "What becomes of a reduce-only order larger than the position: the real venue "
          "is reported to do either."},
         s.oversized, {{"shrink", oversized_reduce::shrink}, {"reject", oversized_reduce::reject}});
  b.word(
      {"unique_ids", "Among which orders a client order id must be unique."}, s.unique_ids,
      {{"open_orders", client_id_scope::open_orders}, {"all_orders", client_id_scope::all_orders}});
}

void describe_delays(section_builder& b, simulator_settings& s) {
  b.duration({"latency",
              "Of every request; half before it takes effect, half after. The incident's "
              "reads took 300ms."},
             s.latency, {milliseconds{0}, minutes{10}});
  b.duration({"latency_jitter", "Up to this much more, evenly distributed."}, s.latency_jitter,
             {milliseconds{0}, minutes{10}});
  b.duration({"clock_skew", "How far the venue's clock is ahead."}, s.clock_skew,
             {milliseconds{0}, hours{24}});
}

void describe_limits(section_builder& b, simulator_settings& s) {
  using namespace ::sluice::simulator;
  b.integer({"weight_limit_1m", "Request weight a clock minute; 0 lifts the limit."},
            s.weight_limit_1m, {0, billion});
  b.integer({"order_limit_10s", "Orders in ten seconds; 0 lifts the limit."}, s.order_limit_10s,
            {0, billion});
  b.integer({"order_limit_1m", "Orders a clock minute; 0 lifts the limit."}, s.order_limit_1m,
            {0, billion});
  b.integer({"ban_after", "Requests past the limit in one minute that earn a ban."}, s.ban_after,
            {1, 1'000'000});
  b.word({"retry_after",
          "Whether refusals say when to come back, which the futures API does not "
          "document."},
         s.retry_after,
         {{"sent", retry_after_header::sent}, {"omitted", retry_after_header::omitted}});
}

void describe_streams(section_builder& b, simulator_settings& s) {
  b.duration({"listen_key_life", "How long a listenKey lives without a keep-alive."},
             s.listen_key_life, {milliseconds{100}, hours{240}});
  b.duration(
      {"stream_life", "After this the venue closes a stream, as the real one does once a day."},
      s.stream_life, {milliseconds{100}, hours{240}});
  b.duration({"ping_period", "Between two pings of the venue on a stream."}, s.ping_period,
             {milliseconds{100}, hours{1}});
  b.duration({"pong_limit", "Without a pong the stream is closed."}, s.pong_limit,
             {milliseconds{100}, hours{24}});
  b.integer({"messages_per_second_max", "Messages from one stream client; more closes the stream."},
            s.messages_per_second_max, {1, 1'000'000});
  b.integer({"streams_max", "Subscriptions of one connection."}, s.streams_max, {1, 100'000});
  b.byte_size({"stream_queue_bytes_max", "Held for one stream client; a slower one is dropped."},
              s.stream_queue_bytes_max, {64 * kibibyte, 1'024 * mebibyte});
}

void describe_server(section_builder& b, simulator_settings& s) {
  using namespace ::sluice::simulator;
  b.word({"framing", "How the end of a reply is marked."}, s.framing,
         {{"chunked", reply_framing::chunked}, {"content_length", reply_framing::content_length}});
  b.integer({"connections_max", "Connections at once."}, s.connections_max, {1, 65'536});
  b.byte_size({"header_bytes_max", "Request line and fields of one request."}, s.header_bytes_max,
              {kibibyte, mebibyte});
  b.byte_size({"body_bytes_max", "Body of one request."}, s.body_bytes_max,
              {kibibyte, 16 * mebibyte});
  b.duration({"idle_limit", "A connection without a request for this long is closed."},
             s.idle_limit, {milliseconds{100}, hours{24}});
  b.integer({"transcript_max", "Requests remembered for tests to look at."}, s.transcript_max,
            {1, 10'000'000});
  b.integer({"history_max", "Orders and trades remembered for each account."}, s.history_max,
            {1'000, 100'000'000});
}

/// A key and one way to prove it, or neither.
std::vector<setting_fault> check_files(const venue_key_files& keys) {
  std::vector<setting_fault> found;
  const bool secret = !keys.api_secret_file.empty();
  const bool proven = secret || !keys.api_public_key_file.empty();
  if (keys.api_key_file.empty() && proven)
    found.push_back(
        {secret ? "api_secret_file" : "api_public_key_file", "is given without api_key_file"});
  if (!keys.api_key_file.empty() && !proven)
    found.push_back(
        {"api_key_file", "is given without api_secret_file or api_public_key_file; name one"});
  if (secret && !keys.api_public_key_file.empty())
    found.push_back(
        {"api_public_key_file", "is given beside api_secret_file; an account signs in one way"});
  return found;
}

std::vector<setting_fault> check(const settings& all) {
  std::vector<setting_fault> found;
  constexpr std::string_view inner = "account.";
  for (auto& f : ::sluice::simulator::validate(all.simulator))
    found.push_back({f.field.starts_with(inner) ? f.field.substr(inner.size()) : f.field, f.text});
  for (auto& f : check_files(all.simulator_keys))
    found.push_back(std::move(f));
  return found;
}

}  // namespace

section describe_simulator(settings& s) {
  section_builder b{"simulator",
                    "The exchange inside the process in mode demo, and of `sluice sim`."};
  describe_listener(b, s);
  describe_market(b, s.simulator);
  describe_account(b, s.simulator.account);
  describe_rules(b, s.simulator);
  describe_trading(b, s.simulator.trading);
  describe_delays(b, s.simulator);
  describe_limits(b, s.simulator);
  describe_streams(b, s.simulator);
  describe_server(b, s.simulator);
  b.validate([&s] { return check(s); });
  return std::move(b).take();
}

}  // namespace sluice::config
