// Batches: up to five orders in one request, each with an outcome of its own.
#include "simulator/support/account_key.hpp"
#include "simulator/support/trader.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::simulator;
using test::bench_venue;
using test::elements;
using test::field;
using test::header;
using test::limit_order;
using test::outcome_of;

namespace {

const std::string path = "/fapi/v1/batchOrders";

reply send(bench_venue& v, const std::string& method, const std::string& list) {
  return v.call(method, path, "batchOrders=" + test::escaped(list));
}

std::string buy(const std::string& symbol, const std::string& quantity, const std::string& id,
                const std::string& more = "") {
  return R"({"symbol":")" + symbol + R"(","side":"BUY","type":"MARKET","quantity":")" + quantity +
         R"(","newOrderRespType":"RESULT","newClientOrderId":")" + id + "\"" + more + "}";
}

/// "FILLED", or the code of the refusal.
std::string outcome_in(const std::string& row) {
  const auto status = field(row, "status");
  return status.empty() ? field(row, "code") : status;
}

std::string outcomes_in(const reply& r) {
  std::string all;
  for (const auto& row : elements(r.body))
    all += (all.empty() ? "" : " ") + outcome_in(row);
  return all;
}

}  // namespace

TEST_CASE("each order of a batch is done or refused by itself, answered in the request's order") {
  bench_venue v;
  const auto r = send(v, "POST",
                      "[" + buy("BTCUSDT", "0.01", "a") + "," + buy("NOPEUSDT", "1", "b") + "," +
                          buy("ETHUSDT", "0.5", "c") + "," +
                          buy("SOLUSDT", "1", "d", R"(,"reduceOnly":"true")") + "]");
  REQUIRE(r.status == 200);
  CHECK(outcomes_in(r) == "FILLED -1121 FILLED -2022");
  CHECK(field(elements(r.body)[0], "clientOrderId") == "a");
  CHECK(field(elements(r.body)[2], "clientOrderId") == "c");
  CHECK(test::names_of(elements(r.body)[1]) == "code msg");
  CHECK(v.held("BTCUSDT").str() == "0.01");
  CHECK(v.held("ETHUSDT").str() == "0.5");
  CHECK(test::orders_of(v).size() == 2);
  CHECK(test::audit(v) == "");
}

TEST_CASE("a batch weighs five and counts five orders in ten seconds and one in a minute") {
  bench_venue v;
  const auto r = send(v, "POST", "[" + buy("BTCUSDT", "0.01", "a") + "]");
  CHECK(header(r, "x-mbx-used-weight-1m") == "5");
  CHECK(header(r, "x-mbx-order-count-10s") == "5");
  CHECK(header(r, "x-mbx-order-count-1m") == "1");
  const auto refused = send(v, "POST", "[" + buy("NOPEUSDT", "1", "b") + "]");
  CHECK(outcomes_in(refused) == "-1121");
  CHECK(header(refused, "x-mbx-order-count-10s").empty());
  CHECK(header(v.market("BTCUSDT", "BUY", "0.01"), "x-mbx-order-count-10s") == "6");
}

TEST_CASE("a batch that the order limits have no room for is refused whole") {
  auto s = test::quiet_settings();
  s.order_limit_10s = 9;
  bench_venue v(s);
  CHECK(send(v, "POST", "[" + buy("BTCUSDT", "0.01", "a") + "]").status == 200);
  CHECK(outcome_of(send(v, "POST", "[" + buy("BTCUSDT", "0.01", "b") + "]")) == "429 -1015");
  CHECK(v.market("BTCUSDT", "BUY", "0.01").status == 200);
  CHECK(test::orders_of(v).size() == 2);
}

TEST_CASE("what is no list of one to five orders is refused") {
  bench_venue v;
  const auto one = buy("BTCUSDT", "0.01", "");
  CHECK(outcome_of(v.call("POST", path)) == "400 -1102");
  CHECK(outcome_of(send(v, "POST", "[]")) == "400 -4082");
  CHECK(outcome_of(send(v, "POST",
                        "[" + one + "," + one + "," + one + "," + one + "," + one + "," + one +
                            "]")) == "400 -4082");
  for (const std::string list : {"{}", "[", "[1]", R"([{"symbol":["BTCUSDT"]}])",
                                 R"([{"symbol":"BTCUSDT","quantity":0.01}])", "null"}) {
    INFO(list);
    CHECK(outcome_of(send(v, "POST", list)) == "400 -1130");
  }
  CHECK(test::orders_of(v).empty());
}

