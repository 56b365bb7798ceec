// Reads control requests about accounts and symbols and carries them out.
#include "operator_verbs.hpp"

#include <array>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "reports.hpp"
#include "symbol_changes.hpp"
#include "venue_state.hpp"

namespace sluice::simulator {
namespace {

namespace json = boost::json;

reply refused(const error& e) {
  auto r = json_reply(json::serialize(json::object{{"error", e.text}}));
  r.status = 400;
  return r;
}

reply done_or(const result<void>& r) {
  return r ? json_reply(R"({"ok":true})") : refused(r.error());
}

reply order_or(const result<ledger_order>& r) {
  return r ? json_reply(json::serialize(describe_order(*r))) : refused(r.error());
}

std::size_t read_account(json_fields& in) {
  return static_cast<std::size_t>(in.whole("account", 0, 1'000).value_or(0));
}

position_side read_leg(json_fields& in) {
  const auto word = in.text("leg").value_or("BOTH");
  if (word == "LONG")
    return position_side::long_;
  if (word == "SHORT")
    return position_side::short_;
  if (word != "BOTH")
    in.complain("leg: must be BOTH, LONG or SHORT");
  return position_side::both;
}

quantity read_quantity(json_fields& in) {
  const auto amount = quantity::parse(in.need_text("quantity"));
  if (!amount)
    in.complain("quantity: " + amount.error().text);
  return amount ? *amount : quantity{};
}

reply post_order_verb(venue& v, json_fields& in, moment now) {
  person_order o;
  o.instrument = symbol{in.need_text("symbol")};
  const auto word = in.need_text("side");
  if (word != "BUY" && word != "SELL")
    in.complain("side: must be BUY or SELL");
  o.direction = word == "BUY" ? side::buy : side::sell;
  o.amount = read_quantity(in);
  o.leg = read_leg(in);
  o.reduce_only = in.flag("reduce_only").value_or(false);
  if (const auto text = in.text("price")) {
    const auto at = price::parse(*text);
    if (!at)
      in.complain("price: " + at.error().text);
    else
      o.limit = *at;
  }
  o.account = read_account(in);
  if (auto ok = in.finish(); !ok)
    return refused(ok.error());
  return order_or(v.enter(o, now));
}

reply post_cancel_verb(venue& v, json_fields& in, moment now) {
  const symbol name{in.need_text("symbol")};
  const auto owner = read_account(in);
  if (auto ok = in.finish(); !ok)
    return refused(ok.error());
  return done_or(v.cancel_open(name, now, owner));
}

reply post_leverage_verb(venue& v, json_fields& in, moment now) {
  const symbol name{in.need_text("symbol")};
  const auto leverage = in.whole("leverage", 1, 125);
  if (!leverage)
    in.complain("leverage: is missing");
  const auto owner = read_account(in);
  if (auto ok = in.finish(); !ok)
    return refused(ok.error());
  return done_or(v.set_leverage(name, *leverage, now, owner));
}

reply post_mode_verb(venue& v, json_fields& in, moment) {
  const auto hedged = in.flag("hedge");
  if (!hedged)
    in.complain("hedge: is missing");
  const auto owner = read_account(in);
  if (auto ok = in.finish(); !ok)
    return refused(ok.error());
  return done_or(v.set_position_mode(*hedged, owner));
}

reply post_multi_assets_verb(venue& v, json_fields& in, moment now) {
  const auto on = in.flag("on");
  if (!on)
    in.complain("on: is missing");
  const auto owner = read_account(in);
  if (auto ok = in.finish(); !ok)
    return refused(ok.error());
  return done_or(v.set_multi_assets(*on, now, owner));
}

reply post_adl_verb(venue& v, json_fields& in, moment now) {
  deleveraging d;
  d.instrument = symbol{in.need_text("symbol")};
  d.amount = read_quantity(in);
  d.leg = read_leg(in);
  d.execution = in.text("execution").value_or(d.execution);
  d.status = in.text("status").value_or(d.status);
  d.account = read_account(in);
  if (auto ok = in.finish(); !ok)
    return refused(ok.error());
  return order_or(v.deleverage(d, now));
}

reply post_settle_verb(venue& v, json_fields& in, moment now) {
  const symbol name{in.need_text("symbol")};
  if (auto ok = in.finish(); !ok)
    return refused(ok.error());
  return done_or(v.settle(name, now));
}

reply post_symbol_verb(venue& v, json_fields& in, moment now) {
  const symbol name{in.need_text("symbol")};
  const auto change = read_symbol_change(in);
  if (auto ok = in.finish(); !ok)
    return refused(ok.error());
  return done_or(v.change_symbol(name, change, now));
}

struct verb {
  std::string_view path;
  operator_verb run;
};

constexpr std::array verbs{verb{"/sim/order", post_order_verb},
                           verb{"/sim/cancel", post_cancel_verb},
                           verb{"/sim/leverage", post_leverage_verb},
                           verb{"/sim/position_mode", post_mode_verb},
                           verb{"/sim/multi_assets", post_multi_assets_verb},
                           verb{"/sim/adl", post_adl_verb},
                           verb{"/sim/settle", post_settle_verb},
                           verb{"/sim/symbol", post_symbol_verb}};

}  // namespace

operator_verb find_operator_verb(std::string_view path) {
  for (const auto& v : verbs)
    if (v.path == path)
      return v.run;
  return nullptr;
}

}  // namespace sluice::simulator
