// Changes status and filters of listed symbols and tells the market of a new status.
#include "symbol_changes.hpp"

#include <fmt/format.h>

#include "venue_state.hpp"

namespace sluice::simulator {
namespace {

template <class T>
std::optional<T> read_value(json_fields& in, std::string_view name) {
  const auto text = in.text(name);
  if (!text)
    return std::nullopt;
  const auto value = T::parse(*text);
  if (!value) {
    in.complain(fmt::format("{}: {}", name, value.error().text));
    return std::nullopt;
  }
  return *value;
}

std::string contract_event(const instrument& i, venue_time at) {
  return fmt::format(
      R"({{"e":"contractInfo","E":{},"s":"{}","ps":"{}","ct":"{}","dt":4133404800000,)"
      R"("ot":1569398400000,"cs":"{}","st":1}})",
      at.ms, i.name.str(), i.name.str(), i.contract, i.status);
}

}  // namespace

symbol_change read_symbol_change(json_fields& in) {
  symbol_change c;
  c.status = in.text("status");
  c.tick = read_value<price>(in, "tick");
  c.step = read_value<quantity>(in, "step");
  c.market_max = read_value<quantity>(in, "market_max");
  c.min_notional = read_value<notional>(in, "min_notional");
  if (const auto wrong = fault_of(c); !wrong.empty())
    in.complain(wrong);
  return c;
}

std::string fault_of(const symbol_change& c) {
  const auto below = [](const auto& value) { return value && value->sign() <= 0; };
  if (!c.status && !c.tick && !c.step && !c.market_max && !c.min_notional)
    return "status, tick, step, market_max, min_notional: none is given";
  if (c.status && c.status->empty())
    return "status: is empty";
  if (below(c.tick) || below(c.step) || below(c.market_max) || below(c.min_notional))
    return "tick, step, market_max, min_notional: must be above 0";
  return {};
}

void venue_state::change_symbol(const instrument& i, const symbol_change& c, moment now) {
  instruments.change(i, c);
  info = exchange_info(chosen, instruments);
  if (c.status)
    streams.publish_market("!contractInfo", contract_event(i, now.venue));
}

result<void> venue::change_symbol(const symbol& s, const symbol_change& c, moment now) {
  now = state_->meet(now);
  const auto* what = state_->instruments.find(s.str());
  if (!what)
    return fail(errc::not_found, "symbol: there is no " + s.str());
  if (auto wrong = fault_of(c); !wrong.empty())
    return fail(errc::out_of_range, std::move(wrong));
  state_->change_symbol(*what, c, now);
  return {};
}

}  // namespace sluice::simulator
