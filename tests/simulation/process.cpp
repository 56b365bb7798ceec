// Starts, drives and kills one process.
#include "process.hpp"

#include <fmt/format.h>
#include <caf/all.hpp>

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "answer_slot.hpp"
#include "sluice/actors/recovery.hpp"
#include "sluice/actors/status.hpp"
#include "sluice/exchange/client.hpp"

namespace sluice::simulation {

struct process::pending_answers {
  std::uint64_t last{0};
  std::shared_ptr<status::reader_seats> seats{std::make_shared<status::reader_seats>(0)};
  std::unordered_map<std::uint64_t, std::shared_ptr<status::answer_slot>> slots{};
};

namespace {

// As a function with an argument: CAF takes a null pointer to the arguments of one without any,
// which the standard library's assertions of the release preset refuse.
caf::behavior passing_records_on(caf::event_based_actor*, const process::records_seen& seen) {
  return {[seen](const actors::records_committed& committed) { seen(*committed.records); }};
}
}  // namespace

process::process(world& w, simulated_disk& disk, machine& on, records_seen seen)
    : world_(w),
      disk_(disk),
      machine_(on),
      random_(w.random.raw()),
      answers_(std::make_unique<pending_answers>()) {
  config_.set("scheduler.policy", caf::atom("testing"));
  system_ = std::make_unique<caf::actor_system>(config_);
  scheduler_ = &dynamic_cast<caf::scheduler::test_coordinator&>(system_->scheduler());
  scheduler_->clock().current_time = here(world_.now());
  if (!start(std::move(seen)) && refusal_.empty())
    refusal_ = "it did not start";
}

instant process::here(instant of_world) const {
  return instant{of_world - machine_.booted};
}

void process::make_client() {
  exchange::extras additions;
  additions.steady_now = [this] { return here(world_.now()); };
  additions.wall_now = [this] { return wall_time{world_.our_wall_ms()}; };
  additions.seed = static_cast<std::uint32_t>(world_.random.raw());
  additions.load_stops = [this] { return machine_.stops; };
  additions.save_stops = [this](const exchange::kept_stops& stops) {
    if (!disk_.crashed())
      machine_.stops = stops;
  };
  additions.observer = [this](exchange::log_level, std::string_view event, std::string_view text) {
    auto line = fmt::format("client {} {}", event, text);
    world_.trace(line);
    if (world_.watch.logged)
      world_.watch.logged(std::move(line));
  };
  exchange::credentials keys{exchange::secret(std::string(machine_.api_key)),
                             exchange::secret(std::string(machine_.api_secret))};
  auto made =
      exchange::make_client(machine_.chosen.exchange, std::move(keys), std::move(additions));
  if (!made)
    refusal_ = "client: " + made.error().text;
  else
    given_.exchange = std::move(*made);
}

bool process::start(records_seen seen) {
  const auto& chosen = machine_.chosen;
  const auto path = journal::journal_path(chosen.journal);
  journal::store_options opening;
  opening.log_laid_out = log_laid_out;
  auto store = journal::store::open(path, opening);
  if (!store) {
    refusal_ = "journal: " + store.error().text;
    return false;
  }
  auto found = (*store)->recover();
  auto reader = journal::reader::open(path);
  if (!found || !reader) {
    refusal_ = "journal: " + (found ? reader.error().text : found.error().text);
    return false;
  }
  make_client();
  if (!refusal_.empty())
    return false;
  keeper_ = std::make_shared<truth_keeper>(truth_keeper::options{});
  given_.table = keeper_->table();
  given_.marks = std::make_shared<mark_board>(keeper_->directory());
  given_.universe = std::make_shared<universe_board>();
  given_.vitals = std::make_shared<actors::vitals>();
  given_.log = status::logger::start(chosen.log);
  given_.metrics = std::make_shared<status::metrics>();
  given_.mode = chosen.mode;
  given_.account = chosen.account;
  given_.time = actors::timekeeper([this](instant at) {
    return wall_time{world_.our_wall_ms() + between(here(world_.now()), at).count()};
  });
  const auto began = given_.time.at(now());
  auto first = actors::settle_undecided(*found, began);
  first.emplace_back(notice{"process_started", "simulated"});
  all_ = actors::spawn_pipeline(
      *system_,
      {chosen, build_, given_, keeper_, std::move(*store), std::move(*reader), std::move(*found),
       actors::journal_thread::shared, [this](int code) { ended_ = code; }},
      began);
  const auto watcher = system_->spawn(passing_records_on, std::move(seen));
  caf::anon_send(all_->journal,
                 actors::watch_records{caf::actor_cast<actors::records_watcher>(watcher)});
  gateway_ = actors::http_gateway(given_.log, all_->intake, all_->status,
                                  {std::make_shared<actors::guard_post>(), given_.metrics});
  actors::start_pipeline(all_, std::move(first));
  return true;
}

process::~process() {
  if (!disk_.crashed() && !ended_)
    disk_.crash_now(crash_kind::process);
  gateway_ = nullptr;
  answers_.reset();
  if (given_.exchange)
    given_.exchange->close();
  if (all_) {
    const auto& a = *all_;
    const auto kill = [](const auto& stage) {
      if (stage)
        caf::anon_send_exit(stage, caf::exit_reason::kill);
    };
    kill(a.supervisor), kill(a.journal), kill(a.executor), kill(a.snapshot_manager), kill(a.gate);
    kill(a.planner), kill(a.intake), kill(a.exit_engine), kill(a.reconciler), kill(a.stop_guard);
    kill(a.dead_man), kill(a.flattener), kill(a.user_stream), kill(a.market_stream);
    kill(a.universe_keeper), kill(a.status), kill(a.watchdog), kill(a.settings_keeper);
  }
  all_.reset();
  finish_commit();
  scheduler_->run();
  given_.exchange.reset();
  scheduler_->run();
  system_.reset();
}

bool process::is_about_to_commit(caf::resumable* job) const {
  auto* journal = caf::actor_cast<caf::abstract_actor*>(all_->journal);
  const bool has_records = given_.vitals->uncommitted_since_ms != 0;
  if (job != dynamic_cast<caf::resumable*>(journal) || !has_records)
    return false;
  const auto* next = journal->peek_at_next_mailbox_element();
  return next && next->content().match_elements<actors::commit_batch>();
}

/// The wait comes before what is written, not amid it: nobody learns of that before its end.
void process::hold_commits() {
  auto& jobs = scheduler_->jobs;
  const auto takes = disk_.commit_takes(world_.now());
  if (takes == milliseconds{0} || committing_)
    return;
  const auto at = std::ranges::find_if(jobs, [this](auto* job) { return is_about_to_commit(job); });
  if (at == jobs.end())
    return;
  committing_ = *at;
  commit_began_ = now();
  commits_at_ = world_.now() + takes;
  jobs.erase(at);
}

void process::finish_commit() {
  if (auto* job = std::exchange(committing_, nullptr)) {
    // To the journal its commit began when the wait did, and its sync is over now.
    auto& clock = scheduler_->clock();
    const auto present = std::exchange(clock.current_time, commit_began_);
    disk_.when_synced([&clock, present] { clock.current_time = present; });
    scheduler_->jobs.push_front(job);
    scheduler_->try_run_once();
    disk_.when_synced(nullptr);
    clock.current_time = present;
  }
}

bool process::step() {
  if (committing_ && world_.now() >= commits_at_) {
    finish_commit();
    return true;
  }
  hold_commits();
  auto& jobs = scheduler_->jobs;
  if (jobs.empty())
    return false;
  const auto at =
      static_cast<std::size_t>(random_.between(0, static_cast<std::int64_t>(jobs.size()) - 1));
  std::swap(jobs.front(), jobs[at]);
  scheduler_->try_run_once();
  return true;
}

std::optional<instant> process::next_timer() const {
  std::optional<instant> next;
  if (committing_)
    next = commits_at_;
  const auto& schedule = scheduler_->clock().schedule();
  if (schedule.empty())
    return next;
  const instant due{schedule.begin()->first + machine_.booted.time_since_epoch()};
  return std::min(due, next.value_or(due));
}

void process::follow_time() {
  // Also when none has passed: what was asked for at this very instant is due.
  scheduler_->advance_time(std::max(here(world_.now()) - now(), duration{0}));
}

std::uint64_t process::ask(std::string method, std::string path, std::string body,
                           status::query_parameters query) {
  auto slot =
      std::make_shared<status::answer_slot>(answers_->seats, 0, status::stream_wish::head_only);
  status::request asked;
  asked.method = std::move(method);
  asked.path = std::move(path);
  asked.body = std::move(body);
  asked.query = std::move(query);
  asked.content_type = "application/json";
  asked.host = "127.0.0.1";
  answers_->slots[++answers_->last] = slot;
  gateway_(std::move(asked), status::responder(slot));
  return answers_->last;
}

std::optional<status::response> process::answer_of(std::uint64_t request) {
  const auto at = answers_->slots.find(request);
  if (at == answers_->slots.end() || !at->second->ready())
    return std::nullopt;
  auto answer = at->second->take();
  answers_->slots.erase(at);
  if (auto* given = std::get_if<status::response>(&answer))
    return std::move(*given);
  return std::nullopt;
}

void process::end_in_order() {
  caf::anon_send(all_->supervisor, actors::end_process{0, "the operator ends it"});
}

}  // namespace sluice::simulation
