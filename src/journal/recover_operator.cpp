// What operators ordered and nothing has ended since: trading state, overrides, armed closes.
#include "collect.hpp"
#include "recover.hpp"

namespace sluice::journal {
namespace {

result<void> read_state(database& db, std::string_view sql, standing_state& out) {
  return db.each(sql, {}, [&](const row& r) {
    return read_row(r, "state_change", out.state, out.author, out.reason, out.since, out.until);
  });
}

result<setting_override> read_override(const row& r) {
  setting_override o;
  if (auto read = read_row(r, "setting_override", o.id, o.key, o.value, o.author, o.reason, o.since,
                           o.until, o.fresh_for);
      !read)
    return read.error();
  return o;
}

result<close_arming> read_arming(const row& r) {
  close_arming a;
  if (auto read =
          read_row(r, "close_arming", a.id, a.instrument, a.author, a.reason, a.since, a.until);
      !read)
    return read.error();
  return a;
}

result<void> read_last_ids(database& db, recovered& out) {
  for (const auto& [sql, into] :
       {std::pair{"SELECT max(override_id) FROM override_event", &out.last_override_id},
        std::pair{"SELECT max(arming_id) FROM close_arming_event", &out.last_arming_id}}) {
    const auto last = db.number(sql);
    if (!last)
      return last.error();
    *into = *last;
  }
  return {};
}

}  // namespace

result<void> recover_operator(database& db, recovered& out) {
  auto read = read_state(db,
                         "SELECT s.state_after, s.author, s.reason, r.wall_ms, s.until_ms "
                         "FROM state_change s JOIN record r ON r.seq = s.seq "
                         "ORDER BY s.seq DESC LIMIT 1",
                         out.state);
  if (read)
    read = read_state(db,
                      "SELECT s.state_after, s.author, s.reason, r.wall_ms, s.until_ms "
                      "FROM state_change s JOIN record r ON r.seq = s.seq "
                      "WHERE s.author <> 'halt_file' ORDER BY s.seq DESC LIMIT 1",
                      out.ordered_state);
  if (read)
    read = collect(db,
                   "SELECT override_id, key, value, author, reason, since_ms, until_ms, "
                   "fresh_for_ms FROM setting_override ORDER BY override_id",
                   {}, out.overrides, read_override);
  if (read)
    read = collect(db,
                   "SELECT arming_id, symbol, author, reason, since_ms, until_ms "
                   "FROM close_arming ORDER BY arming_id",
                   {}, out.armings, read_arming);
  return read ? read_last_ids(db, out) : read;
}

}  // namespace sluice::journal
