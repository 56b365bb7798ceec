// Whose order it was that traded while ours is in doubt: asked by the venue's number.
#include "support/catch.hpp"
#include "support/pipeline_fixture.hpp"

using namespace sluice;
using namespace sluice::testing;
using namespace std::chrono_literals;

namespace {

/// An entry whose reply was lost, nothing is found of, and a trade its way that nobody told of.
struct doubted_entry {
  pipeline_world world{};
  pipeline_run run{world};
  fake_exchange::pending_order order{};

  doubted_entry() {
    run.make_ready();
    run.offer({run.an_open("p", "BTCUSDT", "0.01")});
    order = world.exchange->orders.front();
    order.answer(order_uncertain{"reset after the request"});
    fill traded;
    traded.instrument = order.request.instrument;
    traded.id = 55;
    traded.order = 99;
    traded.direction = side::buy;
    traded.amount = quantity::parse("0.5").value();
    traded.at = price::whole(50'000);
    traded.fee_asset = "USDT";
    traded.traded_at = {run.given.time.at(run.now()).wall.ms + 6'000};
    world.exchange->fills = {traded};
  }

  void live_until_asked(std::size_t numbers) {
    for (int i = 0; i < 800 && world.exchange->numbers_asked.size() < numbers &&
                    run.given.vitals->orders_under_way > 0;
         ++i) {
      run.pass(50ms);
      while (!world.exchange->queries.empty()) {
        const auto query = std::move(world.exchange->queries.front());
        world.exchange->queries.pop_front();
        query.answer(
            read_failure{failure_kind::not_found, 400, -2013, "Order does not exist.", {}});
        run.settle();
      }
      run.answer_read(symbol("BTCUSDT"), {a_row("BTCUSDT", "0.5", "50000")});
      run.answer_read({}, {a_row("BTCUSDT", "0.5", "50000")});
    }
  }

  void name(const client_order_id& id) {
    const auto asked = std::move(world.exchange->numbers_asked.front());
    world.exchange->numbers_asked.pop_front();
    asked.answer(order_report{id,
                              asked.number,
                              symbol("BTCUSDT"),
                              position_side::both,
                              side::buy,
                              order_status::filled,
                              "FILLED",
                              quantity::parse("0.5").value(),
                              quantity::parse("0.5").value(),
                              price::whole(50'000),
                              false,
                              {1}});
    run.settle();
  }
};

}  // namespace

TEST_CASE("a stranger's trade that no event told of does not keep an order in doubt for ever") {
  doubted_entry d;
  d.live_until_asked(1);
  REQUIRE(d.world.exchange->numbers_asked.size() == 1);
  CHECK(d.world.exchange->numbers_asked.front().number == 99);
  CHECK(d.run.given.vitals->orders_unknown == 1);
  d.name(client_order_id{"web_1"});
  d.live_until_asked(2);
  CHECK(d.run.given.vitals->orders_under_way == 0);
  CHECK(d.world.exchange->numbers_asked.empty());
  CHECK(d.world.exchange->placed.size() == 1);
}

TEST_CASE("a name that cannot be had leaves the order in doubt, and is asked for again") {
  doubted_entry d;
  d.live_until_asked(1);
  REQUIRE(d.world.exchange->numbers_asked.size() == 1);
  d.world.exchange->numbers_asked.front().answer(
      read_failure{failure_kind::not_found, 400, -2013, "Order does not exist.", {}});
  d.world.exchange->numbers_asked.clear();
  d.run.settle();
  CHECK(d.run.given.vitals->orders_unknown == 1);
  d.live_until_asked(1);
  CHECK(d.run.given.vitals->orders_unknown == 1);
  CHECK(d.world.exchange->numbers_asked.size() == 1);
}

TEST_CASE("a number that the venue never names ends the doubt in time") {
  doubted_entry d;
  std::size_t asked = 0;
  for (; d.run.given.vitals->orders_under_way > 0 && asked < 30; ++asked) {
    d.live_until_asked(1);
    for (auto& question : std::exchange(d.world.exchange->numbers_asked, {}))
      question.answer(
          read_failure{failure_kind::not_found, 400, -2013, "Order does not exist.", {}});
    d.run.settle();
  }
  CHECK(d.run.given.vitals->orders_under_way == 0);
  CHECK(asked > 3);
  CHECK(d.world.exchange->placed.size() == 1);
}

TEST_CASE("a number that turns out to be the order's own settles the doubt the other way") {
  doubted_entry d;
  d.live_until_asked(1);
  REQUIRE(d.world.exchange->numbers_asked.size() == 1);
  d.name(d.order.request.id);
  d.run.pass(2s);
  CHECK(d.run.given.vitals->orders_unknown == 0);
  CHECK(d.run.last_record_of("order_changed").find("filled") != std::string::npos);
  CHECK(d.world.exchange->placed.size() == 1);
}
