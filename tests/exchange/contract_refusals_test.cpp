// What the venue's own rules refuse, as the client reports it: kind, cure, and whether to retry.
#include "support/venue_under_test.hpp"

using namespace sluice;
using namespace sluice::test;

namespace {

order_refused refused(exchange_port& port, const order_request& wanted) {
  return must<order_refused>(place(port, wanted));
}

void check_refusal(const order_refused& seen, int code, refusal_cure cure) {
  INFO(seen.text);
  CHECK(seen.http_status == 400);
  CHECK(seen.code == code);
  CHECK(seen.cure == cure);
  CHECK_FALSE(seen.retryable);
}

}  // namespace

TEST_CASE("reduce-only is refused when flat, on the position's side, and when a rule says so") {
  auto chosen = still_venue();
  chosen.oversized = simulator::oversized_reduce::reject;
  const venue_under_test venue(chosen);
  const auto client = venue.client();
  const auto wanted = reducing(market_order("flat", side::sell, "0.5"));
  check_refusal(refused(*client, wanted), -2022, refusal_cure::reread_position);
  must<order_done>(place(*client, market_order("o", side::buy, "0.2")));
  const auto same = reducing(market_order("same", side::buy, "0.1"));
  check_refusal(refused(*client, same), -2022, refusal_cure::reread_position);
  check_refusal(refused(*client, wanted), -2022, refusal_cure::reread_position);
  CHECK(venue.held(eth).str() == "0.2");
}

TEST_CASE("a reduce-only order that competes with a resting one asks for room, then passes") {
  const venue_under_test venue;
  const auto client = venue.client();
  venue.hold_mark(eth, "3000");
  must<order_done>(place(*client, market_order("o", side::buy, "0.5")));
  must<order_done>(place(*client, reducing(limit_order("tp", side::sell, "0.5", "3100"))));
  const auto exit = reducing(market_order("exit", side::sell, "0.5"));
  check_refusal(refused(*client, exit), -4118, refusal_cure::free_orders);
  must<order_done>(cancel(*client, eth, client_order_id("tp")));
  must<order_done>(place(*client, exit));
  CHECK(venue.held(eth).is_zero());
}

TEST_CASE("where the venue lets an exit knock out resting ones, they end as EXPIRED") {
  auto chosen = still_venue();
  chosen.trading.conflict = simulator::reduce_conflict::knock_out;
  const venue_under_test venue(chosen);
  const auto client = venue.client();
  venue.hold_mark(eth, "3000");
  must<order_done>(place(*client, market_order("o", side::buy, "0.5")));
  must<order_done>(place(*client, reducing(limit_order("tp", side::sell, "0.5", "3100"))));
  must<order_done>(place(*client, reducing(market_order("exit", side::sell, "0.5"))));
  CHECK(must(query(*client, eth, client_order_id("tp"))).status == order_status::expired);
  CHECK(venue.held(eth).is_zero());
}

TEST_CASE("too little margin refuses an opening and never a closing") {
  auto chosen = still_venue();
  chosen.account.balance = notional::whole(20);
  const venue_under_test venue(chosen);
  const auto client = venue.client();
  venue.hold_mark(eth, "3000");
  must<order_done>(place(*client, market_order("o", side::buy, "0.1")));
  check_refusal(refused(*client, market_order("more", side::buy, "0.1")), -2019,
                refusal_cure::none);
  must<order_done>(place(*client, reducing(market_order("exit", side::sell, "0.1"))));
}

TEST_CASE("a client id that is still open is in doubt: the earlier attempt exists") {
  const venue_under_test venue;
  const auto client = venue.client();
  venue.hold_mark(eth, "3000");
  const auto wanted = limit_order("one", side::buy, "0.1", "2900");
  must<order_done>(place(*client, wanted));
  must<order_uncertain>(place(*client, wanted));
  CHECK(venue.orders(wanted.id).size() == 1);
  CHECK(must(query(*client, eth, wanted.id)).status == order_status::new_);
}

