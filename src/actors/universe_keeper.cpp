// Periodic reads of the venue's rules, of the account's settings and of the clock.
#include "sluice/actors/universe_keeper.hpp"

#include <unordered_set>

#include "preflight.hpp"
#include "stage.hpp"

namespace sluice::actors {
namespace {

using universe_reply = std::shared_ptr<const read_result<universe>>;
using settings_reply = std::shared_ptr<const read_result<account_settings>>;
using clock_reply = std::shared_ptr<const read_result<clock_offset>>;

constexpr milliseconds pause_min{500};
constexpr milliseconds pause_max{15'000};
constexpr milliseconds read_timeout{10'000};

class universe_keeper : public stage<universe_keeper_actor> {
 public:
  universe_keeper(caf::actor_config& config, services given, universe_keeper_options options)
      : stage(config, std::move(given)),
        settings_(std::move(options.settings)),
        recv_window_(options.recv_window) {}

  behavior_type make_behavior() override {
    return {
        [this](const meet& m) {
          met(m);
          ask_universe();
          ask_settings();
          ask_clock();
        },
        [this](const universe_reply& reply) { take(*reply); },
        [this](const settings_reply& reply) { take(*reply); },
        [this](const clock_reply& reply) { take(*reply); },
        [this](tick) { run(); },
    };
  }

 private:
  void ask_universe() {
    universe_due_ = instant::max();
    given_.exchange->read_universe(
        {read_class::routine, read_timeout},
        [self = universe_keeper_actor{this}](read_result<universe> r) {
          caf::anon_send(self, std::make_shared<const read_result<universe>>(std::move(r)));
        });
  }

  void ask_settings() {
    settings_due_ = instant::max();
    ask_order_limits();
    given_.exchange->read_settings(
        {read_class::routine, read_timeout},
        [self = universe_keeper_actor{this}](read_result<account_settings> r) {
          caf::anon_send(self, std::make_shared<const read_result<account_settings>>(std::move(r)));
        });
  }

  void ask_clock() {
    clock_due_ = instant::max();
    given_.exchange->read_clock(
        {read_class::routine, read_timeout},
        [self = universe_keeper_actor{this}](read_result<clock_offset> r) {
          caf::anon_send(self, std::make_shared<const read_result<clock_offset>>(std::move(r)));
        });
  }

  /// The client obeys them as soon as it has them; exchangeInfo's hold until then.
  void ask_order_limits() {
    given_.exchange->read_order_limits({read_class::routine, read_timeout},
                                       [log = given_.log](read_result<std::vector<venue_limit>> r) {
                                         if (!r)
                                           log->limited("order_limits", status::log_level::warn,
                                                        "universe", "order_limits_not_read",
                                                        {{"why", r.error().text}});
                                       });
  }

  void take(const read_result<universe>& reply) {
    if (reply) {
      pause_ = pause_min;
      universe_due_ = now() + duration{settings_.refresh};
      report(preflight_part::symbols, check_symbols(settings_.allow, *reply));
      auto fresh = std::make_shared<const universe>(restricted(*reply, settings_.allow));
      log().info("universe", "universe_read",
                 {{"source", fresh->source}, {"count", fresh->instruments.size()}});
      given_.universe->set(fresh);
      send(peers_->snapshot_manager, universe_refreshed{std::move(fresh)});
    } else {
      universe_due_ = after_failure("universe_failed", reply.error());
    }
    wake();
  }

  void take(const read_result<account_settings>& reply) {
    if (reply) {
      settings_due_ = now() + duration{settings_.refresh};
      report(preflight_part::account, check_account(*reply));
    } else {
      settings_due_ = after_failure("settings_failed", reply.error());
    }
    wake();
  }

  void take(const read_result<clock_offset>& reply) {
    if (reply) {
      clock_due_ = now() + duration{settings_.refresh};
      report(preflight_part::clock, check_clock(*reply, recv_window_));
    } else {
      clock_due_ = after_failure("clock_failed", reply.error());
    }
    wake();
  }

  instant after_failure(std::string_view event, const read_failure& why) {
    log().limited(event, status::log_level::warn, "universe", event,
                  {{"kind", to_string(why.kind)}, {"why", why.text}});
    const auto due = std::max(now() + duration{pause_}, why.retry_at.value_or(instant{}));
    pause_ = std::min(pause_ * 2, pause_max);
    return due;
  }

  void run() {
    if (universe_due_ <= now())
      ask_universe();
    if (settings_due_ <= now())
      ask_settings();
    if (clock_due_ <= now())
      ask_clock();
    wake();
  }

  void wake() {
    if (const auto next = std::min({universe_due_, settings_due_, clock_due_});
        next != instant::max())
      wake_at(next);
  }

  universe_settings settings_;
  milliseconds recv_window_;
  milliseconds pause_{pause_min};
  instant universe_due_{instant::max()};
  instant settings_due_{instant::max()};
  instant clock_due_{instant::max()};
};

}  // namespace

universe restricted(universe all, const std::vector<std::string>& allow) {
  if (allow.empty())
    return all;
  const std::unordered_set<std::string> wanted(allow.begin(), allow.end());
  std::erase_if(all.instruments,
                [&](const instrument_rules& r) { return !wanted.contains(r.instrument.str()); });
  all.index.clear();
  for (std::size_t i = 0; i < all.instruments.size(); ++i)
    all.index.emplace(all.instruments[i].instrument, i);
  return all;
}

universe_keeper_actor spawn_universe_keeper(caf::actor_system& system, services given,
                                            universe_keeper_options options) {
  return system.spawn<universe_keeper>(std::move(given), std::move(options));
}

}  // namespace sluice::actors
