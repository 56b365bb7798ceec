// Generates the listing: ticks, steps and bounds follow from the price as they do at the real
// venue.
#include "instruments.hpp"

#include <algorithm>
#include <array>
#include <unordered_set>

#include "random_source.hpp"

namespace sluice::simulator {
namespace {

/// A contract everybody knows: round figures of its real filters, a plausible price.
struct known {
  const char* base;
  const char* first_mark;
  const char* tick;
  const char* step;
  const char* market_max;
  std::int64_t min_notional;
};

constexpr std::array well_known{
    known{"BTC", "83860.2", "0.1", "0.001", "120", 50},
    known{"ETH", "3120.45", "0.01", "0.001", "2000", 20},
    known{"BNB", "905.37", "0.01", "0.01", "2000", 5},
    known{"SOL", "146.82", "0.01", "0.01", "20000", 5},
    known{"XRP", "2.2716", "0.0001", "0.1", "2000000", 5},
    known{"DOGE", "0.16413", "0.00001", "1", "30000000", 5},
    known{"ADA", "0.5102", "0.0001", "1", "3000000", 5},
    known{"TRX", "0.29344", "0.00001", "1", "5000000", 5},
    known{"AVAX", "15.823", "0.001", "1", "100000", 5},
    known{"LINK", "14.117", "0.001", "0.01", "100000", 20},
    known{"DOT", "2.911", "0.001", "0.1", "500000", 5},
    known{"LTC", "98.42", "0.01", "0.001", "5000", 20},
    known{"BCH", "503.18", "0.01", "0.001", "850", 20},
    known{"UNI", "7.605", "0.001", "1", "100000", 5},
    known{"ATOM", "3.018", "0.001", "0.01", "100000", 5},
    known{"ETC", "15.926", "0.001", "0.01", "50000", 20},
    known{"XLM", "0.26871", "0.00001", "1", "3000000", 5},
    known{"NEAR", "2.441", "0.001", "1", "500000", 5},
    known{"APT", "3.1842", "0.0001", "0.1", "500000", 5},
    known{"ARB", "0.2461", "0.0001", "0.1", "3000000", 5},
    known{"OP", "0.3927", "0.0001", "0.1", "1500000", 5},
    known{"SUI", "1.8134", "0.0001", "0.1", "1000000", 5},
    known{"FIL", "1.953", "0.001", "0.1", "300000", 5},
    known{"AAVE", "189.63", "0.01", "0.1", "5000", 5},
    known{"INJ", "7.124", "0.001", "0.1", "50000", 5},
    known{"TIA", "0.9518", "0.0001", "1", "300000", 5},
    known{"SEI", "0.1712", "0.0001", "1", "5000000", 5},
    known{"LDO", "0.8426", "0.0001", "1", "500000", 5},
    known{"CRV", "0.451", "0.001", "0.1", "1500000", 5},
    known{"RUNE", "0.893", "0.001", "1", "500000", 5},
    known{"GALA", "0.00953", "0.00001", "1", "30000000", 5},
    known{"SAND", "0.19824", "0.00001", "1", "2000000", 5},
    known{"1000PEPE", "0.0059211", "0.0000001", "1", "80000000", 5},
    known{"1000SHIB", "0.009217", "0.000001", "1", "60000000", 5},
    known{"WLD", "0.7482", "0.0001", "1", "500000", 5},
    known{"ZEC", "512.86", "0.01", "0.001", "4000", 5},
    known{"MKR", "1648.3", "0.1", "0.001", "800", 5},
    known{"HBAR", "0.16932", "0.00001", "1", "3000000", 5},
    known{"ALGO", "0.1718", "0.0001", "0.1", "3000000", 5},
    known{"ICP", "5.214", "0.001", "1", "100000", 5},
};

template <class T>
T exactly(const char* text) {
  return *T::parse(text);
}

/// Digits after the point of a power of ten of at most one.
int digits_of(std::int64_t raw) {
  int digits = fixed_decimals;
  for (; raw >= 10 && digits > 0; raw /= 10)
    --digits;
  return digits;
}

std::int64_t power_of_ten(int exponent) {
  std::int64_t value = 1;
  while (exponent-- > 0)
    value *= 10;
  return value;
}

/// What follows from price, tick and step. Not the name, which the index points into.
void finish(instrument& i) {
  i.price_digits = digits_of(i.tick.raw());
  i.price_precision = std::min(i.price_digits + 1, fixed_decimals);
  i.quantity_digits = digits_of(i.step.raw());
  i.min_price = std::max(i.tick, floor_to_step(price::from_raw(i.first_mark.raw() / 50), i.tick));
  i.max_price = floor_to_step(price::from_raw(i.first_mark.raw() * 50), i.tick);
  i.max = std::min(quantity::from_raw(i.market_max.raw() * 8), quantity::whole(1'000'000'000));
}

instrument make_known(const known& k) {
  instrument i;
  i.base = k.base;
  i.name = symbol{i.base + "USDT"};
  i.first_mark = exactly<price>(k.first_mark);
  i.tick = exactly<price>(k.tick);
  i.step = exactly<quantity>(k.step);
  i.market_max = exactly<quantity>(k.market_max);
  i.min_notional = notional::whole(k.min_notional);
  finish(i);
  return i;
}

std::string make_base(random_source& random) {
  static constexpr std::array syllables{
      "AR", "BO", "CE", "DI", "EX", "FLO", "GA", "HY", "IN", "JU", "KA", "LU",  "MO",  "NE", "OR",
      "PY", "QI", "RO", "SY", "TA", "UM",  "VE", "WI", "XA", "YO", "ZE", "NOD", "MET", "SWP"};
  std::string base = random.below(40) == 0 ? "1000" : "";
  const auto parts = 2 + random.below(2);
  for (std::uint64_t n = 0; n < parts; ++n)
    base += syllables[random.below(syllables.size())];
  return base;
}

/// Five significant digits of price, a step worth between a few cents and a few dollars.
instrument make_generated(std::string base, random_source& random) {
  instrument i;
  i.base = std::move(base);
  i.name = symbol{i.base + "USDT"};
  const int magnitude = static_cast<int>(random.between(-3, 3));  // price in [10^m, 10^(m+1))
  const auto tick_raw = power_of_ten(fixed_decimals + std::max(magnitude - 4, -7));
  i.tick = price::from_raw(tick_raw);
  i.first_mark = price::from_raw(power_of_ten(fixed_decimals + magnitude) / 10'000 *
                                 random.between(10'000, 99'999));
  i.step = quantity::from_raw(power_of_ten(fixed_decimals - std::clamp(magnitude, 0, 3)));
  i.market_max = floor_to_step(
      std::min(notional::whole(2'000'000) / i.first_mark, quantity::whole(100'000'000)), i.step);
  i.min_notional = notional::whole(random.below(10) == 0 ? 20 : 5);
  finish(i);
  return i;
}

}  // namespace

listing::listing(const settings& s) : random_(s.seed ^ stable_hash("instruments")) {
  all_.reserve(listing_max);
  for (const auto& k : well_known) {
    taken_.insert(k.base);
    if (all_.size() < s.symbols)
      list(make_known(k));
  }
  while (all_.size() < s.symbols)
    append("TRADING");
  for (std::size_t n = s.symbols - s.tradfi_symbols; n < s.symbols; ++n)
    all_[n].contract = "TRADIFI_PERPETUAL";
  for (std::size_t n = 1; n <= s.unicode_symbols; ++n)
    list(make_generated(n == 1 ? "测试" : "测试" + std::to_string(n), random_));
  const auto total = s.symbols + s.unicode_symbols + s.closed_symbols;
  while (all_.size() < total)
    append(all_.size() % 2 == 0 ? "SETTLING" : "PENDING_TRADING");
}

void listing::list(instrument i) {
  all_.push_back(std::move(i));
  index_.emplace(all_.back().name.str(), all_.size() - 1);
}

void listing::append(const std::string& status) {
  constexpr std::uint64_t plain_names = 10'000;  // Few names are free after so many attempts.
  std::string base;
  do {
    base = make_base(random_);
    if (++attempts_ > plain_names || all_.size() > plain_names / 4)
      base += std::to_string(attempts_ % 10'000);
  } while (!taken_.insert(base).second);
  auto made = make_generated(std::move(base), random_);
  made.status = status;
  list(std::move(made));
}

void listing::grow(std::size_t total) {
  while (all_.size() < std::min(total, listing_max))
    append("TRADING");
}

void listing::change(const instrument& i, const symbol_change& c) {
  auto& mine = all_[index_of(i)];
  mine.status = c.status.value_or(mine.status);
  mine.tick = c.tick.value_or(mine.tick);
  mine.step = c.step.value_or(mine.step);
  mine.market_max = c.market_max.value_or(mine.market_max);
  mine.min_notional = c.min_notional.value_or(mine.min_notional);
  finish(mine);
}

const instrument* listing::find(std::string_view name) const {
  const auto it = index_.find(name);
  return it == index_.end() ? nullptr : &all_[it->second];
}

std::string padded(std::int64_t raw, int digits) {
  std::string text = format_fixed(raw);
  if (digits <= 0)
    return text;
  const auto point = text.find('.');
  auto present = point == std::string::npos ? 0 : static_cast<int>(text.size() - point - 1);
  if (point == std::string::npos)
    text += '.';
  for (; present < digits; ++present)
    text += '0';
  return text;
}

}  // namespace sluice::simulator
