// exchangeInfo as a universe: symbols with their filters, and the venue's limits.
#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "json.hpp"
#include "limit_words.hpp"
#include "sluice/exchange/replies.hpp"

namespace sluice::exchange {
namespace {

/// A filter's decimal. One that cannot be represented, or is below zero, clears `usable`: other
/// symbols stay tradable.
template <class Fixed>
Fixed bound(const json_object& filter, std::string_view key, bool& usable) {
  auto parsed = Fixed::parse(filter.text(key));
  if (parsed && parsed->sign() >= 0)
    return *parsed;
  usable = false;
  return {};
}

/// The upper end of a filter; past what we can represent it is as good as none, so it saturates.
template <class Fixed>
Fixed upper_bound(const json_object& filter, std::string_view key, bool& usable) {
  const auto parsed = parse_lenient(filter.text(key));
  if (parsed && *parsed >= 0)
    return Fixed::from_raw(*parsed);
  usable = false;
  return {};
}

lot_rules lot_from(const json_object& filter, bool& usable) {
  return {bound<quantity>(filter, "minQty", usable),
          upper_bound<quantity>(filter, "maxQty", usable),
          bound<quantity>(filter, "stepSize", usable)};
}

/// Returns whether all filters that we know could be represented.
bool read_filters(const json_object& row, json_faults& faults, instrument_rules& rules) {
  bool usable = true;
  for (const auto element : row.array("filters")) {
    const json_object filter(element, "filter", faults);
    const auto kind = filter.text("filterType");
    if (kind == "PRICE_FILTER") {
      rules.tick = bound<price>(filter, "tickSize", usable);
      rules.min_price = bound<price>(filter, "minPrice", usable);
      rules.max_price = upper_bound<price>(filter, "maxPrice", usable);
    } else if (kind == "LOT_SIZE") {
      rules.lot = lot_from(filter, usable);
    } else if (kind == "MARKET_LOT_SIZE") {
      rules.market_lot = lot_from(filter, usable);
    } else if (kind == "MIN_NOTIONAL") {
      rules.min_notional = bound<notional>(filter, "notional", usable);
    }
  }
  return usable;
}

/// Before a symbol is traded and after it was settled. Of any other word, tomorrow's too, an order
/// that only reduces is tried: it is right, or refused.
bool takes_no_order(std::string_view status) {
  constexpr std::array<std::string_view, 5> words{"PENDING_TRADING", "DELIVERING", "DELIVERED",
                                                  "SETTLING", "CLOSE"};
  return std::ranges::find(words, status) != words.end();
}

void add_symbol(const json_object& row, json_faults& faults, universe& read) {
  instrument_rules rules;
  auto name = parse_symbol(row.text("symbol"));
  rules.status = row.text("status");
  rules.contract_type = row.text_or_empty("contractType");
  rules.quote_asset = row.text_or_empty("quoteAsset");
  const bool usable = read_filters(row, faults, rules);
  if (!name)
    return;
  rules.instrument = std::move(*name);
  rules.tradable = usable && rules.status == "TRADING";
  rules.closed = !usable || takes_no_order(rules.status);
  const auto [at, fresh] = read.index.try_emplace(rules.instrument, read.instruments.size());
  if (!fresh)
    faults.refuse("symbol", "stands there twice");
  read.instruments.push_back(std::move(rules));
}

}  // namespace

result<universe> parse_exchange_info(std::string_view body) {
  const auto document = read_document(body);
  if (!document)
    return document.error();
  json_faults faults;
  universe read;
  read.source = universe_source::live;
  const json_object reply(*document, "reply", faults);
  for (const auto row : reply.array("rateLimits"))
    read.limits.push_back(limit_from(json_object(row, "rateLimit", faults)));
  for (const auto row : reply.array("symbols"))
    add_symbol(json_object(row, "symbol", faults), faults, read);
  if (!faults.none())
    return faults.first();
  // No venue lists nothing: what looks like it must not take the place of what is known.
  if (read.instruments.empty())
    return fail(errc::malformed, "lists no symbol");
  return read;
}

}  // namespace sluice::exchange
