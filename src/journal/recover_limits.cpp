// What the limits of a day and of an hour are counted from, read back from their records.
#include <algorithm>
#include <type_traits>
#include <variant>

#include "collect.hpp"
#include "recover.hpp"
#include "sluice/domain/risk.hpp"
#include "sluice/journal/record_json.hpp"

namespace sluice::journal {
namespace {

constexpr std::int64_t day_ms = 24 * 3'600'000;

result<limit_record> read_record(const row& r) {
  auto body = parse_state_body(r.text(1), r.text(3));
  if (!body)
    return body.error();
  if (!*body)
    return fail(errc::malformed, "a record that limits are counted from cannot be read");
  limit_record out;
  out.seq = r.number(0);
  out.at.wall.ms = r.number(2);
  const bool counts = std::visit(
      [&]<class Body>(Body& b) {
        if constexpr (std::is_constructible_v<decltype(out.body), Body&&> &&
                      !std::is_same_v<Body, decltype(out.body)>) {
          out.body = std::move(b);
          return true;
        } else {
          return false;
        }
      },
      **body);
  if (!counts)
    return fail(errc::malformed, "a record of another kind than what limits are counted from");
  return out;
}

/// Each from the newest back to the first that is too old, so that a long journal costs nothing.
result<void> read_day(database& db, std::int64_t from_ms, recovered& out) {
  auto read = collect(db,
                      "SELECT seq, kind, wall_ms, body FROM record WHERE seq IN (SELECT "
                      "intended_seq FROM orders WHERE intended_seq > ifnull((SELECT intended_seq "
                      "FROM orders WHERE intended_ms < ? ORDER BY intended_seq DESC LIMIT 1), 0))",
                      {from_ms}, out.limit_records, read_record);
  if (read)
    read = collect(db,
                   "SELECT seq, kind, wall_ms, body FROM record WHERE seq IN (SELECT seq FROM fill "
                   "WHERE seq > ifnull((SELECT f.seq FROM fill f JOIN record r ON r.seq = f.seq "
                   "WHERE r.wall_ms < ? ORDER BY f.seq DESC LIMIT 1), 0))",
                   {from_ms}, out.limit_records, read_record);
  if (read)
    read = collect(db,
                   "SELECT seq, kind, wall_ms, body FROM record WHERE seq IN (SELECT seq FROM "
                   "ledger_adjustment WHERE seq > ifnull((SELECT a.seq FROM ledger_adjustment a "
                   "JOIN record r ON r.seq = a.seq WHERE r.wall_ms < ? ORDER BY a.seq DESC LIMIT "
                   "1), 0))",
                   {from_ms}, out.limit_records, read_record);
  if (read)
    read =
        collect(db,
                "SELECT seq, kind, wall_ms, body FROM record WHERE seq IN (SELECT seq FROM funding "
                "WHERE seq > ifnull((SELECT f.seq FROM funding f JOIN record r ON r.seq = f.seq "
                "WHERE r.wall_ms < ? ORDER BY f.seq DESC LIMIT 1), 0))",
                {from_ms}, out.limit_records, read_record);
  return read;
}

}  // namespace

result<void> recover_limits(database& db, recovered& out) {
  const auto last = db.number("SELECT wall_ms FROM record ORDER BY seq DESC LIMIT 1");
  if (!last)
    return last.error();
  const auto day = utc_day(wall_time{*last}) * day_ms;
  // Days are the exchange's, and its present one may have begun on the day before by our clock.
  auto read = read_day(db, day - day_ms, out);
  if (read)
    read = collect(db,
                   "SELECT seq, kind, wall_ms, body FROM record WHERE seq IN (SELECT changed_seq "
                   "FROM equity_peak)",
                   {}, out.limit_records, read_record);
  std::ranges::sort(out.limit_records, {}, &limit_record::seq);
  return read;
}

}  // namespace sluice::journal
