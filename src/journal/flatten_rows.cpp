// A row for each flatten: written when it is ordered, completed when it ends.
#include "flatten_rows.hpp"

#include <algorithm>

#include "collect.hpp"

namespace sluice::journal {
namespace {

/// Enough for somebody who asks after a restart how his flatten ended.
constexpr std::int64_t ended_max = 20;

result<flatten_line> read_line(const row& r) {
  flatten_line l;
  auto& w = l.what;
  if (auto read = read_row(r, "flatten", w.id, w.instrument, w.author, w.reason, w.ordered_at,
                           w.give_up_at, l.outcome, l.left, l.ended_at);
      !read)
    return read.error();
  return l;
}

}  // namespace

result<void> write(database& db, const row_head& h, const flatten_ordered& b) {
  const auto& w = b.what;
  return db.run(
      "INSERT INTO flatten (flatten_id, symbol, author, reason, ordered_ms, give_up_ms, "
      "ordered_seq) VALUES (?, ?, ?, ?, ?, ?, ?)",
      {w.id, w.instrument, w.author, w.reason, w.ordered_at, w.give_up_at, h.seq});
}

result<void> write(database& db, const row_head& h, const flatten_ended& b) {
  return db.run(
      "UPDATE flatten SET outcome = ?, remains = ?, ended_ms = ?, ended_seq = ? "
      "WHERE flatten_id = ?",
      {b.why, b.left, h.at, h.seq, b.what.id});
}

result<void> recover_flattens(database& db, recovered& out) {
  // Statements are kept by their text, so it has to be a literal.
  auto read = collect(db,
                      "SELECT flatten_id, symbol, author, reason, ordered_ms, give_up_ms, outcome, "
                      "remains, ended_ms FROM flatten WHERE outcome IS NOT NULL "
                      "ORDER BY flatten_id DESC LIMIT ?",
                      {ended_max}, out.flattens, read_line);
  if (!read)
    return read;
  std::ranges::reverse(out.flattens);
  read = collect(db,
                 "SELECT flatten_id, symbol, author, reason, ordered_ms, give_up_ms, outcome, "
                 "remains, ended_ms FROM flatten WHERE outcome IS NULL ORDER BY flatten_id",
                 {}, out.flattens, read_line);
  if (!read)
    return read;
  const auto last = db.number("SELECT max(flatten_id) FROM flatten");
  if (!last)
    return last.error();
  out.last_flatten_id = *last;
  return {};
}

}  // namespace sluice::journal
