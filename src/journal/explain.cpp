// One plan's story from its records: each part is a stored document with its seq and time.
#include "explain.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "json_structs.hpp"
#include "sluice/journal/record_json.hpp"

namespace sluice::journal {
namespace {

/// The part of a plan_judged record's body that replay needs.
struct judged_body {
  verdict outcome{};
};
void describe(auto& d, is<judged_body> auto& b) {
  d("verdict", b.outcome);
}

/// What each reason for which the plan was refused means, and what helps: code to words.
result<std::string> words_of_refusals(database& db, const plan_id& id) {
  boost::json::object words;
  const auto read = db.each(
      "SELECT r.body FROM verdict v JOIN record r ON r.seq = v.seq WHERE v.plan_id = ? "
      "ORDER BY r.seq",
      {id}, [&](const row& r) {
        if (const auto judged = parse_judged(r.text(0), instant{}))
          for (const auto& refused : judged->refusals)
            words[to_string(refused.code)] = boost::json::object{{"why", cause_of(refused.code)},
                                                                 {"cure", cure_of(refused.code)}};
        return result<void>{};
      });
  if (!read)
    return read.error();
  return boost::json::serialize(words);
}

/// A JSON array of the records `sql` finds (seq, kind, wall_ms, body, facts or null, caused_by).
result<std::string> records_of(database& db, std::string_view sql, const plan_id& id) {
  std::string items;
  auto read = db.each(sql, {id}, [&](const row& r) -> result<void> {
    auto item =
        stored_event_json({r.number(0), r.text(1), wall_time{r.number(2)}, r.number(5)}, r.text(3));
    if (!item)
      return item.error();
    if (!r.is_null(4)) {
      item->pop_back();
      *item += fmt::format(R"(,"facts":{}}})", long_numbers_as_text(r.text(4)));
    }
    items += items.empty() ? "" : ",";
    items += *item;
    return {};
  });
  if (!read)
    return read.error();
  return "[" + items + "]";
}

struct part {
  std::string_view name{};
  std::string_view sql{};
  bool is_of_plan{true};  ///< False: what the plan came from; it proves no plan.
};

constexpr part parts[] = {
    {"verdicts",
     "SELECT r.seq, r.kind, r.wall_ms, r.body, v.facts, r.caused_by FROM verdict v "
     "JOIN record r ON r.seq = v.seq WHERE v.plan_id = ? ORDER BY r.seq"},
    {"orders",
     "SELECT r.seq, r.kind, r.wall_ms, r.body, NULL, r.caused_by FROM orders o "
     "JOIN order_event e ON e.client_order_id = o.client_order_id "
     "JOIN record r ON r.seq = e.seq WHERE o.plan_id = ? ORDER BY r.seq"},
    {"fills",
     "SELECT r.seq, r.kind, r.wall_ms, r.body, NULL, r.caused_by FROM fill f "
     "JOIN record r ON r.seq = f.seq WHERE f.plan_id = ? ORDER BY r.seq"},
    {"finished",
     "SELECT r.seq, r.kind, r.wall_ms, r.body, NULL FROM plan p "
     "JOIN record r ON r.seq = p.finished_seq "
     "WHERE p.plan_id = ? AND r.kind = 'plan_finished'"},
    {"flatten",
     "SELECT r.seq, r.kind, r.wall_ms, r.body, NULL FROM flatten f "
     "JOIN record r ON r.seq IN (f.ordered_seq, f.ended_seq) "
     "WHERE substr(?1, 1, length('flatten:' || f.flatten_id || ':')) = "
     "'flatten:' || f.flatten_id || ':' ORDER BY r.seq",
     false},
};

}  // namespace

result<std::optional<std::string>> explain_plan(database& db, const plan_id& id) {
  const auto accepted =
      records_of(db,
                 "SELECT r.seq, r.kind, r.wall_ms, r.body, NULL, r.caused_by FROM plan p "
                 "JOIN record r ON r.seq = p.seq WHERE p.plan_id = ?",
                 id);
  if (!accepted)
    return accepted.error();
  const auto plan = accepted->substr(1, accepted->size() - 2);
  auto text = fmt::format(R"({{"plan":{})", plan.empty() ? "null" : plan);
  bool known = !plan.empty();
  for (const auto& p : parts) {
    const auto items = records_of(db, p.sql, id);
    if (!items)
      return items.error();
    known = known || (p.is_of_plan && *items != "[]");
    text += fmt::format(R"(,"{}":{})", p.name, *items);
  }
  if (!known)
    return std::optional<std::string>{};
  const auto words = words_of_refusals(db, id);
  if (!words)
    return words.error();
  return std::optional(fmt::format(R"({},"words":{}}})", text, *words));
}

result<verdict> parse_judged(std::string_view body, instant now) {
  auto parsed = parse_document<judged_body>(body, "verdict", {.base = now});
  if (!parsed)
    return parsed.error();
  return std::move(parsed->outcome);
}

}  // namespace sluice::journal
