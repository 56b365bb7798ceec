// Where the collar of an exit lies.
#include <rapidcheck.h>

#include "harness.hpp"
#include "sluice/execution/plan_course.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::testing;

namespace {

constexpr quantity one = quantity::whole(1);

instrument_rules rules() {
  instrument_rules r;
  r.tick = price::parse("0.1").value();
  r.lot = {one, quantity::whole(1'000), one};
  return r;
}

order_request an_order(side direction) {
  auto q = a_task().request;
  q.direction = direction;
  return q;
}

}  // namespace

TEST_CASE("the collar lies on the tick that is not worse than it") {
  const auto mark = price::parse("100.07").value();
  const auto sold = with_collar(an_order(side::sell), mark, rules(), 50);
  REQUIRE(sold);
  CHECK(sold->type == order_type::limit);
  CHECK(sold->lasts == time_in_force::ioc);
  CHECK(sold->limit == price::parse("99.6").value());  // 99.56965, up to the tick.
  CHECK(sold->reduce_only);
  const auto bought = with_collar(an_order(side::buy), mark, rules(), 50);
  REQUIRE(bought);
  CHECK(bought->limit == price::parse("100.5").value());  // 100.57035, down to the tick.
}

TEST_CASE("an order that cannot be a LIMIT one stays MARKET") {
  const auto sell = an_order(side::sell);
  CHECK_FALSE(with_collar(sell, price{}, rules(), 50));
  CHECK_FALSE(with_collar(sell, price::whole(100), rules(), 0));
  auto r = rules();
  r.lot.max = one;
  CHECK_FALSE(with_collar(sell, price::whole(100), r, 50));
  r = rules();
  r.lot.min = quantity::whole(3);
  CHECK_FALSE(with_collar(sell, price::whole(100), r, 50));
  r = rules();
  r.lot.step = quantity::whole(3);
  CHECK_FALSE(with_collar(sell, price::whole(100), r, 50));
  r = rules();
  r.min_price = price::whole(100);
  CHECK_FALSE(with_collar(sell, price::whole(100), r, 50));
  r = rules();
  r.max_price = price::whole(100);
  CHECK_FALSE(with_collar(an_order(side::buy), price::whole(100), r, 50));
  r = rules();
  r.tick = {};
  CHECK_FALSE(with_collar(sell, price::whole(100), r, 50));
}

TEST_CASE("no price and no width puts the collar on the worse side of itself") {
  rc::check([] {
    const auto mark = price::from_raw(*rc::gen::inRange<std::int64_t>(1'000, 10'000'000'000'000));
    const auto bp = *rc::gen::inRange<std::int64_t>(1, 1'000);
    const auto direction = *rc::gen::element(side::buy, side::sell);
    auto r = rules();
    r.tick = price::from_raw(*rc::gen::inRange<std::int64_t>(1, 1'000));
    const auto made = with_collar(an_order(direction), mark, r, bp);
    if (!made)
      return;
    RC_ASSERT(on_step(made->limit, r.tick));
    const auto off = direction == side::sell ? mark - made->limit : made->limit - mark;
    RC_ASSERT(off.approx() <= mark.approx() * static_cast<double>(bp) / 10'000.0 + 1e-8);
  });
}
