// The kinds of faults as rows: each draws its own size and length.
#include "fault_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace sluice::simulation {
namespace {

using namespace std::chrono_literals;

struct kind_row {
  std::string name;
  void (*draw)(draws&, planned_fault&);
};

/// A fault's JSON, with braces written as < and >.
std::string script(std::string text) {
  std::ranges::replace(text, '<', '{');
  std::ranges::replace(text, '>', '}');
  return text;
}

/// Which requests a fault of orders hits: those that place one, or, where it is crossed with a
/// cancellation, now and then all that place, cancel and ask for conditional orders.
std::string on_orders(draws& d, const planned_fault& f) {
  if (f.wanted == phase::cancelling && d.chance(50))
    return R"("path":"/fapi/v1/algoO")";
  return R"("method":"POST","path":"/fapi/v1/order","where":<"symbol":"SYMBOL">)";
}
constexpr std::array unknown_replies{"unknown_500",  "bad_gateway_502", "gateway_timeout_504",
                                     "timeout_408",  "challenge_202",   "unexpected_400",
                                     "forbidden_403"};
constexpr std::array order_codes{-2022, -2019, -4118, -4061, -4164, -1111};

void slow(draws& d, planned_fault& f) {
  constexpr std::array delays{50, 300, 3'000, 30'000};
  f.lasts = d.time(5s, 40s);
  f.script = script(fmt::format(
      R"(<"effect":"delay","path":"/fapi/","delay_ms":{},"delay_jitter_ms":200,"count":0,"for_ms":{}>)",
      d.one_of(delays), f.lasts.count()));
  f.lasts += 30s;
}
void too_many(draws& d, planned_fault& f) {
  constexpr std::array waits{0, 1, 30, 120};
  const auto wait = d.one_of(waits);
  // Once where it is long: what asks again after it was told to wait would be told so once more.
  f.script = script(fmt::format(
      R"(<"effect":"status","reply":"too_many_429","path":"/fapi/","count":{}{},"for_ms":20000>)",
      wait > 1 ? 1 : d.between(1, 3), wait > 0 ? fmt::format(R"(,"retry_after_s":{})", wait) : ""));
  f.lasts = std::chrono::seconds{std::max(wait, 65) + 20};
}
void banned(draws& d, planned_fault& f) {
  const auto time = d.time(120s, 150s);
  f.script = script(fmt::format(R"(<"effect":"ban","time_ms":{}>)", time.count()));
  f.lasts = time + 5s;
}
void unknown_error(draws& d, planned_fault& f) {
  f.script = script(fmt::format(
      R"(<"effect":"status","reply":"unknown_503",{},"execute":{},"count":{},"for_ms":20000>)",
      on_orders(d, f), d.chance(50) ? "true" : "false", d.between(1, 2)));
  f.lasts = 25s;
}
void unavailable(draws& d, planned_fault& f) {
  f.script = script(fmt::format(R"(<"effect":"status","reply":"{}",{},"count":{},"for_ms":20000>)",
                                d.chance(50) ? "unavailable_503" : "internal_503", on_orders(d, f),
                                d.between(1, 4)));
  f.lasts = 25s;
}
void throttled(draws& d, planned_fault& f) {
  f.lasts = d.time(5s, 30s);
  f.script =
      script(fmt::format(R"(<"effect":"status","reply":"throttled_503",{},"count":0,"for_ms":{}>)",
                         on_orders(d, f), f.lasts.count()));
}
void strange_answer(draws& d, planned_fault& f) {
  const auto where = d.chance(60) ? on_orders(d, f) : std::string(R"("path":"/fapi/")");
  const std::string_view reply = d.one_of(unknown_replies);
  // A firewall stands before the venue: what it blocks was never carried out.
  const bool executes = d.chance(50) && reply != "forbidden_403";
  f.script = script(
      fmt::format(R"(<"effect":"status","reply":"{}",{},"execute":{},"count":{},"for_ms":15000>)",
                  reply, where, executes, reply == "forbidden_403" ? 1 : d.between(1, 3)));
  f.lasts = 75s;  // A firewall's answer keeps us away for a while.
}
void not_found(draws& d, planned_fault& f) {
  f.script = script(fmt::format(
      R"(<"effect":"hide_order","method":"GET","path":"/fapi/v1/order","delay_ms":{},"count":0,"for_ms":20000>)",
      d.between(500, 10'000)));
  f.script += "\n" + script(fmt::format(R"(<"effect":"reset_after",{},"count":1,"for_ms":20000>)",
                                        on_orders(d, f)));
  f.lasts = 30s;
}
void lost_reply(draws& d, planned_fault& f) {
  constexpr std::array ways{"drop_reply", "reset_after", "hang", "reset_before", "truncate"};
  f.script = script(fmt::format(R"(<"effect":"{}",{},"count":{},"for_ms":20000>)", d.one_of(ways),
                                on_orders(d, f), d.between(1, 2)));
  if (d.chance(50))
    f.script +=
        "\n" + script(fmt::format(
                   R"(<"effect":"{}","symbol":"SYMBOL","count":4,"delay_ms":{},"for_ms":20000>)",
                   d.chance(50) ? "drop_events" : "delay_events", d.between(500, 8'000)));
  f.lasts = 30s;
}
void damaged(draws& d, planned_fault& f) {
  constexpr std::array damages{"cut",           "nan",        "overflow",
                               "many_digits",   "wrong_type", "missing_field",
                               "duplicate_key", "empty_list", "not_utf8"};
  const std::string damage = d.one_of(damages);
  const auto count = damage == "empty_list" ? 1 : d.between(1, 4);
  f.script = script(fmt::format(
      R"(<"effect":"damage","damage":"{}","method":"GET","path":"/fapi/v3/positionRisk","count":{},"for_ms":15000>)",
      damage, count));
  f.lasts = 20s;
}
/// Forward only: the venue's clock never runs back, ours does (H7).
void clock_off(draws& d, planned_fault& f) {
  constexpr std::array steps{500, 1'500, 4'000};
  f.script = script(fmt::format(R"(<"effect":"clock_step","number":{}>)", d.one_of(steps)));
  f.lasts = 10s;
}
void mute(draws& d, planned_fault& f) {
  f.lasts = d.time(5s, 60s);
  f.script = script(fmt::format(R"(<"effect":"mute","count":0,"for_ms":{}>)", f.lasts.count()));
}
void bent_events(draws& d, planned_fault& f) {
  constexpr std::array ways{"duplicate_events", "reorder_events", "delay_events", "drop_events"};
  f.script = script(
      fmt::format(R"(<"effect":"{}","count":0,"chance_percent":{},"delay_ms":{},"for_ms":30000>)",
                  d.one_of(ways), d.between(10, 60), d.between(200, 15'000)));
  f.lasts = 46s;
}
void stream_ends(draws& d, planned_fault& f) {
  f.script = script(d.chance(60) ? fmt::format(R"(<"effect":"expire_listen_key","silent":{}>)",
                                               d.chance(50) ? "true" : "false")
                                 : std::string(R"(<"effect":"drop_connection","stream":"user">)"));
  f.lasts = 30s;
}
/// A person trades while a read is on its way: its reply is older than the event. Or reads lag
/// behind the events for longer.
void event_between(draws& d, planned_fault& f) {
  f.person = person_act::add;
  f.lasts = 15s;
  if (d.chance(50)) {
    f.lasts = d.time(3s, 25s);
    f.reads_lag = true;
    f.script = script(fmt::format(
        R"(<"effect":"freeze","method":"GET","path":"/fapi/v3/positionRisk","count":0,"for_ms":{}>)",
        f.lasts.count()));
    f.lasts += 35s;  // What an event of then opened is doubted that long.
    return;
  }
  f.script = script(fmt::format(
      R"(<"effect":"delay","method":"GET","path":"/fapi/v3/positionRisk","delay_ms":{},"count":2,"for_ms":10000>)",
      d.between(300, 1'500)));
}
void parts(draws& d, planned_fault& f) {
  f.script = script(
      fmt::format(R"(<"effect":"fill_parts",{},"parts":{},"percent":{},"count":2,"for_ms":30000>)",
                  on_orders(d, f), d.between(1, 20), d.between(10, 100)));
  f.lasts = 35s;
}
void person(draws& d, planned_fault& f) {
  constexpr std::array acts{person_act::close,  person_act::flip,     person_act::add,
                            person_act::cancel, person_act::leverage, person_act::rest};
  f.person = d.one_of(acts);
  f.lasts = 10s;
}
void forced(draws& d, planned_fault& f) {
  f.venue = d.chance(50) ? venue_act::liquidate : venue_act::deleverage;
  f.lasts = 10s;
}
void refused(draws& d, planned_fault& f) {
  f.script = script(fmt::format(
      R"(<"effect":"status","status":400,"body":"<\"code\":{},\"msg\":\"refused\">",{},"count":{},"for_ms":20000>)",
      d.one_of(order_codes), on_orders(d, f), d.between(1, 2)));
  f.lasts = 25s;
}
void maintenance(draws& d, planned_fault& f) {
  f.lasts = d.time(10s, 60s);
  f.script = script(fmt::format(
      R"(<"effect":"status","reply":"maintenance_503","path":"/fapi/","count":0,"for_ms":{0}>)"
      "\n"
      R"(<"effect":"refuse_connection","count":0,"for_ms":{0}>)"
      "\n"
      R"(<"effect":"drop_connection","stream":"user">)"
      "\n"
      R"(<"effect":"drop_connection","stream":"market">)",
      f.lasts.count()));
  f.lasts += 35s;  // Back-off of streams.
}
void crash(draws& d, planned_fault& f) {
  f.disk = disk_fault{d.chance(60) ? crash_kind::power : crash_kind::process,
                      d.chance(30) ? 0 : d.between(1, 12), false};
  f.lasts = 15s;
}
void sync_error(draws& d, planned_fault& f) {
  f.disk = disk_fault{crash_kind::process, d.between(0, 3), true};
  f.lasts = 15s;
}
void slow_commits(draws& d, planned_fault& f) {
  f.slow = slow_disk{d.time(200ms, 3s), d.time(5s, 30s)};
  f.lasts = f.slow->lasts + 15s;
}
void jump(draws& d, planned_fault& f) {
  constexpr std::array spans{-3'600'000, -60'000, 60'000, 3'600'000};
  f.wall = wall_jump{milliseconds{d.one_of(spans)}};
  f.lasts = 5s;
}

const std::vector<kind_row>& rows() {
  static const std::vector<kind_row> all{
      {"E1", slow},         {"E2", too_many},     {"E3", banned},         {"E4", unknown_error},
      {"E5", unavailable},  {"E6", throttled},    {"E7", strange_answer}, {"E8", not_found},
      {"E9", lost_reply},   {"E10", damaged},     {"E15", clock_off},     {"E16", mute},
      {"E17", bent_events}, {"E18", stream_ends}, {"E19", event_between}, {"E20", parts},
      {"E21", person},      {"E22", forced},      {"E24", refused},       {"E25", maintenance},
      {"H1", crash},        {"H2", sync_error},   {"H7", jump},           {"H11", slow_commits}};
  return all;
}

/// So rare that the others get their turn.
bool is_long(const std::string& name) {
  return name == "E3" || name == "E2" || name == "E25";
}

/// Whether events may be missing because of it, or memory: with reads that lag nobody can know
/// then.
bool hides_events(const planned_fault& f) {
  constexpr std::array kinds{"E9", "E16", "E17", "E18", "E25", "H1", "H2"};
  return std::ranges::find(kinds, f.name) != kinds.end();
}

bool overlap(const planned_fault& a, const planned_fault& b) {
  constexpr milliseconds waits{60s};  // For the phase that it is crossed with.
  return a.at < b.at + b.lasts + waits && b.at < a.at + a.lasts + waits;
}

bool empties_a_list(const planned_fault& f) {
  return f.script.find("empty_list") != std::string::npos;
}

}  // namespace

const std::vector<std::string>& fault_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const auto& row : rows())
      all.push_back(row.name);
    return all;
  }();
  return names;
}

std::vector<planned_fault> draw_faults(draws& random, milliseconds from, milliseconds to) {
  std::vector<planned_fault> all;
  const auto count = random.between(5, 40);
  for (std::int64_t i = 0; i < count; ++i) {
    const auto* row = &random.one_of(rows());
    if (is_long(row->name) && random.chance(60))
      row = &random.one_of(rows());
    planned_fault f;
    f.name = row->name;
    f.wanted = random.one_of(all_phases);
    row->draw(random, f);
    const auto latest = to - f.lasts;
    f.at = random.time(from, std::max(from + 1s, latest));
    // Nobody can tell a list that is empty twice in a row from a flat account.
    if (latest > from && !(empties_a_list(f) && std::ranges::any_of(all, empties_a_list)))
      all.push_back(std::move(f));
  }
  const auto others = all;
  std::erase_if(all, [&](const planned_fault& f) {
    return f.reads_lag && std::ranges::any_of(others, [&](const planned_fault& o) {
             return (hides_events(o) || empties_a_list(o)) && overlap(f, o);
           });
  });
  std::ranges::stable_sort(all, {}, &planned_fault::at);
  return all;
}

}  // namespace sluice::simulation
