// The life of conditional orders, from NEW over TRIGGERING and TRIGGERED to their end.
#include "algo_desk.hpp"

#include <algorithm>

#include "algo_triggers.hpp"
#include "documents.hpp"
#include "refusals.hpp"

namespace sluice::simulator {
namespace {

constexpr std::int64_t first_algo = 1'000'000'033'225'453;

}  // namespace

algo_desk::algo_desk(const settings& s, const listing& l, const mark_board& marks,
                     std::vector<account>& accounts, order_desk& orders)
    : listing_(&l),
      marks_(&marks),
      accounts_(&accounts),
      orders_(&orders),
      rules_(s.trading),
      history_max_(s.history_max),
      books_(accounts.size()),
      next_(first_algo) {}

const instrument& algo_desk::instrument_of(const ledger_algo& a) const {
  return *listing_->find(a.instrument.str());
}

const ledger_algo* algo_desk::by_id(std::size_t owner, std::int64_t id) const {
  const auto it = books_[owner].orders.find(id);
  return it == books_[owner].orders.end() ? nullptr : &it->second;
}

const ledger_algo* algo_desk::by_client_id(std::size_t owner, std::string_view id) const {
  const auto& newest = books_[owner].newest;
  const auto it = newest.find(client_order_id{std::string(id)});
  return it == newest.end() ? nullptr : by_id(owner, it->second);
}

const ledger_order* algo_desk::actual(std::size_t owner, const ledger_algo& a) const {
  return a.actual_order == 0 ? nullptr : (*accounts_)[owner].order_by_id(a.actual_order);
}

void algo_desk::tell(std::size_t owner, const ledger_algo& a) {
  orders_->tell(owner, "ALGO_UPDATE", algo_event(a, instrument_of(a), actual(owner, a)));
}

void algo_desk::change(std::size_t owner, ledger_algo& a, algo_status status, venue_time now) {
  a.status = status;
  a.updated_at = now;
  if (status != algo_status::new_ && status != algo_status::triggering)
    books_[owner].open.erase(a.id);
  tell(owner, a);
}

outcome<ledger_algo> algo_desk::place(std::size_t owner, ledger_algo a, venue_time now) {
  if (a.client_id.empty())
    a.client_id = orders_->random_client_id();
  if (auto wrong = check(owner, a))
    return *wrong;
  a.id = next_++;
  a.created_at = now;
  a.updated_at = now;
  if (is_trailing(a))
    static_cast<void>(trail(a, marks_->of(instrument_of(a))));
  auto& b = books_[owner];
  b.open.insert(a.id);
  b.newest[a.client_id] = a.id;
  b.orders[a.id] = a;
  forget_oldest(b);
  tell(owner, a);
  return a;
}

void algo_desk::forget_oldest(algo_book& b) {
  for (auto it = b.orders.begin(); b.orders.size() > history_max_ && it != b.orders.end();) {
    if (!is_final(it->second.status)) {
      ++it;
      continue;
    }
    const auto named = b.newest.find(it->second.client_id);
    if (named != b.newest.end() && named->second == it->first)
      b.newest.erase(named);
    it = b.orders.erase(it);
  }
}

outcome<ledger_algo> algo_desk::cancel(std::size_t owner, std::int64_t id, venue_time now) {
  const auto it = books_[owner].orders.find(id);
  if (it == books_[owner].orders.end() || !books_[owner].open.contains(id))
    return refuse<-2011>();
  auto& a = it->second;
  if (a.status == algo_status::triggering)
    return refuse<-4117>();
  change(owner, a, algo_status::cancelled, now);
  return a;
}

void algo_desk::cancel_all(std::size_t owner, const symbol& s, venue_time now) {
  const auto ids = books_[owner].open;
  for (auto id : ids) {
    auto& a = books_[owner].orders.at(id);
    if (a.instrument == s && a.status == algo_status::new_)
      change(owner, a, algo_status::cancelled, now);
  }
}

void algo_desk::expire_all(std::size_t owner, const symbol& s, std::string_view why,
                           venue_time now) {
  const auto ids = books_[owner].open;
  for (auto id : ids) {
    auto& a = books_[owner].orders.at(id);
    if (a.instrument != s)
      continue;
    a.failure = why;
    change(owner, a, algo_status::expired, now);
  }
}

void algo_desk::run(venue_time now) {
  for (std::size_t owner = 0; owner < books_.size(); ++owner) {
    const auto ids = books_[owner].open;
    for (auto id : ids)
      if (books_[owner].open.contains(id))
        watch(owner, books_[owner].orders.at(id), now);
  }
}

void algo_desk::watch(std::size_t owner, ledger_algo& a, venue_time now) {
  if (a.status == algo_status::new_) {
    if (a.good_till_ms != 0 && a.good_till_ms <= now.ms)
      return change(owner, a, algo_status::expired, now);
    const auto mark = marks_->of(instrument_of(a));
    if (is_trailing(a) ? !trail(a, mark) : !reached(a, mark))
      return;
    a.triggered_at = now;
    change(owner, a, algo_status::triggering, now);
  }
  if (now.ms - a.triggered_at.ms >= rules_.trigger_delay.count())
    fire(owner, a, now);
}

order_draft algo_desk::draft_of(std::size_t owner, const ledger_algo& a) {
  order_draft d;
  d.what = &instrument_of(a);
  d.direction = a.direction;
  d.leg = a.leg;
  d.kind = is_limit(a) ? order_kind::limit : order_kind::market;
  d.limit = a.limit;
  d.price_match = a.price_match;
  d.self_trade = a.self_trade;
  if (const auto matched = orders_->matched_price(*d.what, a.direction, a.price_match))
    d.limit = *matched;
  d.good_till_ms = a.good_till_ms;
  d.amount =
      a.closes_position ? (*accounts_)[owner].amount_of(a.instrument, a.leg).abs() : a.amount;
  if (a.lasts == "IOC")
    d.lasts = time_in_force::ioc;
  else if (a.lasts == "FOK")
    d.lasts = time_in_force::fok;
  else if (a.lasts == "GTX")
    d.lasts = time_in_force::gtx;
  else if (a.lasts == "GTD")
    d.lasts = time_in_force::gtd;
  d.reduce_only = a.reduce_only || (a.closes_position && a.leg == position_side::both);
  d.closes_position = a.closes_position;
  d.original_type = a.type;
  d.trigger = a.trigger;
  d.id = rules_.child_id == algo_child_id::same ? a.client_id : orders_->random_client_id();
  return d;
}

void algo_desk::fire(std::size_t owner, ledger_algo& a, venue_time now) {
  auto d = draft_of(owner, a);
  if (d.amount.is_zero()) {
    a.failure = "Reduce Only reject";
    return change(owner, a, algo_status::rejected, now);
  }
  const auto placed = orders_->place(owner, std::move(d), now);
  if (const auto* wrong = error_of(placed)) {
    a.failure = wrong->text;
    return change(owner, a, algo_status::rejected, now);
  }
  a.actual_order = std::get<0>(placed).report.id;
  change(owner, a, algo_status::triggered, now);
  if (is_final(std::get<0>(placed).report.status))
    change(owner, a, algo_status::finished, now);
  else
    books_[owner].triggered.push_back(a.id);
}

void algo_desk::finish(venue_time now) {
  for (std::size_t owner = 0; owner < books_.size(); ++owner)
    std::erase_if(books_[owner].triggered, [&](std::int64_t id) {
      auto& a = books_[owner].orders.at(id);
      const auto* o = actual(owner, a);
      if (o && !is_final(o->report.status))
        return false;
      change(owner, a, algo_status::finished, now);
      return true;
    });
}

void algo_desk::end_with_position(std::size_t owner, const symbol& s, venue_time now) {
  auto& b = books_[owner];
  const auto ids = b.open;
  for (auto id : ids) {
    auto& a = b.orders.at(id);
    if (a.instrument != s || a.lasts != "GTE_GTC" || a.status != algo_status::new_ ||
        !(*accounts_)[owner].amount_of(s, a.leg).is_zero())
      continue;
    a.failure = "GTE order expired: the position is closed";
    change(owner, a, algo_status::expired, now);
  }
}

}  // namespace sluice::simulator
