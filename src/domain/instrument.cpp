// The universe as a value: found by name, told from another by content.
#include "sluice/domain/instrument.hpp"

#include <fmt/format.h>

#include <iterator>

namespace sluice {

void universe::rebuild_index() {
  index.clear();
  for (std::size_t i = 0; i < instruments.size(); ++i)
    index.emplace(instruments[i].instrument, i);
}

std::uint64_t content_hash(const universe& u) {
  std::string text;
  const auto add = [&](const auto&... parts) {
    (fmt::format_to(std::back_inserter(text), "{}\x1f", parts), ...);
  };
  const auto add_lot = [&](const lot_rules& l) { add(l.min.raw(), l.max.raw(), l.step.raw()); };
  for (const auto& r : u.instruments) {
    add(r.instrument.str(), r.tradable, r.status, r.contract_type, r.quote_asset, r.tick.raw(),
        r.min_price.raw(), r.max_price.raw(), r.min_notional.raw());
    add_lot(r.lot);
    add_lot(r.market_lot);
  }
  for (const auto& l : u.limits)
    add(l.type, l.window.count(), l.limit);
  return stable_hash(text);
}

}  // namespace sluice
