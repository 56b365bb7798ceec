// The JSON documents of the API, built from values; decimals are strings, times RFC 3339.
#pragma once

#include <string>
#include <vector>

#include "exit_documents.hpp"
#include "projection.hpp"
#include "readiness.hpp"
#include "recent_verdicts.hpp"
#include "sluice/actors/services.hpp"
#include "sluice/gate/limits_in_use.hpp"
#include "sluice/journal/reader.hpp"
#include "sluice/truth/age_summary.hpp"
#include "sluice/truth/freshness.hpp"
#include "sluice/truth/truth_keeper.hpp"

namespace sluice::actors {

/// One tracked position as it is shown.
struct position_line {
  position_key key{};
  truth_view seen{};
  std::optional<milliseconds> age{};   ///< None while unknown.
  std::optional<price> liquidation{};  ///< Of this very position, as last read.
};

/// Everything the status document shows, taken at one moment.
struct status_view {
  stamp now{};
  instant started{};
  run_mode mode{run_mode::demo};
  std::string account{};
  std::vector<not_ready> not_ready_for{};
  std::vector<finding> warnings{};
  std::vector<stall> stalls{};
  standing_state trading{};
  std::vector<setting_override> overrides{};
  truth_counts truth{};
  age_summary ages{};
  freshness_promise promise{};
  budget_view budget{};
  const projection* folded{nullptr};
  const recent_verdicts* recent{nullptr};
  const vitals* numbers{nullptr};
  std::shared_ptr<const universe> universe_now{};
  std::vector<std::string> restart_needed{};    ///< Keys of the file that wait for a restart.
  std::shared_ptr<const limits_view> limits{};  ///< Null before the gate has told the first time.
};

[[nodiscard]] std::string status_json(const status_view& v);
/// Whether plans can be allowed, and what is not as usual though it keeps nobody from trading.
[[nodiscard]] std::string ready_json(const status_view& v);
/// The same for whoever may not look: the words of the reasons alone.
[[nodiscard]] std::string ready_words_json(const status_view& v);
/// The tracked positions that are open, unknown, or not zero in the ledger; all when `flat_too`.
[[nodiscard]] std::vector<position_line> position_lines(const state_table& table,
                                                        const projection& folded, instant now,
                                                        bool flat_too);
[[nodiscard]] std::string positions_json(const std::vector<position_line>& lines,
                                         const projection& folded, const mark_board& marks,
                                         const exit_surroundings& exits);
/// What is promised of ages now: the answer to whoever changed it.
[[nodiscard]] std::string freshness_json(const freshness_promise& p);
[[nodiscard]] std::string orders_json(const projection& folded);
/// Every symbol in force with where it comes from; and one symbol, known or not, with why.
[[nodiscard]] std::string universe_json(const universe& u, const stamp& now);
[[nodiscard]] std::string listing_json(const universe& u, const symbol& s, const stamp& now);
/// `limit` is what the query asked for: a full page names where the next one begins.
[[nodiscard]] std::string plans_json(const std::vector<journal::plan_summary>& plans,
                                     std::int64_t limit);

}  // namespace sluice::actors
