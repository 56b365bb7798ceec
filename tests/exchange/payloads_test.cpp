// Every shape the venue is known to send, from files: each is taken by its own parser, whatever
// fields come along.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <optional>

#include "sluice/exchange/frames.hpp"
#include "sluice/exchange/replies.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::exchange;

namespace {

/// Empty when the parser took the text, else why not.
using taker = std::function<std::string(std::string_view)>;

template <class T>
taker taken_by(result<T> (*parse)(std::string_view)) {
  return [parse](std::string_view text) {
    const auto read = parse(text);
    return read ? std::string() : read.error().text;
  };
}

struct shape {
  std::string file;
  taker take;
};

std::optional<std::string> text_of(const std::filesystem::path& file) {
  std::ifstream in(file);
  if (!in)
    return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(in), {});
}

std::string payload(const std::string& name) {
  auto text = text_of(std::filesystem::path(SLUICE_PAYLOADS) / (name + ".json"));
  INFO(name);
  REQUIRE(text.has_value());
  return *text;
}

template <class Body>
Body event(const std::string& name) {
  const auto frame = parse_user_frame(payload(name));
  INFO(name);
  REQUIRE(frame.has_value());
  REQUIRE(std::holds_alternative<Body>(frame->body));
  return std::get<Body>(frame->body);
}

}  // namespace

TEST_CASE("every reply of the venue is taken by its parser") {
  const shape shapes[] = {
      {"time", taken_by(parse_server_time)},
      {"exchange_info", taken_by(parse_exchange_info)},
      {"premium_one", taken_by(parse_premiums)},
      {"premium_all", taken_by(parse_premiums)},
      {"account_config", taken_by(parse_account_config)},
      {"symbol_config", taken_by(parse_symbol_settings)},
      {"leverage_bracket", taken_by(parse_leverage_brackets)},
      {"order_limits", taken_by(parse_order_limits)},
      {"positions_one_way", taken_by(parse_positions)},
      {"positions_hedge", taken_by(parse_positions)},
      {"positions_order_only", taken_by(parse_positions)},
      {"positions_flat", taken_by(parse_positions)},
      {"account", taken_by(parse_margin)},
      {"balance", taken_by(parse_balances)},
      {"order_ack", taken_by(parse_order)},
      {"order_result", taken_by(parse_order)},
      {"order_legacy", taken_by(parse_order)},
      {"order_query", taken_by(parse_order)},
      {"order_cancelled", taken_by(parse_order)},
      {"open_orders", taken_by(parse_orders)},
      {"user_trades", taken_by(parse_user_trades)},
      {"conditional_placed", taken_by(parse_conditional)},
      {"conditional_query", taken_by(parse_conditional)},
      {"open_conditionals", taken_by(parse_conditionals)},
      {"conditional_cancelled", taken_by(parse_conditional_cancelled)},
      {"all_cancelled", taken_by(parse_done)},
      {"countdown", taken_by(parse_countdown)},
      {"listen_key", taken_by(parse_listen_key)},
  };
  for (const auto& one : shapes) {
    INFO(one.file);
    CHECK(one.take(payload(one.file)) == "");
  }
}

