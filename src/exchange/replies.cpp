// REST bodies as values: positions, settings, time, orders, trades, listen keys and errors.
#include "sluice/exchange/replies.hpp"

#include <utility>

#include "documents.hpp"
#include "order_words.hpp"

namespace sluice::exchange {
namespace {

position_row position_from(const json_object& row) {
  position_row read;
  read.position = {row.instrument("symbol"), row.leg("positionSide")};
  read.amount = row.exact<quantity>("positionAmt");
  read.entry = row.lenient<price>("entryPrice");
  read.mark = row.lenient<price>("markPrice");
  read.liquidation = row.lenient<price>("liquidationPrice");
  read.unrealised = row.lenient<notional>("unRealizedProfit");
  read.updated_at = {row.integer_or("updateTime", 0)};
  return read;
}

order_report order_from(const json_object& row, json_faults&) {
  order_report read;
  read.client_id = client_order_id(std::string(row.text("clientOrderId")));
  read.id = row.integer("orderId");
  read.instrument = row.instrument("symbol");
  read.leg = row.leg("positionSide");
  read.direction = row.direction("side");
  read.status_text = row.text("status");
  read.status = status_of(read.status_text);
  read.original = row.exact<quantity>("origQty");
  read.executed = row.exact<quantity>("executedQty");
  read.average = row.lenient<price>("avgPrice");
  read.limit = row.lenient<price>("price");
  read.type_text = row.text_or_empty("type");
  read.reduce_only = row.flag_or("reduceOnly", false);
  read.updated_at = {row.integer_or("updateTime", 0)};
  return read;
}

fill fill_from(const json_object& row, json_faults& faults) {
  fill read;
  read.instrument = row.instrument("symbol");
  read.leg = row.leg("positionSide");
  read.id = row.integer("id");
  read.order = row.integer("orderId");
  read.direction = row.direction("side");
  read.amount = row.exact<quantity>("qty");
  read.at = row.exact<price>("price");
  read.fee = row.lenient<notional>("commission");
  read.fee_asset = row.text_or_empty("commissionAsset");
  read.realised = row.lenient<notional>("realizedPnl");
  read.traded_at = {row.integer("time")};
  if (read.amount.sign() <= 0)
    faults.refuse("qty", "is not positive");
  return read;
}

}  // namespace

result<std::vector<position_row>> parse_positions(std::string_view body) {
  return array_document<position_row>(
      body, [](const json_object& row, json_faults&) { return position_from(row); });
}

result<account_settings> parse_account_config(std::string_view body) {
  return object_document<account_settings>(body, [](const json_object& reply, json_faults&) {
    return account_settings{reply.flag("canTrade"), reply.flag("dualSidePosition"),
                            reply.flag_or("multiAssetsMargin", false),
                            reply.flag_or("canWithdraw", false),
                            reply.flag_or("canDeposit", false)};
  });
}

result<venue_time> parse_server_time(std::string_view body) {
  auto read = object_document<venue_time>(body, [](const json_object& reply, json_faults&) {
    return venue_time{reply.integer("serverTime")};
  });
  if (read && read->ms <= 0)
    return fail(errc::malformed, "'serverTime' is not positive");
  return read;
}

result<order_report> parse_order(std::string_view body) {
  return object_document<order_report>(body, order_from);
}

result<std::vector<order_report>> parse_orders(std::string_view body) {
  return array_document<order_report>(body, order_from);
}

result<std::vector<fill>> parse_user_trades(std::string_view body) {
  return array_document<fill>(body, fill_from);
}

result<secret> parse_listen_key(std::string_view body) {
  auto read = object_document<secret>(body, [](const json_object& reply, json_faults&) {
    return secret(std::string(reply.text("listenKey")));
  });
  if (!read)
    return read.error();
  const auto fits = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '_';
  };
  const auto key = read->reveal();
  if (key.empty() || key.size() > 256 || !std::all_of(key.begin(), key.end(), fits))
    return fail(errc::malformed, "'listenKey' has bytes that no key has");
  return std::move(*read);
}

std::optional<error_document> parse_error(std::string_view body) {
  auto read =
      object_document<error_document>(body, [](const json_object& reply, json_faults& faults) {
        // A number that does not fit must not become another one, which may mean something.
        const auto code = reply.integer("code");
        if (!std::in_range<int>(code))
          faults.refuse("code", "is no code");
        return error_document{static_cast<int>(code), std::string(reply.text_or_empty("msg"))};
      });
  if (!read)
    return std::nullopt;
  return std::move(*read);
}

}  // namespace sluice::exchange
