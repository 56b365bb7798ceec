// The planner's shell: new plans go to journal and gate at once; the answer waits for the journal,
// and where an older plan is being withdrawn, for that one's verdict.
#include "sluice/actors/planner.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "stage.hpp"

namespace sluice::actors {
namespace {

plan_reception reception_of(offer_kind kind) {
  switch (kind) {
    case offer_kind::fresh:
    case offer_kind::supersedes:
      return plan_reception::accepted;
    case offer_kind::repeat:
      return plan_reception::repeated;
    case offer_kind::duplicate:
      return plan_reception::duplicate;
    case offer_kind::symbol_busy:
      return plan_reception::symbol_busy;
    case offer_kind::not_its_own:
      return plan_reception::not_its_own;
    case offer_kind::conflict:
      break;
  }
  return plan_reception::conflicting;
}

class planner : public stage<planner_actor> {
 public:
  planner(caf::actor_config& config, services given, planner_options options)
      : stage(config, std::move(given)), memory_(std::move(options.memory)) {}

  behavior_type make_behavior() override {
    return {
        [this](const meet& m) { met(m); },
        [this](take_plans& offered) { return take(offered.plans); },
        [this](const records_committed& committed) {
          for (const auto& r : *committed.records)
            learn(r.body);
        },
        [this](drain) {
          draining_ = true;
          successors_.clear();
        },
    };
  }

  void on_exit() override {
    successors_.clear();
    stage::on_exit();
  }

 private:
  /// One take_plans whose answer is not complete.
  struct offer {
    caf::typed_response_promise<plans_taken> promise;
    plans_taken answer{};
    std::size_t open{1};  ///< Plans that wait for an older one, and the journal.
    /// Of plans that the journal has to be asked about.
    std::unordered_map<plan_id, std::size_t> places{};
  };
  using offer_ptr = std::shared_ptr<offer>;
  /// A plan that waits until an older one is withdrawn.
  struct successor {
    plan what{};
    plan_id cancel{};  ///< The plan that withdraws the older one.
    offer_ptr from{};
    std::size_t place{0};
  };
  /// What one message brings to journal and gate.
  struct batch {
    std::vector<plan> fresh{};
    std::vector<std::pair<plan, plan_id>> duplicates{};  ///< Each with the first of its kind.
  };
  /// Plans at the journal, in the order in which it was told of them.
  struct newcomers {
    std::vector<std::shared_ptr<const plan>> fresh{};
    std::vector<std::pair<std::shared_ptr<const plan>, plan_judged>> denied{};
  };

  caf::result<plans_taken> take(std::vector<plan>& offered) {
    if (draining_)
      return caf::make_error(caf::sec::runtime_error, "draining");
    auto from = std::make_shared<offer>();
    from->answer.receptions.resize(offered.size());
    from->answer.about.resize(offered.size());
    batch taken;
    for (std::size_t i = 0; i < offered.size(); ++i) {
      if (memory_.leans_on_another(offered[i]))
        look_up(std::move(offered[i]), from, i);
      else
        take(std::move(offered[i]), from, i, taken);
    }
    const bool at_once = from->open == 1 && taken.fresh.empty() && taken.duplicates.empty();
    // A repetition may be of a plan that is not durable yet: it is answered after that one.
    if (at_once && at_journal_ == 0)
      return std::move(from->answer);
    from->promise = make_response_promise<plans_taken>();
    auto promise = from->promise;
    if (at_once)
      after_those_at_journal(from);
    else
      accept(std::move(taken), from);
    return promise;
  }

  /// It may be one that was carried out long ago: neither busy, nor worth withdrawing another for.
  void look_up(plan&& p, const offer_ptr& from, std::size_t place) {
    ++from->open;
    const auto what = std::make_shared<plan>(std::move(p));
    request(peers_->journal, caf::infinite, find_plan{what->id})
        .then(
            [this, what, from, place](const plan_found& found) {
              if (found.content_hash)
                memory_.remember(stable_hash(what->id.str()), *found.content_hash);
              batch taken;
              take(std::move(*what), from, place, taken);
              taken_later(std::move(taken), from);
            },
            [from](const caf::error&) { failed(from); });
  }

