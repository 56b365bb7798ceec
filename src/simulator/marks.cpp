// Moves marks and writes them in the shapes of stream and premiumIndex.
#include "marks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace sluice::simulator {
namespace {

constexpr std::int64_t funding_period_ms = 8LL * 3600 * 1000;
constexpr const char* funding_rate = "0.00010000";

std::int64_t next_funding(std::int64_t now_ms) {
  return (now_ms / funding_period_ms + 1) * funding_period_ms;
}

}  // namespace

mark_board::mark_board(const settings& s, const listing& l)
    : listing_(&l), random_(s.seed ^ stable_hash("marks")), volatility_bp_(s.volatility_bp) {
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
  const auto mark = padded(of(i), fixed_decimals);
  return fmt::format(
      R"({{"e":"markPriceUpdate","E":{0},"s":"{1}","p":"{2}","i":"{2}","P":"{2}","r":"{3}",)"
      R"("ap":"{2}","T":{4},"st":1}})",
      event_ms, i.name.str(), mark, funding_rate, next_funding(event_ms));
}

std::string mark_board::array_text(std::int64_t event_ms) const {
  std::string text = "[";
  text.reserve(listing_->all().size() * 240);
  for (const auto& i : listing_->all()) {
    if (i.status != "TRADING")
      continue;
    if (text.size() > 1)
      text += ',';
    text += row_text(i, event_ms);
  }
  text += ']';
  return text;
}

std::string mark_board::index_text(const instrument& i, std::int64_t now_ms) const {
  return fmt::format(
      R"({{"symbol":"{0}","markPrice":"{1}","indexPrice":"{1}","estimatedSettlePrice":"{1}",)"
      R"("lastFundingRate":"{2}","interestRate":"0.00010000","nextFundingTime":{3},"time":{4}}})",
      i.name.str(), padded(of(i), fixed_decimals), funding_rate, next_funding(now_ms), now_ms);
}

}  // namespace sluice::simulator
