// Applies the tables of answers, and reads what stands in words: ends of bans, Retry-After.
#include "sluice/exchange/classify.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

#include "answer_rules.hpp"
#include "sluice/exchange/replies.hpp"

namespace sluice::exchange {
namespace {

/// Of a body that is no document: enough to know a firewall's page by.
constexpr std::size_t page_bytes_max = 512;

bool contains_folded(std::string_view text, std::string_view wanted) {
  const auto lower = [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  const auto equal = [&](char a, char b) { return lower(a) == lower(b); };
  return std::search(text.begin(), text.end(), wanted.begin(), wanted.end(), equal) != text.end();
}

bool status_holds(int wanted, int seen) {
  return wanted == any || wanted == seen || wanted == seen / 100;
}
bool code_holds(int wanted, int seen) {
  return wanted == any || wanted == seen;
}
bool speaker_holds(speaker wanted, const answer& a) {
  return wanted == speaker::anybody || (wanted == speaker::venue) == a.is_error_document;
}
template <class Rule>
bool holds(const Rule& rule, const answer& a) {
  return status_holds(rule.http_status, a.http_status) && code_holds(rule.code, a.code) &&
         speaker_holds(rule.who, a);
}

/// The venue has been seen to say "Unknown error" under 503 with the code of a limit: there the
/// words decide, for a pause would withhold the very queries that settle such a doubt.
bool speaks_of_limit(const answer& a) {
  if (a.http_status == 429)
    return true;
  return a.code == -1003 &&
         (a.http_status / 100 != 5 || contains_folded(a.text, "too many requests"));
}

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc{} || end != text.data() + text.size() || value < 0)
    return std::nullopt;
  return value;
}

}  // namespace

answer answer_of(int http_status, std::string_view body) {
  answer seen{http_status, 0, {}, false};
  if (auto document = parse_error(body)) {
    seen.code = document->code;
    seen.text = std::move(document->text);
    seen.is_error_document = true;
  } else {
    seen.text = body.substr(0, page_bytes_max);
  }
  return seen;
}

order_judgement judge_order(const answer& a) {
  for (const auto& rule : order_rules)
    if (holds(rule, a) && (rule.text.empty() || contains_folded(a.text, rule.text)))
      return {rule.fate, rule.wait, rule.cure, rule.by == mends::person};
  // Any other 4xx with the venue's own error document is its considered refusal. Everything else,
  // pages of proxies among them, says nothing.
  if (a.http_status / 100 == 4 && a.is_error_document && a.code < 0)
    return {order_fate::refused, milliseconds(0), refusal_cure::none, false};
  return {};
}

failure_kind judge_read(const answer& a) {
  for (const auto& rule : read_rules)
    if (holds(rule, a))
      return rule.kind;
  return failure_kind::venue_error;
}

stop_kind judge_stop(const answer& a) {
  if (a.http_status == 418 || (a.code == -1003 && banned_until(a.text)))
    return stop_kind::banned;
  // The venue documents 403 as the limit of its firewall; its own refusals are documents.
  if (a.http_status == 403 && !a.is_error_document)
    return stop_kind::turned_away;
  // A 503 of unknown outcome may carry these codes and limits nobody.
  const bool refused = a.http_status / 100 == 4;
  if (refused && a.code == -1015)
    return stop_kind::orders_paused;
  if (speaks_of_limit(a))
    return stop_kind::paused;
  return stop_kind::none;
}

std::string quotable(std::string_view text) {
  constexpr std::size_t told_max = 300;
  constexpr std::size_t key_min = 32;
  const auto of_a_key = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("+/=_%-").find(c) != std::string_view::npos;
  };
  std::string told;
  while (!text.empty() && told.size() < told_max) {
    const auto run = static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), of_a_key) -
                                              text.begin());
    if (run >= key_min)
      told += "***";
    else if (run > 0)
      told += text.substr(0, run);
    else
      told += text.front() >= ' ' && text.front() < '\x7f' ? text.front() : ' ';
    text.remove_prefix(std::max<std::size_t>(run, 1));
  }
  if (told.size() > told_max || !text.empty())
    told = told.substr(0, told_max) + "...";
  return told;
}

std::optional<venue_time> banned_until(std::string_view text) {
  static constexpr std::string_view words = "banned until ";
  const auto at = text.find(words);
  if (at == std::string_view::npos)
    return std::nullopt;
  auto rest = text.substr(at + words.size());
  rest = rest.substr(0, std::min(rest.find_first_not_of("0123456789"), rest.size()));
  const auto ms = whole_number(rest);
  if (!ms || rest.size() > 14)
    return std::nullopt;
  return venue_time{*ms};
}

std::optional<venue_time> http_date(std::string_view header) {
  static constexpr std::array<std::string_view, 12> months{
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  // Day name and comma, then every field at its place.
  if (header.size() != 29 || header.substr(25) != " GMT")
    return std::nullopt;
  const auto number = [&](std::size_t at, std::size_t length) {
    return whole_number(header.substr(at, length)).value_or(-1);
  };
  const auto month = std::ranges::find(months, header.substr(8, 3));
  const std::chrono::year_month_day day{
      std::chrono::year{static_cast<int>(number(12, 4))},
      std::chrono::month{static_cast<unsigned>(month - months.begin()) + 1},
      std::chrono::day{static_cast<unsigned>(number(5, 2))}};
  const auto hour = number(17, 2);
  const auto minute = number(20, 2);
  const auto second = number(23, 2);
  if (!day.ok() || number(12, 4) < 1970 || hour < 0 || hour > 23 || minute < 0 || minute > 59 ||
      second < 0 || second > 60)
    return std::nullopt;
  const auto at = std::chrono::sys_days{day} + std::chrono::hours{hour} +
                  std::chrono::minutes{minute} + std::chrono::seconds{second};
  return venue_time{
      std::chrono::duration_cast<std::chrono::milliseconds>(at.time_since_epoch()).count()};
}

std::optional<milliseconds> retry_after(std::string_view header) {
  constexpr std::int64_t week_s = 7 * 24 * 3'600;
  const auto seconds = whole_number(header);
  if (!seconds || *seconds > week_s)
    return std::nullopt;
  return std::chrono::seconds(*seconds);
}

}  // namespace sluice::exchange
