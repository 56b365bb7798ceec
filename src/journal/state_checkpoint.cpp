// Rows against fold: at a start since the last checkpoint, in a verification from the first one.
#include "state_checkpoint.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <limits>

#include "sluice/journal/record_json.hpp"
#include "state_table.hpp"

namespace sluice::journal {
namespace {

struct checkpoint {
  std::int64_t seq{0};
  std::uint64_t hash{0};
  std::optional<std::string> rows{};
};

result<std::vector<checkpoint>> read_checkpoints(database& db, std::string_view sql) {
  std::vector<checkpoint> all;
  auto read = db.each(sql, {}, [&](const row& r) {
    checkpoint c{r.number(0), static_cast<std::uint64_t>(r.number(1)), {}};
    if (!r.is_null(2))
      c.rows = std::string(r.text(2));
    all.push_back(std::move(c));
    return result<void>{};
  });
  if (!read)
    return read.error();
  return all;
}

result<state_fold> fold_from(const checkpoint& c) {
  auto rows = parse_state_rows(c.rows.value_or(""));
  if (!rows || hash_of(*rows) != c.hash)
    return fail(errc::malformed,
                fmt::format("the state kept at record {} does not fit its hash", c.seq));
  return state_fold(std::move(*rows));
}

std::string in_words(const std::vector<std::string>* row) {
  return row ? fmt::format("\"{}\"", fmt::join(*row, "\", \"")) : "missing";
}

error difference(const std::string& id, const std::vector<std::string>* row,
                 const std::vector<std::string>* made) {
  return fail(errc::malformed,
              fmt::format("the row of state \"{}\" is {}, but its records make it {}", id,
                          in_words(row), in_words(made)));
}

const std::vector<std::string>* find(const state_rows& rows, const std::string& id) {
  const auto found = rows.find(id);
  return found == rows.end() ? nullptr : &found->second;
}

/// The first row of `rows` that the fold has otherwise, or that it has and `rows` lacks.
result<void> compare(const state_rows& rows, const state_rows& made) {
  for (const auto& [id, values] : made)
    if (const auto* row = find(rows, id); !row || *row != values)
      return difference(id, row, &values);
  for (const auto& [id, values] : rows)
    if (!made.contains(id))
      return difference(id, &values, nullptr);
  return {};
}

constexpr auto to_the_end = std::numeric_limits<std::int64_t>::max();

/// Calls `visit` with the seq of every record after `after` and up to `until`, applied to the fold
/// before.
template <class Visit>
result<void> fold_records(database& db, std::int64_t after, std::int64_t until, state_fold& fold,
                          const Visit& visit) {
  return db.each(
      "SELECT seq, kind, wall_ms, body FROM record WHERE seq > ? AND seq <= ? ORDER BY seq",
      {after, until}, [&](const row& r) -> result<void> {
        auto body = parse_state_body(r.text(1), r.text(3));
        if (!body)
          return fail(body.error().code,
                      fmt::format("record {}: {}", r.number(0), body.error().text));
        if (*body)
          fold.apply({r.number(0), {instant{}, {r.number(2)}}, std::move(**body)});
        return visit(r.number(0));
      });
}

/// What was settled before the first checkpoint is not in the fold.
bool settled_before(const std::string& id, const std::vector<std::string>& row, std::int64_t seq) {
  const auto taken_in = [&](std::size_t column) {
    // In a file that was changed it may be no number.
    std::int64_t number = 0;
    const auto& text = row.at(column);
    const auto* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, number);
    return read.ec == std::errc{} && read.ptr == end && number <= seq;
  };
  if (id.starts_with("plan ")) {
    const bool open = row.at(2) == "null" ||
                      (row.at(3) == "allow" && row.at(1) != "cancel" && row.at(6) == "null");
    return !open && taken_in(0);
  }
  if (id.starts_with("protective_stop "))
    return taken_in(10);
  if (id.starts_with("flatten "))
    return row.at(6) != "null" && taken_in(5);
  return id.starts_with("order ") && taken_in(12);
}

}  // namespace

