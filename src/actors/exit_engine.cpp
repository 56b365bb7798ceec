// The exit engine's shell: truth, marks, fills and signals in, reduce plans out to the planner.
#include "sluice/actors/exit_engine.hpp"

#include <fmt/format.h>

#include <unordered_map>

#include "exit_costs.hpp"
#include "sluice/planning/planner.hpp"
#include "stage.hpp"

namespace sluice::actors {
namespace {

/// How often the rules that need no price are asked.
constexpr milliseconds tick_period{500};

class exit_engine : public stage<exit_engine_actor> {
 public:
  exit_engine(caf::actor_config& config, services given, exit_options options)
      : stage(config, std::move(given)),
        plan_ttl_(options.settings.plan_ttl),
        tracker_(options.settings, liquidations_of(given_)),
        costs_(given_),
        run_(options.run),
        restored_(std::move(options.restored)) {
    for (const auto& p : options.earlier)
      tracker_.note_earlier(p, now());
  }

  behavior_type make_behavior() override {
    return {
        [this](tick) {
          look_at_symbols();
          const auto truth_of = [this](const position_key& key) { return given_.table->read(key); };
          tracker_.look_at_notes(truth_of, now());
          store(tracker_.look_at_missing(truth_of, venue_stamp()));
          propose(tracker_.on_tick(now()));
          tell_unprotected();
          wake_at(now() + duration{tick_period});
        },
        [this](const meet& m) {
          met(m);
          wake_at(now() + duration{tick_period});
        },
        [this](const plan_sent& leaving) { tracker_.note_plan(*leaving.what); },
        [this](const marks_moved& moved) {
          costs_.note_marks(moved.batch->rows);
          if (!restored_.empty())
            return;  // Nothing is tracked yet, and a sample would stand for what is to come back.
          auto step = tracker_.on_marks(moved.batch->rows, venue_stamp());
          store(std::move(step.changes));
          propose(std::move(step.proposals));
        },
        [this](const truths_changed& changed) {
          restore();
          // As it was told, one after the other: the table may be ahead, and would hide that a
          // position was gone between two looks.
          for (const auto& c : *changed.changes)
            store(tracker_.on_truth(c.position, c.after, venue_stamp()));
        },
        [this](const records_committed& committed) {
          for (const auto& r : *committed.records)
            std::visit([&](const auto& body) { learn(body); }, r.body);
        },
        [this](const exit_settings_changed& change) {
          plan_ttl_ = change.now.plan_ttl;
          store(tracker_.settings_changed(change.now));
        },
    };
  }

 private:
  static liquidation_lookup liquidations_of(const services& given) {
    return [table = given.table](const position_key& key, const position_open& held) {
      return table->liquidation(key, held);
    };
  }

  /// With the first truth at the latest: before it the exchange's clock is hardly ever measured.
  void restore() { tracker_.restore(std::exchange(restored_, {}), venue_stamp()); }
  void restore_if_measured() {
    if (!restored_.empty() && given_.exchange->clock())
      restore();
  }

  void store(std::optional<exit_changed> change) {
    if (change)
      journal({std::move(*change)});
  }
  void store(std::vector<exit_changed> changes) {
    std::vector<record_body> bodies;
    for (auto& c : changes)
      bodies.emplace_back(std::move(c));
    journal(std::move(bodies));
  }

  void propose(std::vector<exit_proposal> proposals) {
    take_plans wanted;
    for (auto& p : proposals) {
      const auto reason = std::string(to_string(p.decision.reason));
      const exit_wish wish{p.position, p.seen, p.truth_version, p.decision.target,
                           reason,     run_,   p.attempt,       p.decision.numbers};
      auto made = plan_for_exit(wish, now_stamp(), plan_ttl_);
      log().info("exit_engine", "exit_proposed",
                 {{"plan", made.id},
                  {"symbol", p.position.instrument},
                  {"reason", reason},
                  {"target", p.decision.target.str()},
                  {"numbers", p.decision.numbers}});
      metrics().add(status::metric::exit_proposals, {reason});
      asked_[made.id] = p.request();
      wanted.plans.push_back(std::move(made));
    }
    if (!wanted.plans.empty())
      offer(std::move(wanted));
  }

  void offer(take_plans wanted) {
    std::vector<plan_id> ids;
    for (const auto& p : wanted.plans)
      ids.push_back(p.id);
    request(peers_->planner, caf::infinite, std::move(wanted))
        .then(
            [this, ids](const plans_taken& taken) {
              // A repetition of a plan that has had its verdict will not get another one.
              for (std::size_t i = 0; i < ids.size() && i < taken.receptions.size(); ++i)
                if (taken.receptions[i] != plan_reception::accepted)
                  ended(ids[i], exit_end::unfinished);
            },
            [this, ids](const caf::error&) {
              for (const auto& id : ids)
                ended(id, exit_end::unfinished);
            });
  }

