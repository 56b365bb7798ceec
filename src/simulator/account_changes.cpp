// What an account can change about itself: position mode, multi-assets mode, leverage, margin type.
#include <algorithm>

#include "documents.hpp"
#include "refusals.hpp"
#include "venue_state.hpp"

namespace sluice::simulator {
namespace {

reply done_or(const std::optional<venue_error>& wrong) {
  return wrong ? error_reply(*wrong) : json_reply(R"({"code":200,"msg":"success"})");
}

outcome<bool> need_flag(const parameters& p, std::string_view name) {
  const auto text = p.need(name);
  if (const auto* wrong = error_of(text))
    return *wrong;
  const auto word = std::get<0>(text);
  if (word != "true" && word != "false")
    return bad_parameter(name);
  return word == "true";
}

outcome<margin_type> need_margin_type(const parameters& p) {
  const auto text = p.need("marginType");
  if (const auto* wrong = error_of(text))
    return *wrong;
  for (auto m : {margin_type::crossed, margin_type::isolated})
    if (std::get<0>(text) == venue_word(m))
      return m;
  return bad_parameter("marginType");
}

/// Why the account cannot carry another leverage on that symbol.
std::optional<venue_error> check_leverage(const venue_state& v, const account& who,
                                          const instrument& i, std::int64_t leverage) {
  if (leverage < 1 || leverage > brackets.front().leverage_max)
    return refuse<-4028>(leverage);
  const auto* h = who.find(i.name);
  if (!h)
    return std::nullopt;
  if (h->margin == margin_type::isolated && !h->flat() && leverage < h->leverage)
    return refuse<-4161>();
  const auto mark = v.marks.of(i);
  notional value;
  for (const auto& p : h->legs)
    value += (mark * p.amount).abs() + p.bids + p.asks;
  if (value > value_max(leverage))
    return refuse<-2027>();
  const auto bound = h->bound.initial();
  const auto then = notional::from_raw(
      static_cast<std::int64_t>(static_cast<wide_int>(bound.raw()) * h->leverage / leverage));
  if (then - bound > who.margin().available)
    return refuse<-2028>();
  return std::nullopt;
}

/// The legs that the account's position mode has.
position_rows legs_of(const account& who, const account::holding& h) {
  if (who.hedged())
    return {&h.leg(position_side::long_), &h.leg(position_side::short_)};
  return {&h.leg(position_side::both)};
}

}  // namespace

reply post_position_mode(venue_state& v, const call& c) {
  const auto wanted = need_flag(c.given, "dualSidePosition");
  if (const auto* wrong = error_of(wanted))
    return error_reply(*wrong);
  return done_or(v.change_position_mode(c.owner, std::get<0>(wanted)));
}

reply post_multi_assets(venue_state& v, const call& c) {
  const auto wanted = need_flag(c.given, "multiAssetsMargin");
  if (const auto* wrong = error_of(wanted))
    return error_reply(*wrong);
  return done_or(v.change_multi_assets(c.owner, std::get<0>(wanted), c.now));
}

reply post_leverage(venue_state& v, const call& c) {
  const auto what = named_instrument(v, c.given);
  if (const auto* wrong = error_of(what))
    return error_reply(*wrong);
  const auto leverage = c.given.whole("leverage");
  if (const auto* wrong = error_of(leverage))
    return error_reply(*wrong);
  if (!std::get<0>(leverage))
    return error_reply(missing_parameter("leverage"));
  const auto& i = *std::get<0>(what);
  if (auto wrong = v.change_leverage(c.owner, i, *std::get<0>(leverage), c.now))
    return error_reply(*wrong);
  return json_reply(leverage_text(v.accounts[c.owner], i));
}

reply post_margin_type(venue_state& v, const call& c) {
  const auto what = named_instrument(v, c.given);
  if (const auto* wrong = error_of(what))
    return error_reply(*wrong);
  const auto wanted = need_margin_type(c.given);
  if (const auto* wrong = error_of(wanted))
    return error_reply(*wrong);
  return done_or(v.change_margin(c.owner, *std::get<0>(what), std::get<0>(wanted), c.now));
}

std::optional<venue_error> venue_state::change_leverage(std::size_t owner, const instrument& i,
                                                        std::int64_t leverage, moment now) {
  auto& who = accounts[owner];
  if (auto wrong = check_leverage(*this, who, i, leverage))
    return wrong;
  if (who.leverage_of(i.name) == leverage)
    return std::nullopt;
  who.set_leverage(i, leverage, marks.of(i));
  desk.tell(owner, "ACCOUNT_CONFIG_UPDATE", leverage_event(i, leverage, now.venue));
  publish(now);
  return std::nullopt;
}

std::optional<venue_error> venue_state::change_margin(std::size_t owner, const instrument& i,
                                                      margin_type m, moment now) {
  auto& who = accounts[owner];
  if (who.margin_of(i.name) == m)
    return refuse<-4046>();
  if (m == margin_type::isolated && who.multi_assets())
    return refuse<-4168>();
  const auto* h = who.find(i.name);
  const auto& waiting = algos.open(owner);
  const bool orders =
      (h && !h->open.empty()) || std::any_of(waiting.begin(), waiting.end(), [&](std::int64_t id) {
        return algos.by_id(owner, id)->instrument == i.name;
      });
  if (orders)
    return refuse<-4047>();
  if (h && !h->flat())
    return refuse<-4048>();
  who.set_margin(i, m, marks.of(i));
  desk.tell(
      owner, "ACCOUNT_UPDATE",
      account_event(who, legs_of(who, *who.find(i.name)), marks, now.venue, "MARGIN_TYPE_CHANGE"));
  publish(now);
  return std::nullopt;
}

std::optional<venue_error> venue_state::change_position_mode(std::size_t owner, bool hedged) {
  auto& who = accounts[owner];
  if (who.hedged() == hedged)
    return refuse<-4059>();
  if (!who.open_orders().empty() || !algos.open(owner).empty())
    return refuse<-4067>();
  if (who.has_positions())
    return refuse<-4068>();
  who.set_hedged(hedged);
  return std::nullopt;
}

std::optional<venue_error> venue_state::change_multi_assets(std::size_t owner, bool on,
                                                            moment now) {
  auto& who = accounts[owner];
  if (who.multi_assets() == on)
    return refuse<-4171>();
  if (on && who.isolates())
    return refuse<-4167>();
  who.set_multi_assets(on);
  desk.tell(owner, "ACCOUNT_CONFIG_UPDATE", multi_assets_event(on, now.venue));
  publish(now);
  return std::nullopt;
}

}  // namespace sluice::simulator
