// What all stages share: their services, their peers, and the time; a stage forgets its peers when
// it ends, so that no circle of handles keeps anybody alive.
#pragma once

#include <utility>

#include "sluice/actors/interfaces.hpp"
#include "sluice/actors/services.hpp"

namespace sluice::actors {

/// The longest a stage's own timer may run: the actor system waits for pending timers when it ends.
inline constexpr milliseconds timer_max{500};

template <class Interface>
class stage : public Interface::base {
 public:
  stage(caf::actor_config& config, services given)
      : Interface::base(config), given_(std::move(given)) {}

  /// The exchange goes too: its streams' sinks hold handles of stages.
  void on_exit() override {
    peers_ = nullptr;
    given_.exchange = nullptr;
  }

 protected:
  [[nodiscard]] instant now() const { return this->system().clock().now(); }
  [[nodiscard]] stamp now_stamp() const { return given_.time.at(now()); }
  [[nodiscard]] status::logger& log() const { return *given_.log; }
  [[nodiscard]] status::metrics& metrics() const { return *given_.metrics; }
  [[nodiscard]] sluice::actors::vitals& vitals() const { return *given_.vitals; }

  void met(const meet& m) { peers_ = m.all; }
  /// Shows what preflight found of a part; what is new is logged with its cure.
  void report(preflight_part part, std::vector<finding> all) const {
    for (const auto& f : vitals().found(part, std::move(all)))
      if (f.kind == finding_kind::blocks)
        log().error("preflight", f.reason, {{"why", f.detail}});
      else
        log().warn("preflight", f.reason, {{"why", f.detail}});
  }
  /// Tells log and metrics that an exit did not come to its target; the record is for the journal.
  [[nodiscard]] notice exit_blocked(std::string_view by, const symbol& instrument,
                                    std::string_view reason, std::string what) const {
    metrics().add(status::metric::exits_blocked, {reason});
    log().limited(instrument.str(), status::log_level::error, by, "exit_blocked", {{"what", what}});
    return {"exit_blocked", std::move(what)};
  }
  /// Sends the records to the journal without waiting for them.
  void journal(std::vector<record_body> bodies) {
    if (peers_ && !bodies.empty())
      this->send(peers_->journal, append{std::move(bodies)});
  }

  /// Asks for a tick at `at` or somewhat earlier, unless one is due before; call again in the tick.
  void wake_at(instant at) {
    const auto present = now();
    const auto wanted = std::min(std::max(at, present), present + duration{timer_max});
    if (armed_ > present && armed_ <= wanted)
      return;
    armed_ = wanted;
    this->delayed_send(this, wanted - present, tick{});
  }

  services given_;
  std::shared_ptr<const peers> peers_{};

 private:
  instant armed_{};
};

}  // namespace sluice::actors
