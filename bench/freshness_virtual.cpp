// The virtual half of bench/freshness: time is CAF's test clock, the venue a queue of answers drawn
// by chance; the snapshot manager and the state table are the product's.
#include <fmt/format.h>

#include <caf/scheduler/test_coordinator.hpp>
#include <map>
#include <random>

#include "freshness_cell.hpp"
#include "quantiles.hpp"
#include "silent_stages.hpp"
#include "sluice/actors/snapshot_manager.hpp"
#include "stage.hpp"
#include "support/fake_exchange.hpp"

namespace sluice::bench {
namespace {

using namespace std::chrono_literals;

constexpr milliseconds step{1};
constexpr int steps_per_sample = 5;
/// Looked at in each sample; all symbols are when there are no more.
constexpr std::size_t slots_per_sample = 566;

std::shared_ptr<const universe> universe_of(std::size_t symbols) {
  auto u = std::make_shared<universe>();
  for (std::size_t i = 0; i < symbols; ++i) {
    instrument_rules r;
    r.instrument = symbol(fmt::format("SYM{}USDT", i));
    r.tradable = true;
    u->index.emplace(r.instrument, i);
    u->instruments.push_back(std::move(r));
  }
  u->source = universe_source::live;
  return u;
}

/// Answers every read after a latency of its own, or fails it when its time has passed.
class drawn_venue {
 public:
  drawn_venue(const cell& c, testing::fake_exchange& port) : cell_(c), port_(port) {}

  void step_to(instant now) {
    while (!port_.reads.empty()) {
      auto read = std::move(port_.reads.front());
      port_.reads.pop_front();
      take(std::move(read), now);
    }
    while (!due_.empty() && due_.begin()->first <= now) {
      const auto answer = std::move(due_.begin()->second);
      due_.erase(due_.begin());
      answer(now);
    }
  }

  /// Polls sent since then that were lost, or slower than the settings assume.
  [[nodiscard]] std::size_t bad_polls_since(instant then) const {
    std::size_t count = 0;
    for (auto at = sent_.upper_bound(then); at != sent_.end(); ++at)
      count += at->second ? 0 : 1;
    return count;
  }
  /// Answers nothing any more.
  void close() {
    due_.clear();
    port_.reads.clear();
  }
  [[nodiscard]] std::size_t polls() const { return sent_.size(); }
  [[nodiscard]] std::size_t lost() const { return lost_; }

 private:
  void take(testing::fake_exchange::pending_read read, instant now) {
    const bool lost = chance(100) < cell_.lost_percent;
    const auto taken = draw();
    lost_ += lost ? 1 : 0;
    sent_.emplace(now, !lost && taken <= cell_.latency.assumed);
    if (lost || taken > read.options.timeout)
      due_.emplace(now + read.options.timeout, [told = read.answer](instant) {
        told(read_failure{failure_kind::timed_out, 0, 0, "lost", std::nullopt});
      });
    else
      due_.emplace(now + taken, [told = read.answer, scope = read.scope, now](instant at) {
        told(snapshot{scope, now, at, {}});
      });
  }
  int chance(int of) { return std::uniform_int_distribution<int>(0, of - 1)(random_); }
  milliseconds up_to(milliseconds most) {
    return milliseconds{std::uniform_int_distribution<std::int64_t>(0, most.count())(random_)};
  }
  milliseconds draw() {
    const auto& l = cell_.latency;
    auto taken = l.base + up_to(l.jitter);
    if (chance(100) < l.slow_percent)
      taken += up_to(l.slow);
    if (chance(100) < l.stuck_percent)
      taken += l.stuck + up_to(l.stuck);
    return taken;
  }

  const cell& cell_;
  testing::fake_exchange& port_;
  std::mt19937 random_{20'261'123};
  std::multimap<instant, std::function<void(instant)>> due_{};
  std::multimap<instant, bool> sent_{};
  std::size_t lost_{0};
};

struct findings {
  std::vector<double> ages{};  ///< Milliseconds, of the oldest at each sample.
  std::size_t over{0};         ///< Times that the bound was passed.
  std::size_t explained{0};    ///< Of these, after two bad polls or more: never promised.
  double over_ms{0};           ///< How long altogether.
};

class watched_table {
 public:
  watched_table(const cell& c, std::shared_ptr<const state_table> table)
      : cell_(c), table_(std::move(table)) {}

