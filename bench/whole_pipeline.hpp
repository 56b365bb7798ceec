// The product's pipeline, every stage of it, with a real journal, on an exchange of the benchmark's
// choosing.
#pragma once

#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <vector>

#include "pipeline.hpp"
#include "sluice/simulator/server.hpp"

namespace sluice::bench {

/// Settings that place orders, write their journal below the temporary folder and say only errors.
[[nodiscard]] config::settings quiet_settings();

/// The product's client for a venue in this process, with a limit of weight that nothing reaches.
[[nodiscard]] std::shared_ptr<exchange_port> client_of(const simulator::server& venue);

/// Runs from its construction to its destruction.
class whole_pipeline {
 public:
  whole_pipeline(const config::settings& chosen, std::shared_ptr<exchange_port> exchange);
  ~whole_pipeline();
  whole_pipeline(const whole_pipeline&) = delete;
  whole_pipeline& operator=(const whole_pipeline&) = delete;

  /// Waits until every symbol is known, both streams are up and marks have come; false when that
  /// takes longer than `limit`.
  [[nodiscard]] bool wait_until_ready(std::size_t symbols, milliseconds limit) const;
  /// Hands plans to the planner, as the intake does.
  void offer(std::vector<plan> plans) const;
  /// Received now, good for a minute.
  [[nodiscard]] plan a_plan(const std::string& id, const symbol& instrument, plan_body body) const;

  /// From now on `told` gets every batch of records once it is durable, on a thread of the actor
  /// system. At most once.
  using listener = std::function<void(const std::vector<record>&)>;
  void listen(listener told);

  [[nodiscard]] const actors::services& given() const { return given_; }
  [[nodiscard]] const actors::peers& stages() const { return *all_; }

 private:
  config::settings chosen_;
  actors::build_info build_{"bench", "bench"};
  caf::actor_system_config config_{};
  std::unique_ptr<caf::actor_system> system_{};
  std::promise<int> ended_{};
  actors::services given_{};
  std::shared_ptr<const actors::peers> all_{};
  actors::records_watcher listener_{};
};

}  // namespace sluice::bench
