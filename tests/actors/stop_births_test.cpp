// Orders that our conditional orders became get the name they came from; others keep theirs.
#include "stop_births.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::actors;
using namespace std::chrono_literals;

namespace {

const client_order_id ours = make_stop_order_id("test", {});

conditional_report told(conditional_status status, order_id became = 0,
                        const client_order_id& id = ours) {
  conditional_report r;
  r.client_id = id;
  r.instrument = symbol("BTCUSDT");
  r.direction = side::sell;
  r.status = status;
  r.triggered_order = became;
  return r;
}

order_update an_order(order_id id, const std::string& client, const std::string& on = "BTCUSDT") {
  order_update u;
  u.report.id = id;
  u.report.client_id = client_order_id(client);
  u.report.instrument = symbol(on);
  u.report.direction = side::sell;
  u.trade.emplace();
  u.trade->client_id = u.report.client_id;
  return u;
}

protective_stop known(stop_state state, order_id became = 0) {
  protective_stop s;
  s.id = ours;
  s.position = {symbol("BTCUSDT"), position_side::both};
  s.state = state;
  s.triggered_order = became;
  return s;
}

}  // namespace

TEST_CASE("an order that comes before its name waits for it") {
  stop_births b("test");
  const instant now{10s};
  CHECK(b.on_conditional(told(conditional_status::triggering), now).empty());
  CHECK(b.on_order(an_order(88, "v_1"), now).empty());
  CHECK(b.on_order(an_order(99, "web_2"), now).empty());
  CHECK(b.on_order(an_order(77, "web_3", "ETHUSDT"), now).size() == 1);
  CHECK(b.on_order(an_order(66, ours.str()), now).size() == 1);
  const auto out = b.on_conditional(told(conditional_status::triggered, 88), now);
  REQUIRE(out.size() == 2);
  CHECK(out[0].report.client_id == ours);
  CHECK(out[0].trade->client_id == ours);
  CHECK(out[1].report.client_id == client_order_id("web_2"));
  CHECK(b.on_order(an_order(88, "v_1"), now).front().report.client_id == ours);
  CHECK_FALSE(b.next_due());
}

