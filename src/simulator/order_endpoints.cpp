// Endpoints of orders and trades: parameters to drafts, books to replies.
#include <algorithm>
#include <array>
#include <limits>

#include "documents.hpp"
#include "venue_state.hpp"

namespace sluice::simulator {
namespace {

constexpr std::array moved_to_algo{"STOP", "STOP_MARKET", "TAKE_PROFIT", "TAKE_PROFIT_MARKET",
                                   "TRAILING_STOP_MARKET"};

std::optional<venue_error> read_side(const parameters& p, order_draft& d) {
  const auto text = p.need("side");
  if (const auto* wrong = error_of(text))
    return *wrong;
  const auto word = std::get<0>(text);
  if (word != "BUY" && word != "SELL")
    return venue_error{400, -1117, "Invalid side."};
  d.direction = word == "BUY" ? side::buy : side::sell;
  return std::nullopt;
}

/// MARKET only: resting orders are refused like an unknown type until the venue has a book.
std::optional<venue_error> check_type(const parameters& p) {
  const auto text = p.need("type");
  if (const auto* wrong = error_of(text))
    return *wrong;
  const auto word = std::get<0>(text);
  if (std::find(moved_to_algo.begin(), moved_to_algo.end(), word) != moved_to_algo.end())
    return venue_error{400, -4120,
                       "Order type not supported for this endpoint. Please use the Algo Order API "
                       "endpoints instead."};
  if (word != "MARKET")
    return venue_error{400, -1116, "Invalid orderType."};
  for (auto name : {"timeInForce", "price", "priceMatch", "goodTillDate"})
    if (p.find(name))
      return unwanted_parameter(name);
  return std::nullopt;
}

std::optional<venue_error> read_position_side(const parameters& p) {
  const auto text = p.find("positionSide");
  if (!text || *text == "BOTH")
    return std::nullopt;
  if (*text != "LONG" && *text != "SHORT")
    return venue_error{400, -4060, "Invalid position side."};
  return venue_error{400, -4061, "Order's position side does not match user's setting."};
}

std::optional<venue_error> read_flags(const parameters& p, order_draft& d) {
  const auto reduce = p.find("reduceOnly").value_or("false");
  if (reduce != "true" && reduce != "false")
    return bad_parameter("reduceOnly");
  d.reduce_only = reduce == "true";
  const auto kind = p.find("newOrderRespType").value_or("ACK");
  if (kind != "ACK" && kind != "RESULT")
    return bad_parameter("newOrderRespType");
  d.result_reply = kind == "RESULT";
  return std::nullopt;
}

std::optional<venue_error> read_quantity(const parameters& p, order_draft& d) {
  const auto text = p.need("quantity");
  if (const auto* wrong = error_of(text))
    return *wrong;
  const auto word = std::get<0>(text);
  const auto digits = word.find('.');
  if (digits != std::string_view::npos && word.size() - digits - 1 > 8)
    return venue_error{400, -1111, "Precision is over the maximum defined for this asset."};
  const auto amount = quantity::parse(word);
  if (!amount)
    return amount.error().code == errc::out_of_range
               ? venue_error{400, -4005, "Quantity greater than max quantity."}
               : missing_parameter("quantity");
  d.amount = *amount;
  return std::nullopt;
}

outcome<order_draft> read_draft(venue_state& v, const parameters& p) {
  order_draft d;
  const auto what = named_instrument(v, p);
  if (const auto* wrong = error_of(what))
    return *wrong;
  d.what = std::get<0>(what);
  for (auto wrong : {read_side(p, d), check_type(p), read_position_side(p), read_flags(p, d),
                     read_quantity(p, d)})
    if (wrong)
      return *wrong;
  const auto id = p.find("newClientOrderId");
  d.id = id ? client_order_id{std::string(*id)} : v.desk.random_client_id();
  return d;
}

/// The order that orderId or origClientOrderId names, if it is of that symbol.
outcome<const ledger_order*> named_order(venue_state& v, const call& c, const instrument& what) {
  const auto id = c.given.whole("orderId");
  if (const auto* wrong = error_of(id))
    return *wrong;
  const auto client_id = c.given.find("origClientOrderId");
  if (!std::get<0>(id) && !client_id)
    return venue_error{400, -1102,
                       "Param 'origClientOrderId' or 'orderId' must be sent, but both were "
                       "empty/null!"};
  const auto& who = v.accounts[c.owner];
  const auto* found =
      std::get<0>(id) ? who.order_by_id(*std::get<0>(id)) : who.order_by_client_id(*client_id);
  return found && found->report.instrument == what.name ? found : nullptr;
}

/// Which trades a userTrades request asks for.
struct trade_filter {
  std::optional<std::int64_t> order{};
  std::optional<std::int64_t> from_id{};
  std::optional<std::int64_t> start_ms{};
  std::optional<std::int64_t> end_ms{};
  std::int64_t limit{500};

