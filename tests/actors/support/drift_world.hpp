// One account with one BTCUSDT position, traded by us and by others behind the pipeline's back.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "support/pipeline_fixture.hpp"

namespace sluice::testing {

/// The venue's side is kept here: position, trades, the order of ours. Events are told only where
/// asked for; account reads and reads of trades say what is.
class drift_world {
 public:
  static constexpr order_id foreign_order = 4'000;

  /// The first run, with streams up and the account read.
  void start();
  void stop();
  /// Ends the run if there is one, and begins another on the same journal.
  void restart();
  /// Time passes while the venue answers every account read.
  void live(milliseconds span);
  /// Time passes while no process runs.
  void pass_outside(milliseconds span) { world.wall_ms += span.count(); }

  /// An open plan of ours, filled and told: the position is this large then.
  void open_by_us(const std::string& amount, const std::string& plan = "p");
  /// Fills the order of ours that waits, with its events.
  void fill_ours();
  /// The venue's number of our last order.
  [[nodiscard]] order_id own_order() const { return own_order_; }
  /// A trade of an order; told by events when it has a client id, the position only if `moved_too`.
  void trade(side direction, const std::string& amount, order_id order,
             const std::string& client = "", order_giver giver = order_giver::client,
             bool moved_too = true);
  void change_without_trade(const std::string& amount);
  void arm(milliseconds lasts);

  void answer_fills();
  void fail_fills();

  [[nodiscard]] std::int64_t wall_ms() const;
  /// As the journal has it.
  [[nodiscard]] journal::ledger_line line() const;
  /// Causes of all adjustments, and of all holds ever placed, oldest first.
  [[nodiscard]] std::vector<std::string> adjustments() const { return causes("ledger_adjusted"); }
  [[nodiscard]] std::vector<std::string> holds() const { return causes("hold_placed"); }

  pipeline_world world{};
  std::uint32_t seed{0};  ///< Of the order of messages; 0: as sent.
  price at{price::whole(50'000)};
  std::unique_ptr<pipeline_run> run{};

 private:
  [[nodiscard]] std::vector<position_row> rows() const;
  [[nodiscard]] std::vector<std::string> causes(std::string_view kind) const;
  void move(quantity change);

  quantity held_{};
  std::int64_t changed_ms_{1'789'999'000'000};
  trade_id last_trade_{1'000};
  order_id own_order_{7'000};
};

}  // namespace sluice::testing
