// The venue's listing as the client reads it: new filters, new states, many more symbols.
#include "support/venue_under_test.hpp"

using namespace sluice;
using namespace sluice::test;

namespace {

universe listing_of(exchange_port& port) {
  return must(
      ask<read_result<universe>>([&](auto done) { port.read_universe(within(10'000), done); }));
}

}  // namespace

TEST_CASE("filters are those the venue judges by, and what they allow is taken") {
  const venue_under_test venue;
  const auto client = venue.client();
  venue.hold_mark(eth, "3000");
  const auto first = listing_of(*client);
  const auto* rules = first.find(eth);
  REQUIRE(rules != nullptr);
  CHECK(rules->tradable);
  CHECK(rules->contract_type == "PERPETUAL");
  auto least = limit_order("least", side::buy, "1", "3000");
  least.amount = rules->lot.min;
  CHECK(must<order_refused>(place(*client, least)).code == -4164);
  while (least.amount * least.limit < rules->min_notional)
    least.amount += rules->lot.step;
  must<order_done>(place(*client, least));
  auto finer = limit_order("finer", side::buy, "1", "2900");
  finer.limit += price::from_raw(rules->tick.raw() / 2);
  CHECK(must<order_refused>(place(*client, finer)).cure == refusal_cure::fit_to_filters);
  finer.limit = price::parse("2900").value() + rules->tick;
  must<order_done>(place(*client, finer));
}

TEST_CASE("filters changed without notice refuse, and the next listing tells why") {
  const venue_under_test venue;
  const auto client = venue.client();
  venue.act("symbol", R"({"symbol":"ETHUSDT","step":"0.1","market_max":"7","min_notional":"400"})");
  CHECK(must<order_refused>(place(*client, market_order("a", side::buy, "0.15"))).cure ==
        refusal_cure::fit_to_filters);
  CHECK(must<order_refused>(place(*client, market_order("b", side::buy, "8"))).code == -4005);
  CHECK(must<order_refused>(place(*client, market_order("c", side::buy, "0.1"))).code == -4164);
  const auto then = listing_of(*client);
  const auto* rules = then.find(eth);
  REQUIRE(rules != nullptr);
  CHECK(rules->market_lot.step.str() == "0.1");
  CHECK(rules->market_lot.max.str() == "7");
  CHECK(rules->min_notional.str() == "400");
  must<order_done>(place(*client, market_order("d", side::buy, "0.2")));
}

TEST_CASE("a symbol that stops trading, by whatever word, is not tradable from then on") {
  for (const auto* word : {"SETTLING", "TRADING_HALT", "PRE_SETTLE", "A_WORD_OF_NEXT_YEAR"}) {
    INFO(word);
    const venue_under_test venue;
    const auto client = venue.client();
    venue.fault(R"({"effect":"symbol_change","symbol":"ETHUSDT","status":")" + std::string(word) +
                R"("})");
    const auto refused = must<order_refused>(place(*client, market_order("a", side::buy, "0.1")));
    CHECK(refused.cure == refusal_cure::reload_symbols);
    const auto then = listing_of(*client);
    const auto* rules = then.find(eth);
    REQUIRE(rules != nullptr);
    CHECK_FALSE(rules->tradable);
    CHECK(rules->status == word);
  }
}

TEST_CASE("what is held can be closed until the venue settles its symbol") {
  const venue_under_test venue;
  const auto client = venue.client();
  must<order_done>(place(*client, market_order("o", side::buy, "0.2")));
  venue.fault(R"({"effect":"symbol_change","symbol":"ETHUSDT","status":"PRE_SETTLE"})");
  CHECK(must<order_refused>(place(*client, market_order("more", side::buy, "0.1"))).code == -4140);
  const auto then = listing_of(*client);
  REQUIRE(then.find(eth) != nullptr);
  CHECK_FALSE(then.find(eth)->closed);
  must<order_done>(place(*client, reducing(market_order("x", side::sell, "0.2"))));
  CHECK(venue.held(eth).is_zero());
}

TEST_CASE("a listing of ten thousand symbols is read whole, and so is a position in the last") {
  auto chosen = still_venue();
  chosen.tick_period = std::chrono::seconds{10};  // Ten thousand marks keep a slow venue busy.
  const venue_under_test venue(chosen);
  const auto client = venue.client();
  venue.fault(R"({"effect":"more_symbols","number":10000})");
  const auto all = listing_of(*client);
  CHECK(all.instruments.size() == 10'000);
  CHECK(all.index.size() == 10'000);
  const auto last = venue.server().symbols().back();
  const auto* rules = all.find(last);
  REQUIRE(rules != nullptr);
  CHECK(rules->tradable);
  auto wanted = market_order("last", side::buy, "1");
  wanted.instrument = last;
  wanted.amount = rules->market_lot.step;
  while (wanted.amount * venue.server().mark(last).value() < rules->min_notional)
    wanted.amount += wanted.amount;
  must<order_done>(place(*client, wanted));
  CHECK(must(positions(*client)).rows.at(0).position.instrument == last);
}

TEST_CASE("limits in the listing are those the venue counts by") {
  auto chosen = still_venue();
  chosen.weight_limit_1m = 6'000;
  chosen.order_limit_10s = 40;
  const venue_under_test venue(chosen);
  const auto client = venue.client();
  const auto all = listing_of(*client);
  CHECK(client->budget().weight_limit_1m == 6'000);
  bool found = false;
  for (const auto& one : all.limits)
    if (one.type == "ORDERS" && one.window == milliseconds(10'000)) {
      found = true;
      CHECK(one.limit == 40);
    }
  CHECK(found);
}
