// Counts verdicts in SQL, and reads the newest of each kind for its numbers.
#include "reasons.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "collect.hpp"
#include "explain.hpp"

namespace sluice::journal {
namespace {

namespace json = boost::json;

/// The first record that is not older; one after the last when all are. Wall times of records rise
/// but for steps of the clock, after which the answer is one of several that would do.
result<std::int64_t> first_since(database& db, wall_time since) {
  const auto first = db.number("SELECT min(seq) FROM record");
  if (!first)
    return first.error();
  const auto last = db.number("SELECT max(seq) FROM record");
  if (!last)
    return last.error();
  auto low = *first;
  auto high = *last + 1;
  while (low < high) {
    const auto middle = low + (high - low) / 2;
    const auto at =
        db.number("SELECT wall_ms FROM record WHERE seq >= ? ORDER BY seq LIMIT 1", {middle});
    if (!at)
      return at.error();
    if (*at < since.ms)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

result<reason_share> read_share(const row& r) {
  reason_share s;
  if (auto read = read_row(r, "verdict", s.seq, s.count, s.traffic, s.outcome, s.reason, s.plan,
                           s.instrument, s.at);
      !read)
    return read.error();
  return s;
}

/// The numbers of the refusal that it counts for.
result<void> add_numbers(database& db, reason_share& s) {
  return db.each("SELECT body FROM record WHERE seq = ?", {s.seq}, [&](const row& r) {
    const auto said = parse_judged(r.text(0), instant{});
    if (!said)
      return result<void>(said.error());
    if (!said->refusals.empty()) {
      s.observed = said->refusals.front().observed;
      s.limit = said->refusals.front().limit;
    }
    return result<void>{};
  });
}

json::value text_or_null(const std::string& text) {
  return text.empty() ? json::value(nullptr) : json::value(json::string(text));
}

/// Of thousandths, so that no share that exists is told as none.
std::string percent(std::int64_t part, std::int64_t whole) {
  const auto permille = whole > 0 ? (part * 1'000 + whole / 2) / whole : 0;
  return fmt::format("{}.{}", permille / 10, permille % 10);
}

json::object share_object(const reason_share& s, std::int64_t whole) {
  json::object newest{{"plan_id", s.plan.str()},
                      {"symbol", s.instrument.str()},
                      {"at", format_rfc3339(s.at)},
                      {"seq", s.seq},
                      {"observed", text_or_null(to_string(s.observed))},
                      {"limit", text_or_null(to_string(s.limit))}};
  json::object out{{"verdict", to_string(s.outcome)},
                   {"reason", s.reason ? json::value(to_string(*s.reason)) : json::value(nullptr)},
                   {"count", s.count},
                   {"percent", percent(s.count, whole)}};
  if (s.reason) {
    out["cause"] = cause_of(*s.reason);
    out["cure"] = cure_of(*s.reason);
  }
  out["newest"] = std::move(newest);
  return out;
}

}  // namespace

result<std::vector<reason_share>> read_reasons(database& db, const reason_window& w) {
  const auto first = first_since(db, w.since);
  if (!first)
    return first.error();
  std::vector<reason_share> out;
  const std::initializer_list<sql_value> values{*first, w.instrument, w.since};
  if (auto done = collect(
          db,
          "SELECT max(v.seq), count(*), v.lane, v.kind, v.reason, v.plan_id, v.symbol, r.wall_ms "
          "FROM verdict v JOIN record r ON r.seq = v.seq WHERE v.seq >= ?1 AND v.continued = 0 "
          "AND (?2 IS NULL OR v.symbol = ?2) AND r.wall_ms >= ?3 "
          "GROUP BY v.lane, v.kind, v.reason",
          values, out, read_share);
      !done)
    return done.error();
  for (auto& s : out)
    if (auto added = add_numbers(db, s); !added)
      return added.error();
  return out;
}

std::string to_json(const reason_window& w, const std::vector<reason_share>& shares) {
  json::array lanes;
  std::int64_t all = 0;
  for (const auto l : {lane::exit, lane::entry}) {
    std::vector<const reason_share*> of_lane;
    std::int64_t whole = 0;
    std::int64_t allowed = 0;
    for (const auto& s : shares) {
      if (s.traffic != l)
        continue;
      of_lane.push_back(&s);
      whole += s.count;
      allowed += s.outcome == verdict_kind::allow ? s.count : 0;
    }
    std::ranges::sort(of_lane, [](const auto* a, const auto* b) {
      return a->count != b->count ? a->count > b->count : a->seq > b->seq;
    });
    json::array rows;
    for (const auto* s : of_lane)
      rows.push_back(share_object(*s, whole));
    lanes.push_back(json::object{{"lane", to_string(l)},
                                 {"verdicts", whole},
                                 {"allowed", allowed},
                                 {"shares", std::move(rows)}});
    all += whole;
  }
  return json::serialize(json::object{
      {"since", format_rfc3339(w.since)},
      {"until", format_rfc3339(w.until)},
      {"symbol", w.instrument ? json::value(w.instrument->str()) : json::value(nullptr)},
      {"verdicts", all},
      {"lanes", std::move(lanes)}});
}

}  // namespace sluice::journal