TEST_CASE("the orders of a batch come in no order to be relied on") {
  bench_venue v;
  std::string list;
  for (const auto* id : {"a", "b", "c", "d", "e"})
    list += (list.empty() ? "[" : ",") + buy("BTCUSDT", "0.01", id);
  bool swapped = false;
  for (int n = 0; n < 20 && !swapped; ++n) {
    v.pass(milliseconds{10'000});
    const auto rows = elements(send(v, "POST", list + "]").body);
    REQUIRE(rows.size() == 5);
    for (std::size_t k = 1; k < rows.size(); ++k)
      swapped = swapped ||
                std::stoll(field(rows[k], "orderId")) < std::stoll(field(rows[k - 1], "orderId"));
  }
  CHECK(swapped);
}

TEST_CASE("batches change and cancel orders one by one") {
  bench_venue v;
  for (const auto* id : {"a", "b"})
    REQUIRE(
        limit_order(v, "BTCUSDT", "BUY", "0.01", "80000", std::string("&newClientOrderId=") + id)
            .status == 200);
  const auto changed =
      send(v, "PUT",
           R"([{"symbol":"BTCUSDT","side":"BUY","quantity":"0.02","price":"79000",)"
           R"("origClientOrderId":"a"},{"symbol":"BTCUSDT","side":"BUY","quantity":"0.02",)"
           R"("price":"79000","origClientOrderId":"none"}])");
  CHECK(outcomes_in(changed) == "NEW -2013");
  CHECK(field(elements(changed.body)[0], "origQty") == "0.020");
  const auto gone =
      v.call("DELETE", path,
             "symbol=BTCUSDT&origClientOrderIdList=" + test::escaped(R"(["a","none","b"])"));
  CHECK(outcomes_in(gone) == "CANCELED -2011 CANCELED");
  CHECK(v.call("GET", "/fapi/v1/openOrders").body == "[]");
  const auto id = field(limit_order(v, "BTCUSDT", "BUY", "0.01", "80000").body, "orderId");
  CHECK(outcomes_in(v.call("DELETE", path,
                           "symbol=BTCUSDT&orderIdList=" + test::escaped("[" + id + "]"))) ==
        "CANCELED");
  CHECK(outcome_of(v.call("DELETE", path, "symbol=BTCUSDT")) == "400 -1102");
  CHECK(outcome_of(
            v.call("DELETE", path, "symbol=BTCUSDT&orderIdList=%5B1,2,3,4,5,6,7,8,9,10,11%5D")) ==
        "400 -1130");
}

TEST_CASE("overload refuses batches that open anything, and lets those pass that only close") {
  bench_venue v;
  REQUIRE(v.market("BTCUSDT", "BUY", "0.05").status == 200);
  v.it->add_fault(*parse_fault(R"({"effect":"status","reply":"throttled_503","count":0})"));
  const auto visit = [&](const std::string& list) {
    const auto r = v.signed_request("POST", path, "batchOrders=" + test::escaped(list));
    return v.it->perform(r, v.it->plan_course(r, v.now.steady), v.now);
  };
  const std::string close = R"({"symbol":"BTCUSDT","side":"SELL","type":"MARKET",)"
                            R"("quantity":"0.01","reduceOnly":"true"})";
  CHECK(outcome_of(visit("[" + close + "," + close + "]")) == "200");
  CHECK(outcome_of(visit("[" + close + "," + buy("BTCUSDT", "0.01", "x") + "]")) == "503 -1008");
  CHECK(outcome_of(visit("[]")) == "503 -1008");
  CHECK(v.held("BTCUSDT").str() == "0.03");
  v.it->clear_faults();
  const auto after = v.market("BTCUSDT", "BUY", "0.01");
  CHECK(header(after, "x-mbx-order-count-10s") == "7");
}
