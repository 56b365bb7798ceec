// The control interface: /sim/... paths to actions and reports.
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "json_fields.hpp"
#include "operator_verbs.hpp"
#include "reports.hpp"
#include "sluice/simulator/venue.hpp"
#include "venue_state.hpp"

namespace sluice::simulator {
namespace {

namespace json = boost::json;

reply control_error(const error& e, int status = 400) {
  auto r = json_reply(json::serialize(json::object{{"error", e.text}}));
  r.status = status;
  return r;
}

reply done() {
  return json_reply(R"({"ok":true})");
}

template <class T>
reply done_or(const result<T>& r) {
  return r ? done() : control_error(r.error());
}

std::size_t read_account(json_fields& in) {
  return static_cast<std::size_t>(in.whole("account", 0, 1'000).value_or(0));
}

reply post_mark(venue& v, json_fields& in, moment) {
  const symbol name{in.need_text("symbol")};
  const bool release = in.flag("release").value_or(false);
  const bool hold = in.flag("hold").value_or(false);
  const auto at = price::parse(release ? in.text("price").value_or("0") : in.need_text("price"));
  if (!at)
    in.complain("price: " + at.error().text);
  if (auto ok = in.finish(); !ok)
    return control_error(ok.error());
  if (release)
    return done_or(v.release_mark(name));
  return done_or(v.set_mark(name, *at, hold ? mark_pin::until_released : mark_pin::next_tick));
}

reply order_done(const result<ledger_order>& placed) {
  return placed ? json_reply(json::serialize(describe_order(*placed)))
                : control_error(placed.error());
}

reply post_trade(venue& v, json_fields& in, moment now) {
  const symbol name{in.need_text("symbol")};
  const auto word = in.need_text("side");
  const auto amount = quantity::parse(in.need_text("quantity"));
  const auto owner = read_account(in);
  const bool buys = word == "BUY" || word == "buy";
  if (!buys && word != "SELL" && word != "sell")
    in.complain("side: must be BUY or SELL");
  if (!amount)
    in.complain("quantity: " + amount.error().text);
  if (auto ok = in.finish(); !ok)
    return control_error(ok.error());
  return order_done(v.trade(name, buys ? side::buy : side::sell, *amount, now, owner));
}

reply post_liquidate(venue& v, json_fields& in, moment now) {
  const symbol name{in.need_text("symbol")};
  const auto owner = read_account(in);
  if (auto ok = in.finish(); !ok)
    return control_error(ok.error());
  return order_done(v.liquidate(name, now, owner));
}

reply post_latency(venue& v, json_fields& in, moment) {
  constexpr std::int64_t most = 600'000;
  const auto ms = in.whole("ms", 0, most);
  const auto jitter = in.whole("jitter_ms", 0, most);
  if (!ms && !jitter)
    in.complain("ms: is missing");
  if (auto ok = in.finish(); !ok)
    return control_error(ok.error());
  if (ms)
    v.set_latency(milliseconds{*ms});
  if (jitter)
    v.set_latency_jitter(milliseconds{*jitter});
  return done();
}

reply post_fault(venue& v, const request& r) {
  const auto f = parse_fault(r.body);
  if (!f)
    return control_error(f.error());
  v.add_fault(*f);
  return done();
}

reply post_script(venue& v, const request& r) {
  const auto faults = parse_script(r.body);
  if (!faults)
    return control_error(faults.error());
  for (const auto& f : *faults)
    v.add_fault(f);
  return done();
}

reply get_transcript(const venue& v, const request& r) {
  const auto query = parameters::parse(r.query, "");
  if (const auto* wrong = error_of(query))
    return control_error({errc::invalid_value, wrong->text});
  const auto after = std::get<0>(query).whole("after");
  if (const auto* wrong = error_of(after))
    return control_error({errc::invalid_value, wrong->text});
  const auto last = std::get<0>(after).value_or(0);
  json::array list;
  for (const auto& e : v.transcript())
    if (static_cast<std::int64_t>(e.number) > last)
      list.push_back(describe_request(e));
  return json_reply(json::serialize(list));
}

struct action {
  std::string_view path;
  reply (*run)(venue&, json_fields&, moment);
};

constexpr std::array actions{action{"/sim/mark", post_mark}, action{"/sim/trade", post_trade},
                             action{"/sim/liquidate", post_liquidate},
                             action{"/sim/latency", post_latency}};

reply post_control(venue& v, const request& r, moment now) {
  if (r.path == "/sim/fault")
    return post_fault(v, r);
  if (r.path == "/sim/script")
    return post_script(v, r);
  if (r.path == "/sim/faults/clear") {
    v.clear_faults();
    return done();
  }
  for (const auto& a : actions) {
    if (a.path != r.path)
      continue;
    const auto body = json_fields::parse(r.body);
    if (!body)
      return control_error(body.error());
    json_fields in(*body);
    return a.run(v, in, now);
  }
  if (const auto verb = find_operator_verb(r.path)) {
    const auto body = json_fields::parse(r.body);
    if (!body)
      return control_error(body.error());
    json_fields in(*body);
    return verb(v, in, now);
  }
  return control_error({errc::not_found, "no such control path"}, 404);
}

}  // namespace

reply venue::control(const request& r, moment now) {
  (void)state_->meet(now);
  if (r.method == "POST")
    return post_control(*this, r, now);
  if (r.method == "GET" && r.path == "/sim/ledger")
    return json_reply(json::serialize(describe_ledger(books(now))));
  if (r.method == "GET" && r.path == "/sim/transcript")
    return get_transcript(*this, r);
  if (r.method == "GET" && r.path == "/sim/status")
    return json_reply(
        json::serialize(json::object{{"requests", state_->requests},
                                     {"weight_used_1m", state_->weight.used(now.venue)},
                                     {"banned_until", state_->weight.banned_until_ms(now.venue)},
                                     {"streams", state_->streams.size()},
                                     {"request_faults", state_->faults.size()},
                                     {"running_ms", state_->since(now.steady).count()},
                                     {"latency_ms", state_->chosen.latency.count()},
                                     {"server_time", now.venue.ms}}));
  return control_error({errc::not_found, "no such control path"}, 404);
}

}  // namespace sluice::simulator
