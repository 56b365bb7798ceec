// Stream frames: account, order and mark events in the documented shapes, and the ones to ignore.
#include "sluice/exchange/frames.hpp"

#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::exchange;

namespace {

const std::string order_event =
    R"({"e":"ORDER_TRADE_UPDATE","E":1790000000500,"T":1790000000498,"o":{"s":"ETHUSDT",)"
    R"("c":"slc-9-1",)"
    R"("S":"BUY","o":"MARKET","f":"GTC","q":"0.200","p":"0","ap":"3100.10000","x":"TRADE",)"
    R"("X":"PARTIALLY_FILLED","i":8389765739703625592,"l":"0.150","z":"0.150","L":"3100.10",)"
    R"("N":"USDT",)"
    R"("n":"0.18600600","T":1790000000498,"t":55501,"m":false,"R":false,"ps":"BOTH","rp":"0",)"
    R"("er":"0"}})";

std::string with(std::string text, const std::string& what, const std::string& by) {
  const auto at = text.find(what);
  REQUIRE(at != std::string::npos);
  return text.replace(at, what.size(), by);
}

template <class T>
T body_of(const std::string& text) {
  auto frame = parse_user_frame(text);
  REQUIRE(frame.has_value());
  REQUIRE(std::holds_alternative<T>(frame->body));
  return std::get<T>(std::move(frame->body));
}

}  // namespace