  void sample(instant now, const drawn_venue& venue, findings& f) {
    auto oldest = now;
    const auto stride = std::max<std::size_t>(1, cell_.symbols / slots_per_sample);
    for (std::size_t i = turn_++ % stride; i < cell_.symbols; i += stride)
      oldest = std::min(oldest, table_->read(position_slot{static_cast<std::uint32_t>(i)}).as_of);
    const auto age = now - oldest;
    f.ages.push_back(std::chrono::duration<double, std::milli>(age).count());
    const bool is_over = age > cell_.bound;
    if (is_over && !was_over_) {
      ++f.over;
      f.explained += venue.bad_polls_since(oldest) >= 2 ? 1 : 0;
    }
    f.over_ms += is_over ? static_cast<double>((steps_per_sample * step).count()) : 0;
    was_over_ = is_over;
  }

 private:
  const cell& cell_;
  std::shared_ptr<const state_table> table_;
  std::size_t turn_{0};
  bool was_over_{false};
};

void say(const cell& c, const drawn_venue& venue, findings f, std::chrono::minutes span) {
  const auto minutes = static_cast<double>(span.count());
  fmt::print(
      R"({{"bench":"freshness","clock":"virtual","symbols":{},"latency":"{}","lost_percent":{},)"
      R"("minutes":{},"bound_ms":{},"age_p50_ms":{:.0f},"age_p99_ms":{:.0f},"age_max_ms":{:.0f},)"
      R"("weight_1m":{:.0f},"polls":{},"lost":{},"times_over_bound":{},"of_these_explained":{},)"
      R"("over_bound_ppm":{:.0f}}})"
      "\n",
      c.symbols, c.latency.name, c.lost_percent, span.count(), c.bound.count(),
      quantile(f.ages, 0.5), quantile(f.ages, 0.99), quantile(f.ages, 1.0),
      static_cast<double>(venue.polls()) * 5.0 / minutes, venue.polls(), venue.lost(), f.over,
      f.explained, f.over_ms / (minutes * 60'000.0) * 1e6);
}

actors::services services_of(const truth_keeper& keeper, std::shared_ptr<exchange_port> port) {
  status::log_settings quiet;
  quiet.level = status::log_level::error;
  actors::services given;
  given.exchange = std::move(port);
  given.table = keeper.table();
  given.marks = std::make_shared<mark_board>(keeper.directory());
  given.universe = std::make_shared<universe_board>();
  given.vitals = std::make_shared<actors::vitals>();
  given.log = std::shared_ptr<status::logger>(status::logger::start(quiet));
  given.metrics = std::make_shared<status::metrics>();
  return given;
}

}  // namespace

void run_virtual(const cell& c, std::chrono::minutes span) {
  caf::actor_system_config config;
  config.set("scheduler.policy", caf::atom("testing"));
  caf::actor_system system(config);
  auto& scheduler = dynamic_cast<caf::scheduler::test_coordinator&>(system.scheduler());
  const auto port = std::make_shared<testing::fake_exchange>();
  const auto keeper = std::make_shared<truth_keeper>(truth_keeper::options{});
  snapshot_settings settings;
  settings.strategy = c.strategy;
  settings.bound = c.bound;
  settings.latency = c.latency.assumed;
  auto all = spawn_silent(system);
  all->snapshot_manager =
      actors::spawn_snapshot_manager(system, services_of(*keeper, port), {settings, keeper});
  caf::anon_send(all->snapshot_manager, actors::meet{all});
  caf::anon_send(all->snapshot_manager, actors::universe_refreshed{universe_of(c.symbols)});
  drawn_venue venue(c, *port);
  watched_table table(c, keeper->table());
  findings found;
  const auto tell = [&] {
    scheduler.run();
    venue.step_to(system.clock().now());
    scheduler.run();
  };
  const auto begin = system.clock().now();
  for (int n = 0; system.clock().now() - begin < span; ++n) {
    tell();
    if (n % steps_per_sample == 0 && keeper->table()->account_as_of())
      table.sample(system.clock().now(), venue, found);
    scheduler.advance_time(step);
  }
  end_all(*all);
  scheduler.run();
  venue.close();
  // Timers that are still set hold their actors.
  scheduler.advance_time(actors::timer_max);
  scheduler.run();
  say(c, venue, std::move(found), span);
}

}  // namespace sluice::bench