TEST_CASE("what does not fit the filters is refused with the filters as cure") {
  const venue_under_test venue;
  const auto client = venue.client();
  venue.hold_mark(eth, "3000");
  struct row {
    const char* name;
    order_request wanted;
    int code;
  };
  const row rows[] = {
      {"digits of quantity", market_order("a", side::buy, "0.12345"), -1111},
      {"more than a market order may", market_order("b", side::buy, "2001"), -4005},
      {"more than a limit order may", limit_order("c", side::buy, "16001", "2900"), -4005},
      {"less value than an order must have", market_order("d", side::buy, "0.001"), -4164},
      {"off the tick", limit_order("e", side::buy, "0.1", "2900.005"), -4014},
      {"digits of price", limit_order("f", side::buy, "0.1", "2900.00001"), -1111},
      {"far above the mark", limit_order("g", side::buy, "0.1", "9000"), -4016},
      {"far below the mark", limit_order("h", side::sell, "0.1", "1000"), -4024},
  };
  for (const auto& r : rows) {
    INFO(r.name);
    check_refusal(refused(*client, r.wanted), r.code, refusal_cure::fit_to_filters);
  }
}

TEST_CASE("less than the least value may be closed") {
  const venue_under_test venue;
  const auto client = venue.client();
  venue.hold_mark(eth, "3000");
  must<order_done>(place(*client, market_order("o", side::buy, "0.1")));
  must<order_done>(place(*client, reducing(market_order("x", side::sell, "0.001"))));
  CHECK(venue.held(eth).str() == "0.099");
}

TEST_CASE("an unknown symbol and one that does not trade ask for the symbols again") {
  const venue_under_test venue;
  const auto client = venue.client();
  auto unknown = market_order("u", side::buy, "1");
  unknown.instrument = symbol("NOSUCHUSDT");
  check_refusal(refused(*client, unknown), -1121, refusal_cure::reload_symbols);
  venue.act("settle", R"({"symbol":"ETHUSDT"})");
  const auto closed = refused(*client, market_order("s", side::buy, "1"));
  CHECK(closed.cure == refusal_cure::reload_symbols);
  CHECK_FALSE(closed.retryable);
  const auto read = ask<read_result<snapshot>>(
      [&](auto done) { client->read_symbol(symbol("NOSUCHUSDT"), within(5'000), done); });
  REQUIRE(read.has_error());
  CHECK(read.error().kind == failure_kind::not_found);
}

TEST_CASE("too many open orders of a symbol ask to free some") {
  auto chosen = still_venue();
  chosen.trading.orders_per_symbol_max = 2;
  const venue_under_test venue(chosen);
  const auto client = venue.client();
  venue.hold_mark(eth, "3000");
  must<order_done>(place(*client, limit_order("a", side::buy, "0.1", "2900")));
  must<order_done>(place(*client, limit_order("b", side::buy, "0.1", "2900")));
  const auto third = refused(*client, limit_order("c", side::buy, "0.1", "2900"));
  CHECK(third.code == -2025);
  CHECK(third.cure == refusal_cure::free_orders);
  CHECK(third.retryable);
}

TEST_CASE("a key that the venue does not know is refused for a person to mend") {
  const venue_under_test venue;
  exchange::credentials keys{exchange::secret(std::string("otherKey")),
                             exchange::secret(std::string("otherSecret"))};
  exchange::extras more;
  more.ca_pem = venue.server().certificate_pem();
  auto made = exchange::make_client(venue.settings(), std::move(keys), std::move(more));
  REQUIRE(made.has_value());
  const auto order = refused(**made, market_order("k", side::buy, "0.1"));
  CHECK(order.http_status == 401);
  CHECK(order.for_operator);
  CHECK(order.cure == refusal_cure::reread_settings);
  const auto read = positions(**made);
  REQUIRE(read.has_error());
  CHECK(read.error().kind == failure_kind::refused);
}

TEST_CASE("a wrong secret is refused for its signature") {
  const venue_under_test venue;
  exchange::credentials keys{exchange::secret(std::string("mainKey")),
                             exchange::secret(std::string("otherSecret"))};
  exchange::extras more;
  more.ca_pem = venue.server().certificate_pem();
  auto made = exchange::make_client(venue.settings(), std::move(keys), std::move(more));
  REQUIRE(made.has_value());
  const auto order = refused(**made, market_order("k", side::buy, "0.1"));
  CHECK(order.code == -1022);
  CHECK(order.for_operator);
  CHECK_FALSE(order.retryable);
}
