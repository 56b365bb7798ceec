// The loop of a run: messages, time, crashes and starts, in an order that the seed chooses.
#include "simulation.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "sluice/journal/record_json.hpp"

namespace sluice::simulation {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t wall_begin_ms = 1'790'000'000'000;
/// Faults begin after the first start and end long before the end, so that this can be judged.
constexpr milliseconds calm_begin = 15s;
constexpr milliseconds calm_end = 90s;
/// In that calm, so long before the end, all must work: an entry, and an exit of every position.
constexpr milliseconds last_wishes = 25s;

simulator::settings venue_settings(draws& d, std::uint64_t seed) {
  simulator::settings s;
  s.symbols = 5;
  s.closed_symbols = 0;
  s.seed = seed;
  s.latency = d.time(20ms, 300ms);
  s.latency_jitter = d.time(0ms, 100ms);
  s.volatility_bp = d.between(2, 25);
  s.fills_max = d.between(1, 4);
  s.trading.thin_book_percent = d.chance(40) ? d.between(5, 30) : 0;
  s.trading.events =
      d.chance(50) ? simulator::event_order::documented : simulator::event_order::shuffled;
  s.trading.conflict =
      d.chance(50) ? simulator::reduce_conflict::refuse : simulator::reduce_conflict::knock_out;
  s.oversized =
      d.chance(50) ? simulator::oversized_reduce::shrink : simulator::oversized_reduce::reject;
  s.retry_after =
      d.chance(50) ? simulator::retry_after_header::sent : simulator::retry_after_header::omitted;
  s.account.api_key = "simulatedkey";
  s.account.api_secret = "simulatedsecret";
  if (d.chance(60))
    s.account.initial_positions = {{symbol("ETHUSDT"), quantity::parse("0.05").value()},
                                   {symbol("SOLUSDT"), quantity::parse("-2").value()}};
  return s;
}

config::settings product_settings(draws& d, const std::filesystem::path& directory) {
  config::settings s;
  s.mode = run_mode::testnet;
  s.account = "sim";
  s.exchange.rest_url = "https://venue.invalid";
  s.exchange.stream_url = "wss://venue.invalid";
  s.journal.state_dir = directory.string();
  s.log.to_stderr = false;
  s.log.level = status::log_level::error;
  s.gate.limits.cooldown = d.time(0s, 5s);
  s.gate.limits.allow_add = d.chance(40);
  s.limits.limits = {};
  s.exits.stop_bp = d.between(20, 200);
  s.reconcile.foreign = d.chance(50) ? foreign_policy::adopt : foreign_policy::hold;
  s.protective_stops.enabled = d.chance(60);
  s.dead_man.enabled = d.chance(40);
  s.executor.exit_collar_bp = d.chance(30) ? 20 : 0;
  return s;
}

}  // namespace

scratch::scratch() {
  const auto memory = std::filesystem::exists("/dev/shm") ? std::filesystem::path("/dev/shm")
                                                          : std::filesystem::temp_directory_path();
  auto pattern = (memory / "sluice-simulation-XXXXXX").string();
  path = ::mkdtemp(pattern.data());
}

scratch::~scratch() {
  std::error_code ignored;
  std::filesystem::remove_all(path, ignored);
}

simulation::simulation(options chosen) : chosen_(std::move(chosen)), plan_draws_(chosen_.seed) {}

simulation::~simulation() = default;