TEST_CASE("an order event carries the report and its trade") {
  const auto update = body_of<order_update>(order_event);
  CHECK(update.execution == "TRADE");
  CHECK(update.report.id == 8'389'765'739'703'625'592);
  CHECK(update.report.status == order_status::partially_filled);
  CHECK(update.report.original.str() == "0.2");
  REQUIRE(update.trade.has_value());
  CHECK(update.trade->id == 55'501);
  CHECK(update.trade->client_id.str() == "slc-9-1");
  CHECK(update.trade->amount.str() == "0.15");
  CHECK(update.trade->at.str() == "3100.1");
  CHECK(update.trade->fee.str() == "0.186006");
  CHECK(update.trade->traded_at.ms == 1'790'000'000'498);
  CHECK(parse_user_frame(order_event)->event_time.ms == 1'790'000'000'500);
}

TEST_CASE("an order event without a trade, without fees or with new words is still read") {
  CHECK_FALSE(body_of<order_update>(with(order_event, R"("t":55501)", R"("t":0)")).trade);
  CHECK_FALSE(body_of<order_update>(with(order_event, R"("l":"0.150")", R"("l":"0")")).trade);
  const auto free = body_of<order_update>(with(order_event, R"("N":"USDT","n":"0.18600600",)", ""));
  CHECK(free.trade->fee.is_zero());
  const auto adl = body_of<order_update>(with(with(order_event, "PARTIALLY_FILLED", "NEW_ADL"),
                                              R"("x":"TRADE")", R"("x":"CALCULATED")"));
  CHECK(adl.report.status == order_status::other);
  CHECK(adl.report.status_text == "NEW_ADL");
  CHECK(adl.trade.has_value());
}

TEST_CASE("an account event is a delta of exactly the positions it names") {
  const auto update = body_of<account_update>(
      R"({"e":"ACCOUNT_UPDATE","E":1790000000002,"T":1790000000001,"a":{"m":"ORDER",)"
      R"("B":[{"a":"USDT","wb":"1"}],)"
      R"("P":[{"s":"BTCUSDT","pa":"0","ep":"0.00000","ps":"BOTH","ma":"USDT"},)"
      R"({"s":"ETHUSDT","pa":"-1.250","ep":"3105.123456789","ps":"SHORT"}]}})");
  CHECK(update.reason == "ORDER");
  CHECK(update.transaction_time.ms == 1'790'000'000'001);
  REQUIRE(update.positions.size() == 2);
  CHECK(update.positions[0].amount.is_zero());
  CHECK(update.positions[1].position == position_key{symbol("ETHUSDT"), position_side::short_});
  CHECK(update.positions[1].amount.str() == "-1.25");
  CHECK(update.positions[1].entry.str() == "3105.12345678");
}

TEST_CASE("an account event with empty or no positions says nothing about positions") {
  const std::string funding =
      R"({"e":"ACCOUNT_UPDATE","E":2,"T":1,"a":{"m":"FUNDING_FEE","B":[],"P":[],"S":"BTCUSDT"}})";
  CHECK(body_of<account_update>(funding).positions.empty());
  CHECK(body_of<account_update>(with(funding, R"("P":[],)", "")).positions.empty());
}

TEST_CASE("a funding event tells what each balance changed by, and of which symbol") {
  const auto update = body_of<account_update>(
      R"({"e":"ACCOUNT_UPDATE","E":2,"T":1,"a":{"m":"FUNDING_FEE","S":"BTCUSDT",)"
      R"("B":[{"a":"USDT","wb":"99.1","cw":"99.1","bc":"-0.90000000"},{"a":"BNB","wb":"1"}],"P":[]}})");
  CHECK(update.reason == "FUNDING_FEE");
  CHECK(update.about == symbol("BTCUSDT"));
  REQUIRE(update.balances.size() == 2);
  CHECK(update.balances[0].asset == "USDT");
  CHECK(update.balances[0].change.str() == "-0.9");
  CHECK(update.balances[1].change.is_zero());
}

TEST_CASE("a balance that cannot be read does not take the positions beside it with it") {
  const auto update = body_of<account_update>(
      R"({"e":"ACCOUNT_UPDATE","E":2,"T":1,"a":{"m":"ORDER","B":[{"wb":1},7],)"
      R"("P":[{"s":"BTCUSDT","pa":"2","ep":"1","ps":"BOTH"}]}})");
  CHECK(update.positions.size() == 1);
  CHECK(update.balances.empty());
}

TEST_CASE("changed settings tell the leverage of a symbol, or the multi-assets mode") {
  const auto leverage = body_of<settings_update>(
      R"({"e":"ACCOUNT_CONFIG_UPDATE","E":2,"T":1,"ac":{"s":"BTCUSDT","l":25}})");
  CHECK(leverage.instrument == symbol("BTCUSDT"));
  CHECK(leverage.leverage == 25);
  CHECK_FALSE(leverage.multi_assets);
  const auto mode =
      body_of<settings_update>(R"({"e":"ACCOUNT_CONFIG_UPDATE","E":2,"T":1,"ai":{"j":true}})");
  CHECK(mode.multi_assets == true);
  CHECK(mode.instrument.empty());
}

TEST_CASE("the venue's own orders are told from those of clients") {
  const auto giver = [](const char* id) {
    return body_of<order_update>(with(order_event, "slc-9-1", id)).trade->given_by;
  };
  CHECK(giver("slc-9-1") == order_giver::client);
  CHECK(giver("autoclose-1790000000498") == order_giver::liquidation);
  CHECK(giver("adl_autoclose") == order_giver::auto_deleveraging);
  CHECK(giver("settlement_autoclose-7") == order_giver::settlement);
  CHECK(giver("myautoclose-1") == order_giver::client);
}

TEST_CASE("the expiry of the listenKey is seen with both spellings of its time") {
  body_of<listen_key_expired>(R"({"e":"listenKeyExpired","E":1736996475556,"listenKey":"k"})");
  body_of<listen_key_expired>(R"({"e":"listenKeyExpired","E":"1736996475556","listenKey":"k"})");
}

TEST_CASE("other events are named and ignored, wrapped ones are unwrapped") {
  CHECK(body_of<ignored_event>(R"({"e":"TRADE_LITE","E":1,"s":"BTCUSDT"})").type == "TRADE_LITE");
  CHECK(body_of<ignored_event>(R"({"e":"GRID_UPDATE","E":1,"o":{}})").type == "GRID_UPDATE");
  CHECK(body_of<ignored_event>(R"({"e":"OF_TOMORROW"})").type == "OF_TOMORROW");
  CHECK(body_of<ignored_event>(R"({"result":null,"id":1})").type.empty());
  body_of<order_update>(R"({"stream":"key","data":)" + order_event + "}");
}

TEST_CASE("a user event that is not quite right is rejected whole") {
  const std::string bad[] = {
      "",
      "[]",
      "null",
      order_event.substr(0, 200),
      order_event + "}",
      with(order_event, R"("q":"0.200")", R"("q":0.2)"),
      with(order_event, R"("l":"0.150")", R"("l":"1e-3")"),
      with(order_event, R"("i":8389765739703625592)", R"("i":"8389765739703625592")"),
      with(order_event, R"("s":"ETHUSDT")", R"("s":"ETHUSDT","s":"BTCUSDT")"),
      with(order_event, R"("E":1790000000500)", R"("E":"soon")"),
      R"({"e":"ORDER_TRADE_UPDATE","E":1})",
      R"({"e":"ACCOUNT_UPDATE","E":1,"a":{"P":[{"s":"BTCUSDT","ps":"BOTH"}]}})",
      R"({"e":"ACCOUNT_UPDATE","E":1,"a":{"P":{}}})",
      R"({"e":7})"};
  for (const auto& text : bad) {
    INFO(text);
    CHECK_FALSE(parse_user_frame(text).has_value());
  }
}

TEST_CASE("mark prices are read from arrays and rows, raw and wrapped") {
  const std::string row =
      R"({"e":"markPriceUpdate","E":1790000000000,"s":"BTCUSDT","p":"83860.20000000",)"
      R"("i":"83855.1","T":1790006400000})";
  const std::string combined = R"({"stream":"!markPrice@arr@1s","data":[)" + row + "," +
                               with(row, "BTCUSDT", "测试USDT") + "]}";
  REQUIRE(parse_mark_frame(combined)->size() == 2);
  CHECK(parse_mark_frame(combined)->at(1).instrument.str() == "测试USDT");
  CHECK(parse_mark_frame("[" + row + "]")->size() == 1);
  const auto one = parse_mark_frame(row);
  CHECK(one->front().mark.str() == "83860.2");
  CHECK(one->front().event_time.ms == 1'790'000'000'000);
  CHECK(parse_mark_frame(R"({"result":null,"id":1})")->empty());
}

TEST_CASE("a mark of a name that no request could carry leaves the others where they are") {
  const std::string name = GENERATE(std::string(40, 'A'), std::string("A/BUSDT"), std::string());
  const std::string rest = R"(","p":"83860.2","st":1})";
  const auto frame = R"([{"e":"markPriceUpdate","E":1,"s":")" + name + rest +
                     R"(,{"e":"markPriceUpdate","E":1,"s":"BTCUSDT)" + rest + "]";
  const auto marks = parse_mark_frame(frame);
  REQUIRE(marks.has_value());
  REQUIRE(marks->size() == 1);
  CHECK(marks->front().instrument.str() == "BTCUSDT");
}

