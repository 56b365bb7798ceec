// Plan to verdict through the gate's actor while the state table takes updates, and how many plans
// a second are judged back to back. The verdict is taken where it leaves the gate: as a permit at
// the executor, or as a record at the journal.
#include "sluice/actors/gate.hpp"

#include <fmt/format.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "quantiles.hpp"
#include "sluice/actors/scheduler.hpp"
#include "sluice/gate/judge.hpp"
#include "sluice/truth/truth_keeper.hpp"

using namespace sluice;
using namespace std::chrono_literals;
using clock_type = std::chrono::steady_clock;

namespace {

/// Counts verdicts and lets the measuring thread wait for the next one.
struct tally {
  std::atomic<std::uint64_t> verdicts{0};
  std::atomic<std::int64_t> last_ns{0};

  void add(std::size_t count) {
    last_ns.store(clock_type::now().time_since_epoch().count(), std::memory_order_relaxed);
    verdicts.fetch_add(count, std::memory_order_release);
  }
};

class journal_end : public actors::journal_actor::base {
 public:
  journal_end(caf::actor_config& config, std::shared_ptr<tally> counted)
      : base(config), counted_(std::move(counted)) {}
  behavior_type make_behavior() override {
    return {[this](const actors::append& a) { counted_->add(a.bodies.size()); },
            [](const actors::append_durable&) { return actors::appended{}; },
            [](const actors::find_plan&) { return actors::plan_found{}; },
            [](const actors::watch_records&) {},
            [](actors::commit_batch) {},
            [](actors::tick) {},
            [](actors::drain) {}};
  }

 private:
  using base = actors::journal_actor::base;
  std::shared_ptr<tally> counted_;
};

/// Takes permits and frees the symbol at once, as if the order had been refused.
class executor_end : public actors::executor_actor::base {
 public:
  executor_end(caf::actor_config& config, std::shared_ptr<tally> counted)
      : base(config), counted_(std::move(counted)) {}
  behavior_type make_behavior() override {
    return {[this](const actors::meet& m) { gate_ = m.all->gate; },
            [this](const actors::carry_out& permitted) {
              counted_->add(1);
              send(gate_, order_moved{permitted.leave->position(),
                                      permitted.what->id,
                                      flight_step::resolved,
                                      clock_type::now(),
                                      {},
                                      false});
            },
            [](const actors::refused_again&) {},
            [](const actors::open_orders_read&) {},
            [](const actors::order_cancelled&) {},
            [](const actors::order_reported&) {},
            [](const actors::order_answered&) {},
            [](const actors::order_queried&) {},
            [](const actors::order_named&) {},
            [](const actors::fills_read&) {},
            [](const actors::order_pending_changed&) {},
            [](actors::tick) {},
            [](actors::drain) { return actors::drained{}; }};
  }
  void on_exit() override { gate_ = nullptr; }

