// The user stream's stage: unpack, count, pass on.
#include "sluice/actors/streams.hpp"

#include <fmt/format.h>

#include "stage.hpp"
#include "stop_births.hpp"

namespace sluice::actors {
namespace {

class user_stream : public stage<user_stream_actor> {
 public:
  user_stream(caf::actor_config& config, services given,
              const std::vector<protective_stop>& inherited)
      : stage(config, std::move(given)), births_(given_.account) {
    for (const auto& s : inherited)
      births_.rests(s.id, s.position, s.direction);
  }

  behavior_type make_behavior() override {
    return {
        [this](const meet& m) {
          met(m);
          open();
        },
        [this](const std::vector<user_event>& events) {
          for (const auto& e : events)
            std::visit([&](const auto& body) { take(e, body); }, e.body);
        },
        [this](const stop_told& told) { tell(births_.on_stop(told.what)); },
        [this](tick) { tell(births_.overdue(now())); },
    };
  }

 private:
  void open() {
    metrics().set(status::metric::stream_up, {"user"}, 0);
    given_.exchange->open_user_stream(
        [self = user_stream_actor{this}](std::vector<user_event> events) {
          caf::anon_send(self, std::move(events));
        });
  }

  void count(std::string_view type) { metrics().add(status::metric::stream_events, {type}); }

  void up(bool is_up) {
    vitals().user_stream_up = is_up;
    metrics().set(status::metric::stream_up, {"user"}, is_up ? 1 : 0);
    send(peers_->snapshot_manager, user_stream_changed{is_up});
    send(peers_->stop_guard, user_stream_changed{is_up});
  }

  void take(const user_event&, const stream_opened&) {
    log().info("user_stream", "stream_opened");
    up(true);
  }
  void take(const user_event&, const stream_closed& closed) {
    log().limited("closed", status::log_level::warn, "user_stream", "stream_closed",
                  {{"why", closed.reason}});
    up(false);
  }
  void take(const user_event& e, const account_update& update) {
    count("account_update");
    if (update.reason == "FUNDING_FEE")
      send(peers_->reconciler, funding_told{std::make_shared<const account_update>(update)});
    if (update.reason == "MARGIN_TYPE_CHANGE")
      for (const auto& p : update.positions)
        touched("margin mode of " + p.position.instrument.str());
    send(peers_->snapshot_manager, account_moved{e.received_at, e.occurred_at,
                                                 std::make_shared<const account_update>(update)});
  }
  void take(const user_event&, const order_update& update) {
    count("order_update");
    tell(births_.on_order(update, now()));
  }
  void take(const user_event&, const conditional_update& update) {
    count("conditional_update");
    tell(births_.on_conditional(update.report, now()));
    send(peers_->stop_guard,
         conditional_reported{std::make_shared<const conditional_report>(update.report)});
  }
  void tell(std::vector<order_update> updates) {
    for (auto& u : updates)
      send(peers_->executor, order_reported{std::make_shared<const order_update>(std::move(u))});
    if (const auto due = births_.next_due())
      wake_at(*due);
  }
  void take(const user_event&, const settings_update& update) {
    count("settings_update");
    if (update.multi_assets)
      touched(fmt::format("multi-assets mode: {}", *update.multi_assets ? "on" : "off"));
    else
      touched(fmt::format("leverage of {}: {}", update.instrument.str(), update.leverage));
  }
  void touched(std::string what) {
    send(peers_->universe_keeper, settings_touched{std::move(what)});
  }
  void take(const user_event&, const ignored_event&) { count("ignored"); }

  stop_births births_;
};

}  // namespace

user_stream_actor spawn_user_stream(caf::actor_system& system, services given,
                                    const std::vector<protective_stop>& inherited) {
  return system.spawn<user_stream>(std::move(given), inherited);
}

}  // namespace sluice::actors
