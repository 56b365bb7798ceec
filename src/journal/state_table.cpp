// One query for each table of state; its first columns are the row's key.
#include "state_table.hpp"

#include <array>
#include <span>

#include "json_document.hpp"

namespace sluice::journal {
namespace {

struct state_query {
  std::string_view table{};
  int keys{1};
  int columns{1};  ///< Beside the keys.
  std::string_view sql{};
};

constexpr std::array standing_queries{
    state_query{"plan", 1, 9,
                "SELECT plan_id, seq, kind, verdict_seq, verdict, reason, judged_ms, finished_seq, "
                "ended, executed FROM plan "
                "WHERE verdict_seq IS NULL"},
    // The words of the partial index, so that it is used.
    state_query{"plan", 1, 9,
                "SELECT plan_id, seq, kind, verdict_seq, verdict, reason, judged_ms, finished_seq, "
                "ended, executed FROM plan "
                "WHERE verdict = 'allow' AND kind <> 'cancel' AND finished_seq IS NULL"},
    state_query{"order", 1, 17,
                "SELECT client_order_id, plan_id, symbol, position_side, direction, amount, "
                "reduce_only, attempt, truth_version, state, order_id, executed, detail, "
                "intended_seq, intended_ms, changed_ms, type, limit_price FROM orders "
                "WHERE state NOT IN ('filled', 'cancelled', 'rejected', 'expired')"},
    state_query{"protective_stop", 1, 11,
                "SELECT stop_number, client_order_id, symbol, position_side, direction, "
                "trigger_price, state, algo_id, triggered_order_id, intended_ms, changed_ms, "
                "intended_seq FROM protective_stop "
                "WHERE state NOT IN ('finished', 'cancelled', 'rejected', 'expired')"},
    state_query{"flatten", 1, 10,
                "SELECT flatten_id, symbol, author, reason, ordered_ms, give_up_ms, ordered_seq, "
                "outcome, remains, ended_ms, ended_seq FROM flatten WHERE outcome IS NULL"}};

constexpr std::array whole_queries{
    state_query{"plan", 1, 9,
                "SELECT plan_id, seq, kind, verdict_seq, verdict, reason, judged_ms, finished_seq, "
                "ended, executed FROM plan"},
    state_query{"order", 1, 17,
                "SELECT client_order_id, plan_id, symbol, position_side, direction, amount, "
                "reduce_only, attempt, truth_version, state, order_id, executed, detail, "
                "intended_seq, intended_ms, changed_ms, type, limit_price FROM orders"},
    state_query{"protective_stop", 1, 11,
                "SELECT stop_number, client_order_id, symbol, position_side, direction, "
                "trigger_price, state, algo_id, triggered_order_id, intended_ms, changed_ms, "
                "intended_seq FROM protective_stop"},
    state_query{"flatten", 1, 10,
                "SELECT flatten_id, symbol, author, reason, ordered_ms, give_up_ms, ordered_seq, "
                "outcome, remains, ended_ms, ended_seq FROM flatten"}};

constexpr std::array other_queries{
    state_query{"ledger_line", 2, 6,
                "SELECT symbol, position_side, amount, entry, realised, fills, traded_ms, "
                "changed_seq FROM ledger_line"},
    state_query{"ledger_fee", 3, 1, "SELECT symbol, position_side, asset, amount FROM ledger_fee"},
    state_query{"hold", 3, 6,
                "SELECT hold_id, symbol, position_side, cause, ledger_amount, truth_amount, "
                "evidence, since_ms, placed_seq FROM hold"},
    state_query{"exit_state", 2, 23,
                "SELECT symbol, position_side, active, entry, initial, opened_ms, stop, target, "
                "time_limit_ms, origin, changed_seq, source, risk, peak, stop_by, tranches, cost, "
                "opposed_ms, samples, sampled, sampled_ms, fast, slow, drift, path "
                "FROM exit_state"},
    state_query{"equity_peak", 1, 2, "SELECT day, peak, changed_seq FROM equity_peak"},
    state_query{"setting_override", 1, 8,
                "SELECT override_id, key, value, author, reason, since_ms, until_ms, "
                "fresh_for_ms, set_seq FROM setting_override"},
    state_query{"close_arming", 1, 6,
                "SELECT arming_id, symbol, author, reason, since_ms, until_ms, armed_seq "
                "FROM close_arming"},
    state_query{"trading_state", 1, 5,
                "SELECT 'in_force', state_after, author, reason, until_ms, seq FROM state_change "
                "ORDER BY seq DESC LIMIT 1"},
    state_query{"trading_state", 1, 5,
                "SELECT 'ordered', state_after, author, reason, until_ms, seq FROM state_change "
                "WHERE author <> 'halt_file' ORDER BY seq DESC LIMIT 1"}};

std::string column_text(const row& r, int i) {
  return r.is_null(i) ? "null" : well_formed(r.text(i));
}

result<void> read_rows(database& db, const state_query& q, state_rows& out) {
  return db.each(q.sql, {}, [&](const row& r) {
    std::string id(q.table);
    for (int i = 0; i < q.keys; ++i)
      id += ' ' + column_text(r, i);
    auto& values = out[id];
    for (int i = q.keys; i < q.keys + q.columns; ++i)
      values.push_back(column_text(r, i));
    return result<void>{};
  });
}

}  // namespace

std::vector<std::string_view> standing_state_queries() {
  std::vector<std::string_view> all;
  for (const auto& q : standing_queries)
    all.push_back(q.sql);
  return all;
}

result<state_rows> read_state_rows(database& db, state_part part) {
  state_rows rows;
  const auto queries = part == state_part::all ? std::span<const state_query>(whole_queries)
                                               : std::span<const state_query>(standing_queries);
  for (const auto& q : queries)
    if (auto read = read_rows(db, q, rows); !read)
      return read.error();
  for (const auto& q : other_queries)
    if (auto read = read_rows(db, q, rows); !read)
      return read.error();
  return rows;
}

}  // namespace sluice::journal
