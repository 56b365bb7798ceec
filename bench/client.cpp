// What our client costs: a signed order's round trip, an account read parsed and applied, requests
// a second, each beside a plain TLS echo of the same sizes measured in the same run.
#include <fmt/format.h>

#include <condition_variable>
#include <future>
#include <mutex>

#include "quantiles.hpp"
#include "sluice/exchange/client.hpp"
#include "sluice/exchange/replies.hpp"
#include "sluice/simulator/server.hpp"
#include "sluice/truth/truth_keeper.hpp"
#include "tls_load.hpp"

using namespace sluice;
using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

namespace {

constexpr std::int64_t no_limit = 10'000'000;

double ms_since(steady::time_point then) {
  return std::chrono::duration<double, std::milli>(steady::now() - then).count();
}

std::string text_of(const std::string& name, std::vector<double> samples) {
  return fmt::format(R"("{0}_p50_ms":{1:.3f},"{0}_p99_ms":{2:.3f})", name,
                     bench::quantile(samples, 0.5), bench::quantile(samples, 0.99));
}

/// A positionRisk reply with a row for every symbol, as long as the real ones.
std::string body_of(std::size_t rows) {
  std::string text = "[";
  for (std::size_t n = 0; n < rows; ++n)
    text += fmt::format(
        R"({}{{"symbol":"SYM{}USDT","positionSide":"BOTH","positionAmt":"{}.125","entryPrice":)"
        R"("0.3850","breakEvenPrice":"0.385077","markPrice":"0.41047590","unRealizedProfit":)"
        R"("0.76427700","liquidationPrice":"0","isolatedMargin":"0","notional":"12.31427700",)"
        R"("marginAsset":"USDT","isolatedWallet":"0","initialMargin":"0.61571385",)"
        R"("maintMargin":"0.08004280","positionInitialMargin":"0.61571385",)"
        R"("openOrderInitialMargin":"0","adl":2,"bidNotional":"0","askNotional":"0",)"
        R"("updateTime":1720736417660}})",
        n == 0 ? "" : ",", n, n + 1);
  return text + "]";
}

std::string measure_read(std::size_t rows) {
  const auto body = body_of(rows);
  truth_keeper keeper(truth_keeper::options{});
  for (std::size_t n = 0; n < rows; ++n)
    if (!keeper.register_symbol(symbol{fmt::format("SYM{}USDT", n)}))
      return R"("failed":"register")";
  std::vector<double> parse;
  std::vector<double> both;
  for (int round = 0; round < 50; ++round) {
    snapshot read;
    read.sent_at = steady::now();
    auto parsed = exchange::parse_positions(body);
    parse.push_back(ms_since(read.sent_at));
    if (!parsed || parsed->size() != rows)
      return R"("failed":"parse")";
    read.rows = std::move(*parsed);
    read.received_at = steady::now();
    const auto changed = keeper.apply(read);
    both.push_back(ms_since(read.sent_at));
    if (round == 0 && changed.empty())
      return R"("failed":"apply")";
  }
  return fmt::format(R"("rows_{}":{{"bytes":{},{},{}}})", rows, body.size(),
                     text_of("parse", parse), text_of("parse_and_apply", both));
}

std::unique_ptr<simulator::server> start_venue() {
  simulator::settings s;
  s.symbols = 566;
  s.latency = 0ms;
  // Limits that are named: those that are not leave the client with what it assumes.
  s.weight_limit_1m = no_limit;
  s.order_limit_10s = no_limit;
  s.order_limit_1m = no_limit;
  s.framing = simulator::reply_framing::content_length;
  s.account.balance = notional::whole(900'000'000);
  return simulator::server::start(s).value();
}

std::unique_ptr<exchange_port> client_of(const simulator::server& venue, int connections) {
  exchange::settings chosen;
  chosen.rest_url = venue.rest_url();
  chosen.stream_url = venue.stream_url();
  chosen.connections_max = connections;
  chosen.weight_limit_1m = no_limit;
  exchange::extras more;
  more.ca_pem = venue.certificate_pem();
  return exchange::make_client(chosen,
                               {exchange::secret(std::string(venue.api_key())),
                                exchange::secret(std::string(venue.api_secret()))},
                               std::move(more))
      .value();
}

/// Keeps so many calls under way until the time is over, and times each.
class pump {
 public:
  using done = std::function<void(bool good)>;
  using call = std::function<void(done)>;
  pump(call ask, std::size_t at_once, milliseconds time)
      : ask_(std::move(ask)), until_(steady::now() + time), running_(at_once) {
    const auto began = steady::now();
    for (std::size_t n = 0; n < at_once; ++n)
      next();
    std::unique_lock lock(mutex_);
    ended_.wait(lock, [&] { return running_ == 0; });
    per_second_ = static_cast<double>(latency_ms_.size()) * 1'000.0 / ms_since(began);
  }
  [[nodiscard]] double per_second() const { return per_second_; }
  [[nodiscard]] std::size_t failed() const { return failed_; }
  [[nodiscard]] const std::vector<double>& latency_ms() const { return latency_ms_; }

