// The reconciler's shell: hands fills, truths and answers to its core and carries out what that
// says.
#include "sluice/actors/reconciler.hpp"

#include <utility>

#include "book_log.hpp"
#include "order_questions.hpp"
#include "question_patience.hpp"
#include "stage.hpp"
#include "told_funding.hpp"

namespace sluice::actors {
namespace {

/// The boards as the core may look at them.
class board_books final : public book_view {
 public:
  explicit board_books(const services& given) : table_(given.table), universe_(given.universe) {}

  [[nodiscard]] truth_view position(const position_key& key) const override {
    return table_->read(key);
  }
  [[nodiscard]] std::vector<position_key> open_positions() const override {
    std::vector<position_key> keys;
    table_->scan([&](const position_key& key, const truth_view& seen) {
      if (std::holds_alternative<position_open>(seen.content))
        keys.push_back(key);
    });
    return keys;
  }
  [[nodiscard]] quantity step(const symbol& instrument) const override {
    const auto all = universe_->current();
    const auto* rules = all->find(instrument);
    return rules ? rules->lot.step : quantity{};
  }

 private:
  std::shared_ptr<const state_table> table_;
  std::shared_ptr<const universe_board> universe_;
};

class reconciler : public stage<reconciler_actor> {
 public:
  reconciler(caf::actor_config& config, services given, reconciler_options options)
      : stage(config, std::move(given)),
        settings_(options.settings),
        boards_(given_),
        core_(boards_, options.settings, options.found, now_stamp()) {
    show_holds();
  }

  behavior_type make_behavior() override {
    return {
        [this](tick) { run_timers(); },
        [this](const meet& m) {
          met(m);
          round_due_ = now() + duration{settings_.period};
          core().begin(actions_);
          act();
        },
        [this](const fills_seen& seen) {
          for (const auto& f : seen.fills)
            core().take(f, now_stamp(), actions_);
          act();
        },
        [this](const funding_told& told) { book_funding(*told.update); },
        [this](const truths_changed& changed) {
          for (const auto& c : *changed.changes)
            core().compare(c.position, now_stamp(), actions_);
          act();
        },
        [this](const order_pending_changed& change) {
          core().order_moved({change.position,
                              change.pending,
                              change.venue_id,
                              {change.order, change.plan},
                              change.lacks_fills},
                             now_stamp(), actions_);
          act();
        },
        [this](const trades_read& answer) {
          tell_search(answer);
          core().trades_read(answer.instrument, *answer.outcome, now_stamp(), actions_);
          act();
        },
        [this](const release_holds& asked) { return release(asked); },
        [this](const arm_close& asked) {
          if (!given_.universe->rules_of(asked.instrument) &&
              !given_.table->directory().find(asked.instrument))
            return answered({{}, asked.instrument.str() + " is no symbol that is known", {}});
          return answered(core().arm({asked.instrument, asked.lasts, asked.author, asked.reason},
                                     now_stamp(), actions_));
        },
        [this](const disarm_close& asked) {
          return answered(core().disarm(asked.instrument, asked.author, asked.reason, actions_));
        },
        [this](const reconcile_settings_changed& change) {
          settings_ = change.now;
          core().settings_changed(change.now, now_stamp(), actions_);
          round_due_ = std::min(round_due_, now() + duration{settings_.period});
          act();
        },
    };
  }

 private:
  /// By the venue's clock as it is known now: our wall clock may have been set since the last look.
  reconcile_core& core() {
    if (const auto known = given_.exchange->clock())
      core_.venue_clock(known->offset);
    return core_;
  }

  void run_timers() {
    core().tick(now_stamp(), actions_);
    if (round_due_ <= now()) {
      round_due_ = now() + duration{settings_.period};
      core().compare_all(now_stamp(), actions_);
    }
    act();
  }

  /// Carries out what the core said, and asks for the next tick.
  void act() {
    if (!peers_)
      return;  // Kept until they are known.
    auto all = std::exchange(actions_, {});
    for (const auto& body : all.records)
      tell_of_books(log(), body);
    metrics().add(status::metric::fills, static_cast<double>(all.fills));
    journal(std::move(all.records));
    for (const auto& line : all.lines)
      send(peers_->gate, ledger_moved{line.position, line.amount});
    for (const auto& h : all.holds)
      send(peers_->gate, hold_changed{h.what, h.active});
    for (const auto& instrument : all.searches)
      ask(instrument);
    for (auto& p : all.plans)
      offer(std::move(p));
    show_holds();
    wake_at(std::min(round_due_, core_.next_due().value_or(round_due_)));
  }