  void take(plan&& p, const offer_ptr& from, std::size_t place, batch& out) {
    auto found = memory_.offer(p);
    from->answer.receptions[place] = reception_of(found.kind);
    from->answer.about[place] = found.about;
    const bool is_new = found.kind == offer_kind::fresh || found.kind == offer_kind::duplicate;
    if (is_new && memory_.has_forgotten())
      from->places.emplace(p.id, place);
    if (found.kind == offer_kind::fresh) {
      out.fresh.push_back(std::move(p));
    } else if (found.kind == offer_kind::duplicate) {
      out.duplicates.emplace_back(std::move(p), std::move(found.about));
    } else if (found.kind == offer_kind::supersedes) {
      auto cancel = plan_to_supersede(found.about, p, now_stamp());
      ++from->open;
      successors_.insert_or_assign(found.about, successor{std::move(p), cancel.id, from, place});
      if (memory_.offer(cancel).kind == offer_kind::fresh)
        out.fresh.push_back(std::move(cancel));
    }
  }

  // ---- what becomes of plans

  void learn(const record_body& body) {
    if (const auto* finished = std::get_if<plan_finished>(&body))
      return memory_.finished(finished->plan, !finished->executed.is_zero());
    const auto* judged = std::get_if<plan_judged>(&body);
    if (!judged)
      return;
    memory_.judged(judged->plan, judged->outcome.kind);
    if (!successors_.empty())
      settle_successor(*judged);
  }

  /// The older plan has its verdict, or cannot be withdrawn any more.
  void settle_successor(const plan_judged& judged) {
    const bool too_late = judged.outcome.kind == verdict_kind::deny;
    const auto at = std::ranges::find_if(successors_, [&](const auto& waiting) {
      return waiting.first == judged.plan || (too_late && waiting.second.cancel == judged.plan);
    });
    if (at == successors_.end())
      return;
    auto waiting = successors_.extract(at);
    auto& next = waiting.mapped();
    memory_.stop_waiting(next.what.instrument);
    batch taken;
    if (waiting.key() == judged.plan && judged.outcome.kind != verdict_kind::allow) {
      take(std::move(next.what), next.from, next.place, taken);
    } else {
      next.from->answer.receptions[next.place] = plan_reception::symbol_busy;
      next.from->answer.about[next.place] = waiting.key();
    }
    taken_later(std::move(taken), next.from);
  }

  void taken_later(batch taken, const offer_ptr& from) {
    if (taken.fresh.empty() && taken.duplicates.empty())
      return at_journal_ > 0 ? after_those_at_journal(from) : settled(from);
    accept(std::move(taken), from);
  }

  // ---- out

  /// Judging and writing go on at the same time as long as every id is remembered. Once ids were
  /// forgotten only the journal can tell whether a plan is new, so that it is asked first.
  void accept(batch taken, const offer_ptr& from) {
    order_exits_first(taken.fresh);
    const bool ask_first = memory_.has_forgotten();
    const auto all = std::make_shared<newcomers>(those_of(std::move(taken)));
    append_durable records;
    // As it was asked for: a repetition is recognised by it after a restart, and its verdict can
    // be made again from it, since the gate sizes by the facts alone.
    for (const auto& p : all->fresh)
      records.bodies.emplace_back(plan_accepted{*p});
    for (const auto& [p, judged] : all->denied)
      records.bodies.emplace_back(plan_accepted{*p});
    if (records.bodies.empty())
      return settled(from);
    if (!ask_first)
      for (auto& [p, judged] : all->denied)
        records.bodies.emplace_back(std::move(judged));
    // The journal keeps the order in which it is told: whatever follows from the plan comes later.
    ++at_journal_;
    request(peers_->journal, caf::infinite, std::move(records))
        .then(
            [this, from, all, ask_first](const appended& written) {
              --at_journal_;
              if (ask_first)
                let_in(*all, written.known, *from);
              else if (!written.known.empty())
                log().error("planner", "plan_known_before", {{"plans", written.known.size()}});
              settled(from);
            },
            [from](const caf::error&) { failed(from); });
    if (!ask_first)
      let_in(*all);
  }

  /// The journal answers in the order in which it was told.
  void after_those_at_journal(const offer_ptr& from) {
    request(peers_->journal, caf::infinite, append_durable{})
        .then([from](const appended&) { settled(from); },
              [from](const caf::error&) { failed(from); });
  }