outcome simulation::run() {
  const scratch files;
  const auto venue = venue_settings(plan_draws_, chosen_.seed);
  machine_.directory = files.path / "state";
  machine_.chosen = product_settings(plan_draws_, machine_.directory);
  machine_.api_key = venue.account.api_key;
  machine_.api_secret = venue.account.api_secret;
  disk_ = std::make_unique<simulated_disk>(plan_draws_.raw());
  world_ = std::make_unique<world>(plan_draws_.raw(), venue, wall_begin_ms);
  world_->reader = chosen_.trace;
  machine_.booted = instant{world_->now() - std::chrono::minutes{30}};
  std::vector<std::string> names;
  for (const auto& s : world_->venue->symbols())
    names.push_back(s.str());
  work_ = std::make_unique<workload>(*world_, plan_draws_, names);
  work_->watch = [this](const std::string& id, const std::string& on) {
    phases_.offered(plan_id(id), symbol(on));
  };
  watch_network();
  watch_disk();
  const auto begin = world_->now();
  schedule_work();
  schedule_faults();
  // Exits must work on such a disk, too: in the calm at the end every one is judged. Where the book
  // is thin each takes three orders, and an order two commits: 15 s would not do.
  const bool stays_slow = plan_draws_.chance(5) && venue.trading.thin_book_percent == 0;
  if (chosen_.faults == with_faults::yes && stays_slow)
    slow_disk_down({plan_draws_.time(2s, 3s), chosen_.span});
  invite_stranger();
  live_until(begin + chosen_.span - calm_end);
  world_->trace("the calm at the end begins");
  quiet_ = true;
  armed_.clear();
  disk_->disarm();
  for (const auto& s : world_->venue->symbols())
    (void)world_->venue->cancel_open(s, world_->moment());  // People clear away what they left.
  world_->pump();
  if (process_)
    work_->call_it_a_day(*process_);
  live_until(begin + chosen_.span - last_wishes);
  demand_service();
  live_until(begin + chosen_.span);
  look_at_end();
  collect();
  process_.reset();
  world_.reset();
  disk_.reset();
  return std::move(result_);
}

/// An entry first, on a symbol that the exits leave alone.
void simulation::demand_service() {
  auto& seen = result_.seen;
  if (!process_) {
    seen.ready_in_calm = false;
    seen.why_not_ready_in_calm = "no process runs";
    return;
  }
  seen.calm_look_at = world_->age().count();
  const auto asked = process_->ask("GET", "/readyz", "");
  while (process_->step()) {
  }
  const auto answer = process_->answer_of(asked);
  seen.ready_in_calm = answer && answer->status == 200;
  if (!seen.ready_in_calm)
    seen.why_not_ready_in_calm = answer ? answer->body : "no answer";
  std::set<std::string> held;
  const auto books = world_->venue->books(world_->moment());
  for (const auto& p : books.accounts.front().positions)
    if (!p.amount.is_zero())
      held.insert(p.instrument.str());
  for (const auto& s : world_->venue->symbols())
    if (!held.contains(s.str()) && seen.wanted_open.empty())
      seen.wanted_open = work_->open_last(*process_, s.str());
  for (const auto& name : held) {
    work_->close_last(*process_, name);
    seen.wanted_flat.push_back(name);
  }
}

void simulation::start_process() {
  disk_->restart();
  result_.seen.wire.push_back({world_->age().count(), oracle::wire_event::restarted});
  world_->trace("a process starts");
  // In the midst of its first commits, with what a killed one may have left.
  if (result_.restarts > 0 && !quiet_ && world_->random.chance(5))
    disk_->crash_after(world_->random.between(1, 12),
                       world_->random.chance(50) ? crash_kind::power : crash_kind::process);
  process_ = std::make_unique<process>(*world_, *disk_, machine_, [this](const auto& records) {
    for (const auto& r : records) {
      seen_at_[r.seq] = world_->age().count();
      note_durable(r);
      phases_.recorded(r);
    }
  });
  if (process_->refusal().empty())
    return;
  if (!disk_->crashed())
    result_.seen.not_started.push_back(process_->refusal());
  bury("did not start: " + process_->refusal());
}

/// One that is told twice under its number must be the same.
void simulation::note_durable(const record& r) {
  auto text = journal::to_json(r);
  if (chosen_.trace)
    world_->trace(fmt::format("#{} {}", r.seq, text));
  const auto [at, is_new] = result_.seen.told_durable.try_emplace(r.seq, text);
  if (!is_new && at->second != text)
    result_.seen.unverified.push_back(
        fmt::format("record {} was told to be durable, then another: {}", r.seq, at->second));
}

/// Whoever goes on after it may believe what nobody keeps.
void simulation::watch_failed_sync() {
  constexpr milliseconds end_within = 5s;
  if (!process_ || !disk_->sync_failed()) {
    sync_failed_at_.reset();
    return;
  }
  if (!sync_failed_at_)
    sync_failed_at_ = world_->now();
  else if (world_->now() - *sync_failed_at_ > end_within && result_.seen.unverified.empty())
    result_.seen.unverified.emplace_back("a process lives on after a sync that failed");
}

