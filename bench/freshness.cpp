// How old truth gets and what that costs. On the real clock: the product's client over TLS against
// a venue in a process of its own. On a virtual one: hours of it, with lost polls and slow ones.
#include <fmt/format.h>

#include <chrono>
#include <numeric>
#include <thread>

#include "freshness_cell.hpp"
#include "options.hpp"
#include "quantiles.hpp"
#include "silent_stages.hpp"
#include "sluice/actors/scheduler.hpp"
#include "sluice/actors/snapshot_manager.hpp"
#include "sluice/actors/universe_keeper.hpp"
#include "venue_process.hpp"
#include "whole_pipeline.hpp"

using namespace sluice;
using namespace std::chrono_literals;
using bench::cell;
using steady = std::chrono::steady_clock;

namespace {

/// What of the product runs beside the client.
enum class part { truth_alone, whole_pipeline };

struct real_cell {
  cell what{};
  part runs{part::truth_alone};
  std::chrono::seconds measured{5};
  std::int64_t weight_limit{2'400};
  std::size_t concurrency{32};
  std::string faults{};
  std::uint64_t reads_before{5};  ///< So many reads have been made before measuring begins.
};

simulator::settings venue_settings(const real_cell& c) {
  simulator::settings s;
  s.symbols = c.what.symbols;
  s.closed_symbols = 0;
  s.latency = c.what.latency.base;
  s.latency_jitter = c.what.latency.jitter;
  s.weight_limit_1m = c.weight_limit;
  for (const auto* name : {"BTCUSDT", "ETHUSDT", "SOLUSDT"})
    s.account.initial_positions.push_back({symbol(name), quantity::whole(1)});
  return s;
}

/// The slow requests and the lost polls, as the venue's script says them.
std::string faults_of(const cell& c) {
  constexpr auto polls = R"("path":"/fapi/v3/positionRisk","count":0)";
  const auto& l = c.latency;
  std::string text;
  if (l.slow_percent > 0)
    text += fmt::format(R"({{"effect":"delay",{},"chance_percent":{},"delay_jitter_ms":{}}})"
                        "\n",
                        polls, l.slow_percent, l.slow.count());
  if (l.stuck_percent > 0)
    text += fmt::format(
        R"({{"effect":"delay",{},"chance_percent":{},"delay_ms":{},"delay_jitter_ms":{}}})"
        "\n",
        polls, l.stuck_percent, l.stuck.count(), l.stuck.count());
  if (c.lost_percent > 0)
    text += fmt::format(R"({{"effect":"drop_reply",{},"chance_percent":{}}})"
                        "\n",
                        polls, c.lost_percent);
  return text;
}

struct outcome {
  std::vector<double> oldest_ms{};
  double cpu_percent{0};
  double rss_mib{0};
  double rss_mib_max{0};
  double weight_1m{0};
  double sweep_ms{0};
};

double oldest_ms(const state_table& table, std::size_t symbols) {
  auto oldest = steady::now();
  const auto now = oldest;
  for (std::size_t i = 0; i < symbols; ++i)
    oldest = std::min(oldest, table.read(position_slot{static_cast<std::uint32_t>(i)}).as_of);
  return std::chrono::duration<double, std::milli>(now - oldest).count();
}

/// Looks at the age of every symbol every 2 ms (10 for thousands); what that costs is not counted.
outcome sample(const real_cell& c, const actors::services& given) {
  const auto nap = c.what.symbols > 1'000 ? 10ms : 2ms;
  outcome o;
  const auto reads_before = given.vitals->reads_total.load();
  const auto begin = steady::now();
  const auto cpu_before = bench::own_cpu_seconds() - bench::own_thread_cpu_seconds();
  while (steady::now() - begin < c.measured) {
    o.oldest_ms.push_back(oldest_ms(*given.table, c.what.symbols));
    std::this_thread::sleep_for(nap);
  }
  const auto cpu = bench::own_cpu_seconds() - bench::own_thread_cpu_seconds() - cpu_before;
  const auto seconds = std::chrono::duration<double>(steady::now() - begin).count();
  const auto reads = static_cast<double>(given.vitals->reads_total.load() - reads_before);
  o.cpu_percent = cpu / seconds * 100;
  o.rss_mib = bench::own_resident_mib();
  o.rss_mib_max = bench::own_resident_mib_max();
  o.weight_1m = reads * 5.0 * 60.0 / seconds;
  o.sweep_ms = reads > 0 ? seconds * 1'000 * static_cast<double>(c.what.symbols) / reads : 0;
  return o;
}

void say(const real_cell& c, outcome o) {
  fmt::print(R"({{"bench":"freshness","clock":"real","runs":"{}","strategy":"{}","symbols":{},)"
             R"("latency":"{}","lost_percent":{},"faults":{},"seconds":{},"bound_ms":{},)"
             R"("age_p50_ms":{:.1f},"age_p99_ms":{:.1f},"age_max_ms":{:.1f},"weight_1m":{:.0f},)"
             R"("sweep_ms":{:.0f},"cpu_percent":{:.2f},"rss_mib":{:.1f},"rss_mib_max":{:.1f}}})"
             "\n",
             c.runs == part::truth_alone ? "truth_alone" : "whole_pipeline",
             to_string(c.what.strategy), c.what.symbols, c.what.latency.name, c.what.lost_percent,
             c.faults.empty() ? 0 : 1, c.measured.count(), c.what.bound.count(),
             bench::quantile(o.oldest_ms, 0.5), bench::quantile(o.oldest_ms, 0.99),
             bench::quantile(o.oldest_ms, 1.0), o.weight_1m, o.sweep_ms, o.cpu_percent, o.rss_mib,
             o.rss_mib_max);
}

void wait_until_known(const real_cell& c, const actors::services& given) {
  const auto limit = steady::now() + 60s;
  const auto known = [&] {
    return given.table->directory().size() >= c.what.symbols && given.table->account_as_of() &&
           given.vitals->reads_total > c.reads_before;
  };
  while (!known()) {
    if (steady::now() > limit) {
      fmt::print(stderr, "freshness: truth was not known after a minute\n");
      std::quick_exit(1);
    }
    std::this_thread::sleep_for(10ms);
  }
}

snapshot_settings settings_of(const real_cell& c) {
  snapshot_settings s;
  s.strategy = c.what.strategy;
  s.bound = c.what.bound;
  s.latency = c.what.latency.assumed;
  s.concurrency = c.concurrency;
  return s;
}

/// Client, snapshot manager and universe keeper; nobody else.
void run_truth_alone(const real_cell& c, std::shared_ptr<exchange_port> client) {
  status::log_settings quiet;
  quiet.level = status::log_level::error;
  auto keeper = std::make_shared<truth_keeper>(truth_keeper::options{});
  actors::services given;
  given.exchange = client;
  given.table = keeper->table();
  given.marks = std::make_shared<mark_board>(keeper->directory());
  given.universe = std::make_shared<universe_board>();
  given.vitals = std::make_shared<actors::vitals>();
  given.log = std::shared_ptr<status::logger>(status::logger::start(quiet));
  given.metrics = std::make_shared<status::metrics>();
  caf::actor_system_config config;
  actors::configure_scheduler(config);
  caf::actor_system system(config);
  auto all = bench::spawn_silent(system);
  all->snapshot_manager = actors::spawn_snapshot_manager(system, given, {settings_of(c), keeper});
  all->universe_keeper = actors::spawn_universe_keeper(system, given, {});
  caf::anon_send(all->snapshot_manager, actors::meet{all});
  caf::anon_send(all->universe_keeper, actors::meet{all});
  wait_until_known(c, given);
  say(c, sample(c, given));
  bench::end_all(*all);
  client->close();
}

void run_whole(const real_cell& c, std::shared_ptr<exchange_port> client) {
  auto chosen = bench::quiet_settings();
  chosen.snapshot = settings_of(c);
  const bench::whole_pipeline pipeline(chosen, std::move(client));
  wait_until_known(c, pipeline.given());
  say(c, sample(c, pipeline.given()));
}

void run_real(const real_cell& c) {
  const bench::venue_process venue(venue_settings(c), c.faults + faults_of(c.what));
  auto client = venue.client(c.weight_limit > 0 ? c.weight_limit : 10'000'000,
                             static_cast<int>(std::max<std::size_t>(16, c.concurrency)));
  if (c.runs == part::whole_pipeline)
    run_whole(c, std::move(client));
  else
    run_truth_alone(c, std::move(client));
}

/// What the README promises, in some seconds each.
std::vector<real_cell> usual_cells() {
  const auto normal = bench::steady_latency(300ms);
  auto slower = bench::cell_of(566, normal, 0);
  slower.bound = 2 * 1'000ms + normal.assumed;
  const auto usual = bench::cell_of(566, normal, 0);
  cell lifted{566, normal, 700ms, 0, freshness_strategy::per_symbol};
  const std::string lost =
      R"({"effect":"drop_reply","path":"/fapi/v3/positionRisk","count":1,"skip":9})"
      "\n";
  return {
      {slower, part::truth_alone},
      {usual, part::truth_alone},
      {usual, part::truth_alone, 5s, 2'400, 32, lost},
      {usual, part::whole_pipeline},
      {bench::cell_of(10'000, normal, 0), part::truth_alone},
      {bench::cell_of(10'000, normal, 0), part::whole_pipeline},
      {lifted, part::truth_alone, 5s, 0, 760, {}, 3 * 566},
  };
}

const std::vector<bench::latency_shape>& shapes() {
  static const std::vector all{bench::steady_latency(50ms), bench::steady_latency(300ms),
                               bench::steady_latency(1'000ms), bench::heavy_tail()};
  return all;
}

/// Every latency with one poll of a hundred lost; worth it only when measured for long.
std::vector<real_cell> lossy_cells() {
  std::vector<real_cell> cells;
  for (const std::size_t symbols : {566U, 10'000U})
    for (const auto& shape : shapes())
      cells.push_back({bench::cell_of(symbols, shape, 1), part::truth_alone});
  return cells;
}

void run_all_virtual(std::chrono::minutes span) {
  for (const std::size_t symbols : {566U, 10'000U})
    for (const auto& shape : shapes())
      for (const int lost_percent : {0, 1})
        bench::run_virtual(bench::cell_of(symbols, shape, lost_percent), span);
}

}  // namespace

/// `--longer N` measures each part N times as long, and adds lossy venues on the real clock.
int main(int count, char** words) {
  const int longer = bench::times_longer(count, words);
  auto cells = usual_cells();
  if (longer > 1)
    for (auto& c : lossy_cells())
      cells.push_back(std::move(c));
  bool good = true;
  for (auto& c : cells) {
    c.measured *= longer;
    good = bench::run_apart([&] { run_real(c); }) && good;
  }
  good = bench::run_apart([&] { run_all_virtual(20min * longer); }) && good;
  return good ? 0 : 1;
}
