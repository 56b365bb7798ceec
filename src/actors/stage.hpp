// What all stages share: their services, their peers, and the time; a stage forgets its peers when
// it ends, so that no circle of handles keeps anybody alive.
#pragma once

#include <utility>

#include "sluice/actors/interfaces.hpp"
#include "sluice/actors/services.hpp"

namespace sluice::actors {

/// The longest a stage's own timer may run: the actor system waits for pending timers when it ends.
inline constexpr milliseconds timer_max{500};

/// Which stage has that interface.
template <class Interface>
inline constexpr stage_name named_stage = stage_name{stage_count};
template <>
inline constexpr stage_name named_stage<supervisor_actor> = stage_name::supervisor;
template <>
inline constexpr stage_name named_stage<journal_actor> = stage_name::journal;
template <>
inline constexpr stage_name named_stage<snapshot_manager_actor> = stage_name::snapshot_manager;
template <>
inline constexpr stage_name named_stage<gate_actor> = stage_name::gate;
template <>
inline constexpr stage_name named_stage<executor_actor> = stage_name::executor;
template <>
inline constexpr stage_name named_stage<planner_actor> = stage_name::planner;
template <>
inline constexpr stage_name named_stage<intake_actor> = stage_name::intake;
template <>
inline constexpr stage_name named_stage<exit_engine_actor> = stage_name::exit_engine;
template <>
inline constexpr stage_name named_stage<reconciler_actor> = stage_name::reconciler;
template <>
inline constexpr stage_name named_stage<stop_guard_actor> = stage_name::stop_guard;
template <>
inline constexpr stage_name named_stage<dead_man_actor> = stage_name::dead_man;
template <>
inline constexpr stage_name named_stage<flattener_actor> = stage_name::flattener;
template <>
inline constexpr stage_name named_stage<redis_bridge_actor> = stage_name::redis_bridge;
template <>
inline constexpr stage_name named_stage<user_stream_actor> = stage_name::user_stream;
template <>
inline constexpr stage_name named_stage<market_stream_actor> = stage_name::market_stream;
template <>
inline constexpr stage_name named_stage<universe_keeper_actor> = stage_name::universe_keeper;
template <>
inline constexpr stage_name named_stage<watchdog_actor> = stage_name::watchdog;
template <>
inline constexpr stage_name named_stage<status_actor> = stage_name::status;
template <>
inline constexpr stage_name named_stage<settings_keeper_actor> = stage_name::settings_keeper;
template <>
inline constexpr stage_name named_stage<service_actor> = stage_name::service;

template <class Interface>
class stage : public Interface::base {
 public:
  stage(caf::actor_config& config, services given)
      : Interface::base(config), given_(std::move(given)) {
    static_assert(named_stage<Interface> < stage_name{stage_count}, "give it a name");
  }

  /// Counts what waits in the mailbox.
  void enqueue(caf::mailbox_element_ptr message, caf::execution_unit* unit) override {
    work().queued();
    Interface::base::enqueue(std::move(message), unit);
  }
  using Interface::base::enqueue;

  /// Times each handler. What is put off is counted once it is taken up.
  caf::invoke_message_result consume(caf::mailbox_element& message) override {
    const auto began = std::chrono::steady_clock::now();
    const auto outcome = Interface::base::consume(message);
    if (outcome != caf::invoke_message_result::skipped)
      work().handled(began, std::chrono::steady_clock::now());
    return outcome;
  }

  /// The exchange goes too: its streams' sinks hold handles of stages.
  void on_exit() override {
    peers_ = nullptr;
    given_.exchange = nullptr;
  }

 protected:
  [[nodiscard]] instant now() const { return this->system().clock().now(); }
  [[nodiscard]] stamp now_stamp() const { return given_.time.at(now()); }
  /// What outlives a process, such as ages, runs on the exchange's clock: ours may be set in
  /// between.
  [[nodiscard]] stamp venue_stamp() const {
    auto out = now_stamp();
    if (const auto known = given_.exchange ? given_.exchange->clock() : std::nullopt)
      out.wall.ms += known->offset.count();
    return out;
  }
  [[nodiscard]] status::logger& log() const { return *given_.log; }
  [[nodiscard]] status::metrics& metrics() const { return *given_.metrics; }
  [[nodiscard]] sluice::actors::vitals& vitals() const { return *given_.vitals; }

  /// More has come in behind the message that is being handled.
  [[nodiscard]] bool others_wait() { return work().waiting() > 1; }

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
  /// Most messages are ticks, and CAF tries one handler after the other: in the stages that tick
  /// most theirs stands first.
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
  workload& work() { return given_.vitals->work[static_cast<std::size_t>(named_stage<Interface>)]; }

  instant armed_{};
};

}  // namespace sluice::actors
