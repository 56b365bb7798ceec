// Values to JSON, one document per function.
#include "status_documents.hpp"

#include <boost/json.hpp>

#include "limit_documents.hpp"
#include "operator_documents.hpp"

namespace sluice::actors {
namespace {

namespace json = boost::json;

json::value text(std::string_view s) {
  return json::string(s);
}

template <class T>
json::value optional_text(const std::optional<T>& v) {
  return v ? text(v->str()) : json::value(nullptr);
}

json::value time_or_null(wall_time t) {
  return t.ms == 0 ? json::value(nullptr) : text(format_rfc3339(t));
}

json::value age_or_null(const universe& u, const stamp& now) {
  return u.read_at == instant{} ? json::value(nullptr)
                                : json::value(between(u.read_at, now.steady).count());
}

json::object universe_object(const universe& u, const stamp& now) {
  return {{"source", to_string(u.source)},
          {"count", u.instruments.size()},
          {"offered", std::ranges::count_if(u.instruments, &instrument_rules::offered)},
          {"age_ms", age_or_null(u, now)}};
}

json::object rules_object(const instrument_rules& r) {
  return {{"symbol", r.instrument.str()},
          {"status", r.status},
          {"tradable", r.tradable},
          {"closed", r.closed},
          {"offered", r.offered},
          {"contract_type", r.contract_type},
          {"tick", r.tick.str()},
          {"step", r.lot.step.str()},
          {"market_step", r.market_lot.step.str()},
          {"min_notional", r.min_notional.str()}};
}

/// What may be done with a symbol, and why not more.
std::string_view standing_of(const universe& u, const instrument_rules* r) {
  if (u.source == universe_source::none)
    return "nothing: no universe is known";
  if (!r)
    return "nothing: not listed";
  if (r->closed)
    return "nothing: the venue takes no order of it";
  if (!r->tradable)
    return "exits, if the venue takes them: its status is not TRADING";
  if (u.source == universe_source::configured)
    return "exits: its rules are not known";
  if (!r->offered)
    return "exits: left out by universe.allow, contract_types or quote_assets or by the last read, "
           "or "
           "read longer ago than universe.last_good_max_age";
  return "entries and exits";
}

json::object funding_object(const status_view& v) {
  json::object out;
  for (const auto& [asset, amount] : v.folded->funding())
    out[asset] = amount.str();
  return out;
}

json::object promise_object(const freshness_promise& p) {
  return {{"strategy", to_string(p.strategy)},
          {"bound_ms", p.bound.count()},
          {"kept_ms", p.kept.count()},
          {"latency_planned_ms", p.latency.count()},
          {"account_period_ms", p.plan.account_period.count()},
          {"symbol_period_ms", p.plan.symbol_period.count()},
          {"weight_1m", p.plan.weight_1m},
          {"fault", p.fault.empty() ? json::value(nullptr) : text(p.fault)}};
}

json::object truth_object(const status_view& v) {
  return {{"symbols", v.truth.open + v.truth.flat + v.truth.unknown},
          {"open", v.truth.open},
          {"flat", v.truth.flat},
          {"unknown", v.truth.unknown},
          {"age_ms", json::object{{"p50", v.ages.p50.count()},
                                  {"p99", v.ages.p99.count()},
                                  {"max", v.ages.max.count()}}},
          {"promise", promise_object(v.promise)},
          {"read_latency_ms", v.numbers->read_latency_ms.load()},
          {"reads_total", v.numbers->reads_total.load()},
          {"reads_failed", v.numbers->reads_failed.load()},
          {"reads_retried", v.numbers->reads_retried.load()},
          {"workers_lost", v.numbers->workers_lost.load()}};
}

/// Of one position, oldest first: more than one while a stop is being replaced.
json::array stops_array(const projection& folded, const position_key& key) {
  json::array rows;
  for (const auto& [number, s] : folded.stops())
    if (s.position == key)
      rows.push_back(json::object{{"client_order_id", s.id.str()},
                                  {"side", to_string(s.direction)},
                                  {"trigger_price", s.trigger.str()},
                                  {"state", to_string(s.state)}});
  return rows;
}

json::object dead_man_object(const dead_man_view& d) {
  json::array armed;
  for (const auto& s : d.armed)
    armed.push_back(text(s.str()));
  return {{"enabled", d.enabled},
          {"healthy", d.healthy},
          {"armed", std::move(armed)},
          {"left_out", d.left_out}};
}

json::object stops_object(const status_view& v) {
  const auto& stops = v.folded->stops();
  const auto resting = std::ranges::count_if(
      stops, [](const auto& s) { return s.second.state == stop_state::resting; });
  return {{"resting", resting}, {"unsettled", static_cast<std::int64_t>(stops.size()) - resting}};
}

json::value count_or_null(const std::optional<microseconds>& t) {
  return t ? json::value(t->count()) : json::value(nullptr);
}

json::object lane_object(const status_view& v, lane l) {
  const auto s = v.recent->summary(l, v.now.steady);
  return {
      {"allowed", s.allowed},
      {"denied", s.denied},
      {"expired", s.expired},
      {"latency_us", json::object{{"p50", count_or_null(s.p50)}, {"p99", count_or_null(s.p99)}}}};
}

/// Of the last minute.
json::object verdicts_object(const status_view& v) {
  const auto& last = v.recent->last_blocked();
  return {{"exit", lane_object(v, lane::exit)},
          {"entry", lane_object(v, lane::entry)},
          {"exits_blocked", v.recent->blocked(v.now.steady)},
          {"last_exit_blocked",
           last ? json::value(json::object{{"at", time_or_null(last->at)}, {"what", last->what}})
                : json::value(nullptr)}};
}

json::object plans_object(const status_view& v) {
  json::object reasons;
  for (const auto& [reason, count] : v.folded->plans().by_reason)
    reasons[reason] = count;
  const auto& p = v.folded->plans();
  json::object ends;
  for (const auto& [how, count] : p.by_end)
    ends[how] = count;
  return {{"accepted", p.accepted},
          {"allowed", p.allowed},
          {"denied", p.denied},
          {"expired", p.expired},
          {"parked", v.numbers->parked_exit.load() + v.numbers->parked_entry.load()},
          {"by_reason", std::move(reasons)},
          {"by_end", std::move(ends)}};
}

/// Of what has a reason and a detail.
template <class T>
json::array reasons_array(const std::vector<T>& reasons) {
  json::array out;
  for (const auto& r : reasons)
    out.push_back(json::object{{"reason", r.reason}, {"detail", r.detail}});
  return out;
}

json::array stalls_array(const status_view& v) {
  json::array out;
  for (const auto& s : v.stalls) {
    const auto lasted = between(s.since, v.now.steady).count();
    out.push_back(json::object{{"cause", to_string(s.cause)},
                               {"what", s.text},
                               {"effect", s.effect},
                               {"cure", s.remedy},
                               {"since", format_rfc3339(wall_time{v.now.wall.ms - lasted})},
                               {"for_ms", lasted}});
  }
  return out;
}

json::object order_object(const order_line& o) {
  return {{"client_order_id", o.id.str()},
          {"plan_id", o.plan.str()},
          {"symbol", o.request.instrument.str()},
          {"position_side", to_string(o.request.leg)},
          {"side", to_string(o.request.direction)},
          {"amount", o.request.amount.str()},
          {"reduce_only", o.request.reduce_only},
          {"state", to_string(o.state)},
          {"executed", o.executed.str()},
          {"detail", o.detail},
          {"changed_at", time_or_null(o.changed_at)}};
}

json::object position_object(const position_line& line, const projection& folded,
                             const mark_board& marks, const exit_surroundings& exits) {
  const auto mark = marks.read(line.key.instrument);
  const auto ledger = folded.ledger(line.key);
  const auto exit = folded.exit(line.key);
  const auto* open = std::get_if<position_open>(&line.seen.content);
  json::object o{{"symbol", line.key.instrument.str()},
                 {"position_side", to_string(line.key.leg)},
                 {"truth", kind_of(line.seen.content)},
                 {"amount", open ? text(open->amount.str()) : json::value(nullptr)},
                 {"entry", open ? text(open->entry.str()) : json::value(nullptr)},
                 {"mark", mark ? text(mark->value.str()) : json::value(nullptr)},
                 {"ledger", optional_text(ledger)},
                 {"age_ms", line.age ? json::value(line.age->count()) : json::value(nullptr)},
                 {"source", to_string(line.seen.source)},
                 {"version", line.seen.version}};
  if (open && ledger)
    o["drift"] = (open->amount - *ledger).str();
  if (exit) {
    o["stop"] = optional_text(exit->stop);
    o["target"] = optional_text(exit->target);
    o["opened_at"] = time_or_null(exit->opened_at);
  }
  if (open)
    o["unprotected"] = is_unprotected(exit, *exits.settings);
  if (open && exit)
    o["exit"] = exit_object(*exit, *open, mark ? std::optional{mark->value} : std::nullopt,
                            line.liquidation, exits);
  o["protective_stops"] = stops_array(folded, line.key);
  return o;
}

}  // namespace

std::string status_json(const status_view& v) {
  const auto uptime = std::chrono::duration_cast<std::chrono::seconds>(v.now.steady - v.started);
  const json::object document{
      {"mode", to_string(v.mode)},
      {"account", v.account},
      {"trading_state", to_string(v.trading.state)},
      {"state", state_object(v.trading)},
      {"overrides", overrides_array(v.overrides, v.now.wall)},
      {"ready", v.not_ready_for.empty()},
      {"not_ready", reasons_array(v.not_ready_for)},
      {"warnings", reasons_array(v.warnings)},
      {"restart_needed", json::array(v.restart_needed.begin(), v.restart_needed.end())},
      {"stalls", stalls_array(v)},
      {"time", format_rfc3339(v.now.wall)},
      {"uptime_s", uptime.count()},
      {"truth", truth_object(v)},
      {"universe", universe_object(*v.universe_now, v.now)},
      {"funding", funding_object(v)},
      {"budget", json::object{{"weight_used_1m", v.budget.weight_used_1m},
                              {"weight_limit_1m", v.budget.weight_limit_1m},
                              {"requests_total", v.budget.requests_total}}},
      {"plans", plans_object(v)},
      {"verdicts_1m", verdicts_object(v)},
      {"orders", json::object{{"sent", v.folded->orders_counted().sent},
                              {"filled", v.folded->orders_counted().filled},
                              {"unknown", v.numbers->orders_unknown.load()},
                              {"under_way", v.numbers->orders_under_way.load()}}},
      {"stops", stops_object(v)},
      {"dead_man", dead_man_object(v.numbers->dead_man())},
      {"limits", v.limits ? json::value(limits_object(*v.limits)) : json::value(nullptr)},
      {"holds", v.folded->holds().size()},
      {"stream", json::object{{"user", v.numbers->user_stream_up.load() ? "up" : "down"},
                              {"market", v.numbers->mark_stream_up.load() ? "up" : "down"}}},
      {"journal", json::object{{"commits", v.numbers->commits.load()},
                               {"records", v.numbers->records.load()}}}};
  return json::serialize(document);
}

std::string freshness_json(const freshness_promise& p) {
  return json::serialize(promise_object(p));
}

std::string ready_json(const status_view& v) {
  return json::serialize(json::object{{"ready", v.not_ready_for.empty()},
                                      {"reasons", reasons_array(v.not_ready_for)},
                                      {"stalls", stalls_array(v)},
                                      {"trading_state", to_string(v.trading.state)},
                                      {"overrides", overrides_array(v.overrides, v.now.wall)}});
}

std::string ready_words_json(const status_view& v) {
  json::array words;
  for (const auto& r : v.not_ready_for)
    words.push_back(json::object{{"reason", r.reason}});
  return json::serialize(
      json::object{{"ready", v.not_ready_for.empty()}, {"reasons", std::move(words)}});
}

std::vector<position_line> position_lines(const state_table& table, const projection& folded,
                                          instant now, bool flat_too) {
  std::vector<position_line> lines;
  table.scan([&](const position_key& key, const truth_view& seen) {
    const bool flat = std::holds_alternative<position_flat>(seen.content);
    if (flat && !flat_too && !folded.ledger(key).value_or(quantity{}).raw())
      return;
    const auto* held = std::get_if<position_open>(&seen.content);
    lines.push_back(
        {key, seen, is_known(seen.content) ? std::optional(between(seen.as_of, now)) : std::nullopt,
         held ? table.liquidation(key, *held) : std::nullopt});
  });
  return lines;
}

std::string positions_json(const std::vector<position_line>& lines, const projection& folded,
                           const mark_board& marks, const exit_surroundings& exits) {
  json::array rows;
  for (const auto& line : lines)
    rows.push_back(position_object(line, folded, marks, exits));
  return json::serialize(json::object{{"positions", std::move(rows)}});
}

std::string orders_json(const projection& folded) {
  json::array rows;
  for (const auto& o : folded.orders())
    rows.push_back(order_object(o));
  return json::serialize(json::object{{"orders", std::move(rows)}});
}

std::string universe_json(const universe& u, const stamp& now) {
  json::array rows;
  for (const auto& r : u.instruments)
    rows.push_back(rules_object(r));
  auto document = universe_object(u, now);
  document["symbols"] = std::move(rows);
  return json::serialize(document);
}

std::string listing_json(const universe& u, const symbol& s, const stamp& now) {
  const auto* found = u.find(s);
  return json::serialize(
      json::object{{"symbol", s.str()},
                   {"allowed", standing_of(u, found)},
                   {"source", to_string(u.source)},
                   {"age_ms", age_or_null(u, now)},
                   {"rules", found ? json::value(rules_object(*found)) : json::value(nullptr)}});
}

std::string plans_json(const std::vector<journal::plan_summary>& plans, std::int64_t limit) {
  json::array rows;
  for (const auto& p : plans)
    rows.push_back(json::object{
        {"plan_id", p.id.str()},
        {"source", p.source.str()},
        {"symbol", p.position.instrument.str()},
        {"position_side", to_string(p.position.leg)},
        {"kind", p.kind},
        {"received_at", time_or_null(p.received_at)},
        {"verdict", p.outcome ? text(to_string(*p.outcome)) : json::value(nullptr)},
        {"reason", p.reason ? text(to_string(*p.reason)) : json::value(nullptr)},
        {"judged_at", p.judged_at ? time_or_null(*p.judged_at) : json::value(nullptr)},
        {"ended", p.ended ? json::value(to_string(*p.ended)) : json::value(nullptr)},
        {"executed", p.executed ? json::value(p.executed->str()) : json::value(nullptr)},
        {"seq", p.seq}});
  const bool full = static_cast<std::int64_t>(plans.size()) >= limit;
  return json::serialize(
      json::object{{"plans", std::move(rows)},
                   {"next", full && !plans.empty() ? json::value(std::to_string(plans.back().seq))
                                                   : json::value(nullptr)}});
}

}  // namespace sluice::actors
