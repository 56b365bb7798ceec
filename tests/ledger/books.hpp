// Builders of fills and truths for the ledger's tests.
#pragma once

#include <string_view>

#include "sluice/ledger/drift.hpp"

namespace sluice::testing {

inline const position_key btc{symbol{"BTCUSDT"}, position_side::both};

inline quantity qty(std::string_view text) {
  return quantity::parse(text).value();
}
inline price at_price(std::string_view text) {
  return price::parse(text).value();
}
inline instant at_ms(std::int64_t ms) {
  return instant{} + milliseconds{ms};
}

/// The venue's clock, our wall clock and the steady one run together, a thousand seconds apart.
inline stamp now_at(std::int64_t ms) {
  return {at_ms(ms), wall_time{1'000'000 + ms}};
}

inline fill a_fill(trade_id id, side direction, std::string_view amount, std::string_view at) {
  fill f;
  f.instrument = btc.instrument;
  f.id = id;
  f.order = 7;
  f.direction = direction;
  f.amount = qty(amount);
  f.at = at_price(at);
  f.traded_at = venue_time{1'000'000 + id};
  return f;
}

inline truth_view open_truth(std::string_view amount, std::int64_t as_of_ms) {
  truth_view v;
  v.content = position_open{qty(amount), at_price("100")};
  v.as_of = at_ms(as_of_ms);
  v.source = truth_source::bulk;
  v.version = 1;
  return v;
}

inline truth_view flat_truth(std::int64_t as_of_ms) {
  truth_view v;
  v.content = position_flat{};
  v.as_of = at_ms(as_of_ms);
  v.source = truth_source::bulk;
  v.version = 1;
  return v;
}

inline ledger_line a_line(std::string_view amount) {
  ledger_line line;
  line.position = btc;
  line.amount = qty(amount);
  return line;
}

}  // namespace sluice::testing
