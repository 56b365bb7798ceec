// Questions to the journal from another thread or process than the one that writes it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sluice/domain/record.hpp"
#include "sluice/journal/reasons.hpp"
#include "sluice/journal/recovered.hpp"

namespace sluice::journal {

/// How far a plan has come.
enum class plan_progress : std::uint8_t {
  undecided,  ///< It has no verdict yet.
  under_way,  ///< It was allowed, and its carrying out has not ended.
  ended,      ///< Nothing more is done for it.
};
/// "undecided", "under_way", "ended".
[[nodiscard]] std::string_view to_string(plan_progress p);

/// Which plans to list; what is not set does not restrict.
struct plan_filter {
  std::optional<symbol> instrument{};
  std::optional<std::string> kind{};  ///< "open", "reduce", "cancel".
  std::optional<verdict_kind> outcome{};
  std::optional<refusal_code> reason{};
  std::optional<source_id> source{};
  std::optional<lane> traffic{};
  std::optional<plan_progress> progress{};
  std::optional<wall_time> since{};          ///< Received then or later.
  std::optional<wall_time> until{};          ///< Received before.
  std::optional<std::int64_t> before_seq{};  ///< Only plans accepted earlier than this record.
  std::int64_t after_seq{0};                 ///< Only plans accepted later than this record.
  std::int64_t limit{100};
};

/// One line of a list of plans.
struct plan_summary {
  std::int64_t seq{0};  ///< Of its acceptance.
  plan_id id{};
  source_id source{};
  position_key position{};
  std::string kind{};
  wall_time received_at{};
  std::optional<verdict_kind> outcome{};  ///< None while undecided.
  std::optional<refusal_code> reason{};   ///< None while undecided and when allowed.
  std::optional<wall_time> judged_at{};
  std::optional<plan_end> ended{};  ///< None while an allowed plan is carried out, and when denied.
  std::optional<quantity> executed{};
};

enum class order_selection : std::uint8_t { all, unresolved };

struct order_filter {
  order_selection which{order_selection::all};
  std::optional<symbol> instrument{};
  std::int64_t limit{100};
};

/// A record as event streams send it.
struct event {
  std::int64_t seq{0};
  std::string kind{};
  std::string json{};  ///< As of to_json(record).
};

/// One stored judgement, complete enough to be made again.
struct judgement {
  std::int64_t seq{0};
  plan what{};
  facts seen{};
  verdict outcome{};
  int times_judged{1};  ///< 0: recorded at a start for an order that was on its way, without facts.
};

/// What a look over the whole journal found.
struct verification {
  std::int64_t records{0};
  std::int64_t last_seq{0};
  std::int64_t checkpoints{0};  ///< Of the state, that the records lead to.
  std::int64_t state_rows{0};   ///< That are what the records make of them.
  /// The record after which the file's own begin, and its chain value; 0 when all are here.
  std::int64_t begins_after{0};
  std::uint64_t begins_with{0};
  std::uint64_t ends_with{0};  ///< Chain value of the last record.
  std::string archive{};       ///< The file that has what was before, as it was named then.
  bool archived{false};        ///< Itself an archive, which has no state.
};

/// A read-only connection. Not thread-safe; one for each thread that asks. Every query sees one
/// committed state. Errors: io_failure, busy, malformed.
class reader {
 public:
  /// With a `query_limit` a query that takes longer ends with busy and a text that says what to ask
  /// instead; but for each_judgement and verify, which walk over everything.
  [[nodiscard]] static result<std::unique_ptr<reader>> open(
      const std::filesystem::path& path, milliseconds busy_timeout = milliseconds{5'000},
      std::optional<milliseconds> query_limit = std::nullopt);
  reader(const reader&) = delete;
  reader& operator=(const reader&) = delete;
  ~reader();

  /// All there is about a plan as one JSON object: plan, verdicts (each with its facts), orders
  /// (each with its events), fills; none if there is no such plan.
  [[nodiscard]] result<std::optional<std::string>> explain(const plan_id& id);
  /// Newest first.
  [[nodiscard]] result<std::vector<plan_summary>> plans(const plan_filter& filter);
  /// Newest first.
  [[nodiscard]] result<std::vector<stored_order>> orders(const order_filter& filter);
  /// Open ones, oldest first.
  [[nodiscard]] result<std::vector<hold>> holds();
  /// Verdicts of a window by lane and reason, in no order.
  [[nodiscard]] result<std::vector<reason_share>> reasons(const reason_window& window);
  /// Records with seq > `seq`, oldest first.
  [[nodiscard]] result<std::vector<event>> events_after(std::int64_t seq, std::int64_t limit);
  /// What a start would find now, without the ids of trades and plans.
  [[nodiscard]] result<recovered> state();
  /// 0 in an empty journal.
  [[nodiscard]] result<std::int64_t> last_seq();
  /// Calls `visit` with each stored judgement of an accepted plan, oldest first.
  [[nodiscard]] result<void> each_judgement(const std::function<void(const judgement&)>& visit);
  /// Recomputes the checksum chain over all records, and from the records the rows of state and the
  /// hashes that were kept of it; malformed names the first record, checkpoint or row that differs,
  /// or the damaged frame of the write-ahead log before commits that SQLite does not find.
  /// Then compares the rows of plans, verdicts, orders' events and fills with their records, and
  /// looks whether every index has all of its rows.
  [[nodiscard]] result<verification> verify();

 private:
  struct impl;
  [[nodiscard]] result<void> check_log() const;
  explicit reader(std::unique_ptr<impl> state);

  std::unique_ptr<impl> impl_;
};

}  // namespace sluice::journal
