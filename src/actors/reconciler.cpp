// The reconciler's shell: fills into the ledger, comparisons on every change and every period.
#include "sluice/actors/reconciler.hpp"

#include <fmt/format.h>

#include <unordered_set>

#include "stage.hpp"

namespace sluice::actors {
namespace {

class reconciler : public stage<reconciler_actor> {
 public:
  reconciler(caf::actor_config& config, services given, reconciler_options options)
      : stage(config, std::move(given)),
        settings_(options.settings),
        last_hold_id_(options.last_hold_id) {
    for (const auto& line : options.lines)
      books_.restore(line);
    for (const auto& [instrument, ids] : options.trade_ids)
      books_.restore_seen(
          instrument, ids,
          ids.size() < options.trade_ids_max ? seen_ids::complete : seen_ids::newest_only);
    for (const auto& h : options.holds) {
      holds_[h.position] = h;
      watch(h.position).hold_restored();
    }
    show_holds();
  }

  behavior_type make_behavior() override {
    return {
        [this](const meet& m) {
          met(m);
          round_due_ = now() + duration{settings_.period};
          wake_at(round_due_);
        },
        [this](const fills_seen& seen) {
          for (const auto& f : seen.fills)
            take(f);
        },
        [this](const funding_told& told) { book_funding(*told.update); },
        [this](const truths_changed& changed) {
          for (const auto& c : *changed.changes)
            compare(c.position);
        },
        [this](const order_pending_changed& change) {
          if (change.pending)
            pending_.insert(change.position);
          else
            pending_.erase(change.position);
        },
        [this](const release_holds& asked) { return release(asked); },
        [this](tick) {
          if (round_due_ <= now()) {
            round_due_ = now() + duration{settings_.period};
            compare_all();
          }
          wake_at(round_due_);
        },
    };
  }

 private:
  drift_watch& watch(const position_key& key) {
    return watches_.try_emplace(key, settings_).first->second;
  }

  void take(const fill_recorded& f) {
    const position_key key{f.what.instrument, f.what.leg};
    if (!f.ours) {
      if (watch(key).note_foreign_fill(f.what, now())) {
        record_fill(f);
        if (f.what.given_by != order_giver::client)
          tell_forced_close(f.what);
      }
      return compare(key);
    }
    const auto effect = books_.apply(f.what, now());
    if (effect == fill_effect::applied || effect == fill_effect::contained) {
      metrics().add(status::metric::fills);
      record_fill(f);
      if (effect == fill_effect::contained)
        record_contained(key, f.what);
      tell_gate(key);
    } else if (effect == fill_effect::refused) {
      watch(key).note_own_fill(f.what, now());
      log().warn("reconciler", "fill_refused",
                 {{"symbol", key.instrument}, {"trade", f.what.id}, {"order", f.what.order}});
    }
    compare(key);
  }

  void tell_gate(const position_key& key) {
    const auto line = books_.line(key);
    if (peers_ && line)
      send(peers_->gate, ledger_moved{key, line->amount});
  }

  /// Money that came or went without a trade. The venue names one symbol, or none.
  void book_funding(const account_update& update) {
    auto about = update.about;
    if (about.empty() && update.positions.size() == 1)
      about = update.positions.front().position.instrument;
    for (const auto& b : update.balances) {
      if (b.change.is_zero())
        continue;
      log().info("reconciler", "funding",
                 {{"symbol", about}, {"asset", b.asset}, {"amount", b.change}});
      journal({funding_booked{about, b.asset, b.change, update.transaction_time}});
    }
  }

  /// The venue closed something of ours by itself: a person should know, whatever becomes of it.
  void tell_forced_close(const fill& f) {
    const auto text = fmt::format("{} {} {} at {}", f.instrument.str(), to_string(f.direction),
                                  f.amount.str(), f.at.str());
    log().error("reconciler", to_string(f.given_by), {{"what", text}});
    journal({notice{std::string(to_string(f.given_by)), text}});
  }

  void record_fill(fill_recorded f) {
    if (const auto line = books_.line({f.what.instrument, f.what.leg}); line && f.ours)
      f.entry_after = line->entry;
    log().info("reconciler", "fill",
               {{"symbol", f.what.instrument},
                {"trade", f.what.id},
                {"side", to_string(f.what.direction)},
                {"amount", f.what.amount},
                {"price", f.what.at},
                {"fee", f.what.fee},
                {"ours", f.ours},
                {"plan", f.plan}});
    journal({std::move(f)});
  }

