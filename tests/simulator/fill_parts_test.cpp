// Orders that the script lets trade in parts, exactly as many as it says.
#include "simulator/support/bench_venue.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::simulator;
using test::bench_venue;

namespace {

reply order(bench_venue& v, const std::string& fault, const std::string& amount,
            const std::string& type = "MARKET") {
  const auto f = parse_fault(fault);
  REQUIRE(f);
  v.it->add_fault(*f);
  const auto r = v.signed_request("POST", "/fapi/v1/order",
                                  "symbol=BTCUSDT&side=BUY&quantity=" + amount + "&type=" + type);
  return v.it->perform(r, v.it->plan_course(r, v.now.steady), v.now);
}

quantity sum_of(const std::vector<fill>& fills) {
  quantity sum;
  for (const auto& f : fills)
    sum += f.amount;
  return sum;
}

}  // namespace

TEST_CASE("an order makes as many trades as the script says, and all of its amount") {
  for (const int parts : {1, 2, 50}) {
    bench_venue v;
    CHECK(order(v, R"({"effect":"fill_parts","parts":)" + std::to_string(parts) + "}", "0.1")
              .status == 200);
    const auto book = v.it->books(v.now).accounts.front();
    CHECK(book.fills.size() == static_cast<std::size_t>(parts));
    CHECK(sum_of(book.fills) == *quantity::parse("0.1"));
    CHECK(book.orders.front().report.status == order_status::filled);
  }
}

TEST_CASE("an order takes the part the script says, and what remains expires") {
  bench_venue v;
  CHECK(order(v, R"({"effect":"fill_parts","parts":3,"percent":40})", "0.1").status == 200);
  const auto book = v.it->books(v.now).accounts.front();
  CHECK(book.fills.size() == 3);
  CHECK(sum_of(book.fills) == *quantity::parse("0.04"));
  CHECK(book.orders.front().report.status == order_status::expired);
}

TEST_CASE("what a limit order leaves expires or rests by its own terms") {
  for (const std::string lasts : {"IOC", "GTC"}) {
    bench_venue v;
    CHECK(order(v, R"({"effect":"fill_parts","parts":2,"percent":40})", "0.1",
                "LIMIT&price=85000&timeInForce=" + lasts)
              .status == 200);
    const auto book = v.it->books(v.now).accounts.front();
    CHECK(sum_of(book.fills) == *quantity::parse("0.04"));
    CHECK(book.orders.front().report.status ==
          (lasts == "IOC" ? order_status::expired : order_status::partially_filled));
  }
}

TEST_CASE("an order of which the script takes nothing expires without a trade") {
  bench_venue v;
  CHECK(order(v, R"({"effect":"fill_parts","percent":0})", "0.1").status == 200);
  const auto book = v.it->books(v.now).accounts.front();
  CHECK(book.fills.empty());
  CHECK(book.orders.front().report.status == order_status::expired);
}

TEST_CASE("trades in parts leave room for a fault that bends the reply") {
  bench_venue v;
  const auto lost = parse_fault(R"({"effect":"fill_parts","parts":2,"percent":50})");
  REQUIRE(lost);
  v.it->add_fault(*lost);
  const auto out = order(v, R"({"effect":"status","reply":"unknown_503","execute":true})", "0.1");
  CHECK(out.status == 503);
  CHECK(sum_of(v.it->books(v.now).accounts.front().fills) == *quantity::parse("0.05"));
}
