// Ending in order: nothing new in, outcomes of orders, the journal's last commit, then everybody.
#include "sluice/actors/supervisor.hpp"

#include <unordered_map>

#include "stage.hpp"

namespace sluice::actors {
namespace {

constexpr milliseconds last_commit_max{3'000};

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
        },
        [this](const end_process& wanted) { end(wanted); },
        [this](tick) {},
    };
  }

 private:
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
    watch(peers_->user_stream, "user_stream");
    watch(peers_->market_stream, "market_stream");
    watch(peers_->universe_keeper, "universe_keeper");
    watch(peers_->status, "status");
  }

  void stage_down(const caf::down_msg& down) {
    if (stopped_)
      return;
    const auto at = names_.find(down.source);
    const std::string called = at == names_.end() ? "unknown" : at->second;
    end({1, "stage " + called + " ended: " + caf::to_string(down.reason)});
  }

  void end(const end_process& wanted) {
    if (ending_ && (wanted.exit_code == 0 || code_ != 0))
      return;
    code_ = wanted.exit_code;
    vitals().draining = true;
    if (code_ == 0)
      log().info("supervisor", "ending", {{"why", wanted.reason}});
    else
      log().error("supervisor", "ending", {{"why", wanted.reason}, {"exit_code", code_}});
    const bool first = !std::exchange(ending_, true);
    send(peers_->intake, drain{});
    send(peers_->planner, drain{});
    if (code_ != 0) {
      // What cannot be trusted any more may allow nothing, also in its last moments.
      send(peers_->gate, change_state{trading_state::halted, "supervisor", wanted.reason});
      return close_journal(wanted.reason);
    }
    if (first)
      request(peers_->executor, options_.drain_max, drain{})
          .then([this, why = wanted.reason](const drained&) { close_journal(why); },
                [this, why = wanted.reason](const caf::error&) {
                  log().warn("supervisor", "orders_left_open",
                             {{"orders", vitals().orders_under_way.load()},
                              {"cure", "they are resolved first at the next start"}});
                  close_journal(why);
                });
  }

  void close_journal(const std::string& why) {
    append_durable last;
    last.bodies.emplace_back(notice{"process_ended", why});
    request(peers_->journal, last_commit_max, std::move(last))
        .then([this](const appended&) { stop_all(); }, [this](const caf::error&) { stop_all(); });
  }

  void stop_all() {
    if (std::exchange(stopped_, true))
      return;
    const auto all = peers_;
    const auto over = [this](const auto& handle) {
      send_exit(handle, caf::exit_reason::user_shutdown);
    };
    over(all->intake);
    over(all->planner);
    over(all->exit_engine);
    over(all->gate);
    over(all->executor);
    over(all->reconciler);
    over(all->user_stream);
    over(all->market_stream);
    over(all->universe_keeper);
    over(all->snapshot_manager);
    over(all->status);
    over(all->journal);
    if (options_.ended)
      std::exchange(options_.ended, nullptr)(code_);
    quit();
  }

  supervisor_options options_;
  std::unordered_map<caf::actor_addr, std::string> names_{};
  int code_{0};
  bool ending_{false};
  bool stopped_{false};
};

}  // namespace

supervisor_actor spawn_supervisor(caf::actor_system& system, services given,
                                  supervisor_options options) {
  return system.spawn<supervisor>(std::move(given), std::move(options));
}

}  // namespace sluice::actors