result<void> keep_checkpoint(database& db, std::int64_t seq) {
  const auto rows = read_state_rows(db, state_part::standing);
  if (!rows)
    return rows.error();
  const auto text = text_of(*rows);
  if (auto cleared = db.run("UPDATE state_checkpoint SET rows = NULL WHERE rows IS NOT NULL AND "
                            "seq > (SELECT min(seq) FROM state_checkpoint)");
      !cleared)
    return cleared;
  return db.run("INSERT OR IGNORE INTO state_checkpoint (seq, hash, rows) VALUES (?, ?, ?)",
                {seq, hash_of(*rows), text});
}

result<void> move_first_checkpoint(database& db, std::int64_t seq) {
  std::optional<checkpoint> from;
  auto read = db.each(
      "SELECT seq, hash, rows FROM state_checkpoint WHERE rows IS NOT NULL AND seq <= ? "
      "ORDER BY seq DESC LIMIT 1",
      {seq}, [&](const row& r) {
        from = checkpoint{r.number(0), static_cast<std::uint64_t>(r.number(1)),
                          std::string(r.text(2))};
        return result<void>{};
      });
  if (!read || !from)
    return read;
  auto fold = fold_from(*from);
  if (!fold)
    return fold.error();
  // Between two archives there may be millions of plans.
  auto folded = fold_records(db, from->seq, seq, *fold, [&](std::int64_t) -> result<void> {
    fold->forget_settled();
    return {};
  });
  if (!folded)
    return folded;
  if (auto gone = db.run("DELETE FROM state_checkpoint WHERE seq <= ?", {seq}); !gone)
    return gone;
  return db.run("INSERT INTO state_checkpoint (seq, hash, rows) VALUES (?, ?, ?)",
                {seq, hash_of(fold->standing()), text_of(fold->standing())});
}

result<std::optional<std::int64_t>> last_checkpoint(database& db) {
  const auto all = read_checkpoints(
      db, "SELECT seq, hash, NULL FROM state_checkpoint ORDER BY seq DESC LIMIT 1");
  if (!all)
    return all.error();
  return all->empty() ? std::optional<std::int64_t>{} : std::optional(all->front().seq);
}

result<void> check_since_last_checkpoint(database& db) {
  const auto last = read_checkpoints(
      db, "SELECT seq, hash, rows FROM state_checkpoint ORDER BY seq DESC LIMIT 1");
  if (!last || last->empty())
    return last ? result<void>{} : last.error();
  auto fold = fold_from(last->front());
  if (!fold)
    return fold.error();
  auto folded = fold_records(db, last->front().seq, to_the_end, *fold,
                             [](std::int64_t) { return result<void>{}; });
  if (!folded)
    return folded;
  const auto rows = read_state_rows(db, state_part::standing);
  if (!rows)
    return rows.error();
  return compare(*rows, fold->standing());
}

result<state_walk> walk_state(database& db) {
  const auto all =
      read_checkpoints(db, "SELECT seq, hash, rows FROM state_checkpoint ORDER BY seq");
  if (!all)
    return all.error();
  if (all->empty())
    return state_walk{};
  auto fold = fold_from(all->front());
  if (!fold)
    return fold.error();
  auto next = all->begin() + 1;
  auto folded =
      fold_records(db, all->front().seq, to_the_end, *fold, [&](std::int64_t seq) -> result<void> {
        if (next == all->end() || next->seq != seq)
          return {};
        if (next->hash != hash_of(fold->standing()))
          return fail(errc::malformed, fmt::format("the state at record {} does not fit the hash "
                                                   "that was kept of it",
                                                   seq));
        ++next;
        return {};
      });
  if (!folded)
    return folded.error();
  if (next != all->end())
    return fail(errc::malformed, fmt::format("the state of record {} was kept, but there is no "
                                             "such record",
                                             next->seq));
  auto rows = read_state_rows(db, state_part::all);
  if (!rows)
    return rows.error();
  auto made = fold->standing();
  made.insert(fold->settled().begin(), fold->settled().end());
  std::erase_if(*rows, [&](const auto& entry) {
    return !made.contains(entry.first) &&
           settled_before(entry.first, entry.second, all->front().seq);
  });
  if (auto equal = compare(*rows, made); !equal)
    return equal.error();
  return state_walk{static_cast<std::int64_t>(all->size()),
                    static_cast<std::int64_t>(rows->size())};
}

}  // namespace sluice::journal
