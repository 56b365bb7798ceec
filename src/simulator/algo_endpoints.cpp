// Endpoints of conditional orders.
#include <algorithm>
#include <array>

#include "algo_triggers.hpp"
#include "documents.hpp"
#include "order_parameters.hpp"
#include "venue_state.hpp"

namespace sluice::simulator {
namespace {

constexpr std::array algo_types{"STOP", "STOP_MARKET", "TAKE_PROFIT", "TAKE_PROFIT_MARKET",
                                "TRAILING_STOP_MARKET"};
constexpr std::array algo_lasts{"GTC", "IOC", "FOK", "GTX", "GTE_GTC"};

template <class T>
[[nodiscard]] bool put(outcome<T> from, T& into, std::optional<venue_error>& wrong) {
  if (const auto* e = error_of(from)) {
    wrong = *e;
    return false;
  }
  into = std::move(std::get<0>(from));
  return true;
}

std::optional<venue_error> read_words(const parameters& p, ledger_algo& a) {
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
    return venue_error{400, -1116, "Invalid orderType."};
  a.lasts = p.find("timeInForce").value_or("GTC");
  if (std::find(algo_lasts.begin(), algo_lasts.end(), a.lasts) == algo_lasts.end())
    return venue_error{400, -1115, "Invalid timeInForce."};
  a.working_type = p.find("workingType").value_or("CONTRACT_PRICE");
  if (a.working_type != "CONTRACT_PRICE" && a.working_type != "MARK_PRICE")
    return bad_parameter("workingType");
  if (p.find("priceMatch").value_or("NONE") != "NONE")
    return unwanted_parameter("priceMatch");
  return std::nullopt;
}

/// Trailing orders need a rate of 0.1 to 10 percent, in steps of 0.01; the others a trigger.
std::optional<venue_error> read_prices(const parameters& p, ledger_algo& a) {
  std::optional<venue_error> wrong;
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
  if (is_limit(a) && !put(read_price(p, "price"), a.limit, wrong))
    return wrong;
  return std::nullopt;
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
    return venue_error{400, -4137, "Quantity must be zero with closePosition equals true"};
  const bool opens = (a.leg == position_side::long_ && a.direction == side::buy) ||
                     (a.leg == position_side::short_ && a.direction == side::sell);
  if (opens || (a.type != "STOP_MARKET" && a.type != "TAKE_PROFIT_MARKET"))
    return bad_parameter("closePosition");
  return p.find("reduceOnly") ? std::optional(unwanted_parameter("reduceOnly")) : std::nullopt;
}

outcome<ledger_algo> read_algo(venue_state& v, const parameters& p, bool hedged) {
  ledger_algo a;
  std::optional<venue_error> wrong;
  const instrument* what = nullptr;
  if (!put(named_instrument(v, p), what, wrong) || !put(read_side(p), a.direction, wrong) ||
      !put(read_leg(p), a.leg, wrong))
    return *wrong;
  a.instrument = what->name;
  a.client_id = client_order_id{std::string(p.find("clientAlgoId").value_or(""))};
  if ((wrong = read_words(p, a)) || (wrong = read_amount(v, p, a, hedged)) ||
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
    return venue_error{400, -1102,
                       "Param 'algoId' or 'clientAlgoId' must be sent, but both were empty/null!"};
  return std::get<0>(id) ? v.algos.by_id(c.owner, *std::get<0>(id))
                         : v.algos.by_client_id(c.owner, *client_id);
}

std::string text_of(const venue_state& v, std::size_t owner, const ledger_algo& a,
                    algo_shape shape) {
  return algo_text(a, *v.instruments.find(a.instrument.str()), v.algos.actual(owner, a), shape);
}

}  // namespace

reply post_algo_order(venue_state& v, const call& c) {
  auto& who = v.accounts[c.owner];
  if (auto refused = who.limiter().check(c.now.venue))
    return refuse_too_many(v, *refused);
  auto read = read_algo(v, c.given, who.hedged());
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
  return error_reply({400, -2013, "Order does not exist."});
}

reply delete_algo_order(venue_state& v, const call& c) {
  const auto found = named_algo(v, c);
  if (const auto* wrong = error_of(found))
    return error_reply(*wrong);
  const auto* a = std::get<0>(found);
  if (!a)
    return error_reply({400, -2011, "Unknown order sent."});
  const auto gone = v.algos.cancel(c.owner, a->id, c.now.venue);
  v.publish(c.now);
  if (const auto* wrong = error_of(gone))
    return error_reply(*wrong);
  return json_reply(R"({"algoId":)" + std::to_string(a->id) + R"(,"clientAlgoId":")" +
                    a->client_id.str() + R"(","code":"200","msg":"success"})");
}

reply get_open_algo_orders(venue_state& v, const call& c) {
  symbol only;
  if (c.given.find("symbol")) {
    const auto what = named_instrument(v, c.given);
    if (const auto* wrong = error_of(what))
      return error_reply(*wrong);
    only = std::get<0>(what)->name;
  }
  std::string list = "[";
  for (auto id : v.algos.open(c.owner)) {
    const auto& a = *v.algos.by_id(c.owner, id);
    if (only.empty() || a.instrument == only)
      list += (list.size() > 1 ? "," : "") + text_of(v, c.owner, a, algo_shape::row);
  }
  return json_reply(list + "]");
}

reply get_all_algo_orders(venue_state& v, const call& c) {
  const auto what = named_instrument(v, c.given);
  if (const auto* wrong = error_of(what))
    return error_reply(*wrong);
  const auto from = c.given.whole("algoId");
  if (const auto* wrong = error_of(from))
    return error_reply(*wrong);
  constexpr std::size_t most = 1'000;
  std::size_t rows = 0;
  std::string list = "[";
  for (const auto& [id, a] : v.algos.all(c.owner))
    if (a.instrument == std::get<0>(what)->name && id >= std::get<0>(from).value_or(0) &&
        rows++ < most)
      list += (list.size() > 1 ? "," : "") + text_of(v, c.owner, a, algo_shape::row);
  return json_reply(list + "]");
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
