// What proves that an order never arrived, and what does not.
#include "absence_watch.hpp"

#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::actors;

namespace {

constexpr std::int64_t intended_ms = 1'790'000'000'000;

instant at_ms(std::int64_t ms) {
  return instant{} + duration{milliseconds{ms}};
}

order_trace a_buy(std::string_view before) {
  return {client_order_id{"mine"}, position_side::both,    side::buy,
          wall_time{intended_ms},  wall_time{intended_ms}, quantity::parse(before).value()};
}

truth_view holding(std::string_view amount, std::int64_t as_of_ms) {
  truth_view seen;
  const auto q = quantity::parse(amount).value();
  if (q.is_zero())
    seen.content = position_flat{};
  else
    seen.content = position_open{q, price::whole(50'000)};
  seen.as_of = at_ms(as_of_ms);
  return seen;
}

fill a_trade(side direction, std::int64_t ms, order_id order = 7) {
  fill f;
  f.instrument = symbol{"BTCUSDT"};
  f.order = order;
  f.direction = direction;
  f.amount = quantity::whole(1);
  f.traded_at = venue_time{ms};
  return f;
}

}  // namespace

TEST_CASE("a clock that was off at the intent hides no trade that may be the order's") {
  auto order = a_buy("0");
  order.intended_until.ms += 7'200'000;  // By the clock as it is now.
  absence_watch watch;
  watch.begin(at_ms(1'000));
  const own_orders none;
  CHECK(watch.trades_read({a_trade(side::buy, intended_ms + 1'000)}, order, none).size() == 1);
  CHECK_FALSE(watch.weigh(holding("0", 2'000), order));
}

TEST_CASE("absence needs both a newer truth and the trades") {
  absence_watch watch;
  CHECK_FALSE(watch.waiting());
  watch.begin(at_ms(1'000));
  CHECK(watch.wants_trades());
  CHECK_FALSE(watch.weigh(holding("0", 2'000), a_buy("0")));
  (void)watch.trades_read({}, a_buy("0"), {});
  CHECK_FALSE(watch.wants_trades());
  SECTION("truth as of the moment itself is not newer") {
    CHECK_FALSE(watch.weigh(holding("0", 1'000), a_buy("0")));
  }
  SECTION("a truth that is not known shows nothing") {
    truth_view unknown = holding("0", 2'000);
    unknown.content = position_unknown{};
    CHECK_FALSE(watch.weigh(unknown, a_buy("0")));
  }
  SECTION("both together are evidence, once") {
    const auto shown = watch.weigh(holding("0", 2'000), a_buy("0"));
    REQUIRE(shown.has_value());
    CHECK(shown->position_unchanged);
    CHECK(shown->no_trades);
    CHECK_FALSE(watch.waiting());
    CHECK_FALSE(watch.weigh(holding("0", 3'000), a_buy("0")));
  }
}

TEST_CASE("others may trade meanwhile without hiding that the order is absent") {
  absence_watch watch;
  watch.begin(at_ms(1'000));
  (void)watch.trades_read({a_trade(side::sell, intended_ms + 10)}, a_buy("1"), {});
  SECTION("a move against the order's direction is not the order") {
    const auto shown = watch.weigh(holding("0.4", 2'000), a_buy("1"));
    REQUIRE(shown.has_value());
    CHECK(shown->position_unchanged);
    CHECK(shown->no_trades);
  }
  SECTION("a move in its direction may be the order") {
    const auto shown = watch.weigh(holding("1.4", 2'000), a_buy("1"));
    REQUIRE(shown.has_value());
    CHECK_FALSE(shown->position_unchanged);
  }
}

TEST_CASE("a trade in the order's direction since its intent may be the order's") {
  absence_watch watch;
  watch.begin(at_ms(1'000));
  const auto late_enough =
      GENERATE(std::int64_t{0}, std::int64_t{10}, -absence_watch::clock_slack_ms);
  own_orders known;
  CHECK(watch.trades_read({a_trade(side::buy, intended_ms + late_enough),
                           a_trade(side::buy, intended_ms + late_enough)},
                          a_buy("0"), known) == std::vector<order_id>{7});
  CHECK_FALSE(watch.weigh(holding("0", 2'000), a_buy("0")));  // Its name was asked for.
  const bool ours = GENERATE(true, false);
  known.learn(symbol{"BTCUSDT"}, 7, {client_order_id{ours ? "mine" : "web_1"}, {}});
  watch.named(a_buy("0"), known);
  const auto shown = watch.weigh(holding("0", 2'000), a_buy("0"));
  REQUIRE(shown.has_value());
  CHECK(shown->no_trades != ours);
}

TEST_CASE("of many strangers some are asked for in each wait, until all have names") {
  absence_watch watch;
  own_orders known;
  std::vector<fill> trades;
  const auto strangers = static_cast<order_id>(2 * absence_watch::names_max + 1);
  for (order_id n = 1; n <= strangers; ++n)
    trades.push_back(a_trade(side::buy, intended_ms + 10, n));
  std::size_t waits = 0;
  for (std::vector<order_id> asked{0}; !asked.empty() && waits < 10; ++waits) {
    watch.begin(at_ms(1'000));
    asked = watch.trades_read(trades, a_buy("0"), known);
    CHECK(asked.size() <= absence_watch::names_max);
    if (asked.empty())
      break;
    CHECK_FALSE(watch.weigh(holding("0", 2'000), a_buy("0")));
    for (const auto n : asked)
      known.learn(symbol{"BTCUSDT"}, n, {client_order_id{"web"}, {}});
    watch.named(a_buy("0"), known);
  }
  CHECK(waits == 3);
  const auto shown = watch.weigh(holding("0", 2'000), a_buy("0"));
  REQUIRE(shown.has_value());
  CHECK(shown->no_trades);
}

TEST_CASE("an older trade in the order's direction is not the order's") {
  const auto latest = intended_ms - absence_watch::clock_slack_ms;
  const auto is_absent = [](std::int64_t changed_before_ms, std::int64_t traded_ms) {
    auto order = a_buy("0");
    order.changed_before = venue_time{changed_before_ms};
    absence_watch watch;
    watch.begin(at_ms(1'000));
    const auto asked = watch.trades_read({a_trade(side::buy, traded_ms)}, order, {});
    return asked.empty() && watch.weigh(holding("0", 2'000), order)->no_trades;
  };
  // Without the time of the amount before: older than any truth that an order is permitted for.
  CHECK(is_absent(0, latest - absence_watch::truth_age_max_ms - 1));
  CHECK_FALSE(is_absent(0, latest - absence_watch::truth_age_max_ms));
  // With it: in that amount already.
  CHECK(is_absent(latest - 100, latest - 101));
  CHECK_FALSE(is_absent(latest - 100, latest - 99));
}

TEST_CASE(
    "a stop that triggered before the exit, unseen by the truth it was sent on, is told apart") {
  own_orders others;
  others.learn(symbol{"BTCUSDT"}, 7, {client_order_id{"our-stop"}, plan_id{}});
  auto exit = a_buy("-2");
  exit.changed_before = venue_time{intended_ms - 30'000};
  absence_watch watch;
  watch.begin(at_ms(1'000));
  (void)watch.trades_read({a_trade(side::buy, intended_ms - 7'000)}, exit, others);
  const auto shown = watch.weigh(holding("-1", 2'000), exit);
  REQUIRE(shown.has_value());
  CHECK(shown->position_unchanged);
  CHECK(shown->no_trades);
}

TEST_CASE("a number that the venue has forgotten is another's, once every trade is listed") {
  absence_watch watch;
  watch.begin(at_ms(1'000));
  const auto trade = a_trade(side::buy, intended_ms + 10, 99);
  CHECK(watch.trades_read({trade}, a_buy("0"), {}) == std::vector<order_id>{99});
  const auto listed_ms = 1'000 + absence_watch::all_listed_after.count();
  CHECK_FALSE(watch.waits_long(at_ms(listed_ms - 1)));
  CHECK(watch.waits_long(at_ms(listed_ms)));
  watch.disown(99);
  watch.named(a_buy("0"), {});
  CHECK(watch.weigh(holding("0", listed_ms), a_buy("0"))->no_trades);
  watch.begin(at_ms(1'000));
  CHECK(watch.trades_read({trade}, a_buy("0"), {}).empty());
}

TEST_CASE("what another order of ours traded is not the order's, however late") {
  own_orders known;
  known.learn(symbol{"BTCUSDT"}, 7, {client_order_id{"before"}, plan_id{"p"}});
  known.learn(symbol{"BTCUSDT"}, 8, {client_order_id{"mine"}, plan_id{"q"}});
  struct row {
    const char* name;
    order_id order;
    bool absent;
  };
  for (const auto& r :
       {row{"of the order before it", 7, true}, row{"of the order itself", 8, false},
        row{"of an order without a number", 0, false}}) {
    INFO(r.name);
    absence_watch watch;
    watch.begin(at_ms(1'000));
    (void)watch.trades_read({a_trade(side::buy, intended_ms + 10, r.order)}, a_buy("0"), known);
    const auto shown = watch.weigh(holding("0", 2'000), a_buy("0"));
    REQUIRE(shown.has_value());
    CHECK(shown->no_trades == r.absent);
  }
}

TEST_CASE("a stop that triggers as the exit is sent does not keep the exit in doubt") {
  absence_watch watch;
  own_orders others;
  others.learn(symbol{"BTCUSDT"}, 7, {client_order_id{"our-stop"}, plan_id{}});
  auto exit = a_buy("-1");
  const auto proves = [&](std::int64_t changed_before_ms, std::int64_t traded_ms) {
    exit.changed_before = venue_time{changed_before_ms};
    watch.begin(at_ms(1'000));
    (void)watch.trades_read({a_trade(side::buy, traded_ms)}, exit, others);
    return watch.weigh(holding("0", 2'000), exit)->position_unchanged;
  };
  CHECK(proves(intended_ms - 60'000, intended_ms - 36));
  // In the amount before already, or in the same instant: then somebody else moved the position.
  CHECK_FALSE(proves(intended_ms - 36, intended_ms - 36));
  CHECK_FALSE(proves(intended_ms - 10, intended_ms - 36));
  // Without the venue's time only what came well after the intent counts.
  CHECK_FALSE(proves(0, intended_ms - 36));
  CHECK(proves(0, intended_ms + 6'000));
}

TEST_CASE("a stop that triggered as the exit of an earlier run was sent is told apart in the end") {
  own_orders others;
  others.learn(symbol{"BTCUSDT"}, 7, {client_order_id{"our-stop"}, plan_id{}});
  const auto exit = a_buy("-1");  // The time of the truth that it was sent on is not kept.
  absence_watch watch;
  const auto unchanged = [&](std::int64_t seen_ms, std::string_view left) {
    watch.begin(at_ms(1'000));
    (void)watch.trades_read({a_trade(side::buy, intended_ms - 36)}, exit, others);
    return watch.weigh(holding(left, seen_ms), exit)->position_unchanged;
  };
  const auto listed_ms = 1'000 + absence_watch::all_listed_after.count();
  CHECK_FALSE(unchanged(2'000, "0"));
  CHECK_FALSE(unchanged(listed_ms - 1, "0"));
  CHECK(unchanged(listed_ms, "0"));
  CHECK_FALSE(unchanged(listed_ms, "0.1"));  // More than the stop traded.
}

TEST_CASE("a person who trades the same way does not keep an absent order in doubt") {
  own_orders known;
  known.learn(symbol{"BTCUSDT"}, 9, {client_order_id{"web_1"}, {}});  // Told by its event.
  absence_watch watch;
  watch.begin(at_ms(1'000));
  auto by_hand = a_trade(side::buy, intended_ms + absence_watch::clock_slack_ms + 1, 9);
  by_hand.amount = quantity::parse("0.4").value();
  (void)watch.trades_read({by_hand}, a_buy("1"), known);
  SECTION("their trade accounts for the move") {
    const auto shown = watch.weigh(holding("1.4", 2'000), a_buy("1"));
    REQUIRE(shown.has_value());
    CHECK(shown->no_trades);
    CHECK(shown->position_unchanged);
  }
  SECTION("it does not account for all of it") {
    const auto shown = watch.weigh(holding("1.5", 2'000), a_buy("1"));
    REQUIRE(shown.has_value());
    CHECK_FALSE(shown->position_unchanged);
  }
}

TEST_CASE("a trade of the other leg is not the order's") {
  absence_watch watch;
  watch.begin(at_ms(1'000));
  auto other = a_trade(side::buy, intended_ms + 100, 9);
  other.leg = position_side::short_;
  (void)watch.trades_read({other}, a_buy("0"), {});
  CHECK(watch.weigh(holding("0", 2'000), a_buy("0"))->no_trades);
}
