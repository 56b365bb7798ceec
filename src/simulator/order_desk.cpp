// Makes orders of drafts: checks them, lets them trade at once, rests what remains.
#include "order_desk.hpp"

#include <algorithm>
#include <array>

#include "documents.hpp"
#include "refusals.hpp"

namespace sluice::simulator {
namespace {

/// Beyond 2^53, as the venue's are: a client that reads ids as doubles is found out.
constexpr order_id first_order = 8'389'765'739'000'000'001;
constexpr trade_id first_trade = 8'132'505'633;

/// A level of the book that priceMatch names.
struct match_level {
  std::string_view word;
  bool opponent;
  std::int64_t ticks;
};

// OPPONENT_10 and OPPONENT_20 are suspended at the real venue.
constexpr std::array match_levels{
    match_level{"OPPONENT", true, 0},  match_level{"OPPONENT_5", true, 4},
    match_level{"QUEUE", false, 0},    match_level{"QUEUE_5", false, 4},
    match_level{"QUEUE_10", false, 9}, match_level{"QUEUE_20", false, 19}};

const match_level* find_level(std::string_view word) {
  const auto* found = std::find_if(match_levels.begin(), match_levels.end(),
                                   [&](const match_level& l) { return l.word == word; });
  return found == match_levels.end() ? nullptr : found;
}

}  // namespace

bool order_draft::reduces() const {
  return reduce_only || closes_position || closes_leg(leg, direction);
}

order_desk::order_desk(const settings& s, const listing& l, const mark_board& marks,
                       std::vector<account>& accounts)
    : listing_(&l),
      marks_(&marks),
      accounts_(&accounts),
      random_(s.seed ^ stable_hash("orders")),
      taker_fee_ppm_(s.taker_fee_ppm),
      half_spread_bp_(s.half_spread_bp),
      fills_max_(s.fills_max),
      oversized_(s.oversized),
      unique_ids_(s.unique_ids),
      rules_(s.trading),
      next_order_(first_order),
      next_trade_(first_trade) {}

const instrument& order_desk::instrument_of(const ledger_order& o) const {
  return *listing_->find(o.report.instrument.str());
}

outcome<ledger_order> order_desk::place(std::size_t owner, order_draft d, venue_time now) {
  const auto asked = d.amount;
  const bool forced = d.origin == order_origin::venue;
  if (!forced)
    if (auto wrong = check(owner, d))
      return *wrong;
  const auto parts = immediate(d);
  if (!forced && rules_.unfit == unfit_order::refused)
    if (auto wrong = check_unfit(d, parts))
      return *wrong;
  auto& o = (*accounts_)[owner].open_order(make_order(d, asked, now), *d.what);
  if (!forced)
    tell(owner, "ORDER_TRADE_UPDATE", order_event(o, *d.what, "NEW", nullptr));
  execute(owner, d, o, parts);
  const auto placed = o;
  (*accounts_)[owner].refresh(*d.what, marks_->of(*d.what));
  fit_reducing(owner, *d.what, d.leg, now);
  return placed;
}

std::optional<venue_error> order_desk::test(std::size_t owner, order_draft d) const {
  return check(owner, d);
}

ledger_order order_desk::make_order(const order_draft& d, quantity asked, venue_time now) {
  ledger_order o;
  o.origin = d.origin;
  o.kind = d.kind;
  o.lasts = d.lasts;
  o.limit = d.limit;
  o.price_match = d.price_match;
  o.self_trade = d.self_trade;
  o.asked = asked;
  o.result_reply = d.result_reply;
  o.closes_position = d.closes_position;
  o.original_type = d.original_type;
  o.trigger = d.trigger;
  o.execution = d.execution;
  o.good_till_ms = d.good_till_ms;
  o.created_at = now;
  o.report.client_id = d.id;
  o.report.id = next_order_++;
  o.report.instrument = d.what->name;
  o.report.leg = d.leg;
  o.report.direction = d.direction;
  o.report.status = order_status::new_;
  o.report.status_text = "NEW";
  o.report.original = d.amount;
  o.report.reduce_only = d.reduce_only;
  o.report.updated_at = now;
  return o;
}

std::optional<venue_error> order_desk::check_unfit(const order_draft& d,
                                                   const std::vector<part>& parts) const {
  if (d.lasts == time_in_force::gtx && !parts.empty())
    return refuse<-5022>();
  quantity sum;
  for (const auto& p : parts)
    sum += p.amount;
  if (d.lasts == time_in_force::fok && sum < d.amount)
    return refuse<-5021>();
  return std::nullopt;
}

void order_desk::execute(std::size_t owner, const order_draft& d, ledger_order& o,
                         const std::vector<part>& parts) {
  const auto now = o.report.updated_at;
  const bool fits = !check_unfit(d, parts);
  if (fits)
    for (const auto& p : parts)
      trade(owner, *d.what, o, p, liquidity::taker, &d);
  if (is_final(o.report.status))
    return;
  if (d.kind == order_kind::market)
    return end(owner, o, order_status::expired, expiry::thin_book, now);
  if (!fits || d.lasts == time_in_force::ioc || d.lasts == time_in_force::fok)
    return end(owner, o, order_status::expired, expiry::not_filled_at_once, now);
  rest(owner, o);
}

void order_desk::trade(std::size_t owner, const instrument& i, ledger_order& o, const part& p,
                       liquidity l, const order_draft* placed) {
  auto& who = (*accounts_)[owner];
  auto& r = o.report;
  fill f;
  f.instrument = r.instrument;
  f.leg = r.leg;
  f.id = next_trade_++;
  f.order = r.id;
  f.client_id = r.client_id;
  f.direction = r.direction;
  f.amount = p.amount;
  f.at = p.at;
  if (!placed || !placed->free_of_fee)
    f.fee = millionths_of(f.at * f.amount,
                          l == liquidity::maker ? rules_.maker_fee_ppm : taker_fee_ppm_);
  f.fee_asset = "USDT";
  f.traded_at = r.updated_at;
  const auto& booked = who.book(std::move(f), i, l);

  o.value += booked.at * booked.amount;
  r.executed += booked.amount;
  r.average = price::from_raw(static_cast<std::int64_t>(static_cast<wide_int>(o.value.raw()) *
                                                        fixed_scale / r.executed.raw()));
  const bool last = o.remaining().sign() <= 0;
  r.status = last ? order_status::filled : order_status::partially_filled;
  r.status_text = !last ? "PARTIALLY_FILLED" : placed ? placed->final_status : "FILLED";
  who.refresh(i, marks_->of(i));
  if (traded_.empty() || traded_.back() != std::pair{owner, i.name})
    traded_.emplace_back(owner, i.name);

  const bool public_trade = o.origin != order_origin::venue;
  if (rules_.lite == trade_lite::sent && public_trade)
    tell(owner, "TRADE_LITE", trade_lite_event(o, i, booked, l));
  if (p.last || rules_.updates == account_updates::per_trade)
    tell_account(owner, i, r.leg, r.updated_at);
  tell(owner, "ORDER_TRADE_UPDATE", order_event(o, i, o.execution, &booked, l));
  if (last)
    who.close_order(o);
}

void order_desk::tell_account(std::size_t owner, const instrument& i, position_side leg,
                              venue_time at) {
  const auto& who = (*accounts_)[owner];
  std::vector<const account::position*> rows{&who.find(i.name)->leg(leg)};
  if (leg == position_side::both && rules_.extra_legs == zero_legs::sent)
    for (auto extra : {position_side::long_, position_side::short_})
      rows.push_back(&who.find(i.name)->leg(extra));
  tell(owner, "ACCOUNT_UPDATE", account_event(who, rows, *marks_, at));
}

std::vector<quantity> order_desk::split(const instrument& i, quantity amount, std::int64_t trades) {
  const auto step = i.step.raw();
  auto steps = std::max<std::int64_t>(amount.raw() / step, 1);
  trades = std::min(trades, steps);
  std::vector<quantity> parts;
  auto rest = amount;
  for (; trades > 1; --trades) {
    const auto taken = random_.between(1, steps - (trades - 1));
    parts.push_back(quantity::from_raw(taken * step));
    rest -= parts.back();
    steps -= taken;
  }
  parts.push_back(rest);
  return parts;
}

std::vector<quantity> order_desk::amounts_of(const order_draft& d) {
  const auto& i = *d.what;
  const bool forced = d.origin == order_origin::venue;
  if (!forced && d.fills) {
    const auto some = static_cast<wide_int>(d.amount.raw()) * d.fills->percent / 100;
    const auto amount = floor_to_step(quantity::from_raw(static_cast<std::int64_t>(some)), i.step);
    return split(i, amount, d.fills->parts);
  }
  auto amounts = split(i, d.amount, forced ? 1 : random_.between(1, fills_max_));
  if (d.kind == order_kind::market && !forced && rules_.thin_book_percent > 0 &&
      random_.between(1, 100) <= rules_.thin_book_percent) {
    if (amounts.size() > 1)
      amounts.pop_back();
    else
      amounts[0] = floor_to_step(quantity::from_raw(amounts[0].raw() / 2), i.step);
  }
  return amounts;
}

std::vector<order_desk::part> order_desk::immediate(const order_draft& d) {
  const auto best = quote(*d.what);
  const bool buys = d.direction == side::buy;
  const bool resting =
      d.kind == order_kind::limit && (buys ? d.limit < best.ask : d.limit > best.bid);
  if (resting)
    return {};
  std::vector<part> parts;
  for (auto amount : amounts_of(d)) {
    const auto worse =
        price::from_raw(d.what->tick.raw() * static_cast<std::int64_t>(parts.size()));
    const auto at = buys ? best.ask + worse : std::max(best.bid - worse, d.what->tick);
    if (amount.is_zero() || (d.kind == order_kind::limit && (buys ? at > d.limit : at < d.limit)))
      break;
    parts.push_back({amount, at, false});
  }
  if (!parts.empty())
    parts.back().last = true;
  return parts;
}

quotes order_desk::quote(const instrument& i) const {
  const auto mark = marks_->of(i);
  const auto spread = price::from_raw(mark.raw() / 10'000 * half_spread_bp_);
  quotes q;
  q.bid = std::max(floor_to_step(mark - spread, i.tick), i.tick);
  q.ask = floor_to_step(mark + spread, i.tick);
  if (q.ask < mark + spread)
    q.ask += i.tick;
  return q;
}

bool order_desk::is_price_match(std::string_view word) {
  return find_level(word) != nullptr;
}

std::optional<price> order_desk::matched_price(const instrument& i, side direction,
                                               std::string_view word) const {
  const auto* found = find_level(word);
  if (!found)
    return std::nullopt;
  const auto best = quote(i);
  const bool asks = (direction == side::buy) == found->opponent;
  const auto depth = price::from_raw(i.tick.raw() * found->ticks);
  return asks ? best.ask + depth : std::max(best.bid - depth, i.tick);
}

}  // namespace sluice::simulator
