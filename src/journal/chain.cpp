// The checksum chain: how a value is made, and the walk that checks all of them.
#include "chain.hpp"

#include <fmt/compile.h>
#include <fmt/format.h>

#include <bit>

namespace sluice::journal {

std::uint64_t chain_value(std::uint64_t before, const link& l) {
  auto head = fmt::format(FMT_COMPILE("{}|{}|{}|{}|{}|{}|"), l.seq, l.kind, l.wall_ms, l.steady_ns,
                          l.body.size(), l.facts.size());
  if (l.caused_by)
    head += fmt::format("{}|", *l.caused_by);
  return stable_hash(l.facts, stable_hash(l.body, stable_hash(head, before)));
}

result<chain_start> read_chain_start(database& db) {
  std::optional<chain_start> start;
  auto read = db.each(
      "SELECT seq, chain, without_cause_until, archive, kept_hash, archived_until FROM chain_start",
      {}, [&](const row& r) -> result<void> {
        auto& s = start.emplace();
        return read_row(r, "chain_start", s.seq, s.chain, s.without_cause_until, s.archive,
                        s.kept_hash, s.archived_until);
      });
  if (!read)
    return read.error();
  if (!start)
    return fail(errc::malformed, "does not say where its chain begins");
  return *start;
}

result<std::uint64_t> hash_of_kept(database& db, std::int64_t seq) {
  std::uint64_t hash = 0;
  auto read = db.each(
      "SELECT r.seq, r.kind, r.wall_ms, r.steady_ns, r.body, ifnull(v.facts, ''), r.caused_by "
      "FROM record r LEFT JOIN verdict v ON v.seq = r.seq WHERE r.seq <= ? ORDER BY r.seq",
      {seq}, [&](const row& r) {
        hash = chain_value(hash, {.seq = r.number(0),
                                  .kind = r.text(1),
                                  .wall_ms = r.number(2),
                                  .steady_ns = r.number(3),
                                  .body = r.text(4),
                                  .facts = r.text(5),
                                  .caused_by = r.number(6)});
        return result<void>{};
      });
  if (!read)
    return read.error();
  return hash;
}

result<chain_end> read_chain_end(database& db) {
  const auto start = read_chain_start(db);
  if (!start)
    return start.error();
  chain_end end{start->seq, start->chain};
  auto read = db.each("SELECT seq, chain FROM record WHERE seq > ? ORDER BY seq DESC LIMIT 1",
                      {start->seq}, [&](const row& r) {
                        end = {r.number(0), std::bit_cast<std::uint64_t>(r.number(1))};
                        return result<void>{};
                      });
  if (!read)
    return read.error();
  return end;
}

result<chain_walk> walk_chain(database& db) {
  const auto start = read_chain_start(db);
  if (!start)
    return start.error();
  const auto kept = hash_of_kept(db, start->seq);
  if (!kept)
    return kept.error();
  if (*kept != start->kept_hash)
    return fail(errc::malformed, "a record that was kept from the archive was changed");
  chain_walk walk{.last_seq = start->seq, .start = *start};
  auto before = start->chain;
  auto walked = db.each(
      "SELECT r.seq, r.kind, r.wall_ms, r.steady_ns, r.body, ifnull(v.facts, ''), r.chain, "
      "r.caused_by "
      "FROM record r LEFT JOIN verdict v ON v.seq = r.seq WHERE r.seq > ? ORDER BY r.seq",
      {start->seq}, [&](const row& r) -> result<void> {
        link l{.seq = r.number(0),
               .kind = r.text(1),
               .wall_ms = r.number(2),
               .steady_ns = r.number(3),
               .body = r.text(4),
               .facts = r.text(5)};
        if (l.seq > start->without_cause_until)
          l.caused_by = r.number(7);
        if (l.seq != walk.last_seq + 1)
          return fail(errc::malformed,
                      fmt::format("record {} is missing, next is {}", walk.last_seq + 1, l.seq));
        before = chain_value(before, l);
        if (before != std::bit_cast<std::uint64_t>(r.number(6)))
          return fail(errc::malformed, fmt::format("record {} was changed: its checksum does not "
                                                   "fit its content and the records before it",
                                                   l.seq));
        walk.last_seq = l.seq;
        ++walk.records;
        return {};
      });
  if (!walked)
    return walked.error();
  if (start->archived_until != 0 && walk.last_seq != start->archived_until)
    return fail(errc::malformed, fmt::format("ends with record {}, but {} was archived in it",
                                             walk.last_seq, start->archived_until));
  walk.chain = before;
  return walk;
}

}  // namespace sluice::journal
