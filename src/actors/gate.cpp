// The gate's shell: permits to the executor, refusals to the journal, wishes to the snapshot
// manager.
#include "sluice/actors/gate.hpp"

#include <algorithm>

#include "freshness_look.hpp"
#include "operator_log.hpp"
#include "sluice/gate/blocked_exit.hpp"
#include "sluice/gate/board_view.hpp"
#include "sluice/gate/trading_switch.hpp"
#include "stage.hpp"

namespace sluice::actors {
namespace {

/// For overrides that end when everything is fresh again.
constexpr milliseconds look_period{1'000};

/// From one reading of the symbols to the next, however many exits doubt the last one.
constexpr milliseconds symbols_pause{5'000};
/// Between two looks whether what the last run left can be judged.
constexpr milliseconds take_up_pause{100};

std::vector<record_body> bodies_of(std::vector<state_changed> changes) {
  return {std::make_move_iterator(changes.begin()), std::make_move_iterator(changes.end())};
}

class gate : public stage<gate_actor> {
 public:
  gate(caf::actor_config& config, services given, gate_options options)
      : stage(config, std::move(given)),
        core_(std::make_shared<board_view>(given_.table, given_.universe, given_.marks),
              options.settings, given_.mode),
        switch_(options.halt_file),
        book_(options.settings),
        one_read_(options.one_read) {
    core_.left_by_last_run(std::move(options.left));
    core_.recover(options.orders, options.holds, options.books);
    for (const auto& r : options.limit_records) {
      std::visit([&](const auto& body) { core_.record_seen(body, r.at); }, r.body);
      if (const auto* f = std::get_if<fill_recorded>(&r.body); f && f->ours)
        core_.filled_before({f->what.instrument, f->what.leg}, f->plan, r.at.steady, now());
    }
    for (const auto& f : options.flattens)
      core_.flatten_set(f, now_stamp(), actions_);
    core_.reach_changed(vitals().exchange(), now_stamp(), actions_);
    for (const auto& w : options.withdrawals)
      core_.withdrawn_before(w.target, w.by);
    resume(options);
  }

  behavior_type make_behavior() override {
    return {
        [this](tick) {
          run_out();
          take_up();
          core_.tick(now_stamp(), actions_);
          act();
        },
        [this](const meet& m) {
          met(m);
          journal(std::exchange(untold_, {}));
          look_at_ = now();
          show();
        },
        [this](const judge_plans& wanted) { judge(wanted); },
        [this](const judge_again& wanted) { judge(wanted); },
        [this](const reads_done& ended) {
          for (const auto& r : ended.reads)
            core_.read_finished(r, now_stamp(), actions_);
          act();
        },
        [this](const truths_changed& changed) {
          for (const auto& c : *changed.changes)
            core_.truth_moved(c.position, now_stamp(), actions_);
          act();
        },
        [this](const order_moved& m) {
          core_.moved(m, now_stamp(), actions_);
          act();
        },
        [this](const fills_seen& seen) {
          for (const auto& f : seen.fills)
            if (f.ours)
              core_.fill_seen({f.what.instrument, f.what.leg}, now());
        },
        [this](const hold_changed& change) { take(change); },
        [this](const ledger_moved& moved) {
          core_.ledger_moved(moved.position, moved.amount, now_stamp(), actions_);
          act();
        },
        [this](const flatten_changed& change) { take(change); },
        [this](const reach_changed& change) {
          core_.reach_changed(change.now, now_stamp(), actions_);
          act();
        },
        [this](const records_committed& committed) {
          for (const auto& r : *committed.records)
            core_.record_seen(r.body, r.at);
        },
        [this](const margin_seen& seen) { take(seen); },
        [this](const universe_refreshed&) {
          core_.symbols_changed(now_stamp(), actions_);
          act();
        },
        [this](const preview_plans& asked) { return preview(asked); },
        [this](const show_limits&) {
          return limits_shown{
              std::make_shared<const limits_view>(core_.limits_in_use(now_stamp()))};
        },
        [this](const change_state& c) { return order_state(c); },
        [this](const restrict_state& r) { restrict_to(r); },
        [this](const halt_file_changed& change) { take(change); },
        [this](const stop_allowing& s) { stop(s); },
        [this](const set_override& s) { return order_override(s); },
        [this](const revert_override& r) { return order_revert(r); },
        [this](const gate_settings_changed& change) { told(book_.normal(change.now)); },
    };
  }

 private:
  /// With what its wall clock is off by the venue's, as it is known now.
  [[nodiscard]] stamp now_stamp() {
    if (const auto known = given_.exchange ? given_.exchange->clock() : std::nullopt)
      core_.venue_clock(known->offset);
    return stage::now_stamp();
  }

  void judge(const judge_plans& wanted) {
    end_what_is_over();
    take_up();
    for (const auto& p : wanted.plans)
      if (comes_too_early(*p))
        core_.put_off(p);
      else
        core_.submit(p, now_stamp(), actions_);
    act();
  }

  void judge(const judge_again& wanted) {
    end_what_is_over();
    take_up();
    core_.submit(wanted.what, now_stamp(), actions_, true);
    act();
  }

  /// Before the symbols and the account were read nothing is known of a symbol that is not listed:
  /// neither that nobody lists it nor whether it is held.
  [[nodiscard]] bool can_be_judged(const plan& p) const {
    return given_.universe->rules_of(p.instrument) ||
           (given_.universe->current()->source != universe_source::none &&
            given_.table->account_as_of());
  }
  [[nodiscard]] bool comes_too_early(const plan& p) const {
    return std::holds_alternative<reduce_plan>(p.body) && !can_be_judged(p) &&
           (is_own_source(p.source) || core_.left() < book_.in_force().parked_exit_max);
  }

  /// What the last run left, or came too early, once it can be judged or its time is nearly over.
  void take_up() {
    core_.take_up(
        [&](const plan& p) {
          return can_be_judged(p) || now() + duration{2 * take_up_pause} >= p.deadline;
        },
        now_stamp(), actions_);
  }

  // ---- what operators order

  void resume(const gate_options& o) {
    untold_ = book_.resume(o.overrides, o.last_override_id, floors(), now_stamp());
    auto changes = bodies_of(switch_.resume(o.ordered, o.was_in_force, o.halted, now_stamp()));
    untold_.insert(untold_.end(), changes.begin(), changes.end());
    for (const auto& body : untold_)
      tell_log(log(), body);
    tell_standing(log(), switch_.in_force(), book_.standing());
    follow();
  }

  [[nodiscard]] override_floors floors() const { return {vitals().promise().bound, one_read_}; }

  caf::result<state_answer> order_state(const change_state& c) {
    auto outcome = switch_.order({c.to, c.lasts, c.author, c.reason}, now_stamp());
    return told_durably(bodies_of(std::move(outcome.records)),
                        state_answer{switch_.in_force(), std::move(outcome.refusal)});
  }

  void restrict_to(const restrict_state& r) {
    told(bodies_of(switch_.signalled(r.to, r.reason, now_stamp())));
  }

  void take(const halt_file_changed& change) {
    told(bodies_of(switch_.halt_file(change.found, now_stamp())));
  }

  /// One for the whole account restricts the state here, where orders of it are in one order: as an
  /// order of its own it would lift a halt that came in between.
  void take(const hold_changed& change) {
    if (change.active)
      core_.hold_set(change.what, now_stamp(), actions_);
    else
      core_.hold_cleared(change.what, now_stamp(), actions_);
    act();
  }

  void take(const flatten_changed& change) {
    const auto& o = change.what;
    if (change.running)
      core_.flatten_set(o, now_stamp(), actions_);
    else
      core_.flatten_cleared(o.id);
    if (change.running && o.instrument.empty())
      told(bodies_of(switch_.close_entries(o.author, o.reason, now_stamp())));
    else
      act();
  }

  void take(const margin_seen& seen) {
    if (const auto peak = core_.margin_read(seen.what, now_stamp(), actions_))
      journal({*peak});
    act();
  }

  plans_previewed preview(const preview_plans& asked) {
    end_what_is_over();
    auto all = std::make_shared<std::vector<plan_preview>>();
    for (const auto& p : *asked.plans) {
      all->push_back(core_.preview(p, now_stamp()));
      all->back().would_wait |= comes_too_early(p);
    }
    return {std::move(all)};
  }

  /// What has no verdict keeps none: a refusal would be the end of an exit that the next process
  /// can carry out.
  void stop(const stop_allowing& s) {
    stopped_ = true;
    switch_.stop(s.reason, now_stamp());
    told({});
  }

  caf::result<override_answer> order_override(const set_override& s) {
    return answer(book_.set(s.wanted, floors(), now_stamp()));
  }

  caf::result<override_answer> order_revert(const revert_override& r) {
    return answer(book_.revert(r.key, r.author, r.reason, now_stamp()));
  }

  caf::result<override_answer> answer(override_outcome outcome) {
    return told_durably(std::move(outcome.records),
                        override_answer{std::move(outcome.now), std::move(outcome.faults)});
  }

  /// In force at once, answered when it survives a crash.
  template <class Answer>
  caf::result<Answer> told_durably(std::vector<record_body> records, Answer with) {
    if (records.empty())
      return with;
    if (!peers_)
      return caf::make_error(caf::sec::runtime_error, "starting");
    for (const auto& body : records)
      tell_log(log(), body);
    auto promise = this->template make_response_promise<Answer>();
    request(peers_->journal, caf::infinite, append_durable{std::move(records)})
        .then([promise, with](const appended&) mutable { promise.deliver(std::move(with)); },
              [promise](const caf::error& e) mutable { promise.deliver(e); });
    follow();
    act();
    return promise;
  }

  void told(std::vector<record_body> records) {
    for (const auto& body : records)
      tell_log(log(), body);
    if (peers_)
      journal(std::move(records));
    else
      untold_.insert(untold_.end(), records.begin(), records.end());
    follow();
    act();
  }

  /// A tick may be late; nothing is judged by what has ended.
  void end_what_is_over() {
    for (const auto& end : {switch_.next_deadline(), book_.next_deadline()})
      if (end && *end <= now())
        return run_out();
  }

  /// In this run, as the exchange's clock shows: the steady clock stood still meanwhile.
  [[nodiscard]] bool has_slept() const {
    const auto known = given_.exchange ? given_.exchange->clock() : std::nullopt;
    return known && known->stood_still.has_value();
  }

  /// What ends by itself: states, overrides, and overrides whose cause is gone.
  void run_out() {
    auto records = bodies_of(switch_.tick(now_stamp()));
    const auto add = [&](std::vector<record_body> more) {
      records.insert(records.end(), more.begin(), more.end());
    };
    add(book_.tick(now_stamp(), has_slept()));
    if (book_.watches() && now() >= look_at_) {
      add(book_.look(look_at_freshness(given_, now()), now_stamp()));
      look_at_ = now() + duration{look_period};
    }
    if (!records.empty())
      told(std::move(records));
  }

  /// The core judges by what is in force, and status shows it.
  void follow() {
    const auto& standing = switch_.in_force();
    if (core_.state() != standing.state || !peers_)
      core_.trading_state_changed(standing.state, now_stamp(), actions_);
    vitals().trading(standing);
    core_.settings_in_force(book_.in_force(), book_.ids(), now_stamp(), actions_);
    vitals().overrides(book_.standing());
  }

  // ---- what the core says

  /// Carries out what the core said; a verdict that allows travels with its permit and becomes a
  /// record only when the order is really sent (see docs/decisions.md).
  void act() {
    if (stopped_) {
      actions_.clear();
      return show();
    }
    std::vector<record_body> denied;
    for (auto& v : actions_.verdicts) {
      if (auto blocked = blocked_exit(v); blocked && !v.again)
        // An exit ends without an order: a person should know, whatever the cause.
        denied.emplace_back(exit_blocked("gate", v.what->instrument, to_string(*v.outcome.reason()),
                                         std::move(*blocked)));
      const auto leave = std::ranges::find_if(
          actions_.permits, [&](const permit& p) { return !p.spent() && p.plan() == v.what->id; });
      plan_judged judged{v.what->id,           v.what->instrument, lane_of(*v.what),
                         std::move(v.outcome), std::move(v.seen),  v.times_judged};
      if (leave != actions_.permits.end())
        send(peers_->executor, carry_out{v.what, std::make_shared<permit>(std::move(*leave)),
                                         std::make_shared<const plan_judged>(std::move(judged))});
      else if (v.again)
        send(peers_->executor,
             refused_again{v.what, std::make_shared<const plan_judged>(std::move(judged))});
      else
        denied.emplace_back(std::move(judged));
    }
    journal(std::move(denied));
    read_truths reads;
    for (const auto& r : actions_.reads)
      reads.wanted.push_back(
          {r.position, r.traffic == lane::exit ? read_class::exit_demand : read_class::entry_demand,
           r.newer_than});
    if (!reads.wanted.empty())
      send(peers_->snapshot_manager, std::move(reads));
    if (actions_.margin_from)
      send(peers_->universe_keeper, read_anew{false, false, actions_.margin_from});
    if (actions_.symbols && now() >= symbols_at_) {
      send(peers_->universe_keeper, read_anew{true, false, {}});
      symbols_at_ = now() + duration{symbols_pause};
    }
    actions_.clear();
    show();
  }

  void show() {
    const auto stats = core_.stats();
    vitals().parked_exit = stats.parked_exit + core_.left();
    vitals().parked_entry = stats.parked_entry;
    ++vitals().gate_turns;
    for (const auto& next : {core_.next_deadline(), switch_.next_deadline(), book_.next_deadline()})
      if (next)
        wake_at(*next);
    if (book_.watches())
      wake_at(look_at_);
    if (core_.has_left())
      wake_at(now() + duration{take_up_pause});
  }

  gate_core core_;
  gate_actions actions_{};
  trading_switch switch_;
  override_book book_;
  milliseconds one_read_;
  bool stopped_{false};                ///< By a failure; nothing is said of plans any more.
  std::vector<record_body> untold_{};  ///< Records from before the stages had met.
  instant symbols_at_{};               ///< Symbols are not asked for before.
  instant look_at_{};                  ///< When freshness is looked at next.
};

}  // namespace

gate_actor spawn_gate(caf::actor_system& system, services given, gate_options options) {
  return system.spawn<gate>(std::move(given), std::move(options));
}

}  // namespace sluice::actors
