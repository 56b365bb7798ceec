// Sections from the most urgent to the least: why nothing is allowed, what is stuck, truth, plans,
// orders, positions, holds, overrides.
#include "status_screen.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "json_view.hpp"
#include "screen_page.hpp"
#include "text_table.hpp"

namespace sluice::cli {
namespace {

namespace json = boost::json;

std::int64_t count_at(const json::object& o, std::string_view path) {
  return number_at(o, path).value_or(0);
}

tone tone_of_state(std::string_view state) {
  return state == "active" ? tone::good : state == "halted" ? tone::bad : tone::warning;
}

void head(screen_page& p, const json::object& s) {
  const auto state = text_at(s, "trading_state", "?");
  auto left = fmt::format("{}  account {}  {}", text_at(s, "mode", "?"), text_at(s, "account", "?"),
                          p.paint(tone_of_state(state), state));
  const auto up_s = count_at(s, "uptime_s");
  const auto right = fmt::format("up {}  {}", up_s == 0 ? "0 s" : short_span(up_s * 1'000),
                                 text_at(s, "time").substr(0, 19) + "Z");
  const auto used = width_of(left) + width_of(right);
  if (used + 2 <= p.width)
    left += std::string(p.width - used, ' ') + right;
  p.line(left);
  if (const auto author = text_at(s, "state.author"); !author.empty() && state != "active") {
    auto words = fmt::format("by {}: {}", author, text_at(s, "state.reason", "-"));
    if (const auto until = text_at(s, "state.until"); !until.empty())
      words += ", until " + until;
    p.fact(state, words);
  }
}

void readiness(screen_page& p, const json::object& s) {
  const bool ready = flag_at(s, "ready");
  p.line(ready ? p.paint(tone::good, "READY: plans can be allowed")
               : p.paint(tone::bad, "NOT READY"));
  for (const auto& row : rows_at(s, "not_ready"))
    p.out += hanging("  " + text_at(row_of(row), "reason") + ": ", text_at(row_of(row), "detail"),
                     p.width);
  for (const auto& row : rows_at(s, "stalls")) {
    const auto& stall = row_of(row);
    p.line(p.paint(tone::bad, fmt::format("STALL {}, for {}", text_at(stall, "cause"),
                                          short_span(count_at(stall, "for_ms")))));
    p.out += hanging("  seen    ", text_at(stall, "what"), p.width);
    p.out += hanging("  effect  ", text_at(stall, "effect"), p.width);
    p.out += hanging("  cure    ", text_at(stall, "cure"), p.width);
  }
  for (const auto& row : rows_at(s, "warnings"))
    p.out += hanging(
        fmt::format("  {} {}: ", p.paint(tone::warning, "warning"), text_at(row_of(row), "reason")),
        text_at(row_of(row), "detail"), p.width);
}

void truth(screen_page& p, const json::object& s) {
  const auto oldest = count_at(s, "truth.age_ms.max");
  const auto bound = count_at(s, "truth.promise.bound_ms");
  const auto unknown = count_at(s, "truth.unknown");
  p.out += "\n";
  p.fact(
      "truth",
      fmt::format("{} symbols: {} open, {} flat, {}", grouped(count_at(s, "truth.symbols")),
                  grouped(count_at(s, "truth.open")), grouped(count_at(s, "truth.flat")),
                  p.paint(unknown > 0 ? tone::bad : tone::plain, grouped(unknown) + " unknown")));
  p.fact("", fmt::format("oldest {} of {} promised ({}), half {}",
                         p.paint(oldest > bound ? tone::bad : tone::good, short_span(oldest)),
                         short_span(bound), text_at(s, "truth.promise.strategy", "?"),
                         short_span(count_at(s, "truth.age_ms.p50"))));
  const auto failed = count_at(s, "truth.reads_failed");
  p.fact("reads",
         fmt::format("{}, {} failed, latency {}", grouped(count_at(s, "truth.reads_total")),
                     p.paint(failed > 0 ? tone::warning : tone::plain, grouped(failed)),
                     short_span(count_at(s, "truth.read_latency_ms"))));
}

void budget(screen_page& p, const json::object& s) {
  const auto used = count_at(s, "budget.weight_used_1m");
  const auto limit = count_at(s, "budget.weight_limit_1m");
  constexpr std::int64_t cells = 20;
  const auto filled = limit > 0 ? std::clamp<std::int64_t>(used * cells / limit, 0, cells) : 0;
  const auto bar = std::string(static_cast<std::size_t>(filled), '#') +
                   std::string(static_cast<std::size_t>(cells - filled), '.');
  const auto how = filled >= 18 ? tone::bad : filled >= 14 ? tone::warning : tone::good;
  p.fact("budget", fmt::format("[{}] {} of {} weight in this minute", p.paint(how, bar),
                               grouped(used), grouped(limit)));
}

std::string up_or_down(const screen_page& p, const std::string& state) {
  return p.paint(state == "up" ? tone::good : tone::bad, state);
}

/// The most frequent first.
std::string reasons_of(const json::object& counts) {
  std::vector<std::pair<std::int64_t, std::string>> sorted;
  for (const auto& [name, count] : counts)
    sorted.emplace_back(count.is_int64() ? count.get_int64() : 0,
                        printable({name.data(), name.size()}));
  std::ranges::sort(sorted, std::ranges::greater{});
  std::string out;
  for (const auto& [count, name] : sorted)
    out += fmt::format("{}{} {}", out.empty() ? "" : ", ", name, grouped(count));
  return out;
}

/// The limits that are set, the most used first; as many as fit into a line of sense.
void limits(screen_page& p, const json::object& s) {
  constexpr std::size_t told_max = 3;
  std::vector<std::pair<std::int64_t, std::string>> used;
  for (const auto& [key, value] : object_at(s, "limits")) {
    const auto& line = row_of(value);
    const auto percent = number_at(line, "percent");
    if (!percent || !member(line, "max"))
      continue;
    const std::string name{key.data(), key.size()};
    const auto how = *percent >= 100 ? tone::bad : *percent >= 80 ? tone::warning : tone::plain;
    used.emplace_back(*percent,
                      p.paint(how, fmt::format("{} {} of {}", printable(name),
                                               text_at(line, "used", "0"), text_at(line, "max"))));
  }
  if (used.empty())
    return;
  std::ranges::stable_sort(used, std::ranges::greater{},
                           &std::pair<std::int64_t, std::string>::first);
  std::string text;
  for (std::size_t i = 0; i < used.size() && i < told_max; ++i)
    text += (i == 0 ? "" : ", ") + used[i].second;
  p.fact("limits", text);
}

void work(screen_page& p, const json::object& s) {
  p.fact("streams", fmt::format("user {}, market {}", up_or_down(p, text_at(s, "stream.user", "?")),
                                up_or_down(p, text_at(s, "stream.market", "?"))));
  p.fact("journal", fmt::format("{} records in {} commits", grouped(count_at(s, "journal.records")),
                                grouped(count_at(s, "journal.commits"))));
  p.fact("plans",
         fmt::format("{} accepted: {} allowed, {} denied, {} expired; {} parked",
                     grouped(count_at(s, "plans.accepted")), grouped(count_at(s, "plans.allowed")),
                     grouped(count_at(s, "plans.denied")), grouped(count_at(s, "plans.expired")),
                     grouped(count_at(s, "plans.parked"))));
  if (const auto why = reasons_of(object_at(s, "plans.by_reason")); !why.empty())
    p.fact("", "refused for " + why);
  const auto unknown = count_at(s, "orders.unknown");
  p.fact(
      "orders",
      fmt::format("{} sent, {} filled; {} under way, {}", grouped(count_at(s, "orders.sent")),
                  grouped(count_at(s, "orders.filled")), grouped(count_at(s, "orders.under_way")),
                  p.paint(unknown > 0 ? tone::bad : tone::plain, grouped(unknown) + " unknown")));
}

std::string name_of(const json::object& row) {
  const auto leg = text_at(row, "position_side", "both");
  return text_at(row, "symbol") + (leg == "both" ? "" : " " + leg);
}

cell age_cell(const json::object& row, std::int64_t bound) {
  const auto age = number_at(row, "age_ms");
  if (!age)
    return {"unknown", tone::bad};
  return {short_span(*age), bound > 0 && *age > bound ? tone::bad : tone::plain};
}

text_table positions_table(const picture& p) {
  text_table table({{"SYMBOL"},
                    {"AMOUNT", align::right},
                    {"ENTRY", align::right, 3},
                    {"MARK", align::right, 2},
                    {"LEDGER", align::right, 4},
                    {"DRIFT", align::right},
                    {"STOP", align::right, 1},
                    {"AGE", align::right}});
  const auto bound = count_at(p.status, "truth.promise.bound_ms");
  for (const auto& value : rows_at(p.positions, "positions")) {
    const auto& row = row_of(value);
    const auto drift = text_at(row, "drift", "?");
    table.add({{name_of(row)},
               {text_at(row, "amount", text_at(row, "truth", "?"))},
               {text_at(row, "entry", "-")},
               {text_at(row, "mark", "-")},
               {text_at(row, "ledger", "-")},
               {drift, drift == "0" ? tone::plain : tone::warning},
               {text_at(row, "stop", "-")},
               age_cell(row, bound)});
  }
  return table;
}

text_table orders_table(const picture& p) {
  text_table table({{"ORDER", align::left, 2, true},
                    {"PLAN", align::left, 1, true},
                    {"SYMBOL"},
                    {"SIDE"},
                    {"AMOUNT", align::right},
                    {"DONE", align::right},
                    {"STATE"}});
  for (const auto& value : rows_at(p.orders, "orders")) {
    const auto& row = row_of(value);
    const auto state = text_at(row, "state");
    if (state == "filled" || state == "cancelled" || state == "rejected" || state == "expired")
      continue;
    table.add({{text_at(row, "client_order_id")},
               {text_at(row, "plan_id")},
               {name_of(row)},
               {text_at(row, "side")},
               {text_at(row, "amount")},
               {text_at(row, "executed")},
               {state, state == "unknown" ? tone::bad : tone::plain}});
  }
  return table;
}

void holds(screen_page& p, const picture& all) {
  const auto& rows = rows_at(all.holds, "holds");
  if (rows.empty())
    return;
  p.heading(fmt::format("HOLDS ({})", rows.size()));
  for (const auto& value : rows) {
    const auto& row = row_of(value);
    p.line(fmt::format("  {}  {}: exchange {}, ledger {}, since {}", name_of(row),
                       p.paint(tone::warning, text_at(row, "cause")),
                       text_at(row, "truth_amount", "?"), text_at(row, "ledger_amount", "?"),
                       text_at(row, "since", "?")));
    p.out += hanging("    release: ", text_at(row, "release_command"), p.width);
  }
}

text_table overrides_table(const picture& p) {
  text_table table({{"SETTING"},
                    {"VALUE", align::right},
                    {"LEFT", align::right},
                    {"BY", align::left, 1},
                    {"REASON", align::left, 2, true}});
  for (const auto& value : rows_at(p.status, "overrides")) {
    const auto& row = row_of(value);
    table.add({{text_at(row, "key"), tone::warning},
               {text_at(row, "value")},
               {text_at(row, "left")},
               {text_at(row, "author")},
               {text_at(row, "reason")}});
  }
  return table;
}

result<json::object> document(const status::target& whom, const char* path,
                              const status::client_limits& limits) {
  auto reply = status::ask(whom, path, {}, limits);
  if (!reply)
    return reply.error();
  if (reply->status != 200)
    return fail(errc::io_failure, fmt::format("{}: answered {}{}", path, reply->status,
                                              status::token_hint(reply->status)));
  return parse_object(reply->body);
}

}  // namespace

std::string short_span(std::int64_t ms) {
  constexpr std::int64_t second = 1'000;
  constexpr std::int64_t minute = 60 * second;
  constexpr std::int64_t hour = 60 * minute;
  constexpr std::int64_t day = 24 * hour;
  if (ms < second)
    return fmt::format("{} ms", ms);
  if (ms < minute && ms % second >= 100)
    return fmt::format("{}.{} s", ms / second, ms % second / 100);
  if (ms < minute)
    return fmt::format("{} s", ms / second);
  if (ms < hour)
    return fmt::format("{}m {}s", ms / minute, ms % minute / second);
  if (ms < day)
    return fmt::format("{}h {}m", ms / hour, ms % hour / minute);
  return fmt::format("{}d {}h", ms / day, ms % day / hour);
}

std::string grouped(std::int64_t number) {
  auto text = std::to_string(number);
  const std::size_t first = number < 0 ? 1 : 0;
  for (auto at = text.size(); at > first + 3;) {
    at -= 3;
    text.insert(at, ",");
  }
  return text;
}

result<picture> gather(const status::target& whom, const status::client_limits& limits) {
  picture out;
  for (const auto& [path, into] :
       {std::pair{"/api/v1/status", &out.status}, std::pair{"/api/v1/positions", &out.positions},
        std::pair{"/api/v1/orders", &out.orders}, std::pair{"/api/v1/holds", &out.holds}}) {
    auto got = document(whom, path, limits);
    if (!got)
      return got.error();
    *into = std::move(*got);
  }
  return out;
}

bool is_ready(const picture& p) {
  return flag_at(p.status, "ready");
}

std::string draw(const picture& all, std::size_t width, const painter& paint) {
  screen_page p{width, paint};
  head(p, all.status);
  readiness(p, all.status);
  truth(p, all.status);
  budget(p, all.status);
  work(p, all.status);
  limits(p, all.status);
  p.table("POSITIONS", positions_table(all));
  p.table("ORDERS UNDER WAY", orders_table(all));
  holds(p, all);
  p.table("OVERRIDES", overrides_table(all));
  return p.out;
}

std::string as_json(const picture& p) {
  return json::serialize(json::object{{"status", p.status},
                                      {"positions", rows_at(p.positions, "positions")},
                                      {"orders", rows_at(p.orders, "orders")},
                                      {"holds", rows_at(p.holds, "holds")}});
}

}  // namespace sluice::cli