  void ask(const symbol& instrument) {
    log().info("reconciler", "evidence_search", {{"symbol", instrument}});
    ask_trades(*given_.exchange, this, instrument, patience_.at(now()));
  }

  void tell_search(const trades_read& answer) {
    patience_.heard(*answer.outcome, now());
    const bool found = answer.outcome->has_value();
    metrics().add(status::metric::evidence_searches, {found ? "answered" : "failed"});
    if (!found)
      log().warn("reconciler", "evidence_search_failed",
                 {{"symbol", answer.instrument},
                  {"kind", to_string(answer.outcome->error().kind)},
                  {"why", answer.outcome->error().text}});
  }

  /// An armed close goes the way of every plan; the gate judges it like any exit.
  void offer(plan p) {
    const auto id = p.id;
    log().warn("reconciler", "close_proposed", {{"plan", id}, {"symbol", p.instrument}});
    request(peers_->planner, caf::infinite, take_plans{{std::move(p)}})
        .then(
            [this, id](const plans_taken& taken) {
              // Whatever it answers of an exit, it knows a plan of this id.
              if (taken.receptions.front() != plan_reception::accepted)
                log().warn("reconciler", "close_not_repeated", {{"plan", id}});
              core().close_taken(id, actions_);
              act();
            },
            [this, id](const caf::error&) {
              log().warn("reconciler", "close_not_taken", {{"plan", id}});
              core().close_not_taken(id, now_stamp());
            });
  }

  /// Money that came or went without a trade. The venue names one symbol, or none.
  void book_funding(const account_update& update) {
    auto about = update.about;
    if (about.empty() && update.positions.size() == 1)
      about = update.positions.front().position.instrument;
    bool has_amount = false;
    for (std::size_t place = 0; place < update.balances.size(); ++place) {
      const auto& b = update.balances[place];
      if (b.change.is_zero())
        continue;
      has_amount = true;
      const funding_booked fee{about, b.asset, b.change, update.transaction_time};
      if (told_funding_.is_new(fee, place))
        actions_.records.emplace_back(fee);
      else
        log().info("reconciler", "funding_told_again",
                   {{"symbol", fee.instrument}, {"asset", fee.asset}, {"amount", fee.amount}});
    }
    // The change of a balance may be missing: what was paid is in no exit's cost then.
    if (!has_amount) {
      log().warn("reconciler", "funding_without_amount",
                 {{"symbol", about}, {"reason", update.reason}});
      actions_.records.emplace_back(
          notice{"funding_without_amount", about.str() + ": " + update.reason});
    }
    act();
  }

  /// What was sent to the journal before is durable when this is answered.
  template <class Answer>
  caf::result<Answer> once_durable(Answer with) {
    if (!peers_)
      return caf::make_error(caf::sec::runtime_error, "starting");
    auto promise = this->template make_response_promise<Answer>();
    request(peers_->journal, caf::infinite, append_durable{})
        .then([promise, with](const appended&) mutable { promise.deliver(std::move(with)); },
              [promise](const caf::error& e) mutable { promise.deliver(e); });
    return promise;
  }

  caf::result<holds_released> release(const release_holds& asked) {
    if (asked.author.empty() || asked.reason.empty())
      return holds_released{0, asked.author.empty() ? "author: is missing" : "reason: is missing"};
    if (auto obstacle = core().release_obstacle(asked.instrument, now_stamp()); !obstacle.empty())
      return holds_released{0, std::move(obstacle)};
    const auto count =
        core().release(asked.instrument, asked.author, asked.reason, now_stamp(), actions_);
    act();
    return once_durable(holds_released{count, {}});
  }

  caf::result<close_arming_answer> answered(arming_outcome outcome) {
    act();
    return once_durable(close_arming_answer{std::move(outcome.now), std::move(outcome.refusal)});
  }

  void show_holds() {
    vitals().holds = core_.holds().count();
    metrics().set(status::metric::holds, static_cast<double>(core_.holds().count()));
  }

  reconcile_settings settings_;
  board_books boards_;
  reconcile_core core_;
  reconcile_actions actions_{};
  told_funding told_funding_{};
  question_patience patience_{};
  instant round_due_{};
};

}  // namespace

reconciler_actor spawn_reconciler(caf::actor_system& system, services given,
                                  reconciler_options options) {
  return system.spawn<reconciler>(std::move(given), std::move(options));
}

}  // namespace sluice::actors
