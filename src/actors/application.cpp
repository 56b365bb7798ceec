// One run from configuration to exit code; the order of construction is the order of dependence.
#include "sluice/actors/application.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <future>

#include "exchange_setup.hpp"
#include "halt_file.hpp"
#include "insight_pages.hpp"
#include "pipeline.hpp"
#include "plan_file.hpp"
#include "preflight.hpp"
#include "redis_link.hpp"
#include "sluice/actors/access_files.hpp"
#include "sluice/actors/recovery.hpp"
#include "sluice/actors/scheduler.hpp"
#include "sluice/actors/status.hpp"
#include "sluice/exchange/secret.hpp"
#include "sluice/journal/archive.hpp"
#include "sluice/journal/lock.hpp"
#include "sluice/status/http_server.hpp"
#include "start_extension.hpp"
#include "state_owner.hpp"

namespace sluice::actors {
namespace {

/// Of a page that the journal answers: the status actor answers one after another, and an order
/// waits for those that are before it.
constexpr milliseconds page_query_limit{2'000};

/// Everything that outlives the actor system.
struct ground {
  std::shared_ptr<status::logger> log{};
  std::optional<journal::state_lock> lock{};
  std::unique_ptr<journal::store> store{};
  std::unique_ptr<journal::reader> reader{};
  journal::recovered found{};
  exchange_setup exchange{};
  std::shared_ptr<truth_keeper> keeper{};
  std::shared_ptr<status::metrics> metrics{};
  std::shared_ptr<vitals> shown{};
  /// Of the bridge to Redis; none without it.
  std::shared_ptr<redis_outbox> redis{};
  std::unique_ptr<journal::reader> redis_reader{};
  exchange::secret redis_password{};
  access_parts access{};
  std::shared_ptr<guard_post> guard{};
};

/// What stopped a start: the code to exit with, and why.
struct start_failure {
  exit_code code{exit_code::failed};
  std::string what{};
  std::string why{};
};
using step = std::optional<start_failure>;

/// A journal that is too long is no reason not to trade.
void archive_old_records(const config::settings& chosen, const std::filesystem::path& path,
                         status::logger& log) {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  const wall_time now{std::chrono::duration_cast<milliseconds>(since).count()};
  const auto moved = journal::archive_older_than(path, chosen.journal.retention, now,
                                                 {.busy_timeout = chosen.journal.busy_timeout,
                                                  .trade_ids_kept = chosen.journal.trade_ids_kept});
  if (!moved)
    log.error("journal", "archive_failed", {{"why", moved.error().text}});
  else if (moved->put_off)
    log.warn("journal", "archive_put_off",
             {{"why", "the last process had no orderly end and left a position or an order"}});
  else if (!moved->file.empty())
    log.info("journal", "archived",
             {{"file", moved->file.string()}, {"records", std::to_string(moved->records)}});
}

/// A hold has one close, also when its plan is older than those that are given back.
void remember_closes(journal::store& store, journal::recovered& found) {
  for (const auto& h : found.holds) {
    const auto id = close_plan_id(h);
    if (const auto known = store.content_hash_of(id); known && *known != 0)
      found.plans.insert(found.plans.begin(), {stable_hash(id.str()), *known});
  }
}

step open_journal(const config::settings& chosen, ground& g) {
  auto lock = journal::state_lock::acquire(chosen.journal.state_dir);
  if (!lock)
    return start_failure{
        lock.error().code == errc::busy ? exit_code::temporary : exit_code::io_error, "state_dir",
        lock.error().text};
  g.lock.emplace(std::move(*lock));
  const auto path = journal::journal_path(chosen.journal);
  const auto ours = fmt::format("{} {}", to_string(chosen.mode), chosen.account);
  if (auto why = claim_state(chosen.journal.state_dir, path, ours))
    return start_failure{exit_code::config, "state_dir", std::move(*why)};
  journal::store_options options;
  options.busy_timeout = chosen.journal.busy_timeout;
  options.trade_ids_kept = chosen.journal.trade_ids_kept;
  // One more than are remembered says that there are more.
  options.plan_ids_kept = static_cast<std::int64_t>(chosen.intake.remembered_ids_max) + 1;
  archive_old_records(chosen, path, *g.log);
  auto store = journal::store::open(path, options);
  if (!store)
    return start_failure{exit_code::io_error, "journal", store.error().text};
  g.store = std::move(*store);
  if (const auto& fault = g.store->archive_fault(); !fault.empty())
    g.log->warn("journal", "archive_not_named", {{"why", fault}});
  auto found = g.store->recover();
  if (!found)
    return start_failure{exit_code::io_error, "journal", found.error().text};
  g.found = std::move(*found);
  remember_closes(*g.store, g.found);
  auto reader = journal::reader::open(path, chosen.journal.busy_timeout, page_query_limit);
  if (!reader)
    return start_failure{exit_code::io_error, "journal", reader.error().text};
  g.reader = std::move(*reader);
  return {};
}

step open_exchange(const config::settings& chosen, ground& g) {
  auto made = make_exchange(chosen, g.log);
  if (made) {
    g.exchange = std::move(*made);
    return {};
  }
  switch (made.error().code) {
    case errc::not_permitted:
      return start_failure{exit_code::no_permission, "secrets", made.error().text};
    case errc::busy:
      return start_failure{exit_code::unavailable, "simulator", made.error().text};
    case errc::io_failure:
      return start_failure{exit_code::io_error, "exchange", made.error().text};
    default:
      return start_failure{exit_code::config, "exchange", made.error().text};
  }
}

/// The server itself may be away: nothing waits for it here.
step open_redis(const config::settings& chosen, ground& g) {
  if (!chosen.redis.enabled)
    return {};
  if (!chosen.redis.password_file.empty()) {
    auto password = exchange::load_secret_file(chosen.redis.password_file);
    if (!password)
      return start_failure{exit_code::no_permission, "redis", password.error().text};
    g.redis_password = std::move(*password);
  }
  auto reader =
      journal::reader::open(journal::journal_path(chosen.journal), chosen.journal.busy_timeout);
  if (!reader)
    return start_failure{exit_code::io_error, "journal", reader.error().text};
  g.redis_reader = std::move(*reader);
  g.redis = std::make_shared<redis_outbox>();
  return {};
}

std::unique_ptr<redis_link> connect_redis(const config::settings& chosen, ground& g,
                                          const redis_bridge_actor& bridge) {
  redis_sinks tell;
  tell.delivered = [bridge](stream_delivered m) { caf::anon_send(bridge, std::move(m)); };
  tell.answered = [bridge](redis_answered m) { caf::anon_send(bridge, std::move(m)); };
  tell.reached = [bridge](redis_reached m) { caf::anon_send(bridge, std::move(m)); };
  return std::make_unique<redis_link>(
      redis_link_options{chosen.redis, chosen.intake.max_age, g.redis, std::move(tell)},
      std::move(g.redis_password));
}

step read_access(const config::settings& chosen, ground& g) {
  auto read = load_access(chosen);
  if (!read)
    return start_failure{
        read.error().code == errc::not_permitted ? exit_code::no_permission : exit_code::config,
        "secrets", read.error().text};
  g.access = std::move(*read);
  g.guard = std::make_shared<guard_post>(access_guard{g.access.tokens});
  return {};
}

services services_of(const config::settings& chosen, const ground& g) {
  services s;
  s.exchange = g.exchange.client;
  s.table = g.keeper->table();
  s.marks = std::make_shared<mark_board>(g.keeper->directory());
  s.universe = std::make_shared<universe_board>();
  s.vitals = g.shown;
  s.log = g.log;
  s.metrics = g.metrics;
  s.mode = chosen.mode;
  s.account = chosen.account;
  return s;
}

exit_code report(const start_failure& f, status::logger& log) {
  log.error("sluice", "start_failed",
            {{"what", f.what}, {"why", f.why}, {"exit_code", static_cast<int>(f.code)}});
  return f.code;
}

/// An exit that ran out while no process was there is as blocked as any other.
void tell_blocked(const std::vector<record_body>& settled, const ground& g) {
  for (const auto& body : settled)
    if (const auto* told = std::get_if<notice>(&body); told && told->event == "exit_blocked") {
      g.metrics->add(status::metric::exits_blocked, {"interrupted"});
      g.log->error("sluice", "exit_blocked", {{"what", told->text}});
    }
}

std::vector<record_body> first_records(const journal::recovered& found, const build_info& build,
                                       const config::settings& chosen, const stamp& now) {
  auto records = settle_undecided(found, now);
  records.emplace_back(
      notice{"process_started", fmt::format("version {} revision {} config {}", build.version,
                                            build.revision, config_hash(chosen))});
  return records;
}

/// Null when nobody wants them.
std::shared_ptr<dead_letters> letters_of(const intake_settings& in, const ground& g) {
  if (in.dead_letter_file.empty())
    return nullptr;
  return std::make_shared<dead_letters>(in.dead_letter_file, in.dead_letter_size_max, g.log,
                                        g.metrics);
}

pipeline_parts parts_of(const config::settings& chosen, const build_info& build, ground& g) {
  return {chosen,
          build,
          services_of(chosen, g),
          g.keeper,
          std::move(g.store),
          std::move(g.reader),
          std::move(g.found),
          journal_thread::own,
          {},
          {},
          g.redis,
          std::move(g.redis_reader),
          g.access.sources,
          letters_of(chosen.intake, g),
          g.access.tokens.writers.empty() ? order_token::none : order_token::needed,
          {},
          {},
          g.guard};
}

/// Whatever blocks: more time to start is asked for while it runs, and no longer.
step open_all(const config::settings& chosen, ground& g, const service_manager& manager) {
  const start_extension more_time(manager.socket, g.log);
  for (const auto& open : {read_access, open_journal, open_redis, open_exchange})
    if (auto failed = open(chosen, g))
      return failed;
  return {};
}

/// Whom a signal reaches.
signal_sinks sinks_of(const peers& all, const std::shared_ptr<status::logger>& log) {
  signal_sinks sinks;
  sinks.restrict = [gate = all.gate](trading_state most, std::string reason) {
    caf::anon_send(gate, restrict_state{most, std::move(reason)});
  };
  sinks.open_log = [log] { log->reopen(); };
  sinks.hang_up = [log, keeper = all.settings_keeper] {
    log->reopen();
    caf::anon_send(keeper, reload_settings{std::string{signal_author}, "SIGHUP"});
  };
  return sinks;
}

/// While it ends: orders leave until the last of it, and nobody reads a new configuration.
signal_sinks while_ending(signal_sinks sinks) {
  sinks.hang_up = sinks.open_log;
  return sinks;
}

std::unique_ptr<plan_file> follow_plans(const std::string& path, const ground& g,
                                        const intake_actor& intake) {
  return std::make_unique<plan_file>(
      path, g.log,
      [intake](plan_file::line read) {
        caf::anon_send(intake, plan_line_read{std::move(read.text), read.number,
                                              std::move(read.fault), std::move(read.ticket)});
      },
      [vitals = g.shown, path](const std::string& why) {
        (void)vitals->found(preflight_part::plan_file, check_plan_file(path, why));
      });
}

/// From here on actors exist; they are gone when this returns.
exit_code run_pipeline(const config::settings& chosen, const build_info& build, ground& g,
                       const run_hooks& hooks) {
  std::promise<int> ended;
  auto ended_with = ended.get_future();
  caf::actor_system_config settings;
  configure_scheduler(settings);
  caf::actor_system system(settings);
  auto parts = parts_of(chosen, build, g);
  const auto halt_path = halt_file_path(chosen);
  // Before anything could be allowed.
  parts.halted = look_for_halt_file(halt_path);
  parts.manager = hooks.manager;
  parts.environment = hooks.environment;
  const auto halted = parts.halted;
  parts.ended = [&](int code) {
    ended.set_value(code);
    hooks.stop_waiting();
  };
  const auto now = parts.given.time.at(system.clock().now());
  auto first = first_records(parts.found, build, chosen, now);
  tell_blocked(first, g);
  auto all = spawn_pipeline(system, std::move(parts), now);
  auto http = status::http_server::start(
      chosen.status, http_gateway(g.log, all->intake, all->status, {g.guard, g.metrics}),
      g.metrics.get(), g.access.tls);
  // The supervisor ends everything in order, also what has only just been built.
  start_pipeline(all, http ? std::move(first) : std::vector<record_body>{});
  std::unique_ptr<plan_file> file;
  std::unique_ptr<redis_link> redis;
  if (!http) {
    g.log->error("sluice", "start_failed", {{"what", "status"}, {"why", http.error().text}});
    caf::anon_send(all->supervisor, end_process{static_cast<int>(exit_code::unavailable),
                                                "status: " + http.error().text});
  } else {
    g.log->info("sluice", "running",
                {{"mode", to_string(chosen.mode)},
                 {"version", build.version},
                 {"revision", build.revision},
                 {"config", config_hash(chosen)},
                 {"status", (*http)->url()}});
    if (!chosen.intake.file.empty())
      file = follow_plans(chosen.intake.file, g, all->intake);
    if (all->redis_bridge)
      redis = connect_redis(chosen, g, all->redis_bridge);
    hooks.running((*http)->url());
  }
  halt_file halting(halt_path, halted, [gate = all->gate](std::optional<std::string> found) {
    caf::anon_send(gate, halt_file_changed{std::move(found)});
  });
  const auto sinks = sinks_of(*all, g.log);
  if (const auto why = hooks.wait_for_signal(sinks); !why.empty()) {
    caf::anon_send(all->supervisor, end_process{0, why});
    (void)hooks.wait_for_signal(while_ending(sinks));
  }
  const int code = ended_with.get();
  file.reset();
  redis.reset();
  all.reset();
  if (http)
    (*http)->stop();
  g.exchange.client->close();
  // Before the actor system: what the client's callbacks hold belongs to it.
  g.exchange.client.reset();
  return static_cast<exit_code>(code);
}

}  // namespace

exit_code run_application(const config::settings& chosen, const build_info& build,
                          const run_hooks& hooks) {
  ground g;
  g.metrics = std::make_shared<status::metrics>();
  g.shown = std::make_shared<vitals>();
  g.log = status::logger::start(chosen.log);
  if (const auto failed = open_all(chosen, g, hooks.manager))
    return report(*failed, *g.log);
  truth_keeper::options keeping;
  keeping.capacity = chosen.universe.capacity;
  keeping.read_lag_grace = chosen.snapshot.read_lag_grace;
  g.keeper = std::make_shared<truth_keeper>(keeping);
  auto code = run_pipeline(chosen, build, g, hooks);
  // The journal commits what the stages say last, when nobody is left to end the process for it.
  if (code == exit_code::ok && g.shown->journal_failed)
    code = exit_code::io_error;
  g.log->info("sluice", "ended", {{"exit_code", static_cast<int>(code)}});
  return code;
}

}  // namespace sluice::actors
