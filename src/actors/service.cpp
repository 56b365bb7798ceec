// The shell around what the service manager is told: pokes the gate, looks, and sends datagrams.
#include "sluice/actors/service.hpp"

#include <algorithm>

#include "service_talk.hpp"
#include "stage.hpp"

namespace sluice::actors {
namespace {

constexpr milliseconds look_period{250};
constexpr milliseconds poke_period_max{1'000};

class service : public stage<service_actor> {
 public:
  service(caf::actor_config& config, services given, service_manager manager)
      : stage(config, std::move(given)), manager_(std::move(manager)), talk_(manager_.watchdog) {
    if (manager_.watchdog)
      poke_period_ =
          std::min(poke_period_max, *manager_.watchdog / service_talk::signs_each_period);
  }

  behavior_type make_behavior() override {
    return {
        [this](const meet& m) {
          met(m);
          wake_at(now() + duration{look_period});
        },
        [this](const standing_told& told) { standing_ = told; },
        [this](reload_begun) { talk_.reloading(now(), sender_); },
        [this](reload_over) { talk_.reloaded(sender_); },
        [this](const end_process& ending) { talk_.stopping(ending.reason, sender_); },
        [this](tick) {
          look();
          wake_at(now() + duration{look_period});
        },
    };
  }

 private:
  void look() {
    // The answer to this is seen at the next look: the gate's own count, and nothing else.
    if (now() >= poke_at_) {
      send(peers_->gate, tick{});
      poke_at_ = now() + duration{poke_period_};
    }
    talk_.look({now(), standing_.truth_complete, vitals().gate_turns.load(), standing_.words},
               sender_);
  }

  bool tell(const std::string& datagram) {
    if (manager_.socket->tell(datagram))
      return true;
    log().limited("tell", status::log_level::warn, "service", "manager_not_reached",
                  {{"what", datagram.substr(0, datagram.find('\n'))}});
    return false;
  }

  service_manager manager_;
  service_talk talk_;
  service_sender sender_{[this](const std::string& datagram) { return tell(datagram); }};
  milliseconds poke_period_{poke_period_max};
  standing_told standing_{};
  instant poke_at_{};
};

}  // namespace

service_actor spawn_service(caf::actor_system& system, services given, service_manager manager) {
  return system.spawn<service>(std::move(given), std::move(manager));
}

}  // namespace sluice::actors
