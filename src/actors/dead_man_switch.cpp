// The shell of the dead man's switch: learns of open orders from the journal, and asks it for life.
#include "sluice/actors/dead_man_switch.hpp"

#include <algorithm>
#include <optional>

#include "stage.hpp"

namespace sluice::actors {
namespace {

constexpr milliseconds tick_period{500};
constexpr milliseconds call_timeout{3'000};
/// How old the journal's last word may be.
constexpr milliseconds silence_max{5'000};

class dead_man_switch : public stage<dead_man_actor> {
 public:
  dead_man_switch(caf::actor_config& config, services given, dead_man_options options)
      : stage(config, std::move(given)), options_(std::move(options)), core_(options_.settings) {}

  behavior_type make_behavior() override {
    return {
        [this](tick) {
          look();
          wake_at(now() + duration{tick_period});
        },
        [this](const meet& m) {
          met(m);
          on_ = options_.settings.enabled && given_.mode != run_mode::shadow;
          heard_at_ = now();
          for (const auto& o : options_.inherited)
            core_.order_opened(o.id, o.instrument, now());
          if (on_)
            wake_at(now());
        },
        [this](const records_committed& committed) {
          for (const auto& r : *committed.records)
            std::visit([&](const auto& body) { learn(body); }, r.body);
        },
        [this](const countdown_answered& a) { take(a); },
        [this](drain) { return take_all_back(); },
    };
  }

  void on_exit() override {
    drained_.reset();
    stage::on_exit();
  }

 private:
  void learn(const order_intended& o) {
    core_.order_opened(o.request.id, o.request.instrument, now());
  }
  void learn(const order_changed& o) {
    if (is_resolved(o.state))
      core_.order_ended(o.order);
  }
  template <class Other>
  void learn(const Other&) {}

  [[nodiscard]] dead_man_health health() const {
    if (vitals().draining)
      return dead_man_health::ending;
    const auto stalls = vitals().stalls();
    const bool stuck = std::ranges::any_of(stalls, [](const stall& s) {
      return s.cause == stall_cause::executor_stuck || s.cause == stall_cause::journal_slow;
    });
    return stuck || between(heard_at_, now()) > silence_max ? dead_man_health::unhealthy
                                                            : dead_man_health::healthy;
  }

  void ask_journal() {
    if (std::exchange(asking_, true))
      return;
    request(peers_->journal, caf::infinite, append_durable{})
        .then(
            [this](const appended&) {
              asking_ = false;
              heard_at_ = now();
            },
            [this](const caf::error&) { asking_ = false; });
  }

  void look() {
    ask_journal();
    const auto state = health();
    const bool well = state == dead_man_health::healthy;
    if (well != std::exchange(well_, well) && state != dead_man_health::ending)
      well ? log().info("dead_man", "signs_again")
           : log().error("dead_man", "no_signs",
                         {{"effect", "the exchange will cancel the armed symbols' orders"}});
    const auto lapsed = core_.lapsed();
    for (const auto& call : core_.on_tick(now(), state))
      ask(call);
    if (core_.lapsed() != lapsed) {
      log().error("dead_man", "countdown_ran_out");
      journal({notice{"dead_man_lapsed", "a countdown ran out at the exchange"}});
    }
    show();
  }

  /// The journal tells of the orders that have ended before it answers.
  caf::result<drained> take_all_back() {
    if (!on_)
      return drained{};
    auto promise = make_response_promise<drained>();
    request(peers_->journal, caf::infinite, append_durable{})
        .then([this, promise](const appended&) { begin_last_look(promise); },
              [this, promise](const caf::error&) { begin_last_look(promise); });
    return promise;
  }

  void begin_last_look(const caf::typed_response_promise<drained>& promise) {
    drained_ = promise;
    last_look();
  }

  /// Over once every call has its answer.
  void last_look() {
    if (!drained_)
      return;
    look();
    if (drained_ && !core_.is_asking())
      std::exchange(drained_, std::nullopt)->deliver(drained{});
  }

  void ask(const set_countdown& call) {
    given_.exchange->arm_countdown(
        call.instrument, call.after, call_timeout,
        [self = dead_man_actor{this}, call](change_outcome<countdown_armed> outcome) {
          caf::anon_send(self,
                         countdown_answered{call.instrument, call.after,
                                            std::make_shared<const change_outcome<countdown_armed>>(
                                                std::move(outcome))});
        });
  }

  void take(const countdown_answered& a) {
    const auto before = core_.armed();
    core_.on_answer({a.instrument, a.after}, *a.outcome);
    const bool obeyed = std::holds_alternative<countdown_armed>(*a.outcome);
    const bool refused = std::holds_alternative<order_refused>(*a.outcome);
    metrics().add(status::metric::dead_man_calls, {obeyed    ? "done"
                                                   : refused ? "refused"
                                                             : "uncertain"});
    if (refused)
      log().limited("refused", status::log_level::warn, "dead_man", "call_refused",
                    {{"symbol", a.instrument}, {"why", std::get<order_refused>(*a.outcome).text}});
    if (const auto after = core_.armed(); after.size() != before.size()) {
      const char* event = after.size() > before.size() ? "dead_man_armed" : "dead_man_disarmed";
      log().info("dead_man", event, {{"symbol", a.instrument}});
      journal({notice{event, a.instrument.str()}});
    }
    show();
    last_look();
  }

  void show() {
    dead_man_view v;
    v.enabled = true;
    v.healthy = well_;
    v.armed = core_.armed();
    v.left_out = core_.left_out();
    metrics().set(status::metric::dead_man_armed, static_cast<double>(v.armed.size()));
    vitals().dead_man(std::move(v));
  }

  dead_man_options options_;
  dead_man core_;
  bool on_{false};
  bool well_{true};
  bool asking_{false};
  instant heard_at_{};
  std::optional<caf::typed_response_promise<drained>> drained_{};  ///< While the process ends.
};

}  // namespace

dead_man_actor spawn_dead_man_switch(caf::actor_system& system, services given,
                                     dead_man_options options) {
  return system.spawn<dead_man_switch>(std::move(given), std::move(options));
}

}  // namespace sluice::actors
