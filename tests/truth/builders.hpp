// Values the truth tests are written in: instants, venue times, rows and reads in milliseconds.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "sluice/domain/exchange_port.hpp"
#include "sluice/truth/merge.hpp"

namespace sluice::test {

/// Milliseconds after the start of the test's time.
inline instant at(std::int64_t ms) {
  return instant{} + std::chrono::hours{1} + milliseconds{ms};
}

/// The venue's clock at the same moment.
inline venue_time venue_at(std::int64_t ms) {
  return venue_time{1'700'000'000'000 + ms};
}

inline position_key both_of(const std::string& text) {
  return {symbol{text}, position_side::both};
}

inline truth open_truth(std::int64_t amount, std::int64_t entry = 100) {
  return position_open{quantity::whole(amount), price::whole(entry)};
}

inline position_row a_row(const std::string& text, std::int64_t amount, venue_time updated_at,
                          std::int64_t entry = 100) {
  position_row row;
  row.position = both_of(text);
  row.amount = quantity::whole(amount);
  row.entry = price::whole(entry);
  row.updated_at = updated_at;
  return row;
}

inline snapshot a_read(const std::string& scope, std::int64_t sent_ms,
                       std::vector<position_row> rows = {}) {
  return {symbol{scope}, at(sent_ms), at(sent_ms + 50), std::move(rows)};
}

inline account_update an_event(const std::string& text, std::int64_t amount, venue_time t,
                               std::int64_t entry = 100) {
  account_update event;
  event.reason = "ORDER";
  event.transaction_time = t;
  event.positions.push_back({both_of(text), quantity::whole(amount), price::whole(entry)});
  return event;
}

}  // namespace sluice::test
