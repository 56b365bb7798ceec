// Endpoints of conditional orders.
#include <algorithm>
#include <array>

#include "algo_triggers.hpp"
#include "documents.hpp"
#include "history_filter.hpp"
#include "order_parameters.hpp"
#include "refusals.hpp"
#include "venue_state.hpp"

namespace sluice::simulator {
namespace {

constexpr std::array algo_types{"STOP", "STOP_MARKET", "TAKE_PROFIT", "TAKE_PROFIT_MARKET",
                                "TRAILING_STOP_MARKET"};
constexpr std::array algo_lasts{"GTC", "IOC", "FOK", "GTX", "GTD", "GTE_GTC"};

template <class T>
[[nodiscard]] bool put(outcome<T> from, T& into, std::optional<venue_error>& wrong) {
  if (const auto* e = error_of(from)) {
    wrong = *e;
    return false;
  }
  into = std::move(std::get<0>(from));
  return true;
}

std::optional<venue_error> read_words(const parameters& p, ledger_algo& a, std::int64_t now_ms) {
  const auto kind = p.need("algoType");
  if (const auto* wrong = error_of(kind))
    return *wrong;
  if (std::get<0>(kind) != "CONDITIONAL")
    return bad_parameter("algoType");
  const auto type = p.need("type");
  if (const auto* wrong = error_of(type))
    return *wrong;
  a.type = std::get<0>(type);
  if (std::find(algo_types.begin(), algo_types.end(), a.type) == algo_types.end())
    return refuse<-1116>();
  a.lasts = p.find("timeInForce").value_or("GTC");
  if (std::find(algo_lasts.begin(), algo_lasts.end(), a.lasts) == algo_lasts.end())
    return refuse<-1115>();
  a.working_type = p.find("workingType").value_or("CONTRACT_PRICE");
  if (a.working_type != "CONTRACT_PRICE" && a.working_type != "MARK_PRICE")
    return bad_parameter("workingType");
  std::optional<venue_error> wrong;
  bool wants_result = false;  // A reply is the same either way; the word must be one of the two.
  if (put(read_good_till(p, a.lasts == "GTD", now_ms), a.good_till_ms, wrong) &&
      put(read_self_trade(p), a.self_trade, wrong))
    static_cast<void>(put(read_wants_result(p), wants_result, wrong));
  return wrong;
}

/// A price, or how one is to be found when the order fires.
std::optional<venue_error> read_limit(const parameters& p, ledger_algo& a) {
  std::optional<venue_error> wrong;
  if (put(read_price_match(p), a.price_match, wrong) && a.price_match == "NONE")
    static_cast<void>(put(read_price(p, "price"), a.limit, wrong));
  return wrong;
}

/// Trailing orders need a rate of 0.1 to 10 percent, in steps of 0.01; the others a trigger.
std::optional<venue_error> read_prices(const parameters& p, ledger_algo& a) {
  std::optional<venue_error> wrong;
  if (!is_limit(a) && p.find("priceMatch").value_or("NONE") != "NONE")
    return unwanted_parameter("priceMatch");
  if (is_trailing(a)) {
    price rate;
    if (!put(read_price(p, "callbackRate"), rate, wrong))
      return wrong;
    constexpr std::int64_t bp = fixed_scale / 100;
    a.callback_bp = rate.raw() / bp;
    if (rate.raw() % bp != 0 || a.callback_bp < 10 || a.callback_bp > 1'000)
      return bad_parameter("callbackRate");
    if (p.find("activatePrice") && !put(read_price(p, "activatePrice"), a.activation, wrong))
      return wrong;
    return std::nullopt;
  }
  if (!put(read_price(p, "triggerPrice"), a.trigger, wrong))
    return wrong;
  return is_limit(a) ? read_limit(p, a) : std::nullopt;
}

std::optional<venue_error> read_amount(const venue_state& v, const parameters& p, ledger_algo& a,
                                       bool hedged) {
  std::optional<venue_error> wrong;
  if (!put(read_flag(p, "closePosition"), a.closes_position, wrong) ||
      !put(read_flag(p, "reduceOnly"), a.reduce_only, wrong) ||
      !put(read_flag(p, "priceProtect"), a.price_protect, wrong))
    return wrong;
  if (hedged && p.find("reduceOnly"))
    return reduce_in_hedge(v.chosen.trading);
  if (!a.closes_position) {
    static_cast<void>(put(read_quantity(p), a.amount, wrong));
    return wrong;
  }
  if (p.find("quantity"))
    return refuse<-4137>();
  const bool opens = (a.leg == position_side::long_ && a.direction == side::buy) ||
                     (a.leg == position_side::short_ && a.direction == side::sell);
  if (opens || (a.type != "STOP_MARKET" && a.type != "TAKE_PROFIT_MARKET"))
    return bad_parameter("closePosition");
  return p.find("reduceOnly") ? std::optional(unwanted_parameter("reduceOnly")) : std::nullopt;
}

outcome<ledger_algo> read_algo(venue_state& v, const parameters& p, bool hedged,
                               std::int64_t now_ms) {
  ledger_algo a;
  std::optional<venue_error> wrong;
  const instrument* what = nullptr;
  if (!put(named_instrument(v, p), what, wrong) || !put(read_side(p), a.direction, wrong) ||
      !put(read_leg(p), a.leg, wrong))
    return *wrong;
  a.instrument = what->name;
  a.client_id = client_order_id{std::string(p.find("clientAlgoId").value_or(""))};
  if ((wrong = read_words(p, a, now_ms)) || (wrong = read_amount(v, p, a, hedged)) ||
      (wrong = read_prices(p, a)))
    return *wrong;
  return a;
}

/// The order that algoId or clientAlgoId names; null when there is none.
outcome<const ledger_algo*> named_algo(venue_state& v, const call& c) {
  const auto id = c.given.whole("algoId");
  if (const auto* wrong = error_of(id))
    return *wrong;
  const auto client_id = c.given.find("clientAlgoId");
  if (!std::get<0>(id) && !client_id)
    return refuse<-1102, 1>("algoId", "clientAlgoId");
  return std::get<0>(id) ? v.algos.by_id(c.owner, *std::get<0>(id))
                         : v.algos.by_client_id(c.owner, *client_id);
}

std::string text_of(const venue_state& v, std::size_t owner, const ledger_algo& a,
                    algo_shape shape) {
  return algo_text(a, *v.instruments.find(a.instrument.str()), v.algos.actual(owner, a), shape);
}

struct algo_query {
  const instrument* only{nullptr};
  history_filter filter{};
};

/// Which conditional orders a list asks for. `page` is not documented, and a list that passes it
/// over would show the first rows as if they were later ones.
outcome<algo_query> read_algo_query(const venue_state& v, const parameters& p) {
  if (p.find("algoType").value_or("CONDITIONAL") != "CONDITIONAL")
    return bad_parameter("algoType");
  if (p.find("page"))
    return unwanted_parameter("page");
  algo_query q;
  std::optional<venue_error> wrong;
  if ((p.find("symbol") && !put(named_instrument(v, p), q.only, wrong)) ||
      !put(read_filter(p, "algoId"), q.filter, wrong))
    return *wrong;
  return q;
}

}  // namespace

reply post_algo_order(venue_state& v, const call& c) {
  auto& who = v.accounts[c.owner];
  if (auto refused = who.limiter().check(c.now.venue))
    return refuse_too_many(v, *refused);
  auto read = read_algo(v, c.given, who.hedged(), c.now.venue.ms);
  if (const auto* wrong = error_of(read))
    return error_reply(*wrong);
  const auto placed = v.algos.place(c.owner, std::get<0>(std::move(read)), c.now.venue);
  v.publish(c.now);
  if (const auto* wrong = error_of(placed))
    return error_reply(*wrong);
  who.limiter().count(c.now.venue);
  auto out = json_reply(text_of(v, c.owner, std::get<0>(placed), algo_shape::reply));
  add_order_counts(out, who.limiter(), c.now.venue);
  return out;
}

reply get_algo_order(venue_state& v, const call& c) {
  const auto found = named_algo(v, c);
  if (const auto* wrong = error_of(found))
    return error_reply(*wrong);
  if (const auto* a = std::get<0>(found))
    return json_reply(text_of(v, c.owner, *a, algo_shape::query));
  return error_reply(refuse<-2013>());
}

reply delete_algo_order(venue_state& v, const call& c) {
  const auto found = named_algo(v, c);
  if (const auto* wrong = error_of(found))
    return error_reply(*wrong);
  const auto* a = std::get<0>(found);
  if (!a)
    return error_reply(refuse<-2011>());
  const auto gone = v.algos.cancel(c.owner, a->id, c.now.venue);
  v.publish(c.now);
  if (const auto* wrong = error_of(gone))
    return error_reply(*wrong);
  return json_reply(R"({"algoId":)" + std::to_string(a->id) + R"(,"clientAlgoId":")" +
                    a->client_id.str() + R"(","code":"200","msg":"success"})");
}