TEST_CASE("nothing waits longer than two seconds") {
  stop_births b("test");
  const instant now{10s};
  CHECK(b.on_conditional(told(conditional_status::triggering), now).empty());
  CHECK(b.on_order(an_order(88, "v_1"), now).empty());
  CHECK(b.next_due() == now + 2s);
  CHECK(b.overdue(now + 1'999ms).empty());
  CHECK(b.overdue(now + 2s).size() == 1);
  CHECK(b.on_order(an_order(88, "v_1"), now + 2s).size() == 1);
}

TEST_CASE("conditional orders of others make nothing wait and name nothing") {
  stop_births b("test");
  const instant now{10s};
  const client_order_id theirs("web_abc");
  CHECK(b.on_conditional(told(conditional_status::triggering, 0, theirs), now).empty());
  CHECK(b.on_order(an_order(88, "v_1"), now).size() == 1);
  CHECK(b.on_conditional(told(conditional_status::triggered, 88, theirs), now).empty());
  CHECK(b.on_order(an_order(88, "v_1"), now).front().report.client_id == client_order_id("v_1"));
}

TEST_CASE("a stop that is refused when it triggers lets the waiting go") {
  stop_births b("test");
  const instant now{10s};
  CHECK(b.on_conditional(told(conditional_status::triggering), now).empty());
  CHECK(b.on_order(an_order(88, "web_1"), now).empty());
  const auto out = b.on_conditional(told(conditional_status::rejected), now);
  REQUIRE(out.size() == 1);
  CHECK(out[0].report.client_id == client_order_id("web_1"));
}

TEST_CASE("an order that comes before its stop is said to trigger waits, too") {
  stop_births b("test");
  const instant now{10s};
  SECTION("where the venue has confirmed the stop") {
    CHECK(b.on_conditional(told(conditional_status::new_), now).empty());
  }
  SECTION("where an earlier run had placed it") {
    b.rests(ours, {symbol("BTCUSDT"), position_side::both}, side::sell);
  }
  SECTION("where it was sent, and the stream never told of it") {
    CHECK(b.on_stop(known(stop_state::sent)).empty());
  }
  auto bought = an_order(87, "web_1");
  bought.report.direction = side::buy;
  CHECK(b.on_order(bought, now).size() == 1);  // No stop does that.
  CHECK(b.on_order(an_order(88, "v_1"), now).empty());
  CHECK(b.on_conditional(told(conditional_status::triggering), now + 100ms).empty());
  const auto out = b.on_conditional(told(conditional_status::triggered, 88), now + 200ms);
  REQUIRE(out.size() == 1);
  CHECK(out[0].report.client_id == ours);
  CHECK(b.on_order(an_order(99, "v_2"), now + 300ms).size() == 1);  // There is no stop any more.
}

TEST_CASE("a trade by hand on the side of a stop is told after two seconds") {
  stop_births b("test");
  const instant now{10s};
  CHECK(b.on_conditional(told(conditional_status::new_), now).empty());
  CHECK(b.on_order(an_order(88, "web_1"), now).empty());
  CHECK(b.next_due() == now + 2s);
  const auto out = b.overdue(now + 2s);
  REQUIRE(out.size() == 1);
  CHECK(out[0].report.client_id == client_order_id("web_1"));
}

TEST_CASE("a trade that the exchange forces waits for no name, and is told after its order") {
  stop_births b("test");
  const instant now{10s};
  CHECK(b.on_conditional(told(conditional_status::new_), now).empty());
  auto placed = an_order(88, "adl_autoclose");
  placed.trade.reset();
  CHECK(b.on_order(placed, now).empty());
  CHECK(b.on_order(an_order(99, "web_1"), now).empty());
  auto forced = an_order(88, "adl_autoclose");
  forced.trade->given_by = order_giver::auto_deleveraging;
  const auto out = b.on_order(forced, now);
  REQUIRE(out.size() == 2);
  CHECK_FALSE(out[0].trade);
  CHECK(out[1].trade);
  CHECK(b.overdue(now + 2s).size() == 1);
}

TEST_CASE("a stop that is cancelled for another ends no wait for that one") {
  stop_births b("test");
  const instant now{10s};
  const client_order_id old = make_stop_order_id("test", {.number = 7});
  CHECK(b.on_conditional(told(conditional_status::new_, 0, old), now).empty());
  CHECK(b.on_conditional(told(conditional_status::new_), now).empty());
  const bool named_first = GENERATE(true, false);
  if (named_first)
    CHECK(b.on_conditional(told(conditional_status::triggering), now).empty());
  CHECK(b.on_order(an_order(88, "v_1"), now).empty());
  CHECK(b.on_conditional(told(conditional_status::cancelled, 0, old), now).empty());
  const auto out = b.on_conditional(told(conditional_status::triggered, 88), now);
  REQUIRE(out.size() == 1);
  CHECK(out[0].report.client_id == ours);
}

TEST_CASE("a stop whose end the stream kept makes nothing wait any more") {
  stop_births b("test");
  const instant now{10s};
  CHECK(b.on_conditional(told(conditional_status::new_), now).empty());
  CHECK(b.on_order(an_order(88, "web_1"), now).empty());
  CHECK(b.on_stop(known(stop_state::cancelled)).size() == 1);
  CHECK(b.on_order(an_order(89, "web_2"), now).size() == 1);
}

TEST_CASE("an order is named by what a read said of its stop") {
  stop_births b("test");
  const instant now{10s};
  CHECK(b.on_stop(known(stop_state::intended)).empty());
  CHECK(b.on_order(an_order(87, "web_1"), now).size() == 1);  // No byte of it has left.
  CHECK(b.on_stop(known(stop_state::resting)).empty());
  CHECK(b.on_order(an_order(88, "v_1"), now).empty());
  CHECK(b.on_stop(known(stop_state::triggered)).empty());
  const auto out = b.on_stop(known(stop_state::triggered, 88));
  REQUIRE(out.size() == 1);
  CHECK(out[0].report.client_id == ours);
}
