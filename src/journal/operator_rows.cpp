// An event row for each order of an operator, and a state row while it is in force.
#include "operator_rows.hpp"

namespace sluice::journal {

result<void> write(database& db, const row_head& h, const state_changed& b) {
  return db.run(
      "INSERT INTO state_change (seq, state_before, state_after, author, reason, until_ms) "
      "VALUES (?, ?, ?, ?, ?, ?)",
      {h.seq, b.before, b.after, b.author, b.reason, b.until});
}

result<void> write(database& db, const row_head& h, const override_set& b) {
  const auto& w = b.what;
  auto written = db.run(
      "INSERT INTO override_event (seq, override_id, event, key, value, author, reason) "
      "VALUES (?, ?, 'set', ?, ?, ?, ?)",
      {h.seq, w.id, w.key, w.value, w.author, w.reason});
  if (!written)
    return written;
  return db.run(
      "INSERT INTO setting_override (override_id, key, value, author, reason, since_ms, until_ms, "
      "fresh_for_ms, set_seq) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {w.id, w.key, w.value, w.author, w.reason, w.since, w.until, w.fresh_for, h.seq});
}

result<void> write(database& db, const row_head& h, const override_ended& b) {
  const auto& w = b.what;
  auto written = db.run(
      "INSERT INTO override_event (seq, override_id, event, key, value, author, reason) "
      "VALUES (?, ?, ?, ?, ?, ?, ?)",
      {h.seq, w.id, b.why, w.key, w.value, b.author, b.reason});
  if (!written)
    return written;
  return db.run("DELETE FROM setting_override WHERE override_id = ?", {w.id});
}

result<void> write(database& db, const row_head& h, const close_armed& b) {
  const auto& w = b.what;
  auto written = db.run(
      "INSERT INTO close_arming_event (seq, arming_id, event, symbol, author, reason) "
      "VALUES (?, ?, 'armed', ?, ?, ?)",
      {h.seq, w.id, w.instrument, w.author, w.reason});
  if (!written)
    return written;
  return db.run(
      "INSERT INTO close_arming (arming_id, symbol, author, reason, since_ms, until_ms, armed_seq) "
      "VALUES (?, ?, ?, ?, ?, ?, ?)",
      {w.id, w.instrument, w.author, w.reason, w.since, w.until, h.seq});
}

result<void> write(database& db, const row_head& h, const close_disarmed& b) {
  const auto& w = b.what;
  auto written = db.run(
      "INSERT INTO close_arming_event (seq, arming_id, event, symbol, author, reason) "
      "VALUES (?, ?, ?, ?, ?, ?)",
      {h.seq, w.id, b.why, w.instrument, b.author, b.reason});
  if (!written)
    return written;
  return db.run("DELETE FROM close_arming WHERE arming_id = ?", {w.id});
}

result<void> write(database& db, const row_head& h, const settings_changed& b) {
  std::int64_t place = 0;
  for (const auto* changes : {&b.applied, &b.restart_needed})
    for (const auto& c : *changes)
      if (auto written = db.run(
              "INSERT INTO setting_change (seq, place, key, value_before, value_after, applied, "
              "author, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
              {h.seq, ++place, c.key, c.before, c.after, changes == &b.applied, b.author,
               b.reason});
          !written)
        return written;
  return {};
}

}  // namespace sluice::journal
