// What a permit must never allow: to be copied, made by hand, or used twice.
#include <stdexcept>
#include <type_traits>

#include "gate_builders.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::test;

static_assert(!std::is_copy_constructible_v<permit>);
static_assert(!std::is_copy_assignable_v<permit>);
static_assert(!std::is_default_constructible_v<permit>);
static_assert(!std::is_constructible_v<permit, const plan&, const order_terms&>);
static_assert(!std::is_constructible_v<permit, const plan&, order_terms>);
static_assert(!std::is_aggregate_v<permit>);
static_assert(std::is_nothrow_move_constructible_v<permit>);
static_assert(std::is_nothrow_move_assignable_v<permit>);

namespace {

/// Whether the terms can be taken from a permit that its owner has not given away.
template <class P>
concept takes_from_lvalue = requires(P& p) {
  p.take();
};
static_assert(!takes_from_lvalue<permit>);

permit a_permit(const plan& p = an_open()) {
  return std::get<permit>(judge(p, facts_for_open(), milliseconds{2'000}));
}

}  // namespace

TEST_CASE("a permit gives its terms once") {
  auto given = a_permit();
  CHECK_FALSE(given.spent());
  CHECK(std::move(given).take().amount == qty("0.010"));
  CHECK(given.spent());
  CHECK_THROWS_AS(std::move(given).take(), std::logic_error);
}

TEST_CASE("a permit that was moved away is spent") {
  auto first = a_permit();
  auto second = std::move(first);
  CHECK(first.spent());
  CHECK_FALSE(second.spent());
  CHECK_THROWS_AS(std::move(first).take(), std::logic_error);
  auto third = a_permit(an_open("other"));
  third = std::move(second);
  CHECK(second.spent());
  CHECK(third.plan() == plan_id{"o1"});
}

TEST_CASE("a permit covers its own plan and no other") {
  const auto p = an_open();
  const auto given = a_permit(p);
  CHECK(given.covers(p));
  CHECK(given.position() == btc());
  CHECK_FALSE(given.covers(an_open("o2")));
  CHECK_FALSE(given.covers(an_open("o1", "0.011")));
}

TEST_CASE("a permit expires") {
  const auto given = a_permit();
  CHECK_FALSE(given.expired(start + milliseconds{1'999}));
  CHECK(given.expired(start + milliseconds{2'000}));
}
