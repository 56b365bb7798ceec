// Searches: one at a time for a symbol, a few attempts, and an end either way.
#include "sluice/ledger/trade_search.hpp"

#include "books.hpp"
#include "sluice/ledger/own_orders.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::testing;

TEST_CASE("one search of a symbol runs at a time, and other symbols have their own") {
  trade_search searches;
  CHECK(searches.want(btc.instrument, at_ms(10), at_ms(10)));
  CHECK_FALSE(searches.want(btc.instrument, at_ms(20), at_ms(20)));
  CHECK(searches.want(symbol{"ETHUSDT"}, at_ms(20), at_ms(20)));
  const auto ended = searches.answered(btc.instrument, 3);
  CHECK(ended.sent_at == at_ms(10));
  CHECK(ended.trades == 3);
  CHECK(ended.failure.empty());
  CHECK(searches.want(btc.instrument, at_ms(20), at_ms(30)));
}

TEST_CASE("a failed search is repeated after its pauses and then has failed") {
  trade_search searches;
  CHECK(searches.want(btc.instrument, at_ms(0), at_ms(0)));
  CHECK_FALSE(searches.failed(btc.instrument, "slow", at_ms(100)));
  CHECK(searches.next_due() == at_ms(600));
  CHECK(searches.due(at_ms(599)).empty());
  CHECK(searches.due(at_ms(600)) == std::vector{btc.instrument});
  CHECK_FALSE(searches.next_due());
  CHECK_FALSE(searches.failed(btc.instrument, "slow", at_ms(700)));
  CHECK(searches.due(at_ms(2'700)) == std::vector{btc.instrument});
  const auto ended = searches.failed(btc.instrument, "banned", at_ms(2'800));
  REQUIRE(ended);
  CHECK(ended->sent_at == at_ms(2'700));
  CHECK(ended->failure == "3 attempts failed, the last one: banned");
  CHECK(searches.want(btc.instrument, at_ms(2'900), at_ms(2'900)));
}

TEST_CASE("an order of ours is known by the venue's number, and what is known is completed") {
  own_orders own;
  own.learn(btc.instrument, 0, {client_order_id{"c"}, {}});
  CHECK_FALSE(own.find(btc.instrument, 0));
  own.learn(btc.instrument, 9, {client_order_id{"c"}, {}});
  own.learn(btc.instrument, 9, {{}, plan_id{"p"}});
  const auto known = own.find(btc.instrument, 9);
  REQUIRE(known);
  CHECK(known->client_id.str() == "c");
  CHECK(known->plan.str() == "p");
  CHECK_FALSE(own.find(symbol{"ETHUSDT"}, 9));
}

TEST_CASE("the oldest of too many orders is forgotten") {
  own_orders own;
  for (order_id id = 1; id <= static_cast<order_id>(own_orders::kept_max) + 1; ++id)
    own.learn(btc.instrument, id, {client_order_id{"c"}, {}});
  CHECK_FALSE(own.find(btc.instrument, 1));
  CHECK(own.find(btc.instrument, 2));
}
