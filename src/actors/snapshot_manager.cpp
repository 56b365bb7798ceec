// Around the scheduler and the keeper: spawn due reads, merge replies, tell who waits.
#include "sluice/actors/snapshot_manager.hpp"

#include <fmt/format.h>

#include "exit_watch.hpp"
#include "mute_watch.hpp"
#include "preflight.hpp"
#include "reach_watch.hpp"
#include "read_marks.hpp"
#include "read_task.hpp"
#include "read_watch.hpp"
#include "resync_desk.hpp"
#include "sluice/truth/muster.hpp"
#include "sluice/truth/read_scheduler.hpp"
#include "sluice/truth/rounds.hpp"
#include "stage.hpp"
#include "truth_records.hpp"
#include "worker_roster.hpp"

namespace sluice::actors {
namespace {

constexpr milliseconds muster_period{1'000};
constexpr milliseconds account_again{1'000};  ///< After a failure, where no round brings it.

class snapshot_manager : public stage<snapshot_manager_actor> {
 public:
  snapshot_manager(caf::actor_config& config, services given, snapshot_options options)
      : stage(config, std::move(given)),
        settings_(options.settings),
        bound_max_(options.bound_max),
        keeper_(std::move(options.keeper)),
        rounds_(settings_),
        scheduler_(read_limits_from(settings_, {})) {
    vitals().promise(rounds_.promise());
    set_down_handler([this](const caf::down_msg& down) { worker_down(down); });
  }

  behavior_type make_behavior() override {
    return {
        [this](tick) { run(); },
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
        [this](const change_freshness& asked) { return change(asked); },
        [this](const resync& order) { return read_again(order); },
        [this](const stale_limits_changed& s) { bound_max_ = std::min(s.exit, s.entry); },
    };
  }

  void on_exit() override {
    operators_.forget_all();
    stage::on_exit();
  }

 private:
  // ---- what is to be read

  void begin(const meet& m) {
    met(m);
    // A ban from before the start is known before anything was asked.
    if (const auto until = given_.exchange->budget().banned_until)
      tell_reach(
          reach_.failed({failure_kind::banned, 0, 0, "banned before the start", until}, until));
  }

  void refresh(const universe& u) {
    const auto before = given_.table->directory().size();
    keeper_->register_symbols(u);
    const bool first = !begun_;
    begun_ = true;
    if (rounds_.set_universe(given_.table->directory().size(),
                             given_.exchange->budget().weight_limit_1m) ||
        first)
      follow_promise();
    if (first)
      begin_rounds();
    else if (given_.table->directory().size() > before)
      verify(read_target::account(), now());
    run();
  }

  void verify(read_target target, instant due) {
    scheduler_.want({target, read_priority::verification, due, due}, now());
  }

  /// Shows what is promised now; what cannot be kept makes the process not ready.
  void follow_promise() {
    const auto& p = rounds_.promise();
    report(preflight_part::budget, check_promise(p));
    if (p.plan != shown_)
      tell_plan(p, log());
    // A shorter period counts from now on, not only after the longer one.
    if (p.plan.account_period.count() > 0 && p.plan.account_period < shown_.account_period)
      scheduler_.want({read_target::account(), read_priority::rest, now()}, now());
    shown_ = p.plan;
    vitals().promise(p);
    scheduler_.set_limits(read_limits_from(settings_, p.plan));
  }

  /// The first account-wide read makes everything known, whatever the strategy; then come rounds.
  void begin_rounds() {
    const auto start = now();
    scheduler_.drop_routine();
    verify(read_target::account(), start);
    const auto count = given_.table->directory().size();
    if (rounds_.covers_all_singly())
      for (std::size_t i = 0; i < count; ++i)
        scheduler_.want({read_target::of(static_cast<symbol_index>(i)), read_priority::rest,
                         rounds_.first_due(i, count, start)},
                        start);
    muster_due_ = start;  // What is open comes round from now on.
    run();
  }

  freshness_changed change(const change_freshness& asked) {
    const auto bound = asked.bound.value_or(rounds_.promise().bound);
    if (bound > bound_max_)
      return {rounds_.promise(),
              fmt::format("a bound of {} is longer than the {} after which the gate calls truth "
                          "stale",
                          format_duration(bound), format_duration(bound_max_))};
    if (const auto chosen = rounds_.choose(asked.strategy, bound, keeper_->counts().open); !chosen)
      return {rounds_.promise(), chosen.error().text};
    const auto& p = rounds_.promise();
    log().info("snapshot_manager", "freshness_changed",
               {{"strategy", to_string(p.strategy)},
                {"bound", p.bound},
                {"author", asked.author},
                {"reason", asked.reason}});
    journal({notice{"freshness_changed",
                    fmt::format("{} within {} by {}: {}", to_string(p.strategy),
                                format_duration(p.bound), asked.author, asked.reason)}});
    follow_promise();
    if (begun_)
      begin_rounds();
    return {p, {}};
  }

  /// Less urgent than what plans wait for: it may not spend what is kept for them.
  resync_desk::promise read_again(const resync& order) {
    log().info("snapshot_manager", "resync", {{"author", order.author}, {"reason", order.reason}});
    journal({notice{"resync", fmt::format("by {}: {}", order.author, order.reason)}});
    auto promise = make_response_promise<resynced>();
    if (!begun_) {
      promise.deliver(resynced{.refusal = "no universe is known yet: nothing can be read"});
      return promise;
    }
    const auto due = operators_.ask(promise, now());
    scheduler_.want({read_target::account(), read_priority::verification, due, now()}, now());
    run();
    return promise;
  }

  void want(const truth_wanted& wanted) {
    const auto present = now();
    std::optional<symbol_index> index;
    if (const auto& on = wanted.position.instrument; !on.empty())
      if (const auto place = keeper_->register_symbol(on))
        index = *place;
    const auto target = index ? read_target::of(*index) : read_target::account();
    const read_want w{target, priority_of(wanted.traffic), present, wanted.newer_than};
    if (is_demand(w.priority) && index)
      rounds_.of_interest(*index, present);
    if (is_demand(w.priority))
      scheduler_.demand(w, present);
    else
      scheduler_.want(w, present);
  }

  void stream_changed(bool is_up) {
    if (!is_up)
      return mute_.stream_closed();
    // Whatever happened while the stream was down was not seen: prove everything anew.
    mute_.stream_opened(now(), given_.exchange->clock(), now_stamp().wall);
    verify(read_target::account(), now());
    run();
  }

  // ---- running reads

  void run() {
    const auto present = now();
    for (const auto& job : scheduler_.expire(present)) {
      vitals().workers_lost += 1;
      latency_seen(between(job.started_at, present));
      failed(job, {failure_kind::timed_out, 0, 0, "no reply in time", std::nullopt});
    }
    if (has_single_rounds() && present >= muster_due_) {
      muster_due_ = present + duration{muster_period};
      const auto members =
          muster(rounds_, scheduler_, *keeper_, *given_.universe->current(), present);
      if (rounds_.set_members(members))
        follow_promise();
    }
    exits_.look(scheduler_, present);
    while (const auto job = scheduler_.next(present))
      start(*job, present);
    if (has_single_rounds())
      wake_at(muster_due_);
    if (const auto mute = mute_.look(present))
      renew_stream(*mute);
    for (const auto next : {scheduler_.next_wakeup(present), mute_.next_look(), exits_.next()})
      if (next)
        wake_at(*next);
  }

  [[nodiscard]] bool has_single_rounds() const {
    return begun_ && rounds_.promise().plan.symbol_period.count() > 0;
  }

  /// A read that was given up took at least as long as we waited for it.
  void latency_seen(milliseconds took) {
    const auto high = watch_.took(took, now(), vitals());
    if (high && rounds_.latency_seen(*high, now()))
      follow_promise();
  }

  /// Proof of life is not proof of truth: the stream answers pings and hides what reads show.
  void renew_stream(const position_key& position) {
    vitals().stream_mutes += 1;
    log().warn("snapshot_manager", "user_stream_mute", {{"symbol", position.instrument}});
    given_.exchange->renew_user_stream("mute: a change of " + position.instrument.str() +
                                       " was seen by a read only");
  }

  void start(const read_job& job, instant present) {
    auto task = read_task(job, given_.table->directory(), settings_.read_timeout, present);
    const auto worker = spawn_fetch_worker(system(), given_, std::move(task), this);
    monitor(worker);
    workers_.started(job, worker.address());
  }

  /// Once more, over another connection, before the plan that waits for it is told.
  bool try_again(const read_job& job, const read_failure& why) {
    const bool lost = why.kind == failure_kind::timed_out || why.kind == failure_kind::unreachable;
    if (!lost || !is_demand(job.priority) || job.connection == connection_choice::fresh)
      return false;
    vitals().reads_retried += 1;
    scheduler_.repeat(job, now());
    return true;
  }

  void ended(const fetch_ended& reply) {
    const auto job = workers_.ended(reply.job);
    if (!job)
      return;
    // As the scheduler has it: with the priority of all that joined it.
    const auto& outcome = *reply.outcome;
    const auto in_time = scheduler_.finished(*job, end_of(outcome));
    read_watch::ended(job->target, outcome.has_value(), vitals(), metrics());
    if (outcome)
      succeeded(*job, *outcome, in_time.has_value());
    else if (in_time)
      failed(*in_time, outcome.error());
    run();
  }

  void worker_down(const caf::down_msg& down) {
    const auto job = workers_.died(down.source);
    if (!job)
      return;
    vitals().workers_lost += 1;
    log().warn("snapshot_manager", "worker_died", {{"job", job->id}});
    if (const auto in_time = scheduler_.finished(*job, read_end::failed))
      failed(*in_time, {failure_kind::unreachable, 0, 0, "the fetch worker died", std::nullopt});
    run();
  }

  // ---- what reads bring

  void succeeded(const read_job& job, const snapshot& read, bool in_time) {
    auto changes = keeper_->apply(read);
    bool untold = false;
    for (const auto& c : changes) {
      if (!is_known(c.before) || amount_of(c.before) == amount_of(c.after.content))
        continue;
      untold = mute_.changed_by_read(c, now()) || untold;
      // That nothing is held takes two reads, also where only what is held is read.
      if (const auto index = given_.table->directory().find(c.position.instrument))
        rounds_.of_interest(*index, now());
    }
    if (untold)
      verify(read_target::account(),
             now() + duration{std::min(settings_.verification_delay, stream_patience / 2)});
    if (job.target.is_account()) {
      const auto known = keeper_->counts();
      operators_.read_ended(job.started_at,
                            {read.sent_at, between(read.sent_at, read.received_at), known.open,
                             known.flat, known.unknown, changes.size()});
    }
    tell_changes(std::move(changes));
    // Stops go on being watched where the stream of marks is late or silent.
    if (auto marks = marks_of(read); !marks.rows.empty())
      send(peers_->market_stream, std::move(marks));
    latency_seen(between(read.sent_at, read.received_at));
    watch_.good(job.target, read, given_.table->directory(), vitals(), metrics());
    tell_reach(reach_.succeeded());
    if (in_time)
      come_round(job.target, job.started_at, std::nullopt);
    send(peers_->gate, reads_done{{read_done{scope_of(job, given_.table->directory()), {}}}});
  }

  void failed(const read_job& job, const read_failure& why) {
    watch_.failed(job, why, now(), given_.table->directory(), vitals(), log());
    tell_reach(reach_.failed(why, given_.exchange->budget().banned_until));
    if (try_again(job, why))
      return;
    come_round(job.target, job.started_at, why.retry_at.value_or(now()));
    exits_.failed(job, why, given_.exchange->budget(), keeper_->counts(), mute_.hears(), now());
    auto end = failed_read(job, why, given_.table->directory());
    if (job.target.is_account())
      operators_.read_ended(job.started_at,
                            {.refusal = "the account was not read: " + end.failure});
    send(peers_->gate, reads_done{{std::move(end)}});
  }

  /// One period after it was sent; one that failed not before the venue will listen.
  void come_round(read_target target, instant sent_at, std::optional<instant> not_before) {
    const bool open = !target.is_account() && keeper_->is_open(target.index());
    if (!target.is_account() && !open &&
        !given_.universe->rules_of(given_.table->directory().name_of(target.index())))
      return;
    auto due = rounds_.next_due(target, sent_at, open);
    // What a start or a gap of the stream has to prove would stay unproven.
    if (!due && target.is_account() && not_before)
      due = now() + duration{account_again};
    if (!due)
      return;
    due = std::max(*due, not_before.value_or(*due));
    scheduler_.want({target, routine_priority(open), *due, *due}, now());
  }

  void merge(const account_moved& moved) {
    tell_changes(keeper_->apply(*moved.update, moved.received_at, moved.occurred_at));
    for (const auto& change : moved.update->positions) {
      mute_.told_by_stream(change.position, change.amount);
      if (const auto index = given_.table->directory().find(change.position.instrument))
        verify(read_target::of(*index), now() + duration{settings_.verification_delay});
    }
    run();
  }

  // ---- who is told

  void tell_changes(std::vector<truth_changed> changes) {
    if (changes.empty())
      return;
    journal(records_of(changes));
    const auto shared = std::make_shared<const std::vector<truth_changed>>(std::move(changes));
    send(peers_->gate, truths_changed{shared});
    send(peers_->reconciler, truths_changed{shared});
    send(peers_->exit_engine, truths_changed{shared});
    send(peers_->stop_guard, truths_changed{shared});
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

  snapshot_settings settings_;
  milliseconds bound_max_;
  std::shared_ptr<truth_keeper> keeper_;
  rounds rounds_;
  freshness_plan shown_{};
  bool begun_{false};  ///< The first universe is known.
  instant muster_due_{};
  read_scheduler scheduler_;
  worker_roster workers_{};
  mute_watch mute_{};
  read_watch watch_{};
  exit_watch exits_{};
  reach_watch reach_{};
  resync_desk operators_{};
};

}  // namespace

snapshot_manager_actor spawn_snapshot_manager(caf::actor_system& system, services given,
                                              snapshot_options options) {
  return system.spawn<snapshot_manager>(std::move(given), std::move(options));
}

}  // namespace sluice::actors
