// One row per parameter: its name, and how its text restricts the list.
#include "plan_query.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>
#include <string>
#include <string_view>

namespace sluice::actors {
namespace {

using journal::plan_filter;
using fault = std::optional<std::string>;

template <class T>
fault keep(result<T> parsed, std::optional<T>& into) {
  if (!parsed)
    return parsed.error().text;
  into = std::move(*parsed);
  return std::nullopt;
}

/// One of the words of an enumeration.
template <class E, std::size_t N>
fault keep_word(std::string_view text, const std::array<E, N>& all, std::optional<E>& into) {
  std::string words;
  for (const auto e : all) {
    if (to_string(e) == text) {
      into = e;
      return std::nullopt;
    }
    words += (words.empty() ? "takes " : ", ") + std::string(to_string(e));
  }
  return words;
}

fault keep_number(std::string_view text, std::int64_t least, std::int64_t most,
                  std::int64_t& into) {
  std::int64_t number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc{} || end != text.data() + text.size() || number < least || number > most)
    return "takes a whole number from " + std::to_string(least) + " to " + std::to_string(most);
  into = number;
  return std::nullopt;
}

fault keep_time(std::string_view text, wall_time now, std::optional<wall_time>& into) {
  if (const auto span = parse_duration(text)) {
    into = wall_time{now.ms - span->count()};
    return std::nullopt;
  }
  if (const auto time = parse_rfc3339(text)) {
    into = *time;
    return std::nullopt;
  }
  return "takes a time such as 2026-11-23T12:00:00Z, or a span before now such as 10m";
}

fault keep_kind(std::string_view text, plan_filter& f) {
  if (text != "open" && text != "reduce" && text != "cancel")
    return "takes open, reduce, cancel";
  f.kind = std::string(text);
  return std::nullopt;
}

fault keep_reason(std::string_view text, plan_filter& f) {
  f.reason = parse_refusal_code(text);
  return f.reason ? std::nullopt : fault("is no reason code; docs/reasons.md lists them");
}

fault keep_cursor(std::string_view text, plan_filter& f) {
  std::int64_t seq = 0;
  const auto wrong = keep_number(text, 1, std::numeric_limits<std::int64_t>::max(), seq);
  if (wrong)
    return "takes what \"next\" of the page before said";
  f.before_seq = seq;
  return std::nullopt;
}

fault take(std::string_view name, std::string_view text, wall_time now, plan_filter& f) {
  using journal::plan_progress;
  if (name == "symbol")
    return keep(parse_symbol(text), f.instrument);
  if (name == "source")
    return keep(parse_source_id(text), f.source);
  if (name == "lane")
    return keep_word(text, std::array{lane::exit, lane::entry}, f.traffic);
  if (name == "kind")
    return keep_kind(text, f);
  if (name == "verdict")
    return keep_word(
        text, std::array{verdict_kind::allow, verdict_kind::deny, verdict_kind::expire}, f.outcome);
  if (name == "status")
    return keep_word(
        text, std::array{plan_progress::undecided, plan_progress::under_way, plan_progress::ended},
        f.progress);
  if (name == "reason")
    return keep_reason(text, f);
  if (name == "since")
    return keep_time(text, now, f.since);
  if (name == "until")
    return keep_time(text, now, f.until);
  if (name == "limit")
    return keep_number(text, 1, plans_listed_max, f.limit);
  if (name == "cursor")
    return keep_cursor(text, f);
  return "is no parameter; there are symbol, source, lane, kind, verdict, status, reason, since, "
         "until, limit and cursor";
}

}  // namespace

plan_query_result read_plan_query(const status::query_parameters& asked, wall_time now) {
  plan_filter f;
  std::vector<status::problem_field> faults;
  const auto& all = asked.all();
  for (auto at = all.begin(); at != all.end(); ++at) {
    const bool twice =
        std::any_of(all.begin(), at, [&](const auto& p) { return p.first == at->first; });
    if (const auto wrong = twice ? fault("is given twice") : take(at->first, at->second, now, f))
      faults.push_back({at->first, *wrong});
  }
  if (!faults.empty())
    return faults;
  return f;
}

void throw_exception_from_error(const std::vector<status::problem_field>& faults,
                                const boost::source_location&) {
  throw std::logic_error("a refused query was read: " + std::to_string(faults.size()) + " faults");
}

}  // namespace sluice::actors
