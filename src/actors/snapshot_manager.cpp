// Around the scheduler and the keeper: spawn due reads, merge replies, tell who waits.
#include "sluice/actors/snapshot_manager.hpp"

#include <unordered_map>

#include "latency_window.hpp"
#include "mute_watch.hpp"
#include "reach_watch.hpp"
#include "sluice/actors/fetch_worker.hpp"
#include "sluice/truth/read_scheduler.hpp"
#include "stage.hpp"

namespace sluice::actors {
namespace {

/// What the transport may take beyond the scheduler's patience, so that late replies still count.
constexpr milliseconds transport_slack{1'000};

read_priority priority_of(read_class c) {
  switch (c) {
    case read_class::exit_demand:
      return read_priority::exit_demand;
    case read_class::entry_demand:
      return read_priority::entry_demand;
    case read_class::verification:
      return read_priority::verification;
    case read_class::routine:
      break;
  }
  return read_priority::rest;
}

/// The stream may tell of a change this much later than a read that shows it.
constexpr milliseconds stream_patience{2'000};

class snapshot_manager : public stage<snapshot_manager_actor> {
 public:
  snapshot_manager(caf::actor_config& config, services given, snapshot_options options)
      : stage(config, std::move(given)),
        settings_(options.settings),
        keeper_(std::move(options.keeper)),
        scheduler_(read_limits_from(settings_, plan_)) {
    set_down_handler([this](const caf::down_msg& down) { worker_down(down); });
  }

  behavior_type make_behavior() override {
    return {
        [this](const meet& m) { begin(m); },
        [this](const read_truths& reads) {
          for (const auto& w : reads.wanted)
            want(w);
          run();
        },
        [this](const fetch_ended& reply) { ended(reply); },
        [this](const account_moved& moved) { merge(moved); },
        [this](const user_stream_changed& change) { stream_changed(change.up); },
        [this](const universe_refreshed& refreshed) { refresh(*refreshed.now); },
        [this](tick) { run(); },
    };
  }

 private:
  struct running {
    read_job job{};
    symbol scope{};
    caf::actor_addr worker{};
  };

  // ---- what is to be read

  void begin(const meet& m) {
    met(m);
    // A ban from before the start is known before anything was asked.
    if (const auto until = given_.exchange->budget().banned_until)
      tell_reach(
          reach_.failed({failure_kind::banned, 0, 0, "banned before the start", until}, until));
  }

  void refresh(const universe& u) {
    const auto added = keeper_->register_symbols(u);
    if (added == 0 && plan_ != freshness_plan{})
      return;
    freshness_request request;
    request.strategy = settings_.strategy;
    request.bound = settings_.bound;
    request.symbols = u.instruments.size();
    request.latency = settings_.latency;
    request.weight_limit_1m = given_.exchange->budget().weight_limit_1m;
    request.share_percent = settings_.budget_share_percent;
    request.concurrency = settings_.concurrency;
    if (const auto planned = plan_freshness(request)) {
      plan_ = *planned;
      report(preflight_part::budget, {});
    } else {
      report(preflight_part::budget, {{"bound_cannot_be_kept", planned.error().text}});
      if (plan_ == freshness_plan{})
        plan_.account_period = settings_.bound;
    }
    vitals().account_period_ms = plan_.account_period.count();
    scheduler_.set_limits(read_limits_from(settings_, plan_));
    log().info("snapshot_manager", "reads_planned",
               {{"symbols", u.instruments.size()},
                {"account_period", plan_.account_period},
                {"symbol_period", plan_.symbol_period},
                {"weight_1m", plan_.weight_1m}});
    begin_rounds(u);
  }

  /// The first account-wide read makes everything known, whatever the strategy; then come rounds.
  void begin_rounds(const universe& u) {
    const auto start = now();
    scheduler_.want({read_target::account(), read_priority::verification, start, start}, start);
    if (plan_.symbol_period.count() > 0) {
      for (const auto& rules : u.instruments)
        if (const auto index = given_.table->directory().find(rules.instrument))
          scheduler_.want({read_target::of(*index), read_priority::rest, start}, start);
    }
    run();
  }

  void want(const truth_wanted& wanted) {
    const auto present = now();
    const auto index = keeper_->register_symbol(wanted.position.instrument);
    const auto target = index ? read_target::of(*index) : read_target::account();
    const read_want w{target, priority_of(wanted.traffic), present, wanted.newer_than};
    if (is_demand(w.priority))
      scheduler_.demand(w, present);
    else
      scheduler_.want(w, present);
  }

  void stream_changed(bool is_up) {
    if (!is_up)
      return mute_.stream_closed();
    // Whatever happened while the stream was down was not seen: prove everything anew.
    const auto present = now();
    mute_.stream_opened(present);
    scheduler_.want({read_target::account(), read_priority::verification, present, present},
                    present);
    run();
  }

  // ---- running reads

  void run() {
    const auto present = now();
    for (const auto& given_up : scheduler_.expire(present))
      give_up(given_up);
    while (const auto job = scheduler_.next(present))
      start(*job, present);
    if (const auto mute = mute_.look(present))
      renew_stream(*mute);
    if (const auto next = scheduler_.next_wakeup(present))
      wake_at(*next);
    if (const auto next = mute_.next_look())
      wake_at(*next);
  }

  /// Proof of life is not proof of truth: the stream answers pings and hides what reads show.
  void renew_stream(const position_key& position) {
    vitals().stream_mutes += 1;
    log().warn("snapshot_manager", "user_stream_mute", {{"symbol", position.instrument}});
    given_.exchange->renew_user_stream("mute: a change of " + position.instrument.str() +
                                       " was seen by a read only");
  }

  void start(const read_job& job, instant present) {
    fetch_task task;
    task.job = job.id;
    if (!job.target.is_account())
      task.scope = given_.table->directory().name_of(job.target.index());
    task.options.traffic = budget_class(job.priority);
    task.options.timeout = between(present, job.deadline) + transport_slack;
    running r{job, task.scope, {}};
    const auto worker = spawn_fetch_worker(system(), given_, std::move(task), this);
    monitor(worker);
    r.worker = worker.address();
    by_worker_[r.worker] = job.id;
    running_.emplace(job.id, std::move(r));
  }

  void give_up(const read_job& job) {
    vitals().workers_lost += 1;
    failed(job, {failure_kind::timed_out, 0, 0, "no reply in time", std::nullopt});
  }

  void ended(const fetch_ended& reply) {
    const auto found = running_.find(reply.job);
    if (found == running_.end())
      return;
    const auto r = std::move(found->second);
    running_.erase(found);
    by_worker_.erase(r.worker);
    const bool in_time = scheduler_.finished(reply.job);
    const auto& outcome = *reply.outcome;
    count(r, outcome.has_value());
    if (outcome)
      succeeded(r.job, *outcome, in_time);
    else if (in_time)
      failed(r.job, outcome.error());
    run();
  }

  void worker_down(const caf::down_msg& down) {
    const auto found = by_worker_.find(down.source);
    if (found == by_worker_.end())
      return;
    const auto job = found->second;
    by_worker_.erase(found);
    if (const auto at = running_.find(job); at != running_.end()) {
      const auto lost = at->second.job;
      running_.erase(at);
      vitals().workers_lost += 1;
      log().warn("snapshot_manager", "worker_died", {{"job", job}});
      if (scheduler_.finished(job))
        failed(lost, {failure_kind::unreachable, 0, 0, "the fetch worker died", std::nullopt});
    }
    run();
  }

  // ---- what reads bring

  void succeeded(const read_job& job, const snapshot& read, bool in_time) {
    auto changes = keeper_->apply(read);
    for (const auto& c : changes)
      if (is_known(c.before) && amount_of(c.before) != amount_of(c.after.content))
        mute_.changed_by_read(c.position, now());
    if (job.target.is_account())
      mute_.account_read(read.sent_at);
    tell_changes(std::move(changes));
    watch_latency(read);
    watch_symbol(job, true);
    tell_reach(reach_.succeeded());
    if (in_time)
      repeat(job, std::nullopt);
    send(peers_->gate, reads_done{{read_done{scope_of(job), {}}}});
    metrics().observe(status::metric::read_latency,
                      {job.target.is_account() ? "account" : "symbol"},
                      std::chrono::duration<double>(read.received_at - read.sent_at).count());
  }

  void failed(const read_job& job, const read_failure& why) {
    count_failure(why.kind);
    watch_symbol(job, false);
    log().limited(to_string(why.kind), status::log_level::warn, "snapshot_manager", "read_failed",
                  {{"kind", to_string(why.kind)},
                   {"scope", job.target.is_account() ? "account" : "symbol"},
                   {"why", why.text}});
    tell_reach(reach_.failed(why, given_.exchange->budget().banned_until));
    repeat(job, why.retry_at);
    // Also of routine reads: a plan may have joined one that was under way.
    send(
        peers_->gate,
        reads_done{{read_done{scope_of(job), std::string(to_string(why.kind)) + ": " + why.text}}});
  }

  /// Routine reads come again one period after they were sent, or when the venue will listen.
  void repeat(const read_job& job, std::optional<instant> not_before) {
    const auto period = job.target.is_account() ? plan_.account_period : plan_.symbol_period;
    if (period.count() == 0)
      return;
    auto due = job.started_at + duration{period};
    if (not_before && *not_before > due)
      due = *not_before;
    scheduler_.want({job.target, read_priority::rest, due, due}, now());
  }

  void merge(const account_moved& moved) {
    tell_changes(keeper_->apply(*moved.update, moved.received_at, moved.occurred_at));
    const auto due = now() + duration{settings_.verification_delay};
    for (const auto& change : moved.update->positions)
      mute_.told_by_stream(change.position);
    for (const auto& change : moved.update->positions)
      if (const auto index = given_.table->directory().find(change.position.instrument))
        scheduler_.want({read_target::of(*index), read_priority::verification, due, due}, now());
    run();
  }

  [[nodiscard]] std::optional<position_key> scope_of(const read_job& job) const {
    if (job.target.is_account())
      return std::nullopt;
    return position_key{given_.table->directory().name_of(job.target.index()), position_side::both};
  }

  // ---- who is told

  void tell_changes(std::vector<truth_changed> changes) {
    if (changes.empty())
      return;
    std::vector<record_body> bodies;
    for (const auto& c : changes)
      if (worth_a_record(c))
        bodies.emplace_back(c);
    journal(std::move(bodies));
    const auto shared = std::make_shared<const std::vector<truth_changed>>(std::move(changes));
    send(peers_->gate, truths_changed{shared});
    send(peers_->reconciler, truths_changed{shared});
    send(peers_->exit_engine, truths_changed{shared});
  }

  /// The first proof that hundreds of symbols are flat is one fact, not hundreds of records.
  static bool worth_a_record(const truth_changed& c) {
    return is_known(c.before) || std::holds_alternative<position_open>(c.after.content);
  }

  void tell_reach(std::optional<reach> change) {
    if (!change)
      return;
    if (change->reachable)
      log().info("snapshot_manager", "exchange_reachable");
    else
      log().warn("snapshot_manager", "exchange_unreachable", {{"why", change->why}});
    vitals().exchange(*change);
    send(peers_->gate, reach_changed{*change});
  }

  void watch_latency(const snapshot& read) {
    latency_.add(between(read.sent_at, read.received_at));
    vitals().read_latency_ms = latency_.high().count();
  }

  void count_failure(failure_kind kind) {
    vitals().reads_failed += 1;
    if (kind == failure_kind::rate_limited)
      vitals().reads_without_budget += 1;
    else if (kind == failure_kind::malformed)
      vitals().reads_malformed += 1;
    else if (kind == failure_kind::clock_off)
      vitals().reads_clock_refused += 1;
  }

  /// Shows the symbol whose own reads have failed most often in a row.
  void watch_symbol(const read_job& job, bool good) {
    if (job.target.is_account() || (good && failing_.empty()))
      return;
    if (good)
      failing_.erase(job.target.index());
    else
      ++failing_[job.target.index()];
    const auto worst =
        std::ranges::max_element(failing_, {}, [](const auto& f) { return f.second; });
    if (worst == failing_.end())
      vitals().failing_symbol(std::nullopt);
    else
      vitals().failing_symbol(
          std::pair{given_.table->directory().name_of(worst->first).str(), worst->second});
  }

  void count(const running& r, bool good) {
    vitals().reads_total += 1;
    metrics().add(status::metric::reads,
                  {r.job.target.is_account() ? "account" : "symbol", good ? "good" : "failed"});
  }

  snapshot_settings settings_;
  std::shared_ptr<truth_keeper> keeper_;
  freshness_plan plan_{};
  read_scheduler scheduler_;
  std::unordered_map<std::uint64_t, running> running_{};
  std::unordered_map<caf::actor_addr, std::uint64_t> by_worker_{};
  std::unordered_map<symbol_index, std::uint64_t> failing_{};  ///< Failures in a row.
  mute_watch mute_{stream_patience};
  latency_window latency_{};
  reach_watch reach_{};
};

}  // namespace

snapshot_manager_actor spawn_snapshot_manager(caf::actor_system& system, services given,
                                              snapshot_options options) {
  return system.spawn<snapshot_manager>(std::move(given), std::move(options));
}

}  // namespace sluice::actors
