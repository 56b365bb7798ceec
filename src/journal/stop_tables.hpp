// The tables of protective stops, a part of schema version 4.
#pragma once

namespace sluice::journal {

/// `protective_stop` is the current state of each stop ever intended, `stop_event` is append-only.
inline constexpr const char* stop_tables = R"sql(
CREATE TABLE protective_stop (
  stop_number INTEGER PRIMARY KEY, client_order_id TEXT NOT NULL, symbol TEXT NOT NULL,
  position_side TEXT NOT NULL, direction TEXT NOT NULL, trigger_price TEXT NOT NULL,
  state TEXT NOT NULL, algo_id INTEGER NOT NULL, triggered_order_id INTEGER NOT NULL,
  intended_ms INTEGER NOT NULL, changed_ms INTEGER NOT NULL,
  intended_seq INTEGER NOT NULL REFERENCES record(seq)) STRICT;
CREATE INDEX protective_stop_open ON protective_stop(stop_number)
  WHERE state NOT IN ('finished', 'cancelled', 'rejected', 'expired');
CREATE INDEX protective_stop_by_order ON protective_stop(client_order_id);
CREATE INDEX protective_stop_triggered ON protective_stop(stop_number)
  WHERE triggered_order_id <> 0;
CREATE TABLE stop_event (
  seq INTEGER PRIMARY KEY REFERENCES record(seq), stop_number INTEGER NOT NULL,
  client_order_id TEXT NOT NULL, symbol TEXT NOT NULL, state TEXT NOT NULL,
  detail TEXT NOT NULL) STRICT;
CREATE INDEX stop_event_by_stop ON stop_event(stop_number, seq);
)sql";

}  // namespace sluice::journal
