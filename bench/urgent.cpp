// What a plan on stale truth waits for: one read on demand, and what our own way around it adds;
// and what 500 such plans at once cost the venue.
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <optional>

#include "observed_exchange.hpp"
#include "options.hpp"
#include "waiting.hpp"
#include "whole_pipeline.hpp"

using namespace sluice;
using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

namespace {

constexpr std::size_t symbols = 566;
constexpr milliseconds latency{20};
/// Truth older than this is stale here; routine reads come every 300 s.
constexpr milliseconds stale_after{200};
constexpr milliseconds patience{5'000};

struct told {
  instant judged{};   ///< By the gate.
  instant durable{};  ///< When the record's commit was told.
  bool allowed{false};
  milliseconds truth_age{};  ///< Of the truth it was judged on.
};

/// Verdicts as the journal tells them.
class verdicts {
 public:
  void add(const std::string& plan, const told& t) {
    const std::lock_guard lock(mutex_);
    all_[plan] = t;
    count_ = all_.size();
  }
  [[nodiscard]] std::size_t count() const { return count_; }
  [[nodiscard]] told of(const std::string& plan) const {
    const std::lock_guard lock(mutex_);
    return all_.at(plan);
  }

 private:
  mutable std::mutex mutex_{};
  std::map<std::string, told> all_{};
  std::atomic<std::size_t> count_{0};
};

simulator::settings venue_settings() {
  simulator::settings s;
  s.symbols = symbols;
  s.closed_symbols = 0;
  s.latency = latency;
  s.weight_limit_1m = 0;
  s.order_limit_10s = 0;
  s.order_limit_1m = 0;
  s.transcript_max = 100'000;
  return s;
}

config::settings pipeline_settings() {
  auto s = bench::quiet_settings();
  s.snapshot.bound = 600s;
  s.snapshot.latency = latency;
  s.gate.limits.stale_after_exit = stale_after;
  s.gate.limits.stale_after_entry = stale_after;
  return s;
}

/// The pipeline, the venue at 20 ms, and what was seen between them.
class scene {
 public:
  scene() {
    if (!pipeline_.wait_until_ready(symbols, 30s))
      bench::give_up("getting ready");
    pipeline_.listen([this](const std::vector<record>& records) { hear(records); });
    let_grow_stale();
  }

  /// Until nothing that has been read is fresh enough for the gate.
  static void let_grow_stale() { std::this_thread::sleep_for(stale_after + 50ms); }

  /// One plan alone; microseconds.
  struct waited {
    double round_trip{0};  ///< Of the read that was made for it.
    double judged{0};
    double durable{0};
  };
  /// None when the plan needed no read of its own: another had just brought what it waited for.
  std::optional<waited> ask(const std::string& id, const symbol& name, const plan_body& body) {
    {
      const std::lock_guard lock(mutex_);
      trips_.clear();
    }
    const auto before = verdicts_.count();
    const auto offered = steady::now();
    pipeline_.offer({pipeline_.a_plan(id, name, body)});
    bench::wait_for("a verdict", patience, [&] { return verdicts_.count() > before; });
    const auto v = verdicts_.of(id);
    const std::lock_guard lock(mutex_);
    if (!trips_.contains(name.str())) {
      // Another read may have served it, but some read must have.
      if (v.truth_age > stale_after)
        bench::give_up("a plan was judged on stale truth without a read");
      return std::nullopt;
    }
    return waited{trips_.at(name.str()), bench::us_between(offered, v.judged),
                  bench::us_between(offered, v.durable)};
  }

  /// So many plans at once, each on a symbol of its own.
  struct crowd {
    std::size_t reads{0};  ///< Of positions, as the venue got them.
    double last_judged{0};
    double last_durable{0};
  };
  crowd ask_together(const std::string& round, std::size_t plans) {
    std::vector<plan> all;
    for (std::size_t n = 0; n < plans; ++n)
      all.push_back(pipeline_.a_plan(fmt::format("{}-{}", round, n), names_[n], reduce_plan{}));
    const auto reads_before = reads_at_venue();
    const auto before = verdicts_.count();
    const auto offered = steady::now();
    pipeline_.offer(std::move(all));
    bench::wait_for("all verdicts", patience, [&] { return verdicts_.count() == before + plans; });
    crowd c;
    for (std::size_t n = 0; n < plans; ++n) {
      const auto v = verdicts_.of(fmt::format("{}-{}", round, n));
      c.last_judged = std::max(c.last_judged, bench::us_between(offered, v.judged));
      c.last_durable = std::max(c.last_durable, bench::us_between(offered, v.durable));
    }
    c.reads = reads_at_venue() - reads_before;
    return c;
  }

  [[nodiscard]] const symbol& name(std::size_t n) const { return names_.at(n); }
  [[nodiscard]] bool allowed(const std::string& id) const { return verdicts_.of(id).allowed; }

 private:
  void hear(const std::vector<record>& records) {
    const auto now = steady::now();
    for (const auto& r : records)
      if (const auto* j = std::get_if<plan_judged>(&r.body))
        verdicts_.add(j->plan.str(),
                      {j->seen.now.steady, now, j->outcome.kind == verdict_kind::allow,
                       between(j->seen.position.as_of, j->seen.now.steady)});
  }
  void see_read(const read_result<snapshot>& r) {
    if (!r)
      return;
    const std::lock_guard lock(mutex_);
    trips_[r->scope.str()] = bench::us_between(r->sent_at, r->received_at);
  }
  [[nodiscard]] std::size_t reads_at_venue() const {
    return static_cast<std::size_t>(std::ranges::count_if(
        venue_->transcript(), [](const auto& e) { return e.path == "/fapi/v3/positionRisk"; }));
  }
  bench::observers observers() {
    bench::observers o;
    o.reads = [this](const read_result<snapshot>& r) { see_read(r); };
    return o;
  }

  std::mutex mutex_{};
  std::map<std::string, double> trips_{};  ///< Of the last read of each scope.
  verdicts verdicts_{};
  std::unique_ptr<simulator::server> venue_{simulator::server::start(venue_settings()).value()};
  std::vector<symbol> names_{venue_->symbols()};
  bench::whole_pipeline pipeline_{pipeline_settings(), std::make_shared<bench::observed_exchange>(
                                                           bench::client_of(*venue_), observers())};
};

/// Exits of positions that are flat, or entries that are let through.
std::string measure_single(scene& world, const std::string& lane, std::size_t first, int plans,
                           const plan_body& body) {
  std::vector<double> trips;
  std::vector<double> judged;
  std::vector<double> durable;
  int allowed = 0;
  int served = 0;  // By a read of the whole account, which all symbols are fresh after.
  for (int n = 0; n - served < plans; ++n) {
    const auto id = fmt::format("{}-{}", lane, n);
    const auto w = world.ask(id, world.name(first + static_cast<std::size_t>(n)), body);
    allowed += world.allowed(id) ? 1 : 0;
    if (!w) {
      if (++served > plans / 10)
        bench::give_up("too many plans were judged without reads of their own");
      scene::let_grow_stale();
      continue;
    }
    trips.push_back(w->round_trip);
    judged.push_back(w->judged - w->round_trip);
    durable.push_back(w->durable - w->round_trip);
  }
  return fmt::format(R"("{}":{{"plans":{},"served_by_others":{},"allowed":{},{},{},{}}})", lane,
                     plans, served, allowed, bench::text_of_us("round_trip", trips),
                     bench::text_of_us("verdict_beyond_round_trip", judged),
                     bench::text_of_us("durable_beyond_round_trip", durable));
}

std::string measure_together(scene& world, std::size_t plans, int rounds) {
  std::size_t most = 0;
  std::vector<double> judged;
  std::vector<double> durable;
  for (int n = 0; n < rounds; ++n) {
    scene::let_grow_stale();
    const auto c = world.ask_together(fmt::format("round-{}", n), plans);
    most = std::max(most, c.reads);
    judged.push_back(c.last_judged);
    durable.push_back(c.last_durable);
  }
  return fmt::format(R"("together":{{"plans":{},"rounds":{},"reads_at_venue_max":{},{},{}}})",
                     plans, rounds, most, bench::text_of_us("last_verdict", judged),
                     bench::text_of_us("last_durable", durable));
}

}  // namespace

int main(int count, char** words) {
  const int longer = bench::times_longer(count, words);
  scene world;
  const auto together = measure_together(world, 500, 10 * longer);
  scene::let_grow_stale();
  const auto exit_text = measure_single(world, "exit", 0, 260, reduce_plan{});
  open_plan entry;
  entry.value = notional::whole(100);
  const auto entry_text = measure_single(world, "entry", 280, 260, entry);
  fmt::print(R"({{"bench":"urgent","symbols":{},"venue_latency_ms":{},{},{},{}}})"
             "\n",
             symbols, latency.count(), exit_text, entry_text, together);
  return 0;
}
