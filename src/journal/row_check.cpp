// One query for each table that has one row for each record of its kinds.
#include "row_check.hpp"

#include <fmt/format.h>

#include <array>

#include "json_document.hpp"

namespace sluice::journal {
namespace {

/// `pairs` gives for each record its seq, whether it has its row, and then for each column what the
/// row has and what the record says.
struct copied_table {
  std::string_view name{};
  std::array<std::string_view, 8> columns{};
  std::string_view pairs{};
  std::string_view strangers{};  ///< Rows whose record is not there, or is of another kind.
};

constexpr std::array tables{
    copied_table{
        "plan",
        {"plan_id", "source", "symbol", "position_side", "kind"},
        "SELECT r.seq, t.seq IS NOT NULL, t.plan_id, json_extract(r.body, '$.plan_id'), "
        "t.source, json_extract(r.body, '$.source'), t.symbol, json_extract(r.body, '$.symbol'), "
        "t.position_side, json_extract(r.body, '$.position_side'), "
        "t.kind, json_extract(r.body, '$.body.kind') "
        "FROM record r LEFT JOIN plan t ON t.seq = r.seq WHERE r.kind = 'plan_accepted' "
        "ORDER BY r.seq",
        "SELECT t.seq FROM plan t LEFT JOIN record r ON r.seq = t.seq "
        "WHERE r.kind IS NOT 'plan_accepted' LIMIT 1"},
    copied_table{
        "verdict",
        {"plan_id", "symbol", "lane", "kind", "reason", "times_judged", "continued"},
        "SELECT r.seq, t.seq IS NOT NULL, t.plan_id, json_extract(r.body, '$.plan_id'), "
        "t.symbol, json_extract(r.body, '$.symbol'), t.lane, json_extract(r.body, '$.lane'), "
        "t.kind, json_extract(r.body, '$.verdict.kind'), "
        "t.reason, json_extract(r.body, '$.verdict.refusals[0].code'), "
        "t.times_judged, json_extract(r.body, '$.times_judged'), "
        "t.continued, r.kind = 'plan_continued' "
        "FROM record r LEFT JOIN verdict t ON t.seq = r.seq "
        "WHERE r.kind IN ('plan_judged', 'plan_continued') ORDER BY r.seq",
        "SELECT t.seq FROM verdict t LEFT JOIN record r ON r.seq = t.seq "
        "WHERE ifnull(r.kind, '') NOT IN ('plan_judged', 'plan_continued') LIMIT 1"},
    copied_table{
        "order_event",
        {"client_order_id", "plan_id", "symbol", "state", "order_id", "executed"},
        "SELECT r.seq, t.seq IS NOT NULL, "
        "t.client_order_id, json_extract(r.body, '$.client_order_id'), "
        "t.plan_id, json_extract(r.body, '$.plan_id'), t.symbol, json_extract(r.body, '$.symbol'), "
        "t.state, ifnull(json_extract(r.body, '$.state'), 'intended'), "
        "t.order_id, ifnull(json_extract(r.body, '$.order_id'), 0), "
        "t.executed, ifnull(json_extract(r.body, '$.executed'), '0') "
        "FROM record r LEFT JOIN order_event t ON t.seq = r.seq "
        "WHERE r.kind IN ('order_intended', 'order_changed') ORDER BY r.seq",
        "SELECT t.seq FROM order_event t LEFT JOIN record r ON r.seq = t.seq "
        "WHERE ifnull(r.kind, '') NOT IN ('order_intended', 'order_changed') LIMIT 1"},
    copied_table{
        "fill",
        {"plan_id", "symbol", "trade_id", "position_side", "client_order_id", "direction", "amount",
         "ours"},
        "SELECT r.seq, t.seq IS NOT NULL, t.plan_id, json_extract(r.body, '$.plan_id'), "
        "t.symbol, json_extract(r.body, '$.symbol'), "
        "t.trade_id, json_extract(r.body, '$.trade_id'), "
        "t.position_side, json_extract(r.body, '$.position_side'), "
        "t.client_order_id, json_extract(r.body, '$.client_order_id'), "
        "t.direction, json_extract(r.body, '$.direction'), "
        "t.amount, json_extract(r.body, '$.amount'), t.ours, json_extract(r.body, '$.ours') "
        "FROM record r LEFT JOIN fill t ON t.seq = r.seq WHERE r.kind = 'fill_recorded' "
        "ORDER BY r.seq",
        "SELECT t.seq FROM fill t LEFT JOIN record r ON r.seq = t.seq "
        "WHERE r.kind IS NOT 'fill_recorded' LIMIT 1"},
};

result<void> compare(const copied_table& table, const row& r, std::int64_t begins_after) {
  const auto seq = r.number(0);
  if (r.number(1) == 0) {
    if (seq <= begins_after)
      return {};
    return fail(errc::malformed, fmt::format("record {} has no row of {}", seq, table.name));
  }
  for (std::size_t i = 0; i < table.columns.size() && !table.columns.at(i).empty(); ++i) {
    const auto column = 2 + 2 * static_cast<int>(i);
    const bool both = r.is_null(column) == r.is_null(column + 1);
    const auto stored = well_formed(r.text(column));
    if (!both || stored != r.text(column + 1))
      return fail(errc::malformed,
                  fmt::format("the row of {} of record {} has \"{}\" as {}, the record says \"{}\"",
                              table.name, seq, stored, table.columns.at(i), r.text(column + 1)));
  }
  return {};
}

}  // namespace

result<void> check_rows(database& db, std::int64_t begins_after) {
  for (const auto& table : tables) {
    auto compared =
        db.each(table.pairs, {}, [&](const row& r) { return compare(table, r, begins_after); });
    if (!compared)
      return compared;
    const auto stranger = db.number(table.strangers);
    if (!stranger)
      return stranger.error();
    if (*stranger != 0)
      return fail(errc::malformed,
                  fmt::format("the row {} of {} belongs to no record", *stranger, table.name));
  }
  return {};
}

}  // namespace sluice::journal
