// Drift in the whole pipeline: who traded what while nobody told us, and what becomes of it.
#include "support/catch.hpp"
#include "support/drift_world.hpp"

using namespace sluice;
using namespace sluice::testing;
using namespace std::chrono_literals;

TEST_CASE("fills of our order that no event told are found, with fee and profit") {
  drift_world w;
  w.start();
  w.open_by_us("0.5");
  w.trade(side::buy, "0.25", w.own_order());
  w.trade(side::sell, "0.05", w.own_order());
  w.live(3s);
  CHECK(w.run->records_of("hold_placed") == 0);
  CHECK(w.adjustments() == std::vector<std::string>{"explained"});
  const auto line = w.line();
  CHECK(line.amount.str() == "0.7");
  CHECK(line.fills == 3);
  CHECK(line.fees.at("USDT").str() == "0.03");
  CHECK(line.realised.str() == "3");
  SECTION("and a restart has the whole line") {
    w.restart();
    w.live(6s);
    CHECK(w.line().amount == line.amount);
    CHECK(w.line().entry == line.entry);
    CHECK(w.line().fees == line.fees);
    CHECK(w.line().realised == line.realised);
    CHECK(w.line().fills == line.fills);
    CHECK(w.run->records_of("hold_placed") == 0);
    CHECK(w.adjustments().size() == 1);
  }
}

