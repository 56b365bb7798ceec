// Plan, verdict, rules, facts, orders, fills, end: one part after the other.
#include "plan_story.hpp"

#include <fmt/format.h>

#include <optional>

#include "json_view.hpp"
#include "rule_lines.hpp"
#include "screen_page.hpp"
#include "sluice/gate/judge.hpp"
#include "sluice/journal/facts_json.hpp"
#include "status_screen.hpp"
#include "text_table.hpp"

namespace sluice::cli {
namespace {

namespace json = boost::json;

/// What stands beside the record's body in an event.
json::object body_of(const json::object& event) {
  auto body = event;
  for (const auto* name : {"seq", "kind", "at", "caused_by"})
    body.erase(name);
  return body;
}

std::optional<plan> plan_in(const json::object& story) {
  const auto parsed = journal::parse_plan(json::serialize(body_of(object_at(story, "plan"))));
  return parsed ? std::optional(*parsed) : std::nullopt;
}

struct judged {
  facts seen{};
  verdict said{};
};

std::optional<judged> judgement_in(const json::object& event) {
  auto seen = journal::parse_facts(json::serialize(object_at(event, "facts")));
  if (!seen)
    return std::nullopt;
  auto said =
      journal::parse_verdict(json::serialize(object_at(event, "verdict")), seen->now.steady);
  if (!said)
    return std::nullopt;
  return judged{std::move(*seen), std::move(*said)};
}

std::string wanted(const json::object& accepted) {
  const auto kind = text_at(accepted, "body.kind");
  const auto name = text_at(accepted, "symbol");
  if (kind == "cancel")
    return fmt::format("cancel of plan {}", text_at(accepted, "body.target", "?"));
  if (kind == "reduce") {
    const auto why = text_at(accepted, "body.reason");
    return fmt::format("reduce {} to {}{}", name, text_at(accepted, "body.target", "?"),
                       why.empty() ? "" : " (" + why + ")");
  }
  auto text = fmt::format("open {}: {} ", name, text_at(accepted, "body.direction", "?"));
  text += member(accepted, "body.amount") ? text_at(accepted, "body.amount")
                                          : "for " + text_at(accepted, "body.value", "?");
  for (const auto* extra : {"stop", "target"})
    if (const auto at = text_at(accepted, fmt::format("body.{}", extra)); !at.empty())
      text += fmt::format(", {} {}", extra, at);
  return text;
}

/// "2 ms"; empty when one of them is missing.
std::string span_between(const std::string& from, const std::string& to) {
  const auto begin = parse_rfc3339(from);
  const auto end = parse_rfc3339(to);
  return begin && end ? short_span(end->ms - begin->ms) : "";
}

void tell_plan(screen_page& p, const json::object& story) {
  const auto& accepted = object_at(story, "plan");
  if (accepted.empty()) {
    p.line("The plan itself is not in this journal; it may be in an archive of it.");
    return;
  }
  p.line(p.paint(tone::strong, "PLAN " + text_at(accepted, "plan_id")));
  p.fact("wants", wanted(accepted));
  if (const auto numbers = text_at(accepted, "body.numbers"); !numbers.empty())
    p.fact("decided on", numbers);
  p.fact("from", text_at(accepted, "source", "?"));
  p.fact("accepted",
         fmt::format("{}, to be decided before {}", text_at(accepted, "received_at", "?"),
                     text_at(accepted, "deadline", "?")));
}

std::string seen_and_limit(const measure& observed, const measure& limit) {
  const auto seen = printable(to_string(observed));
  const auto held = printable(to_string(limit));
  if (seen.empty() && held.empty())
    return "";
  return fmt::format("seen {}{}", seen.empty() ? "nothing" : seen,
                     held.empty() ? "" : ", limit " + held);
}

void tell_rules(screen_page& p, const std::vector<rule_line>& rules) {
  p.heading("RULES, each that was asked");
  for (const auto& r : rules) {
    const auto values = seen_and_limit(r.observed, r.limit);
    const auto text = fmt::format("{}{}{}", to_string(r.code), values.empty() ? "" : ": ", values);
    p.out += hanging(r.passes ? "  pass    " : "  " + p.paint(tone::bad, "REFUSED") + " ", text,
                     p.width);
    if (r.passes)
      continue;
    p.out += hanging("          why:  ", cause_of(r.code), p.width);
    p.out += hanging("          cure: ", cure_of(r.code), p.width);
  }
}

std::string truth_words(const plan& asked, const facts& f) {
  if (!is_known(f.position.content))
    return "unknown: nothing was known of the position";
  const auto* open = std::get_if<position_open>(&f.position.content);
  const auto limit =
      lane_of(asked) == lane::exit ? f.limits.stale_after_exit : f.limits.stale_after_entry;
  const auto age = between(f.position.as_of, f.now.steady);
  const wall_time as_of{f.now.wall.ms - age.count()};
  return fmt::format(
      "{}, proven at {}, {} old (limit {}), from {}, version {}",
      open ? fmt::format("open {} bought at {}", open->amount.str(), open->entry.str()) : "flat",
      format_rfc3339(as_of), short_span(age.count()), short_span(limit.count()),
      to_string(f.position.source), f.position.version);
}

/// What the position had won or lost by then, and how far the mark stood from its entry.
std::optional<std::string> result_words(const facts& f) {
  const auto* open = std::get_if<position_open>(&f.position.content);
  if (!open || !f.mark || open->entry.is_zero())
    return std::nullopt;
  const auto moved = *f.mark - open->entry;
  const auto basis_points = moved.approx() / open->entry.approx() * 10'000;
  return fmt::format("{} at the mark, which stood {:+.1f} bp from the entry",
                     (moved * open->amount).str(), basis_points);
}

void tell_facts(screen_page& p, const plan& asked, const facts& f) {
  p.heading("WHAT WAS LOOKED AT, at " + format_rfc3339(f.now.wall));
  p.fact("truth", truth_words(asked, f));
  p.fact("ledger", f.ledger ? f.ledger->str() : "no line yet");
  p.fact("mark", f.mark ? fmt::format("{}, {} old (limit {})", f.mark->str(),
                                      short_span(between(f.mark_at, f.now.steady).count()),
                                      short_span(f.limits.mark_stale_after.count()))
                        : "none");
  if (const auto won = result_words(f))
    p.fact("result", *won);
  p.fact("state", to_string(f.state));
  if (f.instrument)
    p.fact("filters",
           fmt::format("step {}, quantity {} to {}, notional from {}", f.instrument->step.str(),
                       f.instrument->min_quantity.str(), f.instrument->max_quantity.str(),
                       f.instrument->min_notional.str()));
  if (f.in_flight)
    p.fact("in flight", fmt::format("plan {}: {}", printable(f.in_flight->plan.str()),
                                    to_string(f.in_flight->phase)));
  if (f.held)
    p.fact("hold", fmt::format("{}: {}", to_string(f.held->cause), printable(f.held->evidence)));
  if (!f.exchange.reachable || !f.exchange.why.empty())
    p.fact("exchange", fmt::format("{}: {}", f.exchange.reachable ? "reachable" : "not reachable",
                                   printable(f.exchange.why)));
  if (!f.overrides.empty())
    p.fact("overrides", fmt::format("{} in force", f.overrides.size()));
}

std::string outcome_words(const screen_page& p, const json::object& event) {
  const auto kind = text_at(event, "verdict.kind");
  if (kind == "allow") {
    const auto amount = text_at(event, "verdict.terms.amount");
    return p.paint(tone::good, "ALLOWED") +
           (amount.empty()
                ? ""
                : fmt::format(": {} {}{}", text_at(event, "verdict.terms.direction"), amount,
                              flag_at(event, "verdict.terms.reduce_only") ? ", reduce-only" : ""));
  }
  std::string reasons;
  for (const auto& r : rows_at(event, "verdict.refusals"))
    reasons += (reasons.empty() ? "" : ", ") + text_at(row_of(r), "code");
  return p.paint(tone::bad, kind == "expire" ? "EXPIRED" : "DENIED") + ": " + reasons;
}

void tell_judgements(screen_page& p, const json::object& story) {
  const auto& verdicts = rows_at(story, "verdicts");
  if (verdicts.empty())
    return p.line(p.paint(tone::warning, "UNDECIDED") + ": it has no verdict yet");
  const auto asked = plan_in(story);
  const auto& first = row_of(verdicts.front());
  const auto took = span_between(text_at(story, "plan.received_at"), text_at(first, "at"));
  const auto times = number_at(first, "times_judged").value_or(1);
  p.out += hanging("",
                   fmt::format("{}{}{}", outcome_words(p, first),
                               took.empty() ? "" : ", " + took + " after it was accepted",
                               times > 1 ? fmt::format(", judged {} times", times) : ""),
                   p.width);
  if (const auto made = judgement_in(first); made && asked) {
    tell_rules(p, rule_lines(*asked, made->seen, made->said));
    if (times > 0)
      tell_facts(p, *asked, made->seen);
  }
  if (verdicts.size() == 1)
    return;
  p.heading("JUDGED AGAIN, between its orders");
  for (std::size_t i = 1; i < verdicts.size(); ++i) {
    const auto& again = row_of(verdicts[i]);
    const auto after = text_at(again, "after");
    p.out += hanging(fmt::format("  {}  ", text_at(again, "at")),
                     outcome_words(p, again) + (after.empty() ? "" : ", after: " + after), p.width);
  }
}

void tell_orders(screen_page& p, const json::object& story) {
  const auto& rows = rows_at(story, "orders");
  if (rows.empty())
    return;
  p.heading("ORDERS");
  for (const auto& value : rows) {
    const auto& row = row_of(value);
    const auto head = fmt::format("  {}  ", text_at(row, "at").substr(0, 23));
    if (text_at(row, "kind") == "order_intended") {
      p.out += hanging(
          head,
          fmt::format("{} {} {} {}{}", text_at(row, "client_order_id"),
                      text_at(row, "type", "market"), text_at(row, "direction"),
                      text_at(row, "amount"), flag_at(row, "reduce_only") ? " reduce-only" : ""),
          p.width);
      continue;
    }
    const auto state = text_at(row, "state");
    const auto detail = text_at(row, "detail");
    p.out += hanging(
        head,
        fmt::format("{}, {} executed{}",
                    p.paint(state == "unknown" ? tone::bad : tone::plain, state),
                    text_at(row, "executed", "0"), detail.empty() ? "" : " (" + detail + ")"),
        p.width);
  }
}

void tell_fills(screen_page& p, const json::object& story) {
  text_table table({{"TIME", align::left, 2},
                    {"SIDE"},
                    {"AMOUNT", align::right},
                    {"PRICE", align::right},
                    {"FEE", align::right},
                    {"RESULT", align::right},
                    {"TRADE", align::right, 1}});
  for (const auto& value : rows_at(story, "fills")) {
    const auto& row = row_of(value);
    table.add({{text_at(row, "at").substr(0, 23)},
               {text_at(row, "direction")},
               {text_at(row, "amount")},
               {text_at(row, "price")},
               {text_at(row, "fee") + " " + text_at(row, "fee_asset")},
               {text_at(row, "realised")},
               {text_at(row, "trade_id")}});
  }
  if (table.empty())
    return;
  p.heading("FILLS");
  p.out += table.draw(p.width, p.paint);
}

void tell_end(screen_page& p, const json::object& story) {
  for (const auto& value : rows_at(story, "finished")) {
    const auto& row = row_of(value);
    const auto how = text_at(row, "how");
    const auto detail = text_at(row, "detail");
    p.out += "\n" + hanging(p.paint(tone::strong, "END "),
                            fmt::format("{}: {} executed by {} order(s){}",
                                        p.paint(how == "done" ? tone::good : tone::warning, how),
                                        text_at(row, "executed", "0"), text_at(row, "orders", "0"),
                                        detail.empty() ? "" : ", " + detail),
                            p.width);
  }
}

}  // namespace

std::string tell_story(std::string_view document, std::size_t width, const painter& paint) {
  const auto story = parse_object(document);
  screen_page p{width, paint, "  ", 11};
  tell_plan(p, story);
  tell_judgements(p, story);
  tell_orders(p, story);
  tell_fills(p, story);
  tell_end(p, story);
  return p.out;
}

}  // namespace sluice::cli
