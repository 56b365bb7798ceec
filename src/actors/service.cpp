// The shell around what the service manager is told: pokes the gate, looks, and sends datagrams.
#include "sluice/actors/service.hpp"

#include "service_talk.hpp"
#include "stage.hpp"

namespace sluice::actors {
namespace {

constexpr milliseconds look_period{250};
constexpr milliseconds poke_period{1'000};

class service : public stage<service_actor> {
 public:
  service(caf::actor_config& config, services given, service_manager manager)
      : stage(config, std::move(given)), manager_(std::move(manager)), talk_(manager_.watchdog) {}

  behavior_type make_behavior() override {
    return {
        [this](const meet& m) {
          met(m);
          wake_at(now() + duration{look_period});
        },
        [this](const standing_told& told) { standing_ = told; },
        [this](reload_begun) { tell(talk_.reloading(now())); },
        [this](reload_over) { tell(talk_.reloaded()); },
        [this](const end_process& ending) { tell(talk_.stopping(ending.reason)); },
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
      poke_at_ = now() + duration{poke_period};
    }
    tell(
        talk_.look({now(), standing_.truth_complete, vitals().gate_turns.load(), standing_.words}));
  }

  void tell(const std::vector<std::string>& datagrams) {
    for (const auto& d : datagrams)
      if (!manager_.socket->tell(d))
        log().limited("tell", status::log_level::warn, "service", "manager_not_reached",
                      {{"what", d.substr(0, d.find('\n'))}});
  }

  service_manager manager_;
  service_talk talk_;
  standing_told standing_{};
  instant poke_at_{};
};

}  // namespace

service_actor spawn_service(caf::actor_system& system, services given, service_manager manager) {
  return system.spawn<service>(std::move(given), std::move(manager));
}

}  // namespace sluice::actors