 private:
  void next() {
    const auto sent = steady::now();
    ask_([this, sent](bool good) {
      bool more = false;
      {
        const std::lock_guard lock(mutex_);
        latency_ms_.push_back(ms_since(sent));
        failed_ += good ? 0 : 1;
        more = good && steady::now() < until_;
        if (!more && --running_ == 0)
          ended_.notify_all();
      }
      if (more)
        next();
    });
  }
  call ask_;
  steady::time_point until_;
  std::size_t running_{0};
  std::size_t failed_{0};
  double per_second_{0};
  std::mutex mutex_{};
  std::condition_variable ended_{};
  std::vector<double> latency_ms_{};
};

std::string floor_of(std::size_t connections, std::size_t reply_bytes, std::size_t request_bytes) {
  const bench::tls_echo echo(reply_bytes);
  std::string request = "GET /echo HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ";
  request += std::string(request_bytes - std::min(request_bytes, request.size() + 4), 'x');
  const auto load = bench::run_load(echo.port(), request + "\r\n\r\n", connections, 4s);
  return fmt::format(R"("floor_per_s":{:.0f},{})", load.per_second,
                     text_of("floor", load.latency_ms));
}

/// Lets the client read the venue's limits, which its own budget of orders follows.
bool adopt_limits(exchange_port& client) {
  std::promise<bool> read;
  client.read_universe({read_class::routine, 5'000ms},
                       [&](const read_result<universe>& u) { read.set_value(u.has_value()); });
  return read.get_future().get();
}

std::string measure_orders(const simulator::server& venue) {
  const auto client = client_of(venue, 1);
  const auto instrument = venue.symbols().front();
  if (!adopt_limits(*client))
    return R"("failed":"exchangeInfo")";
  int number = 0;
  const pump orders(
      [&](const pump::done& told) {
        order_request r;
        r.id = client_order_id{fmt::format("bench-{}", ++number)};
        r.instrument = instrument;
        r.direction = number % 2 == 0 ? side::sell : side::buy;
        r.amount = *quantity::parse("0.01");
        r.reduce_only = number % 2 == 0;
        client->place_order(r, 2'000ms, [told](const order_outcome& o) {
          told(std::holds_alternative<order_done>(o));
        });
      },
      1, 4s);
  client->close();
  return fmt::format(R"("order":{{"per_s":{:.0f},"failed":{},{},{}}})", orders.per_second(),
                     orders.failed(), text_of("round_trip", orders.latency_ms()),
                     floor_of(1, 700, 500));
}

std::string measure_reads(const simulator::server& venue, std::size_t connections) {
  const auto client = client_of(venue, static_cast<int>(connections));
  const auto instrument = venue.symbols().front();
  const pump reads(
      [&](const pump::done& told) {
        client->read_symbol(instrument, {},
                            [told](const read_result<snapshot>& r) { told(r.has_value()); });
      },
      connections, 4s);
  client->close();
  return fmt::format(R"("connections_{}":{{"per_s":{:.0f},"failed":{},{},{}}})", connections,
                     reads.per_second(), reads.failed(), text_of("read", reads.latency_ms()),
                     floor_of(connections, 200, 400));
}

void say(std::string_view what, const std::string& fields) {
  fmt::print(R"({{"bench":"client","part":"{}",{}}})"
             "\n",
             what, fields);
}

}  // namespace

int main() {
  say("account_read", measure_read(566) + "," + measure_read(10'000));
  const auto venue = start_venue();
  say("order", measure_orders(*venue));
  say("requests", measure_reads(*venue, 1) + "," + measure_reads(*venue, 16));
  return 0;
}
