// What durability costs: verdicts a second through the journal's actor, an intent before its order,
// a plan on its way to the wire, and a start on a million records; beside them the same disk's bare
// fdatasync, and beside the way to the wire one thread that wakes another.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <filesystem>
#include <map>
#include <mutex>

#include "observed_exchange.hpp"
#include "sluice/actors/journal_writer.hpp"
#include "sluice/actors/scheduler.hpp"
#include "waiting.hpp"
#include "wake_floor.hpp"
#include "whole_pipeline.hpp"

using namespace sluice;
using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

namespace {

constexpr std::size_t floor_syncs = 1'000;
constexpr std::size_t verdicts_in_all = 40'000;
constexpr std::size_t intents_in_all = 1'000;
constexpr std::size_t crowds = 100;
constexpr std::size_t before_an_intent = 100;
constexpr std::size_t behind_an_intent = 1'000;
constexpr std::size_t plans_on_the_wire = 500;
constexpr std::size_t records_of_a_life = 7;
constexpr std::size_t lives = 143'000;        // A million records and one thousand,
constexpr milliseconds between_lives{4'320};  // 20,000 plans a day.
constexpr milliseconds patience{60'000};

std::filesystem::path own_folder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "sluice-bench-XXXXXX").string();
  return ::mkdtemp(pattern.data());
}

double ms_since(instant begin) {
  return bench::us_between(begin, steady::now()) / 1'000;
}

// ---- the floor

/// One page appended and synced, again and again, on the disk that the journals are on.
std::string measure_floor(const std::filesystem::path& folder) {
  const auto path = folder / "bare";
  const int file = ::open(path.c_str(), O_CREAT | O_WRONLY | O_APPEND, 0600);
  const std::array<char, 4'096> page{};
  std::vector<double> us;
  for (std::size_t i = 0; i < floor_syncs; ++i) {
    const auto begin = steady::now();
    if (::write(file, page.data(), page.size()) < 0 || ::fdatasync(file) != 0)
      bench::give_up("the disk refuses a page");
    us.push_back(bench::us_between(begin, steady::now()));
  }
  ::close(file);
  return bench::text_of_us("bare_fdatasync", std::move(us));
}

// ---- records as a pipeline makes them

plan a_plan(std::size_t i) {
  plan p;
  p.id = plan_id(fmt::format("plan-{:016x}", stable_hash(std::to_string(i))));
  p.source = source_id("strategy");
  p.instrument = symbol(fmt::format("SYM{}USDT", i % 566));
  open_plan body;
  body.amount = quantity::whole(1);
  p.body = body;
  p.received = {steady::now(), {1'795'000'000'000 + static_cast<std::int64_t>(i)}};
  p.deadline = p.received.steady + 60s;
  p.deadline_wall = {p.received.wall.ms + 60'000};
  return p;
}

plan_judged a_verdict(const plan& p) {
  plan_judged b{.plan = p.id, .instrument = p.instrument, .traffic = lane_of(p)};
  b.outcome.kind = verdict_kind::allow;
  b.outcome.terms = order_terms{.direction = side::buy, .amount = quantity::whole(1)};
  b.seen.now = p.received;
  b.seen.position.content = position_flat{};
  b.seen.instrument = instrument_facts{.tradable = true, .step = quantity::whole(1)};
  b.seen.mark = price::whole(100);
  return b;
}

std::array<record_body, records_of_a_life> life_of(std::size_t i) {
  const auto p = a_plan(i);
  const client_order_id id(fmt::format("sl-bench-{}", i));
  order_request q{.id = id, .instrument = p.instrument, .amount = quantity::whole(1)};
  const auto change = [&](order_state s) {
    return order_changed{.order = id,
                         .plan = p.id,
                         .instrument = p.instrument,
                         .state = s,
                         .venue_id = static_cast<order_id>(i + 1)};
  };
  fill f{.instrument = p.instrument, .id = static_cast<trade_id>(i + 1), .client_id = id};
  f.amount = quantity::whole(1);
  f.at = price::whole(100);
  f.fee = notional::from_raw(4'000'000);
  f.fee_asset = "USDT";
  return {
      plan_accepted{p},
      a_verdict(p),
      order_intended{.plan = p.id, .request = q},
      change(order_state::acknowledged),
      change(order_state::filled),
      fill_recorded{.what = f, .plan = p.id, .entry_after = price::whole(100)},
      plan_finished{
          .plan = p.id, .instrument = p.instrument, .executed = quantity::whole(1), .orders = 1}};
}

// ---- the journal's actor

class counts_commits : public actors::records_watcher::base {
 public:
  counts_commits(caf::actor_config& config, std::shared_ptr<std::atomic<std::size_t>> seen)
      : actors::records_watcher::base(config), seen_(std::move(seen)) {}
  behavior_type make_behavior() override {
    return {[this](const actors::records_committed& c) { *seen_ += c.records->size(); }};
  }

 private:
  std::shared_ptr<std::atomic<std::size_t>> seen_;
};

actors::services quiet_services() {
  actors::services given;
  status::log_settings quiet;
  quiet.level = status::log_level::error;
  given.vitals = std::make_shared<actors::vitals>();
  given.log = std::shared_ptr<status::logger>(status::logger::start(quiet));
  given.metrics = std::make_shared<status::metrics>();
  return given;
}

/// Verdicts one message each, as the gate sends them, until the last is durable; then intents one
/// after the other, each waiting for the one before.
std::string measure_actor(const std::filesystem::path& folder) {
  caf::actor_system_config config;
  actors::configure_scheduler(config);
  caf::actor_system system(config);
  const auto given = quiet_services();
  auto writer = actors::spawn_journal_writer(
      system, given, journal::store::open(folder / "actor.sqlite").value(), {});
  auto seen = std::make_shared<std::atomic<std::size_t>>(0);
  auto watcher = system.spawn<counts_commits>(seen);
  caf::anon_send(writer, actors::watch_records{watcher});
  std::vector<actors::append> wanted;
  for (std::size_t i = 0; i < verdicts_in_all; ++i)
    wanted.push_back({{a_verdict(a_plan(i))}});
  auto begin = steady::now();
  for (auto& one : wanted)
    caf::anon_send(writer, std::move(one));
  bench::wait_for("durable verdicts", patience, [&] { return *seen == verdicts_in_all; });
  const auto per_second = static_cast<double>(verdicts_in_all) / ms_since(begin) * 1'000;
  const auto commits = given.vitals->commits.load();

  std::vector<double> us;
  caf::scoped_actor self{system};
  for (std::size_t i = 0; i < intents_in_all; ++i) {
    actors::append_durable intent;
    intent.bodies.push_back(std::get<order_intended>(life_of(i)[2]));
    begin = steady::now();
    self->request(writer, patience, std::move(intent))
        .receive([](const actors::appended&) {},
                 [](const caf::error&) { bench::give_up("an intent was not made durable"); });
    us.push_back(bench::us_between(begin, steady::now()));
  }
  caf::anon_send_exit(watcher, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(writer, caf::exit_reason::user_shutdown);
  return fmt::format(R"("durable_verdicts_per_s":{:.0f},"commits":{},{})", per_second, commits,
                     bench::text_of_us("durable_intent", std::move(us)));
}

/// Intents that find records before and behind them: each from its send to its answer.
std::string measure_crowd(const std::filesystem::path& folder) {
  caf::actor_system_config config;
  actors::configure_scheduler(config);
  caf::actor_system system(config);
  auto writer = actors::spawn_journal_writer(
      system, quiet_services(), journal::store::open(folder / "crowd.sqlite").value(), {});
  auto seen = std::make_shared<std::atomic<std::size_t>>(0);
  auto watcher = system.spawn<counts_commits>(seen);
  caf::anon_send(writer, actors::watch_records{watcher});
  caf::scoped_actor self{system};
  std::vector<actors::append> made;
  const auto send = [&](std::size_t from, std::size_t until) {
    for (auto i = from; i < until; ++i)
      caf::anon_send(writer, std::move(made[i]));
  };
  std::vector<double> us;
  for (std::size_t i = 0; i < crowds; ++i) {
    made.clear();
    for (std::size_t k = 0; k < before_an_intent + behind_an_intent; ++k)
      made.push_back({{a_verdict(a_plan(k))}});
    send(0, before_an_intent);
    const auto begin = steady::now();
    actors::append_durable intent;
    intent.bodies.push_back(std::get<order_intended>(life_of(i)[2]));
    auto asked = self->request(writer, patience, std::move(intent));
    send(before_an_intent, made.size());
    asked.receive([](const actors::appended&) {},
                  [](const caf::error&) { bench::give_up("an intent was not made durable"); });
    us.push_back(bench::us_between(begin, steady::now()));
    const auto all = (i + 1) * (before_an_intent + 1 + behind_an_intent);
    bench::wait_for("durable verdicts", patience, [&] { return *seen == all; });
  }
  caf::anon_send_exit(watcher, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(writer, caf::exit_reason::user_shutdown);
  return bench::text_of_us("intent_in_a_crowd", std::move(us));
}

// ---- the way to the wire

std::string measure_wire() {
  simulator::settings s;
  s.symbols = 566;
  s.closed_symbols = 0;
  s.latency = 1ms;
  s.weight_limit_1m = 0;
  s.order_limit_10s = 0;
  s.order_limit_1m = 0;
  const auto venue = simulator::server::start(s).value();
  std::atomic<std::int64_t> left_ns{0};
  bench::observers seen;
  seen.order = [&](const order_request&) { left_ns = steady::now().time_since_epoch().count(); };
  auto chosen = bench::quiet_settings();
  chosen.gate.limits.cooldown = 0ms;
  chosen.gate.limits.allow_add = true;
  bench::whole_pipeline pipeline(
      chosen, std::make_shared<bench::observed_exchange>(bench::client_of(*venue), seen));
  if (!pipeline.wait_until_ready(s.symbols, 30s))
    bench::give_up("getting ready");
  const auto u = pipeline.given().universe->current();
  std::vector<double> us;
  bench::wake_floor floor;
  for (std::size_t i = 0; i < plans_on_the_wire; ++i) {
    const auto& name = u->instruments[i % u->instruments.size()];
    open_plan body;
    body.value = notional::whole(1'000);
    left_ns = 0;
    const auto offered = steady::now();
    pipeline.offer({pipeline.a_plan(fmt::format("wire-{}", i), name.instrument, body)});
    bench::wait_for("an order", 10s, [&] { return left_ns != 0; });
    us.push_back(bench::us_between(offered, instant{steady::duration{left_ns}}));
  }
  const auto wakes = bench::text_of_us("wake_floor", floor.take());
  return bench::text_of_us("plan_to_wire", std::move(us)) + "," + wakes;
}

// ---- the start

std::string measure_start(const std::filesystem::path& folder) {
  const auto path = folder / "grown.sqlite";
  {
    auto store = journal::store::open(path).value();
    for (std::size_t i = 0; i < lives; ++i) {
      for (auto& body : life_of(i)) {
        record r{0,
                 {steady::now(), {static_cast<std::int64_t>(i) * between_lives.count()}},
                 std::move(body)};
        if (!store->append(r))
          bench::give_up("a record was refused");
      }
      if (i % 500 == 499 && !store->commit())
        bench::give_up("a commit failed");
    }
    if (!store->commit())
      bench::give_up("the last commit failed");
  }
  const auto bytes = std::filesystem::file_size(path);
  const auto begin = steady::now();
  auto store = journal::store::open(path).value();
  const auto found = store->recover().value();
  const auto took = ms_since(begin);
  if (found.plans.size() != lives || !found.undecided_plans.empty() ||
      !found.unfinished_plans.empty() || !found.unresolved_orders.empty())
    bench::give_up("the start did not find what was written");
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  return fmt::format(
      R"("start":{{"records":{},"ms":{:.0f},"bytes_per_plan":{},"peak_rss_mib":{}}})",
      lives * records_of_a_life, took, bytes / lives, used.ru_maxrss / 1'024);
}

}  // namespace

int main() {
  const auto folder = own_folder();
  const auto bare = measure_floor(folder);
  const auto actor = measure_actor(folder);
  const auto crowd = measure_crowd(folder);
  const auto wire = measure_wire();
  const auto start = measure_start(folder);
  fmt::print(R"({{"bench":"journal",{},{},{},{},{}}})"
             "\n",
             bare, actor, crowd, wire, start);
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);
  return 0;
}
