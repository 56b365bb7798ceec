// Moves marks and writes them in the shapes of stream and premiumIndex.
#include "marks.hpp"

#include <fmt/compile.h>
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace sluice::simulator {
namespace {

/// `st` of a row: which half of the exchange it belongs to.
constexpr int usd_margined = 1;
constexpr int coin_margined = 2;

}  // namespace

mark_board::mark_board(const settings& s, const listing& l)
    : listing_(&l),
      random_(s.seed ^ stable_hash("marks")),
      volatility_bp_(s.volatility_bp),
      funding_rate_(padded(s.trading.funding_rate_ppm * (fixed_scale / 1'000'000), fixed_decimals)),
      half_spread_bp_(s.half_spread_bp),
      coin_symbols_(s.coin_symbols) {
  rows_.reserve(l.all().size());
  for (const auto& i : l.all())
    rows_.push_back({i.first_mark, hold::free});
}

void mark_board::grow() {
  for (auto n = rows_.size(); n < listing_->all().size(); ++n)
    rows_.push_back({listing_->all()[n].first_mark, hold::free});
}

void mark_board::step() {
  // An even distribution over [-1732, 1732] / 1000 has a standard deviation of one.
  constexpr std::int64_t spread = 1'732;
  constexpr wide_int unit = 1'000LL * 10'000;
  for (std::size_t n = 0; n < rows_.size(); ++n) {
    const auto& i = listing_->all()[n];
    auto& r = rows_[n];
    const auto draw = random_.between(-spread, spread);
    if (r.held == hold::next_tick)
      r.held = hold::free;
    else if (r.held == hold::free && i.status == "TRADING")
      r.mark = std::clamp(price::from_raw(r.mark.raw() + static_cast<std::int64_t>(
                                                             static_cast<wide_int>(r.mark.raw()) *
                                                             volatility_bp_ * draw / unit)),
                          i.min_price, i.max_price);
  }
}

void mark_board::set(const instrument& i, price p, mark_pin pin) {
  rows_[listing_->index_of(i)] = {
      p, pin == mark_pin::next_tick ? hold::next_tick : hold::until_released};
}

void mark_board::release(const instrument& i) {
  rows_[listing_->index_of(i)].held = hold::free;
}

std::string mark_board::row_text(const instrument& i, std::int64_t event_ms) const {
  return row_of(i.name.str(), padded(of(i), fixed_decimals), event_ms, usd_margined);
}

std::string mark_board::row_of(std::string_view name, const std::string& mark,
                               std::int64_t event_ms, int st) const {
  return fmt::format(
      FMT_COMPILE(
          R"({{"e":"markPriceUpdate","E":{0},"s":"{1}","p":"{2}","i":"{2}","P":"{2}","r":"{3}",)"
          R"("ap":"{2}","T":{4},"st":{5}}})"),
      event_ms, name, mark, funding_rate_, next_funding(event_ms), st);
}

std::string mark_board::array_text(std::string_view contract, std::int64_t event_ms) const {
  std::string text;
  text.reserve(listing_->all().size() * 240);
  const auto add = [&](const std::string& one) {
    text += text.empty() ? '[' : ',';
    text += one;
  };
  for (const auto& i : listing_->all())
    if (i.status == "TRADING" && i.contract == contract)
      add(row_text(i, event_ms));
  for (std::size_t n = 0; n < coin_symbols_ && contract == "PERPETUAL"; ++n) {
    const auto& i = listing_->all()[n];
    add(row_of(i.base + "USD_PERP", padded(of(i), fixed_decimals), event_ms, coin_margined));
  }
  return text.empty() ? text : text + ']';
}

std::string mark_board::book_text(const instrument& i, std::int64_t event_ms,
                                  std::uint64_t update) const {
  const auto mark = of(i);
  const auto spread = price::from_raw(mark.raw() / 10'000 * half_spread_bp_);
  const auto bid = std::max(floor_to_step(mark - spread, i.tick), i.tick);
  const auto ask = std::max(floor_to_step(mark + spread, i.tick), bid) + i.tick;
  const auto size = padded(quantity::from_raw(i.step.raw() * 100), i.quantity_digits);
  return fmt::format(
      R"({{"e":"bookTicker","u":{0},"E":{1},"T":{1},"s":"{2}","ps":"{2}","b":"{3}","B":"{4}",)"
      R"("a":"{5}","A":"{4}","st":1}})",
      update, event_ms, i.name.str(), padded(bid, i.price_digits), size,
      padded(ask, i.price_digits));
}

std::string mark_board::index_text(const instrument& i, std::int64_t now_ms) const {
  return fmt::format(
      R"({{"symbol":"{0}","markPrice":"{1}","indexPrice":"{1}","estimatedSettlePrice":"{1}",)"
      R"("lastFundingRate":"{2}","interestRate":"0.00010000","nextFundingTime":{3},"time":{4}}})",
      i.name.str(), padded(of(i), fixed_decimals), funding_rate_, next_funding(now_ms), now_ms);
}

}  // namespace sluice::simulator
