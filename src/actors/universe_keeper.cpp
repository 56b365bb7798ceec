// Periodic reads of the venue's rules and of the account's settings.
#include "sluice/actors/universe_keeper.hpp"

#include <unordered_set>

#include "stage.hpp"

namespace sluice::actors {
namespace {

using universe_reply = std::shared_ptr<const read_result<universe>>;
using settings_reply = std::shared_ptr<const read_result<account_settings>>;

constexpr milliseconds pause_min{500};
constexpr milliseconds pause_max{15'000};
constexpr milliseconds read_timeout{10'000};

class universe_keeper : public stage<universe_keeper_actor> {
 public:
  universe_keeper(caf::actor_config& config, services given, universe_settings settings)
      : stage(config, std::move(given)), settings_(std::move(settings)) {}

  behavior_type make_behavior() override {
    return {
        [this](const meet& m) {
          met(m);
          ask_universe();
          ask_settings();
        },
        [this](const universe_reply& reply) { take(*reply); },
        [this](const settings_reply& reply) { take(*reply); },
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
    given_.exchange->read_settings(
        {read_class::routine, read_timeout},
        [self = universe_keeper_actor{this}](read_result<account_settings> r) {
          caf::anon_send(self, std::make_shared<const read_result<account_settings>>(std::move(r)));
        });
  }

  void take(const read_result<universe>& reply) {
    if (reply) {
      pause_ = pause_min;
      universe_due_ = now() + duration{settings_.refresh};
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
      vitals().hedge_mode = reply->hedge_mode ? known::yes : known::no;
      vitals().can_trade = reply->can_trade ? known::yes : known::no;
      if (reply->hedge_mode)
        log().limited("hedge", status::log_level::error, "universe", "hedge_mode",
                      {{"why", "the account is in hedge mode, which is not supported yet"},
                       {"cure", "switch the account to one-way mode"}});
    } else {
      settings_due_ = after_failure("settings_failed", reply.error());
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
    wake();
  }

  void wake() {
    if (const auto next = std::min(universe_due_, settings_due_); next != instant::max())
      wake_at(next);
  }

  universe_settings settings_;
  milliseconds pause_{pause_min};
  instant universe_due_{instant::max()};
  instant settings_due_{instant::max()};
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
                                            universe_settings settings) {
  return system.spawn<universe_keeper>(std::move(given), std::move(settings));
}

}  // namespace sluice::actors
