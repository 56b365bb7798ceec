// Fixed-point numbers with eight decimals, one type per unit, so that money never touches a double.
#pragma once

#include <compare>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "sluice/domain/result.hpp"

namespace sluice {

/// 128 bits for products; g++ and clang have it, ISO C++ does not yet.
__extension__ using wide_int = __int128;

/// Digits after the point that every fixed-point value keeps.
inline constexpr int fixed_decimals = 8;
/// Raw units in one.
inline constexpr std::int64_t fixed_scale = 100'000'000;

/// Parses a plain decimal ("-12.5", "0.00000001", "7.") into raw units of 1e-8. Refuses empty text,
/// a bare sign, exponents, more than eight significant decimals (trailing zeros allowed) and
/// overflow.
[[nodiscard]] result<std::int64_t> parse_fixed(std::string_view text);

/// Shortest plain decimal of raw units of 1e-8: "-12.5", "0", "0.00000001".
[[nodiscard]] std::string format_fixed(std::int64_t raw);

/// raw_a * raw_b / 1e8, truncated toward zero, saturating at the ends of int64.
[[nodiscard]] constexpr std::int64_t multiply_raw(std::int64_t a, std::int64_t b) {
  const wide_int product = static_cast<wide_int>(a) * b / fixed_scale;
  if (product > std::numeric_limits<std::int64_t>::max())
    return std::numeric_limits<std::int64_t>::max();
  if (product < std::numeric_limits<std::int64_t>::min())
    return std::numeric_limits<std::int64_t>::min();
  return static_cast<std::int64_t>(product);
}

/// A signed fixed-point value of one unit. Values of different units do not mix; the few products
/// that make sense are declared below. Sums saturate instead of wrapping.
template <class Tag>
class fixed {
 public:
  constexpr fixed() = default;

  /// From raw units of 1e-8.
  [[nodiscard]] static constexpr fixed from_raw(std::int64_t raw) {
    fixed value;
    value.raw_ = raw;
    return value;
  }
  /// From a whole number, e.g. whole(200) is 200.00000000.
  [[nodiscard]] static constexpr fixed whole(std::int64_t units) {
    return from_raw(units * fixed_scale);
  }
  /// From decimal text; see parse_fixed for what is refused.
  [[nodiscard]] static result<fixed> parse(std::string_view text) {
    auto raw = parse_fixed(text);
    if (!raw)
      return raw.error();
    return from_raw(*raw);
  }

  [[nodiscard]] constexpr std::int64_t raw() const { return raw_; }
  [[nodiscard]] constexpr bool is_zero() const { return raw_ == 0; }
  [[nodiscard]] constexpr int sign() const { return raw_ > 0 ? 1 : raw_ < 0 ? -1 : 0; }
  [[nodiscard]] constexpr fixed abs() const { return raw_ < 0 ? -*this : *this; }
  [[nodiscard]] std::string str() const { return format_fixed(raw_); }

  /// The value as a double, for ratios and statistics only, never for money or quantity.
  [[nodiscard]] constexpr double approx() const {
    return static_cast<double>(raw_) / static_cast<double>(fixed_scale);
  }

  constexpr fixed operator-() const {
    return from_raw(raw_ == std::numeric_limits<std::int64_t>::min()
                        ? std::numeric_limits<std::int64_t>::max()
                        : -raw_);
  }
  friend constexpr fixed operator+(fixed a, fixed b) {
    std::int64_t sum = 0;
    if (__builtin_add_overflow(a.raw_, b.raw_, &sum))
      return from_raw(a.raw_ > 0 ? std::numeric_limits<std::int64_t>::max()
                                 : std::numeric_limits<std::int64_t>::min());
    return from_raw(sum);
  }
  friend constexpr fixed operator-(fixed a, fixed b) { return a + -b; }
  constexpr fixed& operator+=(fixed other) { return *this = *this + other; }
  constexpr fixed& operator-=(fixed other) { return *this = *this - other; }
  friend constexpr auto operator<=>(fixed, fixed) = default;

 private:
  std::int64_t raw_{0};
};

using price = fixed<struct price_tag>;        ///< Quote asset per unit of base asset.
using quantity = fixed<struct quantity_tag>;  ///< Base asset; signed where it is a position.
using notional = fixed<struct notional_tag>;  ///< Quote asset: value, fee, profit and loss.

/// Value of a quantity at a price, truncated toward zero, saturating.
[[nodiscard]] constexpr notional operator*(price p, quantity q) {
  return notional::from_raw(multiply_raw(p.raw(), q.raw()));
}
[[nodiscard]] constexpr notional operator*(quantity q, price p) {
  return p * q;
}

/// How many units of base asset a value buys at a price, truncated; zero when the price is not
/// positive.
[[nodiscard]] constexpr quantity operator/(notional value, price p) {
  if (p.raw() <= 0)
    return {};
  const wide_int raw = static_cast<wide_int>(value.raw()) * fixed_scale / p.raw();
  if (raw > std::numeric_limits<std::int64_t>::max())
    return quantity::from_raw(std::numeric_limits<std::int64_t>::max());
  if (raw < std::numeric_limits<std::int64_t>::min())
    return quantity::from_raw(std::numeric_limits<std::int64_t>::min());
  return quantity::from_raw(static_cast<std::int64_t>(raw));
}

/// The largest multiple of `step` not above |value|, with the sign of value. A step of zero or less
/// leaves the value as it is.
template <class Tag>
[[nodiscard]] constexpr fixed<Tag> floor_to_step(fixed<Tag> value, fixed<Tag> step) {
  if (step.raw() <= 0)
    return value;
  return fixed<Tag>::from_raw(value.raw() - value.raw() % step.raw());
}

template <class Tag>
[[nodiscard]] constexpr bool on_step(fixed<Tag> value, fixed<Tag> step) {
  return step.raw() <= 0 || value.raw() % step.raw() == 0;
}

}  // namespace sluice
