// Plans over HTTP: how many a second are accepted and durable, how long a verdict takes by ?wait,
// and what a burst of 10,000 does to them and to the exits among them. One JSON line per figure.
// Beside the exits stands the floor of the same seconds: one thread that wakes another.
#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <mutex>
#include <thread>
#include <unordered_map>

#include "options.hpp"
#include "sluice/actors/status.hpp"
#include "waiting.hpp"
#include "wake_floor.hpp"
#include "whole_pipeline.hpp"

using namespace sluice;
using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

namespace {

constexpr std::size_t symbols = 566;
constexpr milliseconds patience{60'000};

/// One kept connection that asks and waits for the answer.
class caller {
 public:
  explicit caller(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_port = htons(port);
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int yes = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&where), sizeof where) != 0)
      bench::give_up("connecting");
  }
  caller(const caller&) = delete;
  caller& operator=(const caller&) = delete;
  ~caller() { ::close(socket_); }

  struct reply {
    int status{0};
    std::string body{};
  };
  reply post(std::string_view query, std::string_view body) {
    const auto text = fmt::format(
        "POST /api/v1/plans{} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        "Content-Length: {}\r\n\r\n{}",
        query, body.size(), body);
    for (std::string_view rest = text; !rest.empty();) {
      const auto sent = ::send(socket_, rest.data(), rest.size(), MSG_NOSIGNAL);
      if (sent <= 0)
        bench::give_up("sending");
      rest.remove_prefix(static_cast<std::size_t>(sent));
    }
    return read();
  }

 private:
  reply read() {
    std::size_t head = 0;
    while ((head = got_.find("\r\n\r\n")) == std::string::npos)
      more();
    const auto at = got_.find("Content-Length: ");
    const auto length = static_cast<std::size_t>(std::atoll(got_.c_str() + at + 16));
    while (got_.size() < head + 4 + length)
      more();
    reply r{std::atoi(got_.c_str() + 9), got_.substr(head + 4, length)};
    got_.erase(0, head + 4 + length);
    return r;
  }
  void more() {
    std::array<char, 65'536> block{};
    const auto count = ::recv(socket_, block.data(), block.size(), 0);
    if (count <= 0)
      bench::give_up("receiving");
    got_.append(block.data(), static_cast<std::size_t>(count));
  }

  int socket_;
  std::string got_{};
};

/// Verdicts as the journal tells them: how many, and how long after the plan's receipt.
class verdicts {
 public:
  void hear(const std::vector<record>& records) {
    const std::lock_guard lock(mutex_);
    for (const auto& r : records)
      if (const auto* a = std::get_if<plan_accepted>(&r.body)) {
        received_[a->what.id] = a->what.received.steady;
        ++accepted_;
      } else if (const auto* j = std::get_if<plan_judged>(&r.body)) {
        if (const auto known = received_.extract(j->plan); known && j->traffic == lane::exit)
          exits_us_.push_back(bench::us_between(known.mapped(), j->seen.now.steady));
        ++judged_;
      }
  }
  [[nodiscard]] std::size_t accepted() const { return accepted_; }
  [[nodiscard]] std::size_t judged() const { return judged_; }
  std::vector<double> take_exits() {
    const std::lock_guard lock(mutex_);
    return std::exchange(exits_us_, {});
  }

 private:
  std::mutex mutex_{};
  std::unordered_map<plan_id, instant> received_{};
  std::vector<double> exits_us_{};
  std::atomic<std::size_t> accepted_{0};
  std::atomic<std::size_t> judged_{0};
};

simulator::settings venue_settings() {
  simulator::settings s;
  s.symbols = symbols;
  s.closed_symbols = 0;
  s.latency = 20ms;
  s.weight_limit_1m = 0;
  return s;
}

config::settings pipeline_settings(std::size_t entry_queue) {
  auto s = bench::quiet_settings();
  s.intake.entry_queue_max = entry_queue;
  s.intake.exit_queue_max = 1'000'000;
  s.status.listen = "127.0.0.1:0";
  return s;
}

