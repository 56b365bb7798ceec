// Bodies of the venue's replies through every parser: whole or not at all, exact where it must be,
// and the same when printed and read again.
#include <fmt/format.h>

#include <algorithm>

#include "reply_text.hpp"
#include "sluice/exchange/replies.hpp"
#include "target.hpp"

namespace sluice::fuzz {
namespace {

using namespace sluice::exchange;

std::string_view without_white_space_at_end(std::string_view text) {
  return text.substr(0, text.find_last_not_of(" \t\r\n") + 1);
}

/// The reply, or none; a reply that was cut short is never one.
template <class T>
std::optional<T> whole(std::string_view body, result<T> (*parse)(std::string_view)) {
  auto read = parse(body);
  if (!read) {
    require(read.error().code == errc::malformed && !read.error().text.empty(),
            "what is no reply is malformed, and says why");
    return std::nullopt;
  }
  const auto text = without_white_space_at_end(body);
  require(!text.empty() && (text.back() == ']' || text.back() == '}'), "a reply ends");
  require(!parse(text.substr(0, some_place(body, text.size()))).has_value() &&
              !parse(text.substr(0, text.size() - 1)).has_value(),
          "a reply that was cut is none");
  require(!parse(std::string{text} + "]").has_value(), "nothing follows a reply");
  return std::move(*read);
}

/// The same of a list, to which a row that is none was added.
template <class T>
std::optional<std::vector<T>> whole_list(std::string_view body,
                                         result<std::vector<T>> (*parse)(std::string_view)) {
  auto rows = whole<std::vector<T>>(body, parse);
  if (!rows)
    return std::nullopt;
  auto text = std::string{without_white_space_at_end(body)};
  if (text.back() != ']')
    return rows;  // One object, where that is taken like a list of one.
  text.back() = rows->empty() ? ' ' : ',';
  require(!parse(text + "{}]").has_value() && !parse(text + "7]").has_value(),
          "a list with one bad row is refused whole");
  return rows;
}

void check_positions(std::string_view body) {
  const auto rows = whole_list<position_row>(body, &parse_positions);
  if (!rows)
    return;
  for (const auto& row : *rows)
    require(parse_symbol(row.position.instrument.str()).has_value(), "a position has a symbol");
  const auto text = text_of(*rows);
  const auto again = parse_positions(text);
  require(again.has_value() && text_of(*again) == text, "printed positions are the same ones");
}

void check_orders(std::string_view body) {
  const auto rows = whole_list<order_report>(body, &parse_orders);
  if (rows) {
    const auto text = text_of(*rows);
    const auto again = parse_orders(text);
    require(again.has_value() && text_of(*again) == text, "printed orders are the same ones");
  }
  if (const auto one = whole<order_report>(body, &parse_order))
    require(parse_orders("[" + text_of(*one) + "]").has_value(), "an order is a list of one");
}

void check_trades(std::string_view body) {
  for (const auto& f : whole_list<fill>(body, &parse_user_trades).value_or(std::vector<fill>{}))
    require(f.amount.sign() > 0 && parse_symbol(f.instrument.str()).has_value(),
            "a trade has a symbol and an amount");
}

void check_settings(std::string_view body) {
  (void)whole<account_settings>(body, &parse_account_config);
  (void)whole<margin_summary>(body, &parse_margin);
  (void)whole_list<asset_balance>(body, &parse_balances);
  (void)whole_list<premium>(body, &parse_premiums);
  (void)whole_list<venue_limit>(body, &parse_order_limits);
  (void)whole_list<conditional_report>(body, &parse_conditionals);
  for (const auto& s : whole_list<symbol_settings>(body, &parse_symbol_settings)
                           .value_or(std::vector<symbol_settings>{}))
    require(s.leverage >= 1, "a leverage is at least one");
  for (const auto& ladder : whole_list<leverage_ladder>(body, &parse_leverage_brackets)
                                .value_or(std::vector<leverage_ladder>{})) {
    require(!ladder.steps.empty(), "a ladder has steps");
    for (const auto& s : ladder.steps)
      require(s.leverage >= 1 && s.cap > s.floor && s.maintenance.sign() >= 0,
              "a step of a ladder makes sense");
  }
  if (const auto time = whole<venue_time>(body, &parse_server_time))
    require(time->ms > 0, "the venue's time is one");
}

void check_universe(std::string_view body) {
  const auto read = whole<universe>(body, &parse_exchange_info);
  if (!read)
    return;
  require(read->index.size() == read->instruments.size(), "no symbol stands there twice");
  for (const auto& row : read->instruments) {
    require(read->find(row.instrument) == &row, "a symbol is found");
    for (const auto raw :
         {row.tick.raw(), row.min_price.raw(), row.max_price.raw(), row.lot.min.raw(),
          row.lot.max.raw(), row.lot.step.raw(), row.market_lot.min.raw(), row.market_lot.max.raw(),
          row.market_lot.step.raw(), row.min_notional.raw()})
      require(raw >= 0, "no filter is below zero");
  }
  for (const auto& limit : read->limits)
    require(limit.window.count() >= 0, "a limit is of a window, or of one that we do not know");
}

}  // namespace

void check(std::string_view input) {
  check_positions(input);
  check_orders(input);
  check_trades(input);
  check_settings(input);
  check_universe(input);
  if (const auto key = parse_listen_key(input))
    require(!key->reveal().empty() && key->reveal().size() <= 256, "a listen key is one");
}

}  // namespace sluice::fuzz
