// Where the journal lives and how it is written, as the config file sets it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "sluice/domain/setting_fault.hpp"
#include "sluice/domain/time.hpp"

namespace sluice::journal {

struct journal_settings {
  std::string state_dir{"var/sluice"};   ///< Holds lock and journal; made when missing, mode 0700.
  std::int64_t commit_batch_max{1'000};  ///< Records in one commit at most.
  milliseconds commit_wait{1};           ///< How long an order's intent lets other records join.
  milliseconds busy_timeout{5'000};      ///< How long to wait for another reader or writer.
  std::int64_t trade_ids_kept{1'000};    ///< Trade ids per symbol given back at start.
  milliseconds retention{0};             ///< Older records are archived at start; 0: none are.
};

/// All faults at once; keys as in the config file, relative to `[journal]`.
[[nodiscard]] std::vector<setting_fault> validate(const journal_settings& s);

/// `<state_dir>/journal.db`.
[[nodiscard]] std::filesystem::path journal_path(const journal_settings& s);

}  // namespace sluice::journal