TEST_CASE("a line goes on after a restart where it was") {
  drift_world w;
  w.world.chosen.gate.limits.allow_add = true;
  w.start();
  w.open_by_us("0.5");
  w.restart();
  w.at = price::whole(50'100);
  w.open_by_us("0.5", "q");
  CHECK(w.line().amount.str() == "1");
  CHECK(w.line().entry.str() == "50050");
  CHECK(w.line().fees.at("USDT").str() == "0.02");
  CHECK(w.line().fills == 2);
}

TEST_CASE("whatever the order of messages, lost fills are found once and nothing is held") {
  drift_world w;
  w.seed = GENERATE(range(1u, 9u));
  w.start();
  w.open_by_us("0.5");
  w.trade(side::buy, "0.25", w.own_order());
  w.live(1s);
  w.trade(side::sell, "0.1", drift_world::foreign_order, "web_1");
  w.live(12s);
  CHECK(w.line().amount.str() == "0.65");
  CHECK(w.line().fills == 2);
  CHECK(w.run->records_of("fill_recorded") == 3);
  CHECK(w.run->records_of("hold_placed") == 0);
}

TEST_CASE("what a person trades is followed, whether an event tells it or not") {
  const auto heard = GENERATE(true, false);
  const auto [direction, amount, left] = GENERATE(table<side, const char*, const char*>(
      {{side::sell, "0.5", "0"}, {side::sell, "0.2", "0.3"}, {side::buy, "0.4", "0.9"}}));
  drift_world w;
  w.start();
  w.open_by_us("0.5");
  w.trade(direction, amount, drift_world::foreign_order, heard ? "web_1" : "");
  // What an event opened lately is not gone because one kind of read lacks it.
  w.live(!heard && std::string_view(left) == "0" ? 42s : 12s);
  CHECK(w.line().amount.str() == left);
  CHECK(w.line().fills == 1);
  CHECK(w.run->records_of("hold_placed") == 0);
  CHECK(w.adjustments() == std::vector<std::string>{"foreign_fill"});
  CHECK(w.run->records_of("fill_recorded") == 2);
}

TEST_CASE("a person who turns the position makes a hold, and exits pass it") {
  drift_world w;
  w.start();
  w.open_by_us("0.5");
  w.trade(side::sell, "0.9", drift_world::foreign_order, "web_1");
  w.live(3s);
  CHECK(w.run->records_of("hold_placed") == 0);
  w.live(6s);
  CHECK(w.holds() == std::vector<std::string>{"side_flip"});
  w.run->give_marks({{"BTCUSDT", "50000"}});
  w.run->offer({w.run->an_open("e", "BTCUSDT", "0.1")});
  CHECK(w.run->reason_of("e") == refusal_code::reconcile_hold_active);
  w.run->offer({w.run->a_reduce("x", "BTCUSDT")});
  CHECK(w.run->verdict_of("x") == verdict_kind::allow);
  CHECK(w.world.exchange->placed.back().direction == side::buy);
}

TEST_CASE("forced closes of every kind are named and followed") {
  const auto [client, giver] = GENERATE(
      table<const char*, order_giver>({{"autoclose-1790000000123", order_giver::liquidation},
                                       {"adl_autoclose", order_giver::auto_deleveraging},
                                       {"settlement_autoclose-1", order_giver::settlement}}));
  drift_world w;
  w.start();
  w.open_by_us("0.5");
  // The same client id twice: it names no order.
  w.trade(side::sell, "0.2", drift_world::foreign_order, client, giver);
  w.live(1s);
  w.trade(side::sell, "0.3", drift_world::foreign_order + 1, client, giver);
  w.live(12s);
  CHECK(w.line().amount.is_zero());
  CHECK(w.run->records_of("hold_placed") == 0);
  CHECK(w.adjustments() == std::vector<std::string>{"foreign_fill", "foreign_fill"});
  CHECK(w.run->records_of("notice") >= 2);
}

TEST_CASE("funding is no drift") {
  drift_world w;
  w.start();
  w.open_by_us("0.5");
  account_update funding{"FUNDING_FEE", {w.wall_ms()}, {}, {}, symbol("BTCUSDT")};
  funding.balances.push_back({"USDT", notional::parse("-0.12").value()});
  w.run->tell(funding);
  w.live(12s);
  CHECK(w.run->records_of("funding_booked") == 1);
  CHECK(w.run->records_of("hold_placed") == 0);
  CHECK(w.run->records_of("ledger_adjusted") == 0);
  CHECK(w.line().amount.str() == "0.5");
}

TEST_CASE("funding that comes without its amount is on record as such") {
  drift_world w;
  w.start();
  w.open_by_us("0.5");
  const auto before = w.run->records_of("notice");
  w.run->tell(account_update{"FUNDING_FEE", {w.wall_ms()}, {}, {}, symbol("BTCUSDT")});
  w.live(1s);
  CHECK(w.run->records_of("funding_booked") == 0);
  CHECK(w.run->records_of("notice") == before + 1);
}

TEST_CASE("a change that no trade explains becomes a hold after the search, and goes with it") {
  drift_world w;
  w.start();
  w.open_by_us("0.5");
  w.change_without_trade("0.4");
  w.world.exchange->keep_fills_reads = true;
  w.live(12s);
  CHECK(w.run->records_of("hold_placed") == 0);
  REQUIRE(w.world.exchange->fills_reads.size() == 1);
  w.answer_fills();
  w.live(100ms);
  REQUIRE(w.world.exchange->fills_reads.size() == 1);
  CHECK(w.run->records_of("hold_placed") == 0);
  SECTION("answered") {
    w.answer_fills();
    w.live(1s);
    CHECK(w.holds() == std::vector<std::string>{"unexplained_drift"});
    SECTION("the drift goes away by itself") {
      w.change_without_trade("-0.4");
      w.live(2s);
      CHECK(w.run->records_of("hold_released") == 1);
      CHECK(w.line().amount.str() == "0.5");
    }
    SECTION("a release without a reason is none") {
      caf::anon_send(w.run->all->reconciler, actors::release_holds{symbol("BTCUSDT"), "ops", ""});
      w.live(1s);
      CHECK(w.run->records_of("hold_released") == 0);
    }
    SECTION("a restart keeps it") {
      w.world.exchange->keep_fills_reads = false;
      w.restart();
      w.live(12s);
      CHECK(w.run->records_of("hold_placed") == 1);
      CHECK(w.run->records_of("hold_released") == 0);
      CHECK(w.run->given.vitals->holds == 1);
    }
  }
  SECTION("refused three times") {
    for (int i = 0; i < 3; ++i) {
      REQUIRE(w.world.exchange->fills_reads.size() == 1);
      CHECK(w.run->records_of("hold_placed") == 0);
      w.fail_fills();
      w.live(3s);
    }
    CHECK(w.holds() == std::vector<std::string>{"unexplained_drift"});
  }
}

TEST_CASE("a start with an empty journal takes positions as they are and trades nothing") {
  drift_world w;
  w.trade(side::buy, "0.5", drift_world::foreign_order);
  w.pass_outside(1h);
  w.start();
  w.live(20s);
  CHECK(w.adjustments() == std::vector<std::string>{"adopted_at_start"});
  CHECK(w.line().amount.str() == "0.5");
  CHECK(w.run->records_of("hold_placed") == 0);
  CHECK(w.world.exchange->placed.empty());
}

TEST_CASE("a start with a journal behind the exchange finds what it missed") {
  drift_world w;
  w.start();
  w.open_by_us("0.5");
  w.stop();
  w.pass_outside(10min);
  SECTION("our own fills") {
    w.trade(side::buy, "0.25", w.own_order());
    w.trade(side::buy, "0.25", w.own_order());
    w.restart();
    w.live(20s);
    CHECK(w.line().amount.str() == "1");
    CHECK(w.line().fills == 3);
    CHECK(w.adjustments() == std::vector<std::string>{"explained"});
  }
  SECTION("trades of others") {
    w.trade(side::sell, "0.1", drift_world::foreign_order);
    w.trade(side::buy, "0.2", drift_world::foreign_order);
    w.restart();
    w.live(20s);
    CHECK(w.line().amount.str() == "0.6");
    CHECK(w.line().fills == 1);
    CHECK(w.adjustments() == std::vector<std::string>{"foreign_fill"});
  }
  SECTION("both, and the position is gone") {
    w.trade(side::buy, "0.25", w.own_order());
    w.trade(side::sell, "0.75", drift_world::foreign_order);
    w.restart();
    w.live(20s);
    CHECK(w.line().amount.is_zero());
    CHECK(w.line().fills == 2);
  }
  CHECK(w.run->records_of("hold_placed") == 0);
  CHECK(w.world.exchange->placed.size() == 1);
}

TEST_CASE("trades of others that were recorded but not followed yet are evidence after a restart") {
  drift_world w;
  w.start();
  w.open_by_us("0.5");
  // The event of the trade comes, its position does not, and the process dies.
  w.trade(side::buy, "0.3", drift_world::foreign_order, "web_1", order_giver::client, false);
  CHECK(w.run->records_of("fill_recorded") == 2);
  CHECK(w.run->records_of("ledger_adjusted") == 0);
  w.restart();
  w.live(20s);
  CHECK(w.line().amount.str() == "0.8");
  CHECK(w.run->records_of("hold_placed") == 0);
}

TEST_CASE("an armed close takes what nothing explains, once, and the hold goes by itself") {
  drift_world w;
  w.world.chosen.exits.enabled = false;
  w.start();
  w.open_by_us("0.5");
  w.change_without_trade("0.4");
  w.live(12s);
  CHECK(w.holds() == std::vector<std::string>{"unexplained_drift"});
  CHECK(w.world.exchange->placed.size() == 1);
  SECTION("armed") {
    w.arm(60s);
    w.live(100ms);
    REQUIRE(w.world.exchange->placed.size() == 2);
    const auto& order = w.world.exchange->placed.back();
    CHECK(order.reduce_only);
    CHECK(order.direction == side::sell);
    CHECK(order.amount.str() == "0.4");
    w.fill_ours();
    w.live(3s);
    CHECK(w.run->records_of("hold_released") == 1);
    CHECK(w.line().amount.str() == "0.5");
    CHECK(w.line().fills == 2);
    CHECK(w.adjustments().back() == "reconcile_close");
    w.restart();
    w.live(12s);
    CHECK(w.line().amount.str() == "0.5");
    CHECK(w.world.exchange->placed.size() == 2);
    CHECK(w.run->records_of("hold_placed") == 1);
  }
  SECTION("denied, and not proposed again for the same hold, over a restart too") {
    // The gate is halted, so that the plan has its verdict and nothing is closed.
    caf::anon_send(w.run->all->gate, actors::change_state{trading_state::halted, "ops", "drill"});
    w.arm(60s);
    w.live(2s);
    CHECK(w.run->records_of("plan_accepted") == 2);
    // Numbers begin at the clock of the run that gives them.
    const auto first = std::to_string(w.world.wall_ms / 1'000 + 1);
    CHECK(w.run->reason_of("reconcile-close:" + first) == refusal_code::halted);
    w.restart();
    w.live(2s);
    w.arm(60s);
    w.live(2s);
    CHECK(w.run->records_of("close_armed") == 1);
    CHECK(w.run->records_of("plan_accepted") == 2);
    CHECK(w.world.exchange->placed.size() == 1);
  }
  SECTION("over before it could be used") {
    w.change_without_trade("-0.4");
    w.live(2s);
    w.arm(1s);
    w.live(2s);
    CHECK(w.run->records_of("close_disarmed") == 1);
    w.change_without_trade("0.4");
    w.live(12s);
    CHECK(w.run->records_of("hold_placed") == 2);
    CHECK(w.world.exchange->placed.size() == 1);
  }
}

TEST_CASE("an armed close that an ending process does not take is left to the next one") {
  drift_world w;
  w.world.chosen.exits.enabled = false;
  w.start();
  w.open_by_us("0.5");
  w.change_without_trade("0.4");
  w.live(12s);
  REQUIRE(w.holds() == std::vector<std::string>{"unexplained_drift"});
  caf::anon_send(w.run->all->planner, actors::drain{});
  w.arm(120s);
  w.live(2s);
  CHECK(w.run->records_of("close_armed") == 1);
  CHECK(w.run->records_of("close_disarmed") == 0);
  w.restart();
  w.live(12s);
  REQUIRE(w.world.exchange->placed.size() == 2);
  CHECK(w.world.exchange->placed.back().reduce_only);
  CHECK(w.run->records_of("close_disarmed") == 1);
  CHECK(w.run->records_of("plan_accepted") == 2);
}

TEST_CASE("a close is armed for a symbol that somebody knows, not for a slip of the pen") {
  drift_world w;
  w.start();
  for (const auto* name : {"BTCUSDT", "btcusdt"}) {
    caf::scoped_actor self{w.run->system()};
    auto asked = self->request(w.run->all->reconciler, caf::infinite,
                               actors::arm_close{symbol(name), 60s, "ops", "counted"});
    w.run->settle();
    asked.receive(
        [&](const actors::close_arming_answer& answer) {
          CHECK(answer.refusal.empty() == (name == std::string("BTCUSDT")));
        },
        [](const caf::error&) { FAIL("no answer"); });
  }
  CHECK(w.run->records_of("close_armed") == 1);
}

TEST_CASE("an arming lives over a restart as long as it was given for") {
  drift_world w;
  w.world.chosen.exits.enabled = false;
  w.start();
  w.open_by_us("0.5");
  w.arm(120s);
  w.stop();
  SECTION("and is used by the hold that comes then") {
    w.pass_outside(30s);
    w.restart();
    w.change_without_trade("0.4");
    w.live(12s);
    CHECK(w.run->records_of("hold_placed") == 1);
    CHECK(w.world.exchange->placed.size() == 2);
  }
  SECTION("and ends while nobody runs") {
    w.pass_outside(120s);
    w.restart();
    CHECK(w.run->records_of("close_disarmed") == 1);
    w.change_without_trade("0.4");
    w.live(12s);
    CHECK(w.run->records_of("hold_placed") == 1);
    CHECK(w.world.exchange->placed.size() == 1);
  }
}
