// The same things happening in other legal orders: what must hold in every one of them.
#include <map>

#include "support/catch.hpp"
#include "support/pipeline_fixture.hpp"

using namespace sluice;
using namespace sluice::testing;
using namespace std::chrono_literals;

namespace {

/// Six plans on two symbols, an answered read in between, orders filled as they come.
void play(pipeline_run& run) {
  run.make_ready();
  run.offer({run.an_open("a", "BTCUSDT", "0.01"), run.an_open("b", "BTCUSDT", "0.02"),
             run.an_open("c", "ETHUSDT", "1")});
  run.offer({run.a_reduce("d", "ETHUSDT"), run.an_open("a", "BTCUSDT", "0.01"),
             run.a_reduce("e", "XRPUSDT")});
  std::map<symbol, quantity> held;
  for (int i = 0; i < 700; ++i) {
    run.pass(10ms);
    if (!run.world.exchange->orders.empty()) {
      const auto request = run.world.exchange->orders.front().request;
      auto& amount = held[request.instrument];
      amount += request.direction == side::buy ? request.amount : -request.amount;
      run.fill_order(amount, price::whole(1'000));
    }
    std::vector<position_row> rows;
    for (const auto& [name, amount] : held)
      if (!amount.is_zero())
        rows.push_back(a_row(name.str(), amount.str(), "1000"));
    for (const auto& scope : {symbol{}, symbol("BTCUSDT"), symbol("ETHUSDT"), symbol("XRPUSDT")}) {
      std::vector<position_row> in_scope;
      for (const auto& r : rows)
        if (scope.empty() || r.position.instrument == scope)
          in_scope.push_back(r);
      run.answer_read(scope, in_scope);
    }
  }
}

}  // namespace

TEST_CASE("in every order of messages each plan gets one verdict and no plan two orders") {
  for (std::uint32_t seed = 0; seed < 8; ++seed) {
    INFO("seed " << seed);
    pipeline_world world;
    world.chosen.exits.enabled = false;
    pipeline_run run(world, seed);
    play(run);
    // One is a repetition, and one opens a symbol whose open plan has not ended.
    CHECK(run.records_of("plan_accepted") == 4);
    CHECK(run.records_of("plan_judged") == 4);
    std::map<client_order_id, int> sent;
    for (const auto& order : world.exchange->placed)
      CHECK(++sent[order.id] == 1);
    quantity eth{};
    for (const auto& order : world.exchange->placed)
      if (order.instrument == symbol("ETHUSDT"))
        eth += order.direction == side::buy ? order.amount : -order.amount;
    CHECK(eth.raw() >= 0);
    CHECK(run.given.vitals->orders_under_way == 0);
  }
}

TEST_CASE("the same seed gives the same run") {
  std::vector<std::vector<order_request>> placed;
  for (int turn = 0; turn < 2; ++turn) {
    pipeline_world world;
    pipeline_run run(world, 7);
    play(run);
    placed.push_back(world.exchange->placed);
  }
  REQUIRE(placed[0].size() == placed[1].size());
  for (std::size_t i = 0; i < placed[0].size(); ++i) {
    CHECK(placed[0][i].id == placed[1][i].id);
    CHECK(placed[0][i].amount == placed[1][i].amount);
  }
}
