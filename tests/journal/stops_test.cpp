// Protective stops as a restart finds them.
#include "builders.hpp"
#include "support/catch.hpp"

namespace sluice::journal {
namespace {

using namespace test;

protective_stop a_stop(std::int64_t number, stop_state state) {
  protective_stop s;
  s.number = number;
  s.id = client_order_id("stop-" + std::to_string(number));
  s.position = {symbol("BTCUSDT"), position_side::both};
  s.direction = side::sell;
  s.trigger = decimal<price>("95000.5");
  s.state = state;
  s.intended_at = {1'795'000'000'000};
  return s;
}

}  // namespace

TEST_CASE("stops come back in their last state until they have ended") {
  const directory d;
  {
    auto s = opened(d.journal());
    CHECK(s->recover().value().last_stop_number == 0);
    auto resting = a_stop(1, stop_state::intended);
    put(*s, stop_changed{resting, {}});
    resting.state = stop_state::resting;
    resting.venue_id = 1'000'000'033'225'453;
    put(*s, stop_changed{resting, {}});
    put(*s, stop_changed{a_stop(2, stop_state::sent), {}});
    auto fired = a_stop(3, stop_state::finished);
    fired.triggered_order = 8'389'765'739'703'625'592;
    put(*s, stop_changed{fired, "filled"});
    put(*s, stop_changed{a_stop(4, stop_state::cancelled), "the position is closed"});
    REQUIRE(s->commit().has_value());
  }
  const auto back = opened(d.journal())->recover().value();
  REQUIRE(back.stops.size() == 2);
  auto resting = a_stop(1, stop_state::resting);
  resting.venue_id = 1'000'000'033'225'453;
  CHECK(back.stops.front() == resting);
  CHECK(back.stops.back() == a_stop(2, stop_state::sent));
  CHECK(back.last_stop_number == 4);
  REQUIRE(back.own_orders.size() == 1);
  CHECK(back.own_orders.front().venue_id == 8'389'765'739'703'625'592);
  CHECK(back.own_orders.front().client_id == client_order_id("stop-3"));
  CHECK(back.own_orders.front().instrument == symbol("BTCUSDT"));
}

TEST_CASE("a stop that was given up and shows up after all is journaled under another number") {
  const directory d;
  {
    auto s = opened(d.journal());
    put(*s, stop_changed{a_stop(1, stop_state::rejected), "it never arrived"});
    auto found = a_stop(2, stop_state::resting);
    found.id = a_stop(1, stop_state::rejected).id;
    put(*s, stop_changed{found, "adopted"});
    REQUIRE(s->commit().has_value());
  }
  const auto back = opened(d.journal(), integrity::full)->recover().value();
  REQUIRE(back.stops.size() == 1);
  CHECK(back.stops[0].number == 2);
}

TEST_CASE("every state of a stop has a word that the journal reads back") {
  const directory d;
  auto s = opened(d.journal());
  std::int64_t open = 0;
  for (std::size_t i = 0; i < stop_state_count; ++i) {
    const auto state = static_cast<stop_state>(i);
    put(*s, stop_changed{a_stop(static_cast<std::int64_t>(i) + 1, state), {}});
    open += is_final(state) ? 0 : 1;
  }
  const auto back = s->recover().value().stops;
  REQUIRE(static_cast<std::int64_t>(back.size()) == open);
  CHECK(open == 6);
  for (const auto& stop : back)
    CHECK(stop.state == static_cast<stop_state>(stop.number - 1));
}

}  // namespace sluice::journal