reply get_open_algo_orders(venue_state& v, const call& c) {
  const auto wanted = read_algo_query(v, c.given);
  if (const auto* wrong = error_of(wanted))
    return error_reply(*wrong);
  const auto& [only, filter] = std::get<0>(wanted);
  std::vector<std::string> rows;
  for (auto id : v.algos.open(c.owner)) {
    const auto& a = *v.algos.by_id(c.owner, id);
    if ((!only || a.instrument == only->name) && (!filter.id || a.id == *filter.id))
      rows.push_back(text_of(v, c.owner, a, algo_shape::row));
  }
  return json_reply(joined(rows));
}

reply get_all_algo_orders(venue_state& v, const call& c) {
  const auto wanted = read_algo_query(v, c.given);
  if (const auto* wrong = error_of(wanted))
    return error_reply(*wrong);
  const auto& [only, filter] = std::get<0>(wanted);
  if (!only)
    return error_reply(missing_parameter("symbol"));
  std::vector<const ledger_algo*> found;
  const auto& all = v.algos.all(c.owner);
  for (auto it = all.lower_bound(filter.id.value_or(0)); it != all.end(); ++it)
    if (it->second.instrument == only->name && filter.covers(it->second.created_at))
      found.push_back(&it->second);
  keep_limit(found, filter, filter.id || filter.start_ms);
  std::vector<std::string> rows;
  for (const auto* a : found)
    rows.push_back(text_of(v, c.owner, *a, algo_shape::row));
  return json_reply(joined(rows));
}

reply delete_algo_open_orders(venue_state& v, const call& c) {
  const auto what = named_instrument(v, c.given);
  if (const auto* wrong = error_of(what))
    return error_reply(*wrong);
  v.algos.cancel_all(c.owner, std::get<0>(what)->name, c.now.venue);
  v.publish(c.now);
  return json_reply(R"({"code":200,"msg":"The operation of cancel all open order is done."})");
}

}  // namespace sluice::simulator
