// Queries on a read-only connection, each on one committed state of the journal.
#include "sluice/journal/reader.hpp"

#include <fmt/format.h>

#include <chrono>
#include <thread>

#include "chain.hpp"
#include "collect.hpp"
#include "explain.hpp"
#include "journal_file.hpp"
#include "log_check.hpp"
#include "reasons.hpp"
#include "recover.hpp"
#include "row_check.hpp"
#include "sluice/journal/facts_json.hpp"
#include "sluice/journal/record_json.hpp"
#include "state_checkpoint.hpp"

namespace sluice::journal {
namespace {

constexpr int looks_at_log = 3;
constexpr milliseconds pause_between_looks{100};

result<plan_summary> read_summary(const row& r) {
  plan_summary s;
  if (auto read =
          read_row(r, "plan", s.seq, s.id, s.source, s.position.instrument, s.position.leg, s.kind,
                   s.received_at, s.outcome, s.reason, s.judged_at, s.ended, s.executed);
      !read)
    return read.error();
  return s;
}

result<judgement> read_judgement(const row& r) {
  auto what = parse_plan(r.text(1));
  if (!what)
    return what.error();
  auto seen = parse_facts(r.text(2));
  if (!seen)
    return seen.error();
  auto outcome = parse_judged(r.text(3), seen->now.steady);
  if (!outcome)
    return outcome.error();
  return judgement{.seq = r.number(0),
                   .what = std::move(*what),
                   .seen = std::move(*seen),
                   .outcome = std::move(*outcome),
                   .times_judged = static_cast<int>(r.number(4))};
}

}  // namespace

struct reader::impl {
  database db;
  std::filesystem::path path{};
  std::optional<milliseconds> query_limit{};

  /// All statements of a query share its time.
  template <class Query>
  auto limited(const Query& query) {
    if (query_limit)
      db.answer_by(std::chrono::steady_clock::now() + *query_limit);
    auto found = query();
    db.answer_by(std::nullopt);
    return found;
  }

  /// The same on one committed state. The end of the transaction takes the time that it needs: one
  /// that stayed open would be in the way of every later query.
  template <class Query>
  auto in_one_state(const Query& query) -> decltype(query()) {
    if (auto begun = db.run("BEGIN"); !begun)
      return begun.error();
    auto found = limited(query);
    if (auto ended = db.run("COMMIT"); !ended && found)
      return ended.error();
    return found;
  }

