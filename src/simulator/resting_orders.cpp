// The life of resting orders: filled when a mark crosses them, changed, cancelled, expired.
#include <algorithm>

#include "documents.hpp"
#include "order_desk.hpp"
#include "refusals.hpp"

namespace sluice::simulator {

void order_desk::rest(std::size_t owner, const ledger_order& o) {
  const auto& r = o.report;
  book_.add(listing_->index_of(instrument_of(o)), r.direction, o.limit, {owner, r.id});
  if (o.lasts == time_in_force::gtd)
    good_till_.emplace(std::pair{o.good_till_ms, r.id}, owner);
}

void order_desk::end(std::size_t owner, ledger_order& o, order_status status, expiry why,
                     venue_time now) {
  const auto& i = instrument_of(o);
  auto& r = o.report;
  book_.remove(listing_->index_of(i), r.direction, o.limit, r.id);
  r.status = status;
  r.status_text = status == order_status::cancelled ? "CANCELED" : "EXPIRED";
  r.updated_at = now;
  o.expiry_reason = static_cast<int>(why);
  auto& who = (*accounts_)[owner];
  who.close_order(o);
  who.refresh(i, marks_->of(i));
  tell(owner, "ORDER_TRADE_UPDATE", order_event(o, i, r.status_text, nullptr));
}

outcome<ledger_order> order_desk::cancel(std::size_t owner, order_id id, venue_time now) {
  auto* o = (*accounts_)[owner].edit_order(id);
  if (!o || is_final(o->report.status))
    return refuse<-2011>();
  end(owner, *o, order_status::cancelled, expiry::none, now);
  return *o;
}

void order_desk::cancel_all(std::size_t owner, const symbol& s, venue_time now, expiry why) {
  auto& who = (*accounts_)[owner];
  const auto* h = who.find(s);
  if (!h)
    return;
  const auto ids = h->open;
  const auto status = why == expiry::none ? order_status::cancelled : order_status::expired;
  for (auto id : ids)
    end(owner, *who.edit_order(id), status, why, now);
}

void order_desk::match(venue_time now) {
  expire_due(now);
  for (auto index : book_.symbols()) {
    const auto& i = listing_->all()[index];
    if (i.status != "TRADING")
      continue;
    for (const auto& named : book_.crossed(index, marks_->of(i)))
      match_one(named, now);
  }
}

void order_desk::match_one(const resting_order& named, venue_time now) {
  auto* o = (*accounts_)[named.owner].edit_order(named.id);
  if (!o || is_final(o->report.status))
    return;  // An earlier fill of this round has ended it.
  const auto& i = instrument_of(*o);
  const auto& r = o->report;
  const auto amount = split(i, o->remaining(), random_.between(1, fills_max_)).front();
  const bool last = amount >= o->remaining();
  o->report.updated_at = now;
  if (last)
    book_.remove(listing_->index_of(i), r.direction, o->limit, r.id);
  const auto leg = r.leg;
  trade(named.owner, i, *o, {amount, o->limit, true}, liquidity::maker, nullptr);
  fit_reducing(named.owner, i, leg, now);
}

void order_desk::expire_due(venue_time now) {
  while (!good_till_.empty() && good_till_.begin()->first.first <= now.ms) {
    const auto [key, owner] = *good_till_.begin();
    good_till_.erase(good_till_.begin());
    auto* o = (*accounts_)[owner].edit_order(key.second);
    if (o && !is_final(o->report.status))
      end(owner, *o, order_status::expired, expiry::none, now);
  }
}

quantity order_desk::resting_reduction(const account& who, const symbol& s,
                                       position_side leg) const {
  quantity sum;
  if (const auto* h = who.find(s))
    for (auto id : h->open) {
      const auto* o = who.order_by_id(id);
      const auto& r = o->report;
      if (r.leg == leg && (r.reduce_only || closes_leg(leg, r.direction)))
        sum += o->remaining();
    }
  return sum;
}

void order_desk::fit_reducing(std::size_t owner, const instrument& i, position_side leg,
                              venue_time now) {
  auto& who = (*accounts_)[owner];
  const auto* h = who.find(i.name);
  if (!h || h->open.empty())
    return;
  std::vector<ledger_order*> reducing;
  for (auto id : h->open) {
    auto* o = who.edit_order(id);
    const auto& r = o->report;
    if (r.leg == leg && (r.reduce_only || closes_leg(leg, r.direction)))
      reducing.push_back(o);
  }
  std::stable_sort(reducing.begin(), reducing.end(), [](const auto* a, const auto* b) {
    return sign_of(a->report.direction) * a->limit.raw() >
           sign_of(b->report.direction) * b->limit.raw();
  });
  const auto held = h->leg(leg).amount;
  auto room = held.abs();
  for (auto* o : reducing) {
    const bool closes = held.sign() * sign_of(o->report.direction) < 0;
    if (closes && o->remaining() <= room) {
      room -= o->remaining();
    } else if (closes && room.sign() > 0 && oversized_ == oversized_reduce::shrink) {
      o->report.original = o->report.executed + room;
      o->report.updated_at = now;
      room = {};
      tell(owner, "ORDER_TRADE_UPDATE", order_event(*o, i, "AMENDMENT", nullptr));
    } else {
      end(owner, *o, order_status::expired, expiry::knocked_out, now);
    }
  }
}

outcome<ledger_order> order_desk::modify(std::size_t owner, const order_change& c, venue_time now) {
  auto& who = (*accounts_)[owner];
  auto* o = who.edit_order(c.id);
  if (!o || is_final(o->report.status))
    return refuse<-2013>();
  if (auto wrong = check_change(who, *o, c))
    return *wrong;
  const auto& i = instrument_of(*o);
  auto& r = o->report;
  order_draft d;
  d.what = &i;
  d.direction = r.direction;
  d.leg = r.leg;
  d.kind = order_kind::limit;
  d.lasts = o->lasts;
  d.limit = c.limit;
  d.amount = c.amount - r.executed;
  const auto parts = d.amount.sign() > 0 ? immediate(d) : std::vector<part>{};
  if (d.amount.sign() <= 0 || check_unfit(d, parts)) {
    end(owner, *o, order_status::cancelled, expiry::none, now);
    return *o;
  }
  book_.remove(listing_->index_of(i), r.direction, o->limit, r.id);
  o->limit = c.limit;
  r.original = c.amount;
  r.updated_at = now;
  ++o->modifications;
  tell(owner, "ORDER_TRADE_UPDATE", order_event(*o, i, "AMENDMENT", nullptr));
  execute(owner, d, *o, parts);
  const auto changed = *o;
  who.refresh(i, marks_->of(i));
  fit_reducing(owner, i, d.leg, now);
  return changed;
}

}  // namespace sluice::simulator