  void ended(const plan_id& id, exit_end how) {
    if (const auto at = asked_.find(id); at != asked_.end()) {
      store(tracker_.plan_ended(at->second, how, now()));
      asked_.erase(at);
    }
  }

  /// A symbol that did not trade may do so in symbols read anew, if they say anything new.
  void look_at_symbols() {
    auto symbols = given_.universe->current();
    if (symbols == symbols_)
      return;
    symbols_ = std::move(symbols);
    if (const auto rules = content_hash(*symbols_); rules != rules_) {
      rules_ = rules;
      tracker_.bars_changed();
    }
  }

  /// The status says which, the log that there are any.
  void tell_unprotected() {
    const auto open = tracker_.unprotected();
    metrics().set(status::metric::positions_unprotected, static_cast<double>(open.size()));
    std::string names;
    for (const auto& key : open)
      names += fmt::format("{}{}", names.empty() ? "" : ", ", key.instrument.str());
    if (names == unprotected_)
      return;
    unprotected_ = names;
    std::vector<finding> found;
    if (!names.empty())
      found.push_back({"unprotected",
                       fmt::format("no stop and no time limit watches {}: [exits] of the symbol or "
                                   "its source says so, or is not enabled",
                                   names),
                       finding_kind::warning});
    report(preflight_part::exits, std::move(found));
  }

  void learn(const plan_accepted& accepted) {
    const auto* wish = std::get_if<open_plan>(&accepted.what.body);
    if (wish && wishes_.size() < wishes_max)
      wishes_.insert_or_assign(accepted.what.id, wish->direction);
  }
  /// Whatever the verdict on an open plan is: its source is allowed, and wants that side. A
  /// duplicate says nothing that its first has not said, and the gate has not looked at its source.
  void learn(const plan_judged& judged) {
    if (const auto wish = wishes_.find(judged.plan); wish != wishes_.end()) {
      const bool repeats = judged.outcome.reason() == refusal_code::duplicate_plan;
      restore_if_measured();
      if (judged.seen.source_allowed && !repeats)
        store(tracker_.on_signal(judged.instrument, wish->second, venue_stamp()));
      wishes_.erase(wish);
    }
    if (judged.outcome.kind != verdict_kind::allow)
      ended(judged.plan, end_of(judged.outcome.reason()));
  }
  void learn(const plan_finished& finished) {
    tracker_.note_ended(finished.plan, finished.executed, now());
    ended(finished.plan, end_of(finished.how));
  }
  void learn(const state_changed&) { tracker_.bars_changed(); }
  void learn(const fill_recorded& booked) {
    if (!booked.ours)
      return;
    restore_if_measured();
    const auto& f = booked.what;
    if (const auto paid = costs_.in_quote(f.instrument, f.fee_asset, f.fee))
      store(tracker_.on_fee({f.instrument, f.leg}, booked.plan, *paid, now()));
    else
      log().limited(f.fee_asset, status::log_level::warn, "exit_engine", "cost_unknown",
                    {{"symbol", f.instrument}, {"asset", f.fee_asset}});
  }
  void learn(const funding_booked& booked) {
    restore_if_measured();
    if (const auto paid = costs_.in_quote(booked.instrument, booked.asset, -booked.amount))
      store(tracker_.on_funding(booked.instrument, *paid));
  }
  template <class Other>
  void learn(const Other&) {}

  /// What no order can bring nearer to its target will not change by asking again.
  static exit_end end_of(std::optional<refusal_code> reason) {
    switch (reason.value_or(refusal_code::interrupted)) {
      case refusal_code::already_at_target:
      case refusal_code::no_position:
      case refusal_code::below_min_quantity:
      case refusal_code::below_min_notional:
        return exit_end::satisfied;
      case refusal_code::halted:
      case refusal_code::symbol_not_trading:
        return exit_end::barred;
      default:
        return exit_end::unfinished;
    }
  }

  static exit_end end_of(plan_end how) {
    switch (how) {
      case plan_end::done:
        return exit_end::satisfied;
      case plan_end::not_sent:
        return exit_end::barred;
      default:
        return exit_end::unfinished;
    }
  }

  /// Open plans between their acceptance and their verdict; more are not heard as signals.
  static constexpr std::size_t wishes_max = 100'000;

  milliseconds plan_ttl_{};
  exit_tracker tracker_;
  exit_costs costs_;
  std::uint64_t run_{0};
  std::vector<exit_state> restored_{};  ///< Until the first truth.
  std::unordered_map<plan_id, exit_request> asked_{};
  std::unordered_map<plan_id, side> wishes_{};
  std::string unprotected_{};
  std::shared_ptr<const universe> symbols_{};
  std::uint64_t rules_{0};
};

}  // namespace

exit_engine_actor spawn_exit_engine(caf::actor_system& system, services given,
                                    exit_options options) {
  return system.spawn<exit_engine>(std::move(given), std::move(options));
}

}  // namespace sluice::actors