  [[nodiscard]] bool takes(const fill& f, const symbol& s) const {
    return f.instrument == s && (!order || f.order == *order) && (!from_id || f.id >= *from_id) &&
           (!start_ms || f.traded_at.ms >= *start_ms) && (!end_ms || f.traded_at.ms <= *end_ms);
  }
};

outcome<trade_filter> read_filter(const parameters& p) {
  trade_filter f;
  std::optional<std::int64_t> limit;
  for (auto [name, into] : {std::pair{"orderId", &f.order}, std::pair{"fromId", &f.from_id},
                            std::pair{"startTime", &f.start_ms}, std::pair{"endTime", &f.end_ms},
                            std::pair{"limit", &limit}}) {
    const auto value = p.whole(name);
    if (const auto* wrong = error_of(value))
      return *wrong;
    *into = std::get<0>(value);
  }
  if (f.from_id && (f.start_ms || f.end_ms))
    return venue_error{400, -1128, "Combination of optional parameters invalid."};
  f.limit = limit.value_or(f.limit);
  if (f.limit < 1 || f.limit > 1'000)
    return bad_parameter("limit");
  return f;
}

/// Oldest first. From an id or a start on the first ones are given, otherwise the newest.
std::vector<const fill*> select(const std::deque<fill>& fills, const trade_filter& f,
                                const symbol& s) {
  std::vector<const fill*> rows;
  for (const auto& one : fills)
    if (f.takes(one, s))
      rows.push_back(&one);
  const auto most = static_cast<std::size_t>(f.limit);
  if (rows.size() <= most)
    return rows;
  if (f.from_id || f.start_ms)
    rows.resize(most);
  else
    rows.erase(rows.begin(), rows.end() - static_cast<std::ptrdiff_t>(most));
  return rows;
}

}  // namespace

reply post_order(venue_state& v, const call& c) {
  auto& limiter = v.accounts[c.owner].limiter();
  if (auto refused = limiter.check(c.now.venue))
    return refuse_too_many(v, *refused);
  auto draft = read_draft(v, c.given);
  if (const auto* wrong = error_of(draft))
    return error_reply(*wrong);
  const auto& d = std::get<0>(draft);
  const auto* what = d.what;
  const auto shape = d.result_reply ? order_shape::result : order_shape::acknowledgement;
  const auto placed = v.place(c.owner, d, c.now);
  if (const auto* wrong = error_of(placed))
    return error_reply(*wrong);
  limiter.count(c.now.venue);
  auto out = json_reply(order_text(std::get<0>(placed), *what, shape));
  out.headers.emplace_back("x-mbx-order-count-10s", std::to_string(limiter.used_10s(c.now.venue)));
  out.headers.emplace_back("x-mbx-order-count-1m", std::to_string(limiter.used_1m(c.now.venue)));
  return out;
}

reply get_order(venue_state& v, const call& c) {
  const auto what = named_instrument(v, c.given);
  if (const auto* wrong = error_of(what))
    return error_reply(*wrong);
  const auto order = named_order(v, c, *std::get<0>(what));
  if (const auto* wrong = error_of(order))
    return error_reply(*wrong);
  if (const auto* found = std::get<0>(order))
    return json_reply(order_text(*found, *std::get<0>(what), order_shape::query));
  return error_reply({400, -2013, "Order does not exist."});
}

reply delete_order(venue_state& v, const call& c) {
  const auto what = named_instrument(v, c.given);
  if (const auto* wrong = error_of(what))
    return error_reply(*wrong);
  const auto order = named_order(v, c, *std::get<0>(what));
  if (const auto* wrong = error_of(order))
    return error_reply(*wrong);
  // Market orders are filled by the time anybody can cancel them.
  return error_reply({400, -2011, "Unknown order sent."});
}

reply get_open_orders(venue_state& v, const call& c) {
  if (c.given.find("symbol")) {
    const auto what = named_instrument(v, c.given);
    if (const auto* wrong = error_of(what))
      return error_reply(*wrong);
  }
  return json_reply("[]");
}

reply get_user_trades(venue_state& v, const call& c) {
  const auto what = named_instrument(v, c.given);
  if (const auto* wrong = error_of(what))
    return error_reply(*wrong);
  const auto filter = read_filter(c.given);
  if (const auto* wrong = error_of(filter))
    return error_reply(*wrong);
  const auto& i = *std::get<0>(what);
  std::string list = "[";
  for (const auto* f : select(v.accounts[c.owner].fills(), std::get<0>(filter), i.name)) {
    if (list.size() > 1)
      list += ',';
    list += trade_text(*f, i);
  }
  return json_reply(list + "]");
}

}  // namespace sluice::simulator
