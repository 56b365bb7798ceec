// Money: what text is admitted, and that no arithmetic loses or invents a unit of 1e-8.
#include "sluice/domain/fixed.hpp"

#include <rapidcheck.h>

#include <concepts>

#include "support/catch.hpp"

using namespace sluice;

namespace {

template <class A, class B>
concept addable = requires(A a, B b) {
  a + b;
};
static_assert(addable<price, price>);
static_assert(!addable<price, quantity>, "units must not mix");
static_assert(!std::constructible_from<price, double>, "no double becomes money");
static_assert(std::same_as<decltype(price{} * quantity{}), notional>);

struct parse_case {
  const char* name;
  const char* text;
  std::int64_t raw;
};

}  // namespace

TEST_CASE("decimal text becomes exact fixed-point") {
  const auto c = GENERATE(values<parse_case>({
      {"whole", "12", 1'200'000'000},
      {"fraction", "0.00000001", 1},
      {"negative", "-0.010", -1'000'000},
      {"plus sign", "+1.5", 150'000'000},
      {"padding beyond eight decimals", "1.1000000000000", 110'000'000},
      {"point without fraction", "7.", 700'000'000},
      {"fraction without whole", ".5", 50'000'000},
      {"largest", "92233720368.54775807", std::numeric_limits<std::int64_t>::max()},
  }));
  INFO(c.name);
  const auto parsed = price::parse(c.text);
  REQUIRE(parsed.has_value());
  CHECK(parsed->raw() == c.raw);
}

TEST_CASE("text that is not a plain decimal in range is refused") {
  const std::string text = GENERATE(
      "", "-", "+", ".", "1e5", "1E-3", "nan", "inf", "0x1", "1,5", " 1", "1 ", "--1", "1..2",
      "0.123456789", "92233720368.54775808", "123456789012345678901234567890", "1.2.3");
  INFO(text);
  CHECK_FALSE(quantity::parse(text).has_value());
}

TEST_CASE("a decimal is written with as many digits as it needs") {
  const auto [raw, text] = GENERATE(table<std::int64_t, std::string>({
      {0, "0"},
      {1, "0.00000001"},
      {-1, "-0.00000001"},
      {100'000'000, "1"},
      {1'000'000'000, "10"},
      {-110'000'000, "-1.1"},
      {1'050'000'010, "10.5000001"},
      {std::numeric_limits<std::int64_t>::max(), "92233720368.54775807"},
      {std::numeric_limits<std::int64_t>::min(), "-92233720368.54775808"},
  }));
  CHECK(format_fixed(raw) == text);
}

TEST_CASE("formatting and parsing give the same value back") {
  CHECK(rc::check([](std::int64_t raw) {
    RC_PRE(raw != std::numeric_limits<std::int64_t>::min());
    const auto value = quantity::from_raw(raw);
    RC_ASSERT(quantity::parse(value.str()).value() == value);
  }));
  CHECK(price::from_raw(-1'250'000'000).str() == "-12.5");
  CHECK(price{}.str() == "0");
}

TEST_CASE("flooring to a step keeps exact multiples and never grows the magnitude") {
  CHECK(rc::check([] {
    const auto step = *rc::gen::inRange<std::int64_t>(1, 1'000'000'000);
    const auto count = *rc::gen::inRange<std::int64_t>(-1'000'000, 1'000'000);
    const auto exact = quantity::from_raw(step * count);
    RC_ASSERT(floor_to_step(exact, quantity::from_raw(step)) == exact);
    const auto rest = *rc::gen::inRange<std::int64_t>(0, step);
    const auto value = exact + quantity::from_raw(count < 0 ? -rest : rest);
    RC_ASSERT(floor_to_step(value, quantity::from_raw(step)) == exact);
    RC_ASSERT(on_step(exact, quantity::from_raw(step)));
  }));
}

TEST_CASE("sums and products saturate instead of wrapping") {
  const auto most = quantity::from_raw(std::numeric_limits<std::int64_t>::max());
  CHECK(most + quantity::whole(1) == most);
  CHECK(-most - quantity::whole(1) < quantity{});
  CHECK((price::whole(1'000'000) * quantity::whole(1'000'000)).raw() ==
        std::numeric_limits<std::int64_t>::max());
  CHECK((price::whole(-1'000'000) * quantity::whole(1'000'000)).raw() ==
        std::numeric_limits<std::int64_t>::min());
}

TEST_CASE("a value bought at a price never costs more than the value") {
  CHECK(notional::whole(200) / price::whole(40'000) == *quantity::parse("0.005"));
  CHECK((notional::whole(200) / price{}).is_zero());
  CHECK(rc::check([] {
    const auto value = notional::from_raw(*rc::gen::inRange<std::int64_t>(1, 1'000'000'000'000));
    const auto at = price::from_raw(*rc::gen::inRange<std::int64_t>(1, 10'000'000'000'000));
    RC_ASSERT(at * (value / at) <= value);
  }));
}