/// Venue, pipeline and HTTP server in one process.
class scene {
 public:
  explicit scene(std::size_t entry_queue) : chosen_(pipeline_settings(entry_queue)) {
    if (!pipeline_.wait_until_ready(symbols, 30s))
      bench::give_up("getting ready");
    pipeline_.listen([this](const std::vector<record>& r) { heard.hear(r); });
    const auto& stages = pipeline_.stages();
    server_ = status::http_server::start(
                  chosen_.status,
                  actors::http_gateway(pipeline_.given().log, stages.intake, stages.status),
                  pipeline_.given().metrics.get())
                  .value();
    const auto url = server_->url();
    port_ = static_cast<std::uint16_t>(std::atoi(url.c_str() + url.rfind(':') + 1));
  }
  ~scene() { server_->stop(); }
  scene(const scene&) = delete;
  scene& operator=(const scene&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::string exit_of(std::size_t n) const {
    return fmt::format(
        R"({{"plan_id":"x-{}","source":"bench","symbol":"{}","kind":"reduce","target":"0"}})", n,
        names_[n % names_.size()].str());
  }
  /// Of a symbol of its own that nobody lists, so that none stands in another's way.
  [[nodiscard]] static std::string entry_of(std::size_t n) {
    return fmt::format(
        R"({{"plan_id":"e-{}","source":"bench","symbol":"N{}USDT","kind":"open","side":"buy",)"
        R"("quantity":"1"}})",
        n, n);
  }
  void wait_for_verdicts() {
    bench::wait_for("all verdicts", patience,
                    [&] { return heard.judged() >= heard.accepted() && heard.accepted() > 0; });
  }

  verdicts heard{};
  std::atomic<std::size_t> next{0};  ///< Number of the next plan.

 private:
  config::settings chosen_;
  std::unique_ptr<simulator::server> venue_{simulator::server::start(venue_settings()).value()};
  std::vector<symbol> names_{venue_->symbols()};
  bench::whole_pipeline pipeline_{chosen_, bench::client_of(*venue_)};
  std::unique_ptr<status::http_server> server_{};
  std::uint16_t port_{0};
};

std::string batch_of(scene& world, std::size_t plans) {
  std::string body = "[";
  for (std::size_t i = 0; i < plans; ++i)
    body += (i ? "," : "") + world.exit_of(world.next++);
  return body + ']';
}

void measure_rate(scene& world, std::size_t connections, std::size_t plans_a_request,
                  milliseconds lasts) {
  std::atomic<std::size_t> accepted{0};
  const auto begin = steady::now();
  {
    std::vector<std::jthread> threads;
    for (std::size_t c = 0; c < connections; ++c)
      threads.emplace_back([&] {
        caller line(world.port());
        while (steady::now() - begin < lasts) {
          const auto body =
              plans_a_request == 1 ? world.exit_of(world.next++) : batch_of(world, plans_a_request);
          if (line.post("", body).status / 100 != 2)
            bench::give_up("a plan was not accepted");
          accepted += plans_a_request;
        }
      });
  }
  const auto seconds = std::chrono::duration<double>(steady::now() - begin).count();
  fmt::print(R"({{"bench":"intake","figure":"accepted_per_second","connections":{},)"
             R"("plans_a_request":{},"value":{:.0f}}})"
             "\n",
             connections, plans_a_request, static_cast<double>(accepted) / seconds);
  std::fflush(stdout);
  world.wait_for_verdicts();
}

void measure_wait(scene& world, std::size_t plans) {
  caller line(world.port());
  std::vector<double> us;
  for (std::size_t i = 0; i < plans; ++i) {
    const auto body = world.exit_of(world.next++);
    const auto begin = steady::now();
    const auto answer = line.post("?wait=5s", body);
    us.push_back(bench::us_between(begin, steady::now()));
    if (answer.status != 200 || answer.body.find("judged") == std::string::npos)
      bench::give_up("no verdict came by ?wait");
  }
  fmt::print(R"({{"bench":"intake","figure":"verdict_by_wait","plans":{},{}}})"
             "\n",
             plans, bench::text_of_us("round_trip", us));
  std::fflush(stdout);
}

/// Exits one after the other for a while, or until `over`.
std::vector<double> exits_meanwhile(scene& world, std::size_t least,
                                    const std::atomic<bool>& over) {
  (void)world.heard.take_exits();
  caller line(world.port());
  for (std::size_t i = 0; i < least || !over; ++i)
    if (line.post("", world.exit_of(world.next++)).status / 100 != 2)
      bench::give_up("an exit was not accepted");
  world.wait_for_verdicts();
  return world.heard.take_exits();
}

void measure_burst(scene& world, std::size_t entries) {
  const std::atomic<bool> idle{true};
  bench::wake_floor floor_alone;
  auto alone = exits_meanwhile(world, 500, idle);
  const auto idle_floor = floor_alone.take();
  bench::wake_floor floor_beside;
  std::atomic<std::size_t> accepted{0};
  std::atomic<std::size_t> shed{0};
  std::atomic<bool> over{false};
  std::vector<double> beside;
  const auto before = world.heard.accepted();
  std::jthread exits([&] { beside = exits_meanwhile(world, 200, over); });
  {
    std::vector<std::jthread> threads;
    std::atomic<std::size_t> next{0};
    for (int c = 0; c < 8; ++c)
      threads.emplace_back([&] {
        caller line(world.port());
        constexpr std::size_t together = 100;
        for (std::size_t n = next.fetch_add(together); n < entries; n = next.fetch_add(together)) {
          std::string body = "[";
          for (std::size_t i = n; i < n + together; ++i)
            body += (i > n ? "," : "") + scene::entry_of(i);
          const int status = line.post("", body + ']').status;
          if (status != 429 && status / 100 != 2)
            bench::give_up("an entry was neither accepted nor shed");
          (status == 429 ? shed : accepted) += together;
        }
      });
  }
  over = true;
  exits.join();
  const auto burst_floor = floor_beside.take();
  world.wait_for_verdicts();
  const auto lost = accepted + beside.size() - (world.heard.accepted() - before);
  if (lost != 0)
    bench::give_up("a plan was lost");
  fmt::print(R"({{"bench":"intake","figure":"burst","entries":{},"accepted":{},"shed":{},)"
             R"("lost":{},{},{},{},{}}})"
             "\n",
             entries, accepted.load(), shed.load(), lost,
             bench::text_of_us("exit_to_verdict_idle", alone),
             bench::text_of_us("floor_idle", idle_floor),
             bench::text_of_us("exit_to_verdict_in_burst", beside),
             bench::text_of_us("floor_in_burst", burst_floor));
  std::fflush(stdout);
}

}  // namespace

int main(int count, char** words) {
  const int longer = bench::times_longer(count, words);
  {
    scene world(10'000);
    measure_wait(world, 2'000 * static_cast<std::size_t>(longer));
    for (const std::size_t connections : {1, 8, 64})
      measure_rate(world, connections, 1, 2s * longer);
    for (const std::size_t connections : {1, 8, 64})
      measure_rate(world, connections, 100, 2s * longer);
  }
  scene world(1'000);
  measure_burst(world, 10'000);
  return 0;
}