TEST_CASE("marks of other products and of symbols without a price are left out") {
  const auto row = [](const std::string& more) {
    return R"([{"e":"markPriceUpdate","E":1,"s":"XUSDT",)" + more + "}]";
  };
  CHECK(parse_mark_frame(row(R"("p":"1.5","st":1)"))->size() == 1);
  CHECK(parse_mark_frame(row(R"("p":"1.5","st":2)"))->empty());
  CHECK(parse_mark_frame(row(R"("p":"0","st":1)"))->empty());
  CHECK_FALSE(parse_mark_frame(row(R"("p":1.5)")).has_value());
  CHECK_FALSE(parse_mark_frame(row(R"("p":"NaN")")).has_value());
  CHECK_FALSE(parse_mark_frame("7").has_value());
  CHECK_FALSE(parse_mark_frame(R"([{"e":"markPriceUpdate","E":1,"p":"1.5"}])").has_value());
}

TEST_CASE("a conditional order's event names the regular order it became") {
  const std::string text =
      R"({"e":"ALGO_UPDATE","T":1790000000031,"E":1790000000037,"o":{"caid":"slc-stop-1",)"
      R"("aid":1000000033225453,"at":"CONDITIONAL","o":"STOP_MARKET","s":"DOGEUSDT","S":"BUY",)"
      R"("ps":"BOTH","f":"GTC","q":"38","X":"FINISHED","ai":"88937381063","ap":"0.13856",)"
      R"("tp":"0.13855","p":"0","cp":false,"R":true,"rm":"Reduce Only reject"}})";
  const auto report = body_of<conditional_update>(text).report;
  CHECK(report.client_id.str() == "slc-stop-1");
  CHECK(report.triggered_order == 88'937'381'063);
  CHECK(report.status == conditional_status::finished);
  CHECK(report.why == "Reduce Only reject");
  CHECK(report.updated_at.ms == 1'790'000'000'031);
  CHECK_FALSE(parse_user_frame(R"({"e":"ALGO_UPDATE","E":1,"o":{}})").has_value());
}