  static void failed(const offer_ptr& from) {
    if (from->promise.pending())
      from->promise.deliver(caf::make_error(caf::sec::runtime_error, "the journal has failed"));
  }

  /// A duplicate has its own verdict on record, so that its id means the same after a restart.
  newcomers those_of(batch taken) {
    newcomers all;
    for (auto& p : taken.fresh)
      all.fresh.push_back(std::make_shared<const plan>(std::move(p)));
    for (auto& [p, first] : taken.duplicates) {
      plan_judged judged{p.id, p.instrument, lane_of(p), {}, {}, 0};
      judged.outcome.kind = verdict_kind::deny;
      judged.outcome.refusals.push_back({refusal_code::duplicate_plan, first.str(), {}});
      judged.seen.now = now_stamp();
      all.denied.emplace_back(std::make_shared<const plan>(std::move(p)), std::move(judged));
    }
    return all;
  }

  /// The journal has been told of them already, verdicts included.
  void let_in(const newcomers& all) {
    for (const auto& [p, judged] : all.denied)
      tell_accepted(*p);
    judge_plans wanted;
    for (const auto& p : all.fresh) {
      tell_accepted(*p);
      wanted.plans.push_back(p);
    }
    if (!wanted.plans.empty())
      send(peers_->gate, std::move(wanted));
  }

  /// The journal has answered; what it knew before is not done again.
  void let_in(newcomers& all, const std::vector<known_before>& known, offer& from) {
    const auto fresh_count = all.fresh.size();
    std::vector<plan_id> gone;
    for (const auto& k : known) {
      auto& known_plan =
          k.place < fresh_count ? all.fresh[k.place] : all.denied.at(k.place - fresh_count).first;
      refuse_known(*known_plan, k.content_hash, from);
      gone.push_back(known_plan->id);
      known_plan = nullptr;
    }
    std::erase(all.fresh, nullptr);
    std::erase_if(all.denied, [](const auto& d) { return !d.first; });
    for (const auto& id : gone)
      stand_alone_without(id, all, from);
    std::vector<record_body> verdicts;
    for (auto& [p, judged] : all.denied)
      verdicts.emplace_back(std::move(judged));
    journal(std::move(verdicts));
    let_in(all);
  }

  /// What was denied for being like a plan that is not new is the first of its kind.
  void stand_alone_without(const plan_id& old, newcomers& all, offer& from) {
    const auto for_it = [&](const auto& d) {
      return d.second.outcome.refusals.front().observed == measure{old.str()};
    };
    const auto at = std::ranges::find_if(all.denied, for_it);
    if (at == all.denied.end())
      return;
    const auto first = at->first;
    all.denied.erase(at);
    memory_.stand_alone(*first);
    for (auto& d : all.denied)
      if (for_it(d))
        d.second.outcome.refusals.front().observed = first->id.str();
    all.fresh.push_back(first);
    answer(first->id, plan_reception::accepted, from);
  }

  static void answer(const plan_id& plan, plan_reception how, offer& from) {
    if (const auto at = from.places.find(plan); at != from.places.end()) {
      from.answer.receptions[at->second] = how;
      from.answer.about[at->second] = {};
    }
  }

  void refuse_known(const plan& p, std::uint64_t content, offer& from) {
    const auto what = memory_.known_before(p, content);
    log().info("planner", "plan_forgotten", {{"plan", p.id}, {"source", p.source}});
    answer(p.id,
           what == plan_identity::repeat ? plan_reception::repeated : plan_reception::conflicting,
           from);
  }

  void tell_accepted(const plan& p) {
    metrics().add(status::metric::plans_accepted, {to_string(lane_of(p))});
    log().info(
        "planner", "plan_accepted",
        {{"plan", p.id}, {"source", p.source}, {"kind", kind_of(p)}, {"symbol", p.instrument}});
  }

  static void settled(const offer_ptr& from) {
    if (--from->open == 0 && from->promise.pending())
      from->promise.deliver(std::move(from->answer));
  }

  planner_core memory_;
  std::unordered_map<plan_id, successor> successors_{};  ///< By the older plan.
  std::size_t at_journal_{0};  ///< Batches whose plans are not known to be durable.
  bool draining_{false};
};

}  // namespace

planner_actor spawn_planner(caf::actor_system& system, services given, planner_options options) {
  return system.spawn<planner>(std::move(given), std::move(options));
}

}  // namespace sluice::actors