TEST_CASE("what the files say is what is read") {
  const auto universe = parse_exchange_info(payload("exchange_info"));
  CHECK(universe->find(symbol("SOLUSDT"))->tradable);
  CHECK(universe->find(symbol("SOLUSDT"))->market_lot.max.str() == "80000");
  CHECK_FALSE(universe->find(symbol("OLDUSDT"))->tradable);
  CHECK(parse_positions(payload("positions_order_only"))->front().amount.is_zero());
  CHECK((*parse_positions(payload("positions_hedge")))[1].position.leg == position_side::short_);
  CHECK(parse_positions(payload("positions_flat"))->empty());
  CHECK(parse_order(payload("order_result"))->id == 8'389'765'739'703'625'601);
  CHECK(parse_order(payload("order_result"))->average.is_zero());
  CHECK(parse_order(payload("order_legacy"))->average.str() == "3100.5");
  CHECK(parse_order(payload("order_in_match"))->status == order_status::expired);
  CHECK(parse_order(payload("order_of_insurance"))->status == order_status::other);
  CHECK_FALSE(parse_account_config(payload("account_config"))->can_withdraw);
  CHECK(parse_conditional(payload("conditional_query"))->triggered_order == 88'937'381'099);
  CHECK((*parse_premiums(payload("premium_all")))[1].instrument.str() == "测试USDT");
}

TEST_CASE("every event of the user stream is taken for what it is") {
  CHECK(event<account_update>("event_account_order").positions.size() == 2);
  // A funding fee names no position: nothing about any of them follows from it.
  CHECK(event<account_update>("event_account_funding").positions.empty());
  CHECK(event<order_update>("event_order_filled").trade->fee.str() == "0.6201");
  CHECK(event<order_update>("event_order_filled").expiry_reason == "0");
  CHECK_FALSE(event<order_update>("event_order_new").trade.has_value());
  CHECK_FALSE(event<order_update>("event_order_adl").trade.has_value());
  CHECK(event<order_update>("event_order_liquidation").execution == "CALCULATED");
  CHECK(event<conditional_update>("event_conditional_triggering").report.triggered_order == 0);
  CHECK(event<conditional_update>("event_conditional_triggered").report.triggered_order > 0);
  CHECK(event<settings_update>("event_account_config").leverage > 0);
  event<listen_key_expired>("event_key_expired");
  event<listen_key_expired>("event_key_expired_text");
  for (const char* name : {"event_trade_lite", "event_margin_call"})
    CHECK_FALSE(event<ignored_event>(name).type.empty());
}

TEST_CASE("marks of other products are left out, and an answer to a subscription has none") {
  CHECK(parse_mark_frame(payload("marks_combined"))->size() == 2);
  CHECK(parse_mark_frame(payload("marks_raw"))->size() == 1);
  CHECK(parse_mark_frame(payload("subscribed"))->empty());
}

TEST_CASE("a collection of samples given by SLUICE_SAMPLES is taken whole") {
  const char* folder = std::getenv("SLUICE_SAMPLES");
  if (folder == nullptr) {
    WARN("skipped: SLUICE_SAMPLES names no folder of sample files");
    return;
  }
  const std::pair<const char*, taker> starts[] = {
      {"rest_time", taken_by(parse_server_time)},
      {"rest_exchangeInfo", taken_by(parse_exchange_info)},
      {"rest_premiumIndex", taken_by(parse_premiums)},
      {"rest_accountConfig", taken_by(parse_account_config)},
      {"rest_account_v3", taken_by(parse_margin)},
      {"rest_balance", taken_by(parse_balances)},
      {"rest_symbolConfig", taken_by(parse_symbol_settings)},
      {"rest_leverageBracket", taken_by(parse_leverage_brackets)},
      {"rest_rateLimit_order", taken_by(parse_order_limits)},
      {"rest_positionRisk_v3", taken_by(parse_positions)},
      {"rest_openOrders", taken_by(parse_orders)},
      {"rest_order_get", taken_by(parse_order)},
      {"rest_order_post", taken_by(parse_order)},
      {"rest_order_delete", taken_by(parse_order)},
      {"rest_userTrades", taken_by(parse_user_trades)},
      {"rest_algoOrder_post", taken_by(parse_conditional)},
      {"rest_algoOrder_get", taken_by(parse_conditional)},
      {"rest_algoOrder_delete", taken_by(parse_conditional_cancelled)},
      {"rest_openAlgoOrders", taken_by(parse_conditionals)},
      {"rest_allOpenOrders_delete", taken_by(parse_done)},
      {"rest_algoOpenOrders_delete", taken_by(parse_done)},
      {"rest_countdownCancelAll", taken_by(parse_countdown)},
      {"rest_listenKey_post", taken_by(parse_listen_key)},
      {"ws_markPrice", taken_by(parse_mark_frame)},
      {"ws_combined_markPrice", taken_by(parse_mark_frame)},
      {"user_", taken_by(parse_user_frame)},
  };
  int taken = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    const auto name = file.path().filename().string();
    for (const auto& [start, take] : starts) {
      if (!name.starts_with(start))
        continue;
      INFO(name);
      CHECK(take(text_of(file.path()).value_or("")) == "");
      ++taken;
    }
  }
  CHECK(taken >= static_cast<int>(std::size(starts)));
}