  /// The journal adds every fill of ours to its ledger line; this one is in the line already.
  void record_contained(const position_key& key, const fill& f) {
    const auto line = books_.line(key);
    const auto amount = line ? line->amount : quantity{};
    journal({ledger_adjusted{
        key, amount + signed_amount(f), amount, "contained",
        "trade " + std::to_string(f.id) + " is older than the truth that the ledger was set to",
        line ? line->entry : price{}}});
  }

  void compare_all() {
    std::unordered_set<position_key> known;
    for (const auto& line : books_.lines())
      known.insert(line.position);
    for (const auto& [key, h] : holds_)
      known.insert(key);
    given_.table->scan([&](const position_key& key, const truth_view& seen) {
      if (std::holds_alternative<position_open>(seen.content))
        known.insert(key);
    });
    for (const auto& key : known)
      compare(key);
  }

  void compare(const position_key& key) {
    drift_input in;
    in.position = key;
    in.seen = given_.table->read(key);
    in.line = books_.line(key);
    if (const auto u = given_.universe->current(); const auto* rules = u->find(key.instrument))
      in.step = rules->lot.step;
    in.order_unresolved = pending_.contains(key);
    in.now = now();
    const auto report = watch(key).observe(in);
    switch (report.action) {
      case drift_action::nothing:
        break;
      case drift_action::adopt:
        adopt(key, in.seen, report);
        break;
      case drift_action::place_hold:
        place(key, report);
        break;
      case drift_action::release_hold:
        lift(key, "reconciler", report.cause);
        break;
    }
  }

  void adopt(const position_key& key, const truth_view& seen, const drift_report& report) {
    const auto* open = std::get_if<position_open>(&seen.content);
    books_.set(key, report.truth_amount, open ? open->entry : price{}, seen.changed_at);
    log().info("reconciler", "ledger_adjusted",
               {{"symbol", key.instrument},
                {"from", report.ledger_amount},
                {"to", report.truth_amount},
                {"cause", report.cause},
                {"evidence", report.evidence}});
    journal({ledger_adjusted{key, report.ledger_amount, report.truth_amount, report.cause,
                             report.evidence, open ? open->entry : price{}}});
    tell_gate(key);
  }

  void place(const position_key& key, const drift_report& report) {
    const hold h{++last_hold_id_,     key,
                 report.holds_for,    report.ledger_amount,
                 report.truth_amount, report.evidence,
                 now_stamp().wall};
    holds_[key] = h;
    log().warn(
        "reconciler", "hold_placed",
        {{"symbol", key.instrument}, {"cause", to_string(h.cause)}, {"evidence", h.evidence}});
    journal({hold_placed{h}});
    send(peers_->gate, hold_changed{h, true});
    show_holds();
  }

  bool lift(const position_key& key, const std::string& author, const std::string& reason) {
    const auto at = holds_.find(key);
    if (at == holds_.end())
      return false;
    const auto h = at->second;
    holds_.erase(at);
    log().info("reconciler", "hold_released",
               {{"symbol", key.instrument}, {"author", author}, {"reason", reason}});
    journal({hold_released{h, author, reason}});
    send(peers_->gate, hold_changed{h, false});
    show_holds();
    return true;
  }

  holds_released release(const release_holds& asked) {
    std::vector<position_key> keys;
    for (const auto& [key, h] : holds_)
      if (key.instrument == asked.instrument)
        keys.push_back(key);
    for (const auto& key : keys) {
      lift(key, asked.author, asked.reason);
      watch(key).hold_lifted();
      accept_truth(key, asked);
    }
    return {keys.size()};
  }

  /// Whoever releases a hold says that the exchange is right: otherwise the same drift would only
  /// become the same hold again.
  void accept_truth(const position_key& key, const release_holds& asked) {
    const auto seen = given_.table->read(key);
    const auto line = books_.line(key);
    if (!is_known(seen.content))
      return;
    drift_report accepted;
    accepted.truth_amount = amount_of(seen.content);
    accepted.ledger_amount = line ? line->amount : quantity{};
    accepted.cause = "released_by_operator";
    accepted.evidence = asked.author + ": " + asked.reason;
    if (accepted.truth_amount != accepted.ledger_amount)
      adopt(key, seen, accepted);
  }

  void show_holds() {
    vitals().holds = holds_.size();
    metrics().set(status::metric::holds, static_cast<double>(holds_.size()));
  }

  reconcile_settings settings_;
  ledger books_{};
  std::unordered_map<position_key, drift_watch> watches_{};
  std::unordered_map<position_key, hold> holds_{};
  std::unordered_set<position_key> pending_{};
  std::int64_t last_hold_id_{0};
  instant round_due_{};
};

}  // namespace

reconciler_actor spawn_reconciler(caf::actor_system& system, services given,
                                  reconciler_options options) {
  return system.spawn<reconciler>(std::move(given), std::move(options));
}

}  // namespace sluice::actors
