// What every stage is given at its construction: the exchange, the boards, clocks, log and metrics.
#pragma once

#include <memory>
#include <string>

#include "sluice/actors/timekeeper.hpp"
#include "sluice/actors/vitals.hpp"
#include "sluice/domain/exchange_port.hpp"
#include "sluice/status/logger.hpp"
#include "sluice/status/metrics.hpp"
#include "sluice/truth/mark_board.hpp"
#include "sluice/truth/state_table.hpp"
#include "sluice/truth/universe_board.hpp"

namespace sluice::actors {

/// Handles to shared things, each safe to use from any thread. Everything lives until after the
/// actor system has ended.
struct services {
  std::shared_ptr<exchange_port> exchange{};
  std::shared_ptr<const state_table> table{};
  std::shared_ptr<mark_board> marks{};         ///< Written by market_stream alone.
  std::shared_ptr<universe_board> universe{};  ///< Written by universe_keeper alone.
  std::shared_ptr<sluice::actors::vitals> vitals{};
  std::shared_ptr<status::logger> log{};
  std::shared_ptr<status::metrics> metrics{};
  timekeeper time{};
  run_mode mode{run_mode::demo};
  std::string account{};  ///< Part of every client order id.
};

}  // namespace sluice::actors
