// One request through the exchange port, one reply to the manager.
#include "sluice/actors/fetch_worker.hpp"

namespace sluice::actors {
namespace {

class fetch_worker : public fetch_worker_actor::base {
 public:
  fetch_worker(caf::actor_config& config, std::shared_ptr<exchange_port> exchange, fetch_task task,
               snapshot_manager_actor manager)
      : fetch_worker_actor::base(config),
        exchange_(std::move(exchange)),
        task_(std::move(task)),
        manager_(std::move(manager)) {}

  behavior_type make_behavior() override {
    send(this, tick{});
    return {
        [this](tick) { ask(); },
        [this](const fetch_ended& reply) {
          send(manager_, reply);
          quit();
        },
    };
  }

  void on_exit() override {
    manager_ = nullptr;
    exchange_ = nullptr;
  }

 private:
  void ask() {
    auto answered = [self = fetch_worker_actor{this}, job = task_.job](read_result<snapshot> r) {
      caf::anon_send(self,
                     fetch_ended{job, std::make_shared<const read_result<snapshot>>(std::move(r))});
    };
    if (task_.scope.empty())
      exchange_->read_account(task_.options, std::move(answered));
    else
      exchange_->read_symbol(task_.scope, task_.options, std::move(answered));
  }

  std::shared_ptr<exchange_port> exchange_;
  fetch_task task_;
  snapshot_manager_actor manager_;
};

}  // namespace

fetch_worker_actor spawn_fetch_worker(caf::actor_system& system, const services& given,
                                      fetch_task task, snapshot_manager_actor manager) {
  return system.spawn<fetch_worker>(given.exchange, std::move(task), std::move(manager));
}

}  // namespace sluice::actors