/// A journal that failed has an exit code of its own, which tells the service manager to stay away.
void simulation::bury_ended(int code) {
  constexpr int journal_failed = 74;
  if (disk_->sync_failed() && code != journal_failed)
    result_.seen.unverified.push_back(fmt::format("exit {} after a sync that failed", code));
  bury(fmt::format("exit {}", code));
}

/// Whatever it still says reaches nobody.
void simulation::bury(const std::string& why) {
  world_->trace("the process is gone: " + why);
  const bool power = disk_->crashed();
  process_.reset();
  phases_.forget();
  work_->forget_waiting();
  ++result_.restarts;
  if (power && plan_draws_.chance(50)) {
    machine_.booted = world_->now();  // The steady clock began anew with the machine.
    disk_->lose_power();
  }
  next_start_ = world_->now() + world_->random.time(200ms, 4s);
}

void simulation::after_step() {
  for (std::size_t i = 0; i < armed_.size(); ++i) {
    const auto& f = faults_[armed_[i]];
    if (const auto on = phases_.somewhere_in(f.wanted)) {
      const auto which = armed_[i];
      armed_.erase(armed_.begin() + static_cast<std::ptrdiff_t>(i));
      strike(faults_[which], f.wanted);
      return;
    }
  }
}

void simulation::live_until(instant end) {
  while (world_->now() < end) {
    if (!process_ && world_->now() >= next_start_)
      start_process();
    bool busy = false;
    while (process_ && process_->step()) {
      after_step();
      if (disk_->crashed())
        bury("crash");
      else if (process_->ended())
        bury_ended(*process_->ended());
      else if (world_->random.chance(2)) {
        busy = true;  // The stages are slow now and then: something comes in before they go on.
        break;
      }
    }
    if (process_) {
      if (disk_->crashed())
        bury("crash");
      else
        work_->hear(*process_);
      watch_failed_sync();
    }
    auto next = std::min(world_->next_due(), end);
    if (process_) {
      if (const auto timer = process_->next_timer())
        next = std::min(next, std::max(*timer, world_->now()));
      if (busy)
        next = std::min<instant>(next, world_->now() + world_->random.time(1ms, 5ms));
    } else {
      next = std::min(next, next_start_);
    }
    world_->move_to(next);
    if (process_)
      process_->follow_time();
  }
}

void simulation::schedule_work() {
  const auto wait = plan_draws_.time(300ms, 9s);
  world_->after(wait, [this] {
    if (process_ && !disk_->crashed() && !quiet_)
      work_->act(*process_);
    schedule_work();
  });
}

/// Where what strangers do is held against: producers keep off one symbol until then.
void simulation::invite_stranger() {
  if (chosen_.faults == with_faults::no || !plan_draws_.chance(50))
    return;
  const auto all = world_->venue->symbols();
  const auto on = plan_draws_.one_of(all);
  const auto books = world_->venue->books(world_->moment());
  const auto& held = books.accounts.front().positions;
  if (machine_.chosen.reconcile.foreign != foreign_policy::hold ||
      std::ranges::find(held, on, &simulator::ledger_position::instrument) != held.end())
    return;
  work_->keep_off(on.str());
  schedule_stranger(on, plan_draws_.time(20s, 120s));
}

void simulation::schedule_faults() {
  if (chosen_.faults == with_faults::no)
    return;
  faults_ = draw_faults(plan_draws_, calm_begin, chosen_.span - calm_end);
  for (std::size_t i = 0; i < faults_.size(); ++i)
    world_->after(faults_[i].at, [this, i] { arm(i); });
}

/// Waits for a plan in the phase that it is crossed with, some time; then it happens anyhow.
void simulation::arm(std::size_t fault) {
  if (quiet_)
    return;
  armed_.push_back(fault);
  world_->after(world_->random.time(2s, 15s), [this, fault] {
    const auto at = std::ranges::find(armed_, fault);
    if (at == armed_.end())
      return;
    armed_.erase(at);
    if (!quiet_)
      strike(faults_[fault], std::nullopt);
  });
}

}  // namespace sluice::simulation
