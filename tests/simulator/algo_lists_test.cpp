// Lists of conditional orders: which rows they hold, and in which order.
#include "simulator/support/trader.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::simulator;
using test::algo_order;
using test::bench_venue;
using test::elements;
using test::field;
using test::outcome_of;

namespace {

const std::string open_path = "/fapi/v1/openAlgoOrders";
const std::string all_path = "/fapi/v1/allAlgoOrders";

/// Places a stop far from the mark and gives its id.
std::string place(bench_venue& v, const std::string& symbol, const std::string& trigger,
                  const std::string& id) {
  const auto r = algo_order(v, "STOP_MARKET", symbol, "SELL",
                            "&quantity=0.1&triggerPrice=" + trigger + "&clientAlgoId=" + id);
  return field(r.body, "algoId");
}

/// The client ids of the rows, in their order.
std::string ids_in(const reply& r) {
  std::string ids;
  for (const auto& row : elements(r.body))
    ids += (ids.empty() ? "" : " ") + field(row, "clientAlgoId");
  return ids;
}

}  // namespace

TEST_CASE("open conditional orders are listed by symbol, by id and by type") {
  bench_venue v;
  place(v, "BTCUSDT", "80000", "a");
  const auto b = place(v, "ETHUSDT", "3000", "b");
  place(v, "BTCUSDT", "79000", "c");
  CHECK(ids_in(v.call("GET", open_path)) == "a b c");
  CHECK(ids_in(v.call("GET", open_path, "symbol=BTCUSDT")) == "a c");
  CHECK(ids_in(v.call("GET", open_path, "algoId=" + b)) == "b");
  CHECK(ids_in(v.call("GET", open_path, "symbol=BTCUSDT&algoId=" + b)) == "");
  CHECK(ids_in(v.call("GET", open_path, "algoType=CONDITIONAL")) == "a b c");
  CHECK(outcome_of(v.call("GET", open_path, "algoType=VP")) == "400 -1130");
  CHECK(outcome_of(v.call("GET", open_path, "algoId=first")) == "400 -1102");
}

TEST_CASE("the history of conditional orders is asked by time, from an id on, and so many rows") {
  bench_venue v;
  const auto began = v.now.venue.ms;
  place(v, "BTCUSDT", "80000", "a");
  v.pass(milliseconds{10'000});
  const auto b = place(v, "BTCUSDT", "79000", "b");
  place(v, "ETHUSDT", "3000", "other");
  v.pass(milliseconds{10'000});
  place(v, "BTCUSDT", "78000", "c");
  const auto ask = [&](const std::string& more) {
    return v.call("GET", all_path, "symbol=BTCUSDT" + more);
  };
  const auto at = [&](std::int64_t offset_ms) { return std::to_string(began + offset_ms); };
  CHECK(ids_in(ask("")) == "a b c");
  CHECK(ids_in(ask("&startTime=" + at(1))) == "b c");
  CHECK(ids_in(ask("&endTime=" + at(19'999))) == "a b");
  CHECK(ids_in(ask("&startTime=" + at(1) + "&endTime=" + at(19'999))) == "b");
  CHECK(ids_in(ask("&algoId=" + b)) == "b c");
  CHECK(ids_in(ask("&limit=2")) == "b c");
  CHECK(ids_in(ask("&limit=2&startTime=" + at(0))) == "a b");
  CHECK(outcome_of(ask("&limit=0")) == "400 -1130");
  CHECK(outcome_of(ask("&limit=1001")) == "400 -1130");
  CHECK(outcome_of(ask("&startTime=" + at(0) + "&endTime=" + at(604'800'001))) == "400 -1128");
  CHECK(outcome_of(ask("&page=2")) == "400 -1106");
  CHECK(outcome_of(v.call("GET", all_path)) == "400 -1102");
}
