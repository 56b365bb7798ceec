// The shell of the protective stops: hands truth, events and answers to the keeper and obeys it.
#include "sluice/actors/stop_guard.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "question_patience.hpp"
#include "stage.hpp"

namespace sluice::actors {
namespace {

constexpr milliseconds tick_period{500};
/// An order that has just ended is known to be filled, and its position to be open, a moment later.
constexpr milliseconds told_within{250};
/// A mark older than this says nothing of whether a trigger is crossed.
constexpr milliseconds mark_age_max{5'000};

template <class T>
std::shared_ptr<const T> shared(T&& value) {
  return std::make_shared<const T>(std::forward<T>(value));
}

stop_keeper_options keeper_options(const services& given, const stop_guard_options& o) {
  stop_keeper_options out;
  out.account = given.account;
  out.settings = o.settings;
  out.orders = o.orders;
  out.truth_age_max = o.truth_age_max;
  return out;
}

/// Whether a protective stop could be placed at this moment.
bool orders_leave(const budget_view& b, instant now) {
  const auto ended = [now](const std::optional<instant>& until) { return !until || *until <= now; };
  const auto part_of = [&](read_class c) { return b.share_pct_max[static_cast<std::size_t>(c)]; };
  const auto share = (part_of(read_class::exit_demand) + part_of(read_class::entry_demand)) / 2;
  const auto has_room = [&](const window_view& w) {
    return w.limit == 0 || w.used < w.limit * share / 100;
  };
  return ended(b.banned_until) && ended(b.paused_until) && ended(b.orders_paused_until) &&
         has_room(b.orders_10s) && has_room(b.orders_1m);
}

class stop_guard : public stage<stop_guard_actor> {
 public:
  stop_guard(caf::actor_config& config, services given, stop_guard_options options)
      : stage(config, std::move(given)),
        options_(std::move(options)),
        keeper_(keeper_options(given_, options_)) {}

  behavior_type make_behavior() override {
    return {
        [this](tick) {
          obey(keeper_.on_tick(now()));
          decide_all();
          wake_at(now() + duration{tick_period});
        },
        [this](const meet& m) {
          met(m);
          if (given_.mode != run_mode::shadow)
            begin();
        },
        [this](const truths_changed& changed) {
          for (const auto& c : *changed.changes)
            decide(c.position);
        },
        [this](const conditional_reported& told) {
          obey(keeper_.on_event(*told.report, now()));
          decide({told.report->instrument, told.report->leg});
        },
        [this](const user_stream_changed& change) {
          if (on_ && change.up)
            obey(keeper_.on_stream_opened(now()));
        },
        [this](const records_committed& committed) {
          for (const auto& r : *committed.records)
            if (const auto* changed = std::get_if<exit_changed>(&r.body)) {
              keeper_.exit_state_changed(changed->what);
              decide(changed->what.position);
            } else if (const auto* f = std::get_if<fill_recorded>(&r.body)) {
              note(*f);
            }
        },
        [this](const stop_placed& a) {
          take(a.stop, [&] { return keeper_.on_placed(a.stop, *a.outcome, now()); });
        },
        [this](const stop_cancelled& a) {
          take(a.stop, [&] { return keeper_.on_cancelled(a.stop, *a.outcome, now()); });
        },
        [this](const stop_asked& a) {
          patience_.heard(*a.answer, now());
          take(a.stop, [&] { return keeper_.on_asked(a.stop, *a.answer, a.sent_at, now()); });
        },
        [this](const stops_listed& a) { take(a); },
        [this](drain) -> caf::result<drained> {
          decide_all();
          if (!on_ || (!options_.settings.enabled && all_stand()))
            return drained{};
          auto promise = make_response_promise<drained>();
          drained_ = promise;
          if (options_.settings.enabled) {
            answer_from_ = now() + duration{told_within};
            wake_at(answer_from_);
          }
          obey({});
          return promise;
        },
        [this](const stale_limits_changed& limits) { keeper_.truth_age_max(limits.exit); },
    };
  }

  void on_exit() override {
    drained_.reset();
    stage::on_exit();
  }

 private:
  void begin() {
    on_ = true;
    for (const auto& e : options_.exits)
      keeper_.exit_state_changed(e);
    obey(keeper_.restore(options_.inherited, options_.last_number, now()));
    if (!options_.settings.enabled && keeper_.is_active())
      log().warn("stop_guard", "stops_left",
                 {{"stops", options_.inherited.size()},
                  {"cure", "they are cancelled once their positions are closed"}});
    wake_at(now());
  }

  /// The truth that shows it may be under way while the process ends. What closed its position
  /// needs no stop.
  void note(const fill_recorded& f) {
    if (!on_ || !f.ours || !options_.settings.enabled)
      return;
    forget_filled();
    const position_key key{f.what.instrument, f.what.leg};
    if (f.entry_after.is_zero())
      filled_.erase(key);
    else
      filled_.insert_or_assign(key, now());
  }

  /// An answer that concerns a stop: what its position needs now waits for no tick.
  template <class Answer>
  void take(const client_order_id& stop, Answer answer) {
    const auto position = keeper_.position_of(stop);
    obey(answer());
    if (position)
      decide(*position);
  }

  void take(const stops_listed& answer) {
    patience_.heard(*answer.list, now());
    if (!*answer.list)
      log().limited(
          "audit", status::log_level::warn, "stop_guard", "audit_failed",
          {{"kind", to_string(answer.list->error().kind)}, {"why", answer.list->error().text}});
    obey(keeper_.on_audit(answer.scope, *answer.list, answer.sent_at, now_stamp()));
    decide_all();
  }

  [[nodiscard]] stop_surroundings around(const position_key& key) const {
    stop_surroundings s;
    s.seen = given_.table->read(key);
    const auto mark = given_.marks->read(key.instrument);
    if (mark && between(mark->as_of, now()) <= mark_age_max)
      s.mark = mark->value;
    if (const auto rules = given_.universe->rules_of(key.instrument))
      s.rules = *rules;
    s.orders_leave = orders_leave(given_.exchange->budget(), now());
    return s;
  }

  void decide(const position_key& key) {
    if (on_ && (!vitals().draining || may_act_at_end(key)))
      obey(keeper_.decide(key, around(key), now_stamp()));
  }

  /// While the process ends no stop that stands is moved: nobody could see that the other one
  /// stands. A position without one gets it, and one that is gone loses it. After a fault only what
  /// has begun is finished.
  [[nodiscard]] bool may_act_at_end(const position_key& key) const {
    return keeper_.is_moving(key) || (!vitals().stopped && !is_guarded(key));
  }

  [[nodiscard]] bool is_open(const position_key& key) const {
    return std::holds_alternative<position_open>(given_.table->read(key).content);
  }

  /// Open, with a stop of ours at the venue that would close it.
  [[nodiscard]] bool is_guarded(const position_key& key) const {
    const auto seen = given_.table->read(key);
    const auto* held = std::get_if<position_open>(&seen.content);
    return held && std::ranges::any_of(keeper_.stops(), [&](const protective_stop& s) {
             return s.position == key && s.state == stop_state::resting &&
                    s.direction == (held->amount.sign() > 0 ? side::sell : side::buy);
           });
  }

  /// Whether the process may end: no stop is being moved; and unless it ends by a fault, none is on
  /// its way to a bare position, and what was filled last has one, if one can be had.
  [[nodiscard]] bool all_stand() {
    if (keeper_.is_moving() || vitals().stopped)
      return !keeper_.is_moving();
    forget_filled();
    return filled_.empty() && std::ranges::none_of(keeper_.stops(), [&](const auto& s) {
             return (s.state == stop_state::intended || s.state == stop_state::sent) &&
                    is_open(s.position) && !is_guarded(s.position);
           });
  }

  void forget_filled() {
    const auto given_up = keeper_.unguarded();
    std::erase_if(filled_, [&](const auto& fill) {
      const auto& [key, at] = fill;
      const auto seen = given_.table->read(key);
      return is_guarded(key) ||
             (std::holds_alternative<position_flat>(seen.content) && seen.as_of > at) ||
             std::ranges::any_of(given_up, [&](const auto& u) { return u.first == key; });
    });
  }

  void decide_all() {
    if (!on_ || !keeper_.is_active())
      return;
    auto keys = keeper_.positions();
    given_.table->scan([&](const position_key& key, const truth_view& seen) {
      if (std::holds_alternative<position_open>(seen.content))
        keys.push_back(key);
    });
    for (const auto& key : keys)
      decide(key);
    show();
  }

  void show() {
    std::vector<finding> found;
    for (const auto& [key, why] : keeper_.unguarded())
      found.push_back({"position_without_stop",
                       fmt::format("{} {} has no stop at the exchange: {}", key.instrument.str(),
                                   to_string(key.leg), why),
                       finding_kind::blocks});
    metrics().set(status::metric::positions_without_stop, static_cast<double>(found.size()));
    static_cast<void>(vitals().found(preflight_part::stops, std::move(found)));
  }

  // ---- carrying out what the keeper says

  void obey(stop_actions actions) {
    if (!on_ || !peers_)
      return;
    for (auto& action : actions)
      std::visit([&](auto& a) { act(a); }, action);
    if (drained_ && (vitals().stopped || now() >= answer_from_) && all_stand())
      std::exchange(drained_, std::nullopt)->deliver(drained{});
  }

  void act(intend_stop& a) {
    tell(a.what);
    append_durable intent;
    const auto id = a.what.what.id;
    const auto position = a.what.what.position;
    intent.bodies.emplace_back(std::move(a.what));
    request(peers_->journal, caf::infinite, std::move(intent))
        .then([this, id, position](
                  const appended&) { obey(keeper_.on_durable(id, around(position), now())); },
              [this, id](const caf::error&) {
                // Without a durable intent nothing is sent; the journal's failure ends the process.
                log().error("stop_guard", "intent_not_durable", {{"stop", id}});
              });
  }

  void act(const place_stop& a) {
    // Its intent is durable: the next start finds out that it never left.
    if (vitals().draining && !may_act_at_end({a.request.instrument, a.request.leg}))
      return;
    given_.exchange->place_conditional(
        a.request, options_.orders.order_timeout,
        [self = stop_guard_actor{this}, id = a.request.id](conditional_outcome outcome) {
          caf::anon_send(self, stop_placed{id, shared(std::move(outcome))});
        });
  }

  void act(const cancel_stop& a) {
    given_.exchange->cancel_conditional(
        a.id, options_.orders.order_timeout,
        [self = stop_guard_actor{this}, id = a.id](change_outcome<conditional_cancelled> outcome) {
          caf::anon_send(self, stop_cancelled{id, shared(std::move(outcome))});
        });
  }

  void act(const ask_stop& a) {
    given_.exchange->read_conditional(
        a.id, {read_class::exit_demand, patience_.at(now())},
        [self = stop_guard_actor{this}, id = a.id,
         sent_at = now()](read_result<conditional_report> answer) {
          caf::anon_send(self, stop_asked{id, sent_at, shared(std::move(answer))});
        });
  }

  void act(const audit_stops& a) {
    given_.exchange->read_open_conditionals(
        a.scope, {read_class::verification, patience_.at(now())},
        [self = stop_guard_actor{this}, scope = a.scope,
         sent_at = now()](read_result<std::vector<conditional_report>> list) {
          caf::anon_send(self, stops_listed{scope, sent_at, shared(std::move(list))});
        });
  }

  void act(stop_changed& a) {
    tell(a);
    journal({std::move(a)});
  }

  void act(const stop_pending& a) {
    // What it traded may have been told to nobody.
    const bool traded = !a.pending && a.became != 0;
    const order_pending_changed told{a.position, a.pending, a.id, {}, a.became, traded};
    send(peers_->reconciler, told);
    send(peers_->executor, told);
  }

  void act(const guard_changed& a) {
    if (a.guarded)
      log().info("stop_guard", "position_guarded",
                 {{"symbol", a.position.instrument}, {"why", a.text}});
    else
      log().error("stop_guard", "position_without_stop",
                  {{"symbol", a.position.instrument}, {"why", a.text}});
    journal({notice{a.guarded ? "position_guarded" : "position_without_stop",
                    a.position.instrument.str() + ": " + a.text}});
    show();
  }

  void tell(const stop_changed& c) {
    send(peers_->user_stream, stop_told{c.what});
    metrics().add(status::metric::protective_stops, {to_string(c.what.state)});
    log().info("stop_guard", "stop_changed",
               {{"stop", c.what.id},
                {"symbol", c.what.position.instrument},
                {"side", to_string(c.what.direction)},
                {"trigger", c.what.trigger},
                {"state", to_string(c.what.state)},
                {"detail", c.detail}});
  }

  stop_guard_options options_;
  stop_keeper keeper_;
  question_patience patience_{};
  bool on_{false};
  instant answer_from_{};                     ///< An orderly end is answered not before.
  std::map<position_key, instant> filled_{};  ///< By us; until the truth has it, and a stop.
  std::optional<caf::typed_response_promise<drained>> drained_{};  ///< While the process ends.
};

}  // namespace

stop_guard_actor spawn_stop_guard(caf::actor_system& system, services given,
                                  stop_guard_options options) {
  return system.spawn<stop_guard>(std::move(given), std::move(options));
}

}  // namespace sluice::actors