 private:
  using base = actors::executor_actor::base;
  std::shared_ptr<tally> counted_;
  actors::gate_actor gate_{};
};

class manager_end : public actors::snapshot_manager_actor::base {
 public:
  using actors::snapshot_manager_actor::base::base;
  behavior_type make_behavior() override {
    return {[](const actors::meet&) {},
            [](const actors::read_truths&) {},
            [](const actors::fetch_ended&) {},
            [](const actors::account_moved&) {},
            [](const actors::user_stream_changed&) {},
            [](const actors::universe_refreshed&) {},
            [](const actors::change_freshness&) { return actors::freshness_changed{}; },
            [](const actors::resync&) { return actors::resynced{}; },
            [](const actors::stale_limits_changed&) {},
            [](actors::tick) {}};
  }
};

symbol name_of(std::size_t i) {
  return symbol(fmt::format("SYM{}USDT", i));
}

universe a_universe(std::size_t symbols) {
  universe u;
  for (std::size_t i = 0; i < symbols; ++i) {
    instrument_rules r;
    r.instrument = name_of(i);
    r.tradable = true;
    r.lot = {quantity::from_raw(100'000), quantity::whole(1'000), quantity::from_raw(100'000)};
    r.market_lot = r.lot;
    r.min_notional = notional::whole(5);
    u.index.emplace(r.instrument, i);
    u.instruments.push_back(std::move(r));
  }
  return u;
}

plan_ptr a_plan(std::size_t i, std::size_t symbols) {
  auto p = std::make_shared<plan>();
  p->id = plan_id(fmt::format("p-{}", i));
  p->source = source_id("bench");
  p->instrument = name_of(i % symbols);
  open_plan body;
  body.amount = quantity::whole(1);
  p->body = body;
  p->received = {clock_type::now(), {}};
  p->deadline = clock_type::now() + 60s;
  return p;
}

/// An open plan is held against every position and entry under way, so they are as many as a large
/// account has, however many symbols are listed.
constexpr std::size_t open_positions = 283;

/// Every other symbol has a position until there are as many as that; plans on the others are
/// allowed.
snapshot a_snapshot(std::int64_t turn, std::size_t symbols) {
  snapshot s;
  s.sent_at = clock_type::now();
  s.received_at = s.sent_at;
  for (std::size_t i = 0; i < std::min(symbols, 2 * open_positions); i += 2) {
    position_row r;
    r.position = {name_of(i), position_side::both};
    r.amount = quantity::from_raw(fixed_scale + turn % 1'000);
    r.entry = price::whole(100);
    r.updated_at = venue_time{turn};
    s.rows.push_back(r);
  }
  return s;
}

/// Changes `per_second` positions of the table, in batches of at most 283, until stopped.
class updater {
 public:
  updater(truth_keeper& keeper, int per_second)
      : thread_([&keeper, per_second](const std::stop_token& stop) {
          auto next = clock_type::now();
          const int batch = std::min(per_second / 1'000 + 1, static_cast<int>(open_positions));
          std::int64_t turn = 1'000;
          while (!stop.stop_requested()) {
            account_update u;
            u.transaction_time = venue_time{++turn};
            for (int i = 0; i < batch; ++i)
              u.positions.push_back(
                  {{name_of(static_cast<std::size_t>(2 * i)), position_side::both},
                   quantity::from_raw(fixed_scale + turn % 1'000),
                   price::whole(100)});
            const auto now = clock_type::now();
            (void)keeper.apply(u, now, now);
            next += std::chrono::nanoseconds{1'000'000'000LL * batch / per_second};
            std::this_thread::sleep_until(next);
          }
        }) {}

 private:
  std::jthread thread_;
};

struct latencies {
  double p50_us{0};
  double p99_us{0};
  double p999_us{0};
};

/// Gives out plans of a growing number, over all symbols in turn.
struct plan_maker {
  std::size_t symbols{0};
  std::size_t made{0};
  plan_ptr operator()() { return a_plan(made++, symbols); }
};

latencies one_by_one(const actors::gate_actor& gate, tally& counted, std::size_t plans,
                     plan_maker& next) {
  std::vector<double> us;
  us.reserve(plans);
  for (std::size_t i = 0; i < plans; ++i) {
    const auto p = next();
    const auto before = counted.verdicts.load(std::memory_order_acquire);
    const auto sent = clock_type::now();
    caf::anon_send(gate, actors::judge_plans{{p}});
    while (counted.verdicts.load(std::memory_order_acquire) == before)
      std::this_thread::yield();
    const auto ns =
        counted.last_ns.load(std::memory_order_relaxed) - sent.time_since_epoch().count();
    us.push_back(static_cast<double>(ns) / 1'000.0);
  }
  return {bench::quantile(us, 0.5), bench::quantile(us, 0.99), bench::quantile(us, 0.999)};
}

double back_to_back(const actors::gate_actor& gate, tally& counted, std::size_t plans,
                    plan_maker& next) {
  std::vector<actors::judge_plans> batches;
  for (std::size_t i = 0; i < plans; i += 100) {
    actors::judge_plans batch;
    for (std::size_t k = 0; k < 100; ++k)
      batch.plans.push_back(next());
    batches.push_back(std::move(batch));
  }
  const auto wanted = counted.verdicts.load() + plans;
  const auto begin = clock_type::now();
  for (auto& batch : batches)
    caf::anon_send(gate, std::move(batch));
  const auto limit = begin + 60s;
  while (counted.verdicts.load() < wanted && clock_type::now() < limit)
    std::this_thread::sleep_for(100us);
  const auto seconds = std::chrono::duration<double>(clock_type::now() - begin).count();
  return static_cast<double>(plans) / seconds;
}

/// Boards as the gate finds them in a running process.
actors::services services_of(truth_keeper& keeper, std::size_t symbols) {
  const auto u = std::make_shared<const universe>(a_universe(symbols));
  keeper.register_symbols(*u);
  (void)keeper.apply(a_snapshot(1, symbols));
  status::log_settings quiet;
  quiet.level = status::log_level::error;
  actors::services given;
  given.table = keeper.table();
  given.marks = std::make_shared<mark_board>(keeper.directory());
  given.universe = std::make_shared<universe_board>();
  given.universe->set(u);
  given.vitals = std::make_shared<actors::vitals>();
  given.vitals->exchange(reach{});
  given.log = std::shared_ptr<status::logger>(status::logger::start(quiet));
  given.metrics = std::make_shared<status::metrics>();
  for (std::size_t i = 0; i < symbols; ++i)
    given.marks->set(name_of(i), price::whole(100), clock_type::now() + 1h);
  return given;
}

/// Every rule has something to look at: a line in the books for all, a hold on some.
actors::gate_options options_of(std::size_t symbols) {
  actors::gate_options options;
  options.settings.limits.stale_after_entry = milliseconds{3'600'000};
  for (std::size_t i = 0; i < symbols; ++i) {
    const position_key key{name_of(i), position_side::both};
    options.books.push_back({key, quantity::whole(i % 2 == 0 && i < 2 * open_positions ? 1 : 0)});
    if (i % 20 == 0)
      options.holds.push_back({.id = static_cast<std::int64_t>(i), .position = key});
  }
  return options;
}

/// The figures of one number of symbols, as the members of a JSON object.
std::string measure_gate(std::size_t symbols) {
  truth_keeper::options keeping;
  keeping.capacity = 2 * symbols;
  auto keeper = std::make_shared<truth_keeper>(keeping);
  const auto given = services_of(*keeper, symbols);
  auto counted = std::make_shared<tally>();
  std::string text;
  caf::actor_system_config config;
  actors::configure_scheduler(config);
  caf::actor_system system(config);
  auto all = std::make_shared<actors::peers>();
  all->gate = actors::spawn_gate(system, given, options_of(symbols));
  all->journal = system.spawn<journal_end>(counted);
  all->executor = system.spawn<executor_end>(counted);
  all->snapshot_manager = system.spawn<manager_end>();
  caf::anon_send(all->gate, actors::meet{all});
  caf::anon_send(all->executor, actors::meet{all});
  plan_maker next{symbols};
  for (const int rate : {1'000, 50'000}) {
    const updater running(*keeper, rate);
    (void)one_by_one(all->gate, *counted, 2'000, next);
    const auto l = one_by_one(all->gate, *counted, 10'000, next);
    const auto per_second = back_to_back(all->gate, *counted, 20'000, next);
    text += fmt::format(
        R"(,"updates_{}":{{"p50_us":{:.1f},"p99_us":{:.1f},"p999_us":{:.1f},"plans_per_s":{:.0f}}})",
        rate, l.p50_us, l.p99_us, l.p999_us, per_second);
  }
  const auto over = [](const auto& handle) {
    caf::anon_send_exit(handle, caf::exit_reason::user_shutdown);
  };
  over(all->gate);
  over(all->journal);
  over(all->executor);
  over(all->snapshot_manager);
  return fmt::format(R"("symbols":{}{})", symbols, text);
}

}  // namespace

int main() {
  for (const std::size_t symbols : {566, 10'000})
    fmt::print(R"({{"bench":"gate","rules":{},"open_positions":{},{}}})"
               "\n",
               rules().size(), open_positions, measure_gate(symbols));
  return 0;
}
