// One life of the process in a simulated world: every stage of the product, its real client, one
// message at a time in an order that the seed chooses.
#pragma once

#include <caf/scheduler/test_coordinator.hpp>

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "pipeline.hpp"
#include "simulated_disk.hpp"
#include "sluice/exchange/client.hpp"
#include "sluice/status/http_server.hpp"
#include "world.hpp"

namespace sluice::simulation {

/// What outlives a process and is given to the next.
struct machine {
  config::settings chosen{};
  std::filesystem::path directory{};
  instant booted{};  ///< World time at which our steady clock was zero.
  exchange::kept_stops stops{};
  std::string api_key{};
  std::string api_secret{};
};

class process {
 public:
  using records_seen = std::function<void(const std::vector<record>&)>;

  process(world& w, simulated_disk& disk, machine& on, records_seen seen);
  /// As if killed: nothing it does in its end reaches venue or disk any more.
  ~process();
  process(const process&) = delete;
  process& operator=(const process&) = delete;

  /// Why it could not start; empty when it did.
  [[nodiscard]] const std::string& refusal() const { return refusal_; }
  /// Its exit code, once it has ended by itself.
  [[nodiscard]] std::optional<int> ended() const { return ended_; }

  /// One message to one stage; false when no stage has any.
  bool step();
  /// When the process's own timers have something to do; none when they have not.
  [[nodiscard]] std::optional<instant> next_timer() const;
  /// The process's clock follows the world's.
  void follow_time();

  /// A request to its HTTP server; the answer comes to `answer_of`.
  std::uint64_t ask(std::string method, std::string path, std::string body,
                    status::query_parameters query = {});
  [[nodiscard]] std::optional<status::response> answer_of(std::uint64_t request);
  void end_in_order();

  [[nodiscard]] const actors::vitals& vitals() const { return *given_.vitals; }
  [[nodiscard]] truth_view truth_of(const position_key& position) const {
    return given_.table->read(position);
  }
  [[nodiscard]] instant now() const { return system_->clock().now(); }
  [[nodiscard]] const std::shared_ptr<const actors::peers>& all() const { return all_; }

 private:
  struct pending_answers;

  [[nodiscard]] bool start(records_seen seen);
  void make_client();
  [[nodiscard]] bool is_about_to_commit(caf::resumable* job) const;
  void hold_commits();
  void finish_commit();
  [[nodiscard]] instant here(instant of_world) const;

  world& world_;
  simulated_disk& disk_;
  machine& machine_;
  draws random_;
  caf::actor_system_config config_{};
  std::unique_ptr<caf::actor_system> system_{};
  caf::scheduler::test_coordinator* scheduler_{nullptr};
  std::shared_ptr<truth_keeper> keeper_{};
  actors::build_info build_{"simulated", "simulated"};
  actors::services given_{};
  std::shared_ptr<const actors::peers> all_{};
  status::request_handler gateway_{};
  std::unique_ptr<pending_answers> answers_;
  std::optional<int> ended_{};
  /// The journal, in a commit that a slow disk has not done yet.
  caf::resumable* committing_{nullptr};
  instant commit_began_{};
  instant commits_at_{};  ///< World time.
  std::string refusal_{};
};

}  // namespace sluice::simulation
