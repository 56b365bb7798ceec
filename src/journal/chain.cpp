// The checksum chain: how a value is made, and the walk that checks all of them.
#include "chain.hpp"

#include <fmt/format.h>

#include <bit>

namespace sluice::journal {

std::uint64_t chain_value(std::uint64_t before, const link& l) {
  const auto head = fmt::format("{}|{}|{}|{}|{}|{}|", l.seq, l.kind, l.wall_ms, l.steady_ns,
                                l.body.size(), l.facts.size());
  return stable_hash(l.facts, stable_hash(l.body, stable_hash(head, before)));
}

result<chain_walk> walk_chain(database& db) {
  chain_walk walk;
  std::uint64_t before = 0;
  auto walked = db.each(
      "SELECT r.seq, r.kind, r.wall_ms, r.steady_ns, r.body, ifnull(v.facts, ''), r.chain "
      "FROM record r LEFT JOIN verdict v ON v.seq = r.seq ORDER BY r.seq",
      {}, [&](const row& r) -> result<void> {
        const link l{.seq = r.number(0),
                     .kind = r.text(1),
                     .wall_ms = r.number(2),
                     .steady_ns = r.number(3),
                     .body = r.text(4),
                     .facts = r.text(5)};
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
  return walk;
}

}  // namespace sluice::journal
