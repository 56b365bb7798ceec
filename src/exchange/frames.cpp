// Stream frames as values, with the venue's one-letter names spelled out nowhere but here.
#include "sluice/exchange/frames.hpp"

#include <charconv>
#include <utility>

#include "conditional_words.hpp"
#include "json.hpp"
#include "order_words.hpp"

namespace sluice::exchange {
namespace {

using simdjson::dom::element;

/// The payload of a combined frame, or the document itself.
element unwrap(element document) {
  element payload;
  std::string_view name;
  if (document["data"].get(payload) == simdjson::SUCCESS &&
      document["stream"].get(name) == simdjson::SUCCESS)
    return payload;
  return document;
}

/// The event time; older copies of listenKeyExpired write it as a string.
venue_time event_time(const json_object& event, json_faults& faults) {
  const auto value = event.optional("E");
  std::int64_t ms = 0;
  std::string_view text;
  if (!value || value->get(ms) == simdjson::SUCCESS)
    return {ms};
  if (value->get(text) == simdjson::SUCCESS) {
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), ms);
    if (failed == std::errc{} && end == text.data() + text.size())
      return {ms};
  }
  faults.refuse("E", "is not a time");
  return {};
}

account_update account_from(const json_object& event, json_faults& faults) {
  account_update update;
  update.transaction_time = {event.integer_or("T", 0)};
  const auto inner = event.required("a");
  if (!inner)
    return update;
  const json_object body(*inner, "a", faults);
  update.reason = body.text_or_empty("m");
  update.about = symbol(std::string(body.text_or_empty("S")));
  // Bookkeeping: a balance that cannot be read must not take the positions beside it with it.
  json_faults unread;
  const json_object money(*inner, "a", unread);
  if (money.optional("B"))
    for (const auto row : money.array("B")) {
      const json_object balance(row, "B", unread);
      update.balances.push_back({std::string(balance.text("a")), balance.lenient<notional>("bc")});
    }
  if (!unread.none())
    update.balances.clear();
  if (!body.optional("P"))
    return update;
  for (const auto row : body.array("P")) {
    const json_object position(row, "P", faults);
    update.positions.push_back({{position.instrument("s"), position.leg("ps")},
                                position.exact<quantity>("pa"),
                                position.lenient<price>("ep")});
  }
  return update;
}

settings_update settings_from(const json_object& event, json_faults& faults) {
  settings_update update;
  if (const auto leverage = event.optional("ac")) {
    const json_object body(*leverage, "ac", faults);
    update.instrument = body.instrument("s");
    update.leverage = body.integer("l");
  } else if (const auto mode = event.optional("ai")) {
    const json_object body(*mode, "ai", faults);
    update.multi_assets = body.flag_or("j", false);
  }
  return update;
}

/// The venue's own orders carry client order ids that no client may choose.
order_giver giver_of(const client_order_id& id) {
  const std::string_view text = id.str();
  if (text.starts_with("autoclose-"))
    return order_giver::liquidation;
  if (text.starts_with("adl_autoclose"))
    return order_giver::auto_deleveraging;
  if (text.starts_with("settlement_autoclose-"))
    return order_giver::settlement;
  return order_giver::client;
}

/// The trade in an order event; none when the event is not about one (liquidation notices carry an
/// id but sometimes no quantity).
std::optional<fill> trade_from(const json_object& body, const order_report& report) {
  fill trade;
  trade.id = body.integer_or("t", 0);
  if (trade.id == 0)
    return std::nullopt;
  trade.amount = body.exact<quantity>("l");
  if (trade.amount.sign() <= 0)
    return std::nullopt;
  trade.at = body.exact<price>("L");
  trade.instrument = report.instrument;
  trade.leg = report.leg;
  trade.order = report.id;
  trade.client_id = report.client_id;
  trade.given_by = giver_of(report.client_id);
  trade.direction = report.direction;
  trade.fee = body.lenient<notional>("n");
  trade.fee_asset = body.text_or_empty("N");
  trade.realised = body.lenient<notional>("rp");
  trade.traded_at = {body.integer_or("T", 0)};
  return trade;
}