  /// Rows read one by one into a vector.
  template <class T, class Read>
  result<std::vector<T>> list(std::string_view sql, std::initializer_list<sql_value> values,
                              const Read& read) {
    return limited([&]() -> result<std::vector<T>> {
      std::vector<T> out;
      if (auto done = collect(db, sql, values, out, read); !done)
        return done.error();
      return out;
    });
  }
};

reader::reader(std::unique_ptr<impl> state) : impl_(std::move(state)) {}
reader::~reader() = default;

result<std::unique_ptr<reader>> reader::open(const std::filesystem::path& path,
                                             milliseconds busy_timeout,
                                             std::optional<milliseconds> query_limit) {
  auto db = open_journal_to_read(path, busy_timeout);
  if (!db)
    return db.error();
  return std::unique_ptr<reader>(
      new reader(std::make_unique<impl>(impl{std::move(*db), path, query_limit})));
}

result<std::optional<std::string>> reader::explain(const plan_id& id) {
  return impl_->in_one_state([&] { return explain_plan(impl_->db, id); });
}

std::string_view to_string(plan_progress p) {
  switch (p) {
    case plan_progress::undecided:
      return "undecided";
    case plan_progress::under_way:
      return "under_way";
    case plan_progress::ended:
      return "ended";
  }
  return "?";
}

result<std::vector<plan_summary>> reader::plans(const plan_filter& f) {
  return impl_->list<plan_summary>(
      "SELECT seq, plan_id, source, symbol, position_side, kind, received_ms, verdict, reason, "
      "judged_ms, ended, executed FROM plan WHERE seq > ?1 AND (?2 IS NULL OR symbol = ?2) "
      "AND (?3 IS NULL OR kind = ?3) AND (?4 IS NULL OR verdict = ?4) "
      "AND (?5 IS NULL OR reason = ?5) AND (?7 IS NULL OR source = ?7) "
      "AND (?8 IS NULL OR (kind = 'open') = (?8 = 'entry')) "
      "AND (?9 IS NULL OR received_ms >= ?9) AND (?10 IS NULL OR received_ms < ?10) "
      "AND (?11 IS NULL OR seq < ?11) AND (?12 IS NULL OR ?12 = CASE "
      "WHEN verdict IS NULL THEN 'undecided' "
      "WHEN verdict = 'allow' AND ended IS NULL AND kind <> 'cancel' THEN 'under_way' "
      "ELSE 'ended' END) ORDER BY seq DESC LIMIT ?6",
      {f.after_seq, f.instrument, f.kind, f.outcome, f.reason, f.limit, f.source, f.traffic,
       f.since, f.until, f.before_seq, f.progress},
      read_summary);
}

result<std::vector<stored_order>> reader::orders(const order_filter& f) {
  return impl_->limited([&] { return read_orders(impl_->db, f); });
}

result<std::vector<hold>> reader::holds() {
  return impl_->limited([&] { return read_holds(impl_->db); });
}

result<std::vector<reason_share>> reader::reasons(const reason_window& window) {
  return impl_->in_one_state([&] { return read_reasons(impl_->db, window); });
}

result<std::vector<event>> reader::events_after(std::int64_t seq, std::int64_t limit) {
  return impl_->list<event>(
      "SELECT seq, kind, wall_ms, body, caused_by FROM record WHERE seq > ? ORDER BY seq LIMIT ?",
      {seq, limit}, [](const row& r) -> result<event> {
        const event_head head{r.number(0), r.text(1), wall_time{r.number(2)}, r.number(4)};
        auto json = stored_event_json(head, r.text(3));
        if (!json)
          return json.error();
        return event{.seq = head.seq, .kind = std::string(head.kind), .json = std::move(*json)};
      });
}

result<recovered> reader::state() {
  return impl_->in_one_state([&] { return recover_from(impl_->db, 0, 0); });
}

result<std::int64_t> reader::last_seq() {
  const auto end = read_chain_end(impl_->db);
  if (!end)
    return end.error();
  return end->seq;
}

result<void> reader::each_judgement(const std::function<void(const judgement&)>& visit) {
  return impl_->db.each(
      "SELECT v.seq, accepted.body, v.facts, judged.body, v.times_judged FROM verdict v "
      "JOIN plan p ON p.plan_id = v.plan_id JOIN record accepted ON accepted.seq = p.seq "
      "JOIN record judged ON judged.seq = v.seq ORDER BY v.seq",
      {}, [&](const row& r) -> result<void> {
        const auto read = read_judgement(r);
        if (!read)
          return fail(read.error().code,
                      "verdict " + std::to_string(r.number(0)) + ": " + read.error().text);
        visit(*read);
        return {};
      });
}

/// A writer that begins the log anew meanwhile makes the look a mixture: then another one fits.
result<void> reader::check_log() const {
  result<log_state> found = log_state{};
  for (int look = 0; look < looks_at_log; ++look) {
    found = look_at_log(impl_->path);
    if (!found)
      return found.error();
    if (found->damage.empty())
      return {};
    std::this_thread::sleep_for(pause_between_looks);
  }
  return fail(errc::malformed, fmt::format("{}-wal: {}", impl_->path.string(), found->damage));
}

result<verification> reader::verify() {
  if (auto checked = check_log(); !checked)
    return checked.error();
  // One committed state for both walks, also while somebody writes.
  if (auto begun = impl_->db.run("BEGIN"); !begun)
    return begun.error();
  const auto walk = walk_chain(impl_->db);
  auto state = walk ? walk_state(impl_->db) : result<state_walk>(walk.error());
  if (state)
    if (auto rows = check_rows(impl_->db, walk->start.seq); !rows)
      state = rows.error();
  // Last, for it names no record; the walks do not use every index.
  if (state)
    if (auto whole = check_structure(impl_->db, integrity::full); !whole)
      state = whole.error();
  if (auto ended = impl_->db.run("COMMIT"); !ended && state)
    return ended.error();
  if (!state)
    return state.error();
  return verification{.records = walk->records,
                      .last_seq = walk->last_seq,
                      .checkpoints = state->checkpoints,
                      .state_rows = state->rows,
                      .begins_after = walk->start.seq,
                      .begins_with = walk->start.chain,
                      .ends_with = walk->chain,
                      .archive = walk->start.archive,
                      .archived = walk->start.archived_until != 0};
}

}  // namespace sluice::journal
