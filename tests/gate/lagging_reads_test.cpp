// Reads that lag behind an order of ours: nothing is sized by what they show.
#include "gate_fixture.hpp"

using namespace sluice;
using namespace sluice::test;

namespace {

const auto before = position_open{qty("0.5"), px("50000")};

/// An exit of a half has its order, another waits for it.
struct half_closed : gate_fixture {
  half_closed() {
    truth_is(before, 0, venue_time{900});
    submit(a_reduce("r1", "0.2"), 1);
    submit(a_reduce("r2", "0"), 2);
    permitted_for = version();
  }
  void read(const truth& content, int sent_ms, venue_time changed_at = venue_time{900}) {
    truth_is(content, sent_ms, changed_at);
    read_finished(btc(), "", sent_ms + 200);
  }
  std::uint64_t permitted_for{0};
};

}  // namespace

TEST_CASE("a read that shows what was before an order counts only once reads no longer lag") {
  half_closed g;
  // Its trades may not be known yet.
  g.traded("r1", 400, g.permitted_for, GENERATE(venue_time{}, venue_time{1'000}));
  REQUIRE(g.out.reads.size() == 1);
  g.read(before, 401);
  CHECK_FALSE(g.ended("r2"));
  g.tick(1'401);
  REQUIRE(g.out.reads.size() == 2);
  CHECK(g.out.reads[1].newer_than == start + milliseconds{1'400});
  g.read(before, 1'401);
  REQUIRE(g.allowed("r2"));  // Nothing of the order is left to be seen.
  CHECK(g.verdict_of("r2").outcome.terms->amount == qty("0.5"));
}

TEST_CASE("a read that shows a part of an order counts no sooner") {
  half_closed g;
  g.traded("r1", 400, g.permitted_for, venue_time{1'000});
  g.read(position_open{qty("0.4"), px("50000")}, 401, venue_time{990});
  CHECK_FALSE(g.ended("r2"));
  g.read(position_open{qty("0.2"), px("50000")}, 700, venue_time{1'000});
  REQUIRE(g.allowed("r2"));
  CHECK(g.verdict_of("r2").outcome.terms->amount == qty("0.2"));
}

TEST_CASE("where an event told of the order before its end, the first read after it counts") {
  half_closed g;
  g.truth_is(position_open{qty("0.2"), px("50000")}, 0, venue_time{1'000});
  g.core.truth_moved(btc(), at(milliseconds{390}), g.out);
  g.traded("r1", 400, g.permitted_for, venue_time{1'000});
  CHECK_FALSE(g.ended("r2"));  // Its trades may share an instant; the event may be the first's.
  g.read(position_open{qty("0.2"), px("50000")}, 401, venue_time{1'000});
  CHECK(g.allowed("r2"));
}

TEST_CASE("an order that traded nothing waits for no lag") {
  half_closed g;
  g.moved("r1", flight_step::resolved, 400, {}, true);  // -2022: the position may be another.
  g.read(before, 401);
  CHECK(g.allowed("r2"));
}

TEST_CASE("a read that lags behind what the last run filled sizes nothing") {
  gate_fixture g;
  g.core.filled_before(btc(), plan_id{"r0"}, start - milliseconds{400}, start);
  g.truth_is(before, 100);
  g.submit(a_reduce("r1", "0.2"), 300);
  CHECK_FALSE(g.ended("r1"));
  g.truth_is(before, 599);
  g.read_finished(btc(), "", 599);
  CHECK_FALSE(g.ended("r1"));
  g.truth_is(position_open{qty("0.2"), px("50000")}, 601);
  g.read_finished(btc(), "", 700);
  CHECK(g.reason("r1") == refusal_code::already_at_target);
}

TEST_CASE("what the last run filled longer ago than reads lag binds nothing but the cooldown") {
  gate_fixture g;
  g.core.filled_before(btc(), plan_id{"r0"}, start - milliseconds{1'001}, start);
  g.truth_is(before, 100);
  g.submit(a_reduce("r1", "0.2"), 300);
  CHECK(g.allowed("r1"));
  CHECK(g.core.stats().in_flight == 1);
}

TEST_CASE("a margin read just after what the last run filled lets no entry go") {
  gate_settings s;
  s.limits.risk.margin_use_percent_max = 80;
  s.limits.cooldown = milliseconds{0};
  gate_fixture g{s};
  g.core.filled_before({symbol{"ETHUSDT"}, position_side::both}, plan_id{"e0"},
                       start - milliseconds{400}, start);
  g.truth_is(position_flat{}, 100);
  const auto read = [&](int sent_ms) {
    (void)g.core.margin_read({value_of("100000"), value_of("1"), start + milliseconds{sent_ms}},
                             at(milliseconds{sent_ms + 10}), g.out);
  };
  read(100);
  g.submit(an_open("o"), 150);
  CHECK_FALSE(g.ended("o"));
  CHECK(g.out.margin_from == start + milliseconds{600});
  read(590);
  CHECK_FALSE(g.ended("o"));
  read(601);
  CHECK(g.allowed("o"));
}
