// The whole pipeline on CAF's test scheduler: virtual time, seeded order of messages, a fake
// exchange.
#pragma once

#include <caf/scheduler/test_coordinator.hpp>

#include <filesystem>
#include <memory>
#include <random>
#include <string>

#include "pipeline.hpp"
#include "support/fake_exchange.hpp"

namespace sluice::testing {

/// What must outlive the actor system, or be looked at after it.
struct pipeline_world {
  std::filesystem::path directory{};
  std::shared_ptr<fake_exchange> exchange{std::make_shared<fake_exchange>()};
  config::settings chosen{};
  quantity market_max{quantity::whole(10'000)};  ///< Of a MARKET order, for every symbol.
  quantity market_min{};                         ///< The same; zero: one step.
  notional fee{};                                ///< Of every fill, in USDT.
  std::int64_t wall_ms{1'790'000'000'000};       ///< Our wall clock when a run begins.
  std::int64_t wall_set_by_ms{0};                ///< It was set in the run; the exchange's was not.
  milliseconds opening_takes{0};                 ///< From what a start settles to its first stage.
  actors::service_manager manager{};             ///< Nobody, unless a test listens.

  pipeline_world();
  ~pipeline_world();
  pipeline_world(const pipeline_world&) = delete;
  pipeline_world& operator=(const pipeline_world&) = delete;
};

/// One run of the process on a world; a second one on the same world is a restart.
class pipeline_run {
 public:
  /// With a seed other than 0 the scheduler picks the next actor at random.
  explicit pipeline_run(pipeline_world& world, std::uint32_t seed = 0);
  ~pipeline_run();
  pipeline_run(const pipeline_run&) = delete;
  pipeline_run& operator=(const pipeline_run&) = delete;

  /// Lets everything happen that can happen now.
  void settle();
  /// Lets time pass in small steps, with everything that follows.
  void pass(milliseconds span);
  /// The same in one step, for hours of it.
  void pass_at_once(milliseconds span);
  [[nodiscard]] instant now() const;

  /// Nothing that is sent to this stage is handled until `go_on`, as if its thread hung.
  template <class Handle>
  void stand_still(const Handle& stage) {
    still_ = dynamic_cast<caf::resumable*>(caf::actor_cast<caf::abstract_actor*>(stage));
  }
  void go_on();

  /// Universe of BTCUSDT, ETHUSDT, XRPUSDT; streams up; the account read with these rows; marks.
  void make_ready(std::vector<position_row> rows = {});
  void give_universe();
  /// Answers the oldest waiting read of this scope with rows, as sent just now.
  bool answer_read(const symbol& scope, std::vector<position_row> rows);
  bool fail_read(const symbol& scope, failure_kind kind);
  void give_marks(std::vector<std::pair<std::string, std::string>> marks);
  void tell(user_event_body body);
  /// Reply and events of a complete fill of the oldest placed order; the position's entry is the
  /// price of the fill unless given.
  void fill_order(quantity position_after, price at, std::optional<price> entry = {});

  /// The oldest placed order ends like this: with its reply, and its events when it traded.
  void end_order(quantity executed, order_status status, quantity position_after, price at,
                 std::optional<price> entry = {});
  void refuse_order(int code, refusal_cure cure, std::string text = "no");

  /// Lets time pass while the venue answers every account read with these rows.
  void live(milliseconds span, const std::vector<position_row>& rows);

  /// Hands plans to the planner, as the intake does.
  void offer(std::vector<plan> plans);
  [[nodiscard]] plan an_open(const std::string& id, const std::string& symbol_name,
                             const std::string& amount) const;
  [[nodiscard]] plan a_reduce(const std::string& id, const std::string& symbol_name) const;

  /// From the journal: the verdict of a plan, and how many it has.
  [[nodiscard]] std::optional<verdict_kind> verdict_of(const std::string& id);
  [[nodiscard]] std::optional<refusal_code> reason_of(const std::string& id);
  /// How the carrying out of an allowed plan ended; none while it goes on.
  [[nodiscard]] std::optional<plan_end> ended(const std::string& id);
  [[nodiscard]] std::size_t records_of(std::string_view kind);
  /// The newest record of this kind as JSON; empty when there is none.
  [[nodiscard]] std::string last_record_of(std::string_view kind);
  /// Notices to the operator of this event.
  [[nodiscard]] std::size_t notices_of(std::string_view event);
  [[nodiscard]] truth_view truth_of(const std::string& symbol_name) const;

  /// What the status server would answer to a GET.
  [[nodiscard]] std::string page(std::string path);

  /// Ends the run in order; -1 when it did not end.
  int end(int code = 0);
  /// How the run ended by itself; -1 while it goes on.
  [[nodiscard]] int ended_with() const { return ended_with_; }
  /// For a test that spawns a stage of its own.
  [[nodiscard]] caf::actor_system& system() { return *system_; }

  pipeline_world& world;
  actors::services given{};
  std::shared_ptr<const actors::peers> all{};

 private:
  void run_jobs();

  caf::actor_system_config config_{};
  std::unique_ptr<caf::actor_system> system_{};
  caf::scheduler::test_coordinator* scheduler_{nullptr};
  caf::resumable* still_{nullptr};
  std::vector<caf::resumable*> held_{};  ///< Its job, once it has one.
  std::unique_ptr<journal::reader> reader_{};
  std::shared_ptr<truth_keeper> keeper_{};
  actors::build_info build_{"test", "test"};
  std::mt19937 random_;
  bool shuffled_{false};
  trade_id last_trade_{100};
  order_id last_order_{6};
  int ended_with_{-1};
};

[[nodiscard]] position_row a_row(const std::string& symbol_name, const std::string& amount,
                                 const std::string& entry, std::int64_t updated_ms = 0);

}  // namespace sluice::testing
