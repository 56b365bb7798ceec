// How old the truth of 566 symbols gets, and what that costs: the real snapshot manager and client
// against the simulated venue over TLS at 300 ms a request. Ages count from the send of the read.
#include <fmt/format.h>

#include <chrono>
#include <thread>

#include "quantiles.hpp"
#include "sluice/actors/scheduler.hpp"
#include "sluice/actors/snapshot_manager.hpp"
#include "sluice/actors/universe_keeper.hpp"
#include "sluice/exchange/client.hpp"
#include "sluice/simulator/server.hpp"
#include "stage.hpp"

using namespace sluice;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t symbols = 566;
constexpr milliseconds latency{300};

struct setup {
  std::string label{};
  freshness_strategy strategy{freshness_strategy::adaptive};
  milliseconds bound{};
  std::size_t concurrency{32};
  std::int64_t weight_limit{2'400};
  std::chrono::seconds measured{20};
};

/// Takes what the snapshot manager tells others.
template <class Interface>
class sink : public Interface::base {
 public:
  using Interface::base::base;
};
class gate_sink : public sink<actors::gate_actor> {
 public:
  using sink::sink;
  behavior_type make_behavior() override {
    return {[](const actors::meet&) {},
            [](const actors::judge_plans&) {},
            [](const actors::judge_again&) {},
            [](const actors::reads_done&) {},
            [](const actors::truths_changed&) {},
            [](const order_moved&) {},
            [](const actors::fills_seen&) {},
            [](const actors::hold_changed&) {},
            [](const actors::reach_changed&) {},
            [](const actors::change_state&) {},
            [](actors::tick) {}};
  }
};
class reconciler_sink : public sink<actors::reconciler_actor> {
 public:
  using sink::sink;
  behavior_type make_behavior() override {
    return {[](const actors::meet&) {},
            [](const actors::fills_seen&) {},
            [](const actors::truths_changed&) {},
            [](const actors::order_pending_changed&) {},
            [](const actors::release_holds&) { return actors::holds_released{}; },
            [](actors::tick) {}};
  }
};
class exit_sink : public sink<actors::exit_engine_actor> {
 public:
  using sink::sink;
  behavior_type make_behavior() override {
    return {[](const actors::meet&) {}, [](const actors::plan_sent&) {},
            [](const actors::marks_moved&) {},
            [](const actors::truths_changed&) {}, [](const actors::records_committed&) {},
            [](actors::tick) {}};
  }
};
class journal_sink : public sink<actors::journal_actor> {
 public:
  using sink::sink;
  behavior_type make_behavior() override {
    return {[](const actors::append&) {},
            [](const actors::append_durable&) { return actors::appended{}; },
            [](const actors::watch_records&) {}, [](actors::commit_batch) {}, [](actors::drain) {}};
  }
};

struct outcome {
  double age_p50{0};
  double age_max{0};
  double sweep_ms{0};
  double weight_1m{0};
};

/// Samples the age of every symbol every 5 ms.
outcome sample(const setup& s, const actors::services& given, const actors::vitals& numbers) {
  outcome o;
  std::vector<double> ages;
  const auto begin = std::chrono::steady_clock::now();
  const auto reads_before = numbers.reads_total.load();
  while (std::chrono::steady_clock::now() - begin < s.measured) {
    const auto now = std::chrono::steady_clock::now();
    double oldest = 0;
    given.table->scan([&](const position_key&, const truth_view& seen) {
      oldest =
          std::max(oldest, std::chrono::duration<double, std::milli>(now - seen.as_of).count());
    });
    ages.push_back(oldest);
    std::this_thread::sleep_for(5ms);
  }
  const auto seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  const auto reads = static_cast<double>(numbers.reads_total.load() - reads_before);
  o.age_max = *std::ranges::max_element(ages);
  o.age_p50 = bench::quantile(ages, 0.5);
  o.weight_1m = reads * 5.0 * 60.0 / seconds;
  o.sweep_ms = reads > 0 ? seconds * 1'000.0 * static_cast<double>(symbols) / reads : 0;
  return o;
}

std::shared_ptr<exchange_port> client_of(const simulator::server& server, const setup& s) {
  exchange::settings connection;
  connection.rest_url = server.rest_url();
  connection.stream_url = server.stream_url();
  connection.connections_max = static_cast<int>(std::max<std::size_t>(16, s.concurrency));
  connection.weight_limit_1m = s.weight_limit > 0 ? s.weight_limit : 10'000'000;
  exchange::extras additions;
  additions.ca_pem = server.certificate_pem();
  return exchange::make_client(connection,
                               {exchange::secret(std::string(server.api_key())),
                                exchange::secret(std::string(server.api_secret()))},
                               std::move(additions))
      .value();
}

outcome run_setup(const setup& s) {
  simulator::settings venue;
  venue.symbols = symbols;
  venue.closed_symbols = 0;
  venue.latency = latency;
  venue.weight_limit_1m = s.weight_limit;
  auto server = simulator::server::start(venue).value();
  const auto client = client_of(*server, s);
  status::log_settings quiet;
  quiet.level = status::log_level::error;
  auto keeper = std::make_shared<truth_keeper>(truth_keeper::options{});
  actors::services given;
  given.exchange = client;
  given.table = keeper->table();
  given.marks = std::make_shared<mark_board>(keeper->directory());
  given.universe = std::make_shared<universe_board>();
  given.vitals = std::make_shared<actors::vitals>();
  given.log = std::shared_ptr<status::logger>(status::logger::start(quiet).value());
  given.metrics = std::make_shared<status::metrics>();
  snapshot_settings settings;
  settings.strategy = s.strategy;
  settings.bound = s.bound;
  settings.concurrency = s.concurrency;
  outcome o;
  {
    caf::actor_system_config config;
    actors::configure_scheduler(config);
    caf::actor_system system(config);
    auto all = std::make_shared<actors::peers>();
    all->gate = system.spawn<gate_sink>();
    all->reconciler = system.spawn<reconciler_sink>();
    all->exit_engine = system.spawn<exit_sink>();
    all->journal = system.spawn<journal_sink>();
    all->snapshot_manager = actors::spawn_snapshot_manager(system, given, {settings, keeper});
    all->universe_keeper = actors::spawn_universe_keeper(system, given, {});
    caf::anon_send(all->snapshot_manager, actors::meet{all});
    caf::anon_send(all->universe_keeper, actors::meet{all});
    const auto limit = std::chrono::steady_clock::now() + 30s;
    const auto known = [&] {
      bool every = keeper->directory()->size() >= symbols && given.table->account_as_of();
      return every && given.vitals->reads_total >
                          (s.strategy == freshness_strategy::adaptive ? 5 : 3 * symbols);
    };
    while (!known() && std::chrono::steady_clock::now() < limit)
      std::this_thread::sleep_for(10ms);
    o = sample(s, given, *given.vitals);
    const auto over = [](const auto& handle) {
      caf::anon_send_exit(handle, caf::exit_reason::user_shutdown);
    };
    over(all->snapshot_manager);
    over(all->universe_keeper);
    over(all->gate);
    over(all->reconciler);
    over(all->exit_engine);
    over(all->journal);
    client->close();
  }
  return o;
}

}  // namespace

int main() {
  const std::vector<setup> setups{
      {"adaptive_300", freshness_strategy::adaptive, 2'300ms, 32, 2'400, 20s},
      {"adaptive_600", freshness_strategy::adaptive, 1'300ms, 32, 2'400, 20s},
      {"per_symbol_lifted", freshness_strategy::per_symbol, 700ms, 760, 0, 10s},
  };
  std::string text;
  for (const auto& s : setups) {
    const auto o = run_setup(s);
    text += fmt::format(
        R"({}"{}":{{"age_max_ms":{:.1f},"oldest_p50_ms":{:.1f},"weight_1m":{:.0f},"sweep_ms":{:.0f}}})",
        text.empty() ? "" : ",", s.label, o.age_max, o.age_p50, o.weight_1m, o.sweep_ms);
  }
  fmt::print(R"({{"bench":"freshness","symbols":{},"latency_ms":{},{}}})"
             "\n",
             symbols, latency.count(), text);
  return 0;
}