order_update order_from(const json_object& event, json_faults& faults) {
  order_update update;
  const auto inner = event.required("o");
  if (!inner)
    return update;
  const json_object body(*inner, "o", faults);
  auto& report = update.report;
  report.client_id = client_order_id(std::string(body.text("c")));
  report.id = body.integer("i");
  report.instrument = body.instrument("s");
  report.leg = body.leg("ps");
  report.direction = body.direction("S");
  report.status_text = body.text("X");
  report.status = status_of(report.status_text);
  report.original = body.exact<quantity>("q");
  report.executed = body.exact<quantity>("z");
  report.average = body.lenient<price>("ap");
  report.reduce_only = body.flag_or("R", false);
  report.limit = body.lenient<price>("p");
  report.type_text = body.text_or_empty("o");
  report.updated_at = {body.integer_or("T", event.integer_or("T", 0))};
  update.execution = body.text("x");
  update.expiry_reason = body.text_or_empty("er");
  update.trade = trade_from(body, report);
  return update;
}

conditional_update conditional_from(const json_object& event, json_faults& faults) {
  conditional_update update;
  const auto inner = event.required("o");
  if (!inner)
    return update;
  const json_object body(*inner, "o", faults);
  auto& report = update.report;
  report.client_id = client_order_id(std::string(body.text("caid")));
  report.id = body.integer("aid");
  report.instrument = body.instrument("s");
  report.leg = body.leg("ps");
  report.direction = body.direction("S");
  report.type_text = body.text_or_empty("o");
  report.status_text = body.text("X");
  report.status = conditional_status_of(report.status_text);
  report.amount = body.exact_or_zero<quantity>("q");
  report.trigger = body.lenient<price>("tp");
  report.limit = body.lenient<price>("p");
  report.close_position = body.flag_or("cp", false);
  report.reduce_only = body.flag_or("R", false);
  report.triggered_order = body.integer_or_text("ai");
  report.why = body.text_or_empty("rm");
  report.updated_at = {event.integer_or("T", 0)};
  return update;
}

void add_mark(element value, json_faults& faults, std::vector<mark_row>& rows) {
  const json_object row(value, "row", faults);
  if (row.text_or_empty("e") != "markPriceUpdate" || row.integer_or("st", 1) != 1)
    return;
  // A name that no request could carry is not in our universe either.
  const auto instrument = parse_symbol(row.text("s"));
  const auto mark = row.lenient<price>("p");
  const auto at = event_time(row, faults);
  if (instrument && mark.sign() > 0)  // A symbol that does not trade yet has a mark of zero.
    rows.push_back({*instrument, mark, at});
}

}  // namespace

result<user_frame> parse_user_frame(std::string_view text) {
  const auto document = read_document(text);
  if (!document)
    return document.error();
  json_faults faults;
  const json_object event(unwrap(*document), "event", faults);
  user_frame frame;
  frame.event_time = event_time(event, faults);
  const std::string type(event.text_or_empty("e"));
  if (type == "ACCOUNT_UPDATE")
    frame.body = account_from(event, faults);
  else if (type == "ORDER_TRADE_UPDATE")
    frame.body = order_from(event, faults);
  else if (type == "ALGO_UPDATE")
    frame.body = conditional_from(event, faults);
  else if (type == "ACCOUNT_CONFIG_UPDATE")
    frame.body = settings_from(event, faults);
  else if (type == "listenKeyExpired")
    frame.body = listen_key_expired{};
  else
    frame.body = ignored_event{type};
  if (!faults.none())
    return faults.first();
  return frame;
}

result<std::vector<mark_row>> parse_mark_frame(std::string_view text) {
  const auto document = read_document(text);
  if (!document)
    return document.error();
  const auto payload = unwrap(*document);
  json_faults faults;
  std::vector<mark_row> rows;
  if (payload.is_object())
    add_mark(payload, faults, rows);
  else
    for (const auto row : rows_of(payload, faults))
      add_mark(row, faults, rows);
  if (!faults.none())
    return faults.first();
  return rows;
}

}  // namespace sluice::exchange
