// Ending in order: nothing new in, outcomes of orders, stops that stand, the journal's last commit,
// countdowns that nobody needs, then everybody.
#include "sluice/actors/supervisor.hpp"

#include <optional>
#include <unordered_map>

#include "sluice/actors/application.hpp"
#include "stage.hpp"

namespace sluice::actors {
namespace {

constexpr milliseconds last_commit_max{3'000};
/// A move of a stop takes two answers of the venue, a first stop a truth and one answer.
constexpr milliseconds last_stops_max{2'000};
/// A countdown that is left armed cancels orders of others too.
constexpr milliseconds last_signs_max{1'000};
/// A stage that does not end by then is left behind.
constexpr milliseconds last_stage_max{500};

class supervisor : public stage<supervisor_actor> {
 public:
  supervisor(caf::actor_config& config, services given, supervisor_options options)
      : stage(config, std::move(given)), options_(std::move(options)) {
    set_down_handler([this](const caf::down_msg& down) { stage_down(down); });
  }

  behavior_type make_behavior() override {
    return {
        [this](const meet& m) {
          met(m);
          watch_all();
          if (const auto early = std::exchange(early_end_, std::nullopt))
            end(*early);
        },
        [this](const end_process& wanted) { end(wanted); },
        [this](tick) { stop_journal(); },
    };
  }

 private:
  /// Whether a stop may still be on its way.
  enum class stops : std::uint8_t { unasked, asked, standing };

  template <class Handle>
  void watch(const Handle& stage_handle, const char* called) {
    monitor(stage_handle);
    names_[stage_handle.address()] = called;
  }

  void watch_all() {
    watch(peers_->journal, "journal_writer");
    watch(peers_->executor, "executor");
    watch(peers_->snapshot_manager, "snapshot_manager");
    watch(peers_->gate, "gate");
    watch(peers_->planner, "planner");
    watch(peers_->intake, "intake");
    watch(peers_->exit_engine, "exit_engine");
    watch(peers_->reconciler, "reconciler");
    watch(peers_->stop_guard, "stop_guard");
    watch(peers_->dead_man, "dead_man");
    watch(peers_->flattener, "flattener");
    if (peers_->redis_bridge)
      watch(peers_->redis_bridge, "redis_bridge");
    watch(peers_->user_stream, "user_stream");
    watch(peers_->market_stream, "market_stream");
    watch(peers_->universe_keeper, "universe_keeper");
    watch(peers_->status, "status");
    watch(peers_->watchdog, "watchdog");
    watch(peers_->settings_keeper, "settings_keeper");
    if (peers_->service)
      watch(peers_->service, "service");
  }

  void stage_down(const caf::down_msg& down) {
    if (stopped_)
      return stage_stopped(down);
    const auto at = names_.find(down.source);
    const std::string called = at == names_.end() ? "unknown" : at->second;
    names_.erase(down.source);
    end({1, "stage " + called + " ended: " + caf::to_string(down.reason)});
  }

  void end(const end_process& wanted) {
    if (!peers_) {  // The journal's first commit may fail before the stages have met.
      early_end_ = wanted;
      return;
    }
    if (ending_ && (wanted.exit_code == 0 || code_ != 0))
      return;
    code_ = wanted.exit_code;
    why_ = wanted.reason;
    vitals().draining = true;
    if (code_ != 0)
      vitals().stopped = true;
    if (code_ == 0)
      log().info("supervisor", "ending", {{"why", wanted.reason}});
    else
      log().error("supervisor", "ending", {{"why", wanted.reason}, {"exit_code", code_}});
    const bool first = !std::exchange(ending_, true);
    if (peers_->service)
      send(peers_->service, wanted);
    send(peers_->intake, drain{});
    send(peers_->planner, drain{});
    if (code_ != 0) {
      // What cannot be trusted any more may allow nothing, also in its last moments.
      send(peers_->gate, stop_allowing{wanted.reason});
      request(peers_->executor, options_.drain_max, drain{})
          .then([](const drained&) {}, [](const caf::error&) {});
      // A stop leaves only once its intent is durable: without a journal there is none to wait for.
      return code_ == static_cast<int>(exit_code::io_error) ? close_journal() : let_stops_stand();
    }
    if (first)
      request(peers_->executor, options_.drain_max, drain{})
          .then([this](const drained&) { orders_ended(); },
                [this](const caf::error&) {
                  log().warn("supervisor", "orders_left_open",
                             {{"orders", vitals().orders_under_way.load()},
                              {"cure", "they are resolved first at the next start"}});
                  orders_ended();
                });
  }

  /// A fault that came meanwhile has not waited for them.
  void orders_ended() {
    if (code_ == 0)
      let_stops_stand();
  }

  /// A stop that was taken back for another would leave its position bare until the next start.
  void let_stops_stand() {
    if (stops_ == stops::standing)
      return close_journal();
    if (std::exchange(stops_, stops::asked) == stops::asked)
      return;  // The answer is on its way.
    request(peers_->stop_guard, last_stops_max, drain{})
        .then([this](const drained&) { stops_stand(); },
              [this](const caf::error&) {
                log().warn("supervisor", "stop_left_open",
                           {{"cure", "the next start finds out about it first"}});
                stops_stand();
              });
  }

  void stops_stand() {
    stops_ = stops::standing;
    close_journal();
  }

  void close_journal() {
    append_durable last;
    last.bodies.emplace_back(notice{"process_ended", why_});
    request(peers_->journal, last_commit_max, std::move(last))
        .then([this](const appended&) { take_signs_back(); },
              [this](const caf::error&) { stop_all(); });
  }

  void take_signs_back() {
    if (code_ != 0)
      return stop_all();
    request(peers_->dead_man, last_signs_max, drain{})
        .then([this](const drained&) { stop_all(); }, [this](const caf::error&) { stop_all(); });
  }

  /// All but the journal, which takes what they say last.
  void stop_all() {
    if (std::exchange(stopped_, true))
      return;
    const auto over = [this](const auto& handle) {
      send_exit(handle, caf::exit_reason::user_shutdown);
    };
    over(peers_->intake);
    over(peers_->planner);
    over(peers_->exit_engine);
    over(peers_->gate);
    over(peers_->executor);
    over(peers_->reconciler);
    over(peers_->stop_guard);
    over(peers_->dead_man);
    over(peers_->flattener);
    if (peers_->redis_bridge)
      over(peers_->redis_bridge);
    over(peers_->user_stream);
    over(peers_->market_stream);
    over(peers_->universe_keeper);
    over(peers_->snapshot_manager);
    over(peers_->status);
    over(peers_->watchdog);
    over(peers_->settings_keeper);
    if (peers_->service)
      over(peers_->service);
    names_.erase(peers_->journal.address());
    delayed_send(this, last_stage_max, tick{});
  }

  void stage_stopped(const caf::down_msg& down) {
    names_.erase(down.source);
    if (names_.empty())
      stop_journal();
  }

  void stop_journal() {
    if (!stopped_ || !options_.ended)
      return;
    send_exit(peers_->journal, caf::exit_reason::user_shutdown);
    std::exchange(options_.ended, nullptr)(code_);
    quit();
  }

  supervisor_options options_;
  std::unordered_map<caf::actor_addr, std::string> names_{};
  std::optional<end_process> early_end_{};
  int code_{0};
  std::string why_{};  ///< Of the end.
  stops stops_{stops::unasked};
  bool ending_{false};
  bool stopped_{false};
};

}  // namespace

supervisor_actor spawn_supervisor(caf::actor_system& system, services given,
                                  supervisor_options options) {
  return system.spawn<supervisor>(std::move(given), std::move(options));
}

}  // namespace sluice::actors
