// The tables that say what an answer means; facts of Binance's general-info and error-code pages.
#include "sluice/exchange/classify.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "sluice/exchange/replies.hpp"

namespace sluice::exchange {
namespace {

constexpr int any = 0;

/// A row holds when status, code and text do; `any` and "" hold always. The first that holds
/// decides.
struct order_rule {
  int http_status{any};
  int code{any};
  std::string_view text{};
  order_fate fate{order_fate::uncertain};
  milliseconds wait{0};
};

constexpr std::array order_rules{
    // The venue itself does not know, whatever status it says so with.
    order_rule{any, -1006, "", order_fate::uncertain},
    order_rule{any, -1007, "", order_fate::uncertain},
    order_rule{408, any, "", order_fate::uncertain},
    // An order with this client id exists: an earlier attempt of ours. To be queried, never resent.
    order_rule{any, -4116, "", order_fate::uncertain},
    order_rule{any, -4117, "", order_fate::uncertain},
    // 503 comes in four kinds, told apart by text, since the code inside is not documented.
    order_rule{503, any, "unknown error", order_fate::uncertain},
    order_rule{503, any, "service unavailable", order_fate::refused_for_now, milliseconds(200)},
    order_rule{503, any, "internal error; unable to process", order_fate::refused_for_now,
               milliseconds(200)},
    order_rule{503, -1008, "", order_fate::refused_for_now, milliseconds(200)},
    order_rule{any, -1000, "", order_fate::uncertain},
    order_rule{any, -1001, "", order_fate::uncertain},
    // Turned away before anything looked at the order.
    order_rule{418, any, "", order_fate::refused_for_now},
    order_rule{429, any, "", order_fate::refused_for_now},
    order_rule{403, any, "", order_fate::refused_for_now, milliseconds(60'000)},
    order_rule{401, any, "", order_fate::refused},
    // Refused by code, with a cause that passes.
    order_rule{400, -1003, "", order_fate::refused_for_now},
    order_rule{400, -1008, "", order_fate::refused_for_now, milliseconds(200)},
    order_rule{400, -1015, "", order_fate::refused_for_now, milliseconds(10'000)},
    order_rule{400, -1016, "", order_fate::refused_for_now, milliseconds(30'000)},
    order_rule{400, -1021, "", order_fate::refused_for_clock},
    order_rule{400, -5028, "", order_fate::refused_for_clock},
    order_rule{400, -1112, "", order_fate::refused_for_now, milliseconds(5'000)},
    order_rule{400, -2020, "", order_fate::refused_for_now, milliseconds(1'000)},
    order_rule{400, -2025, "", order_fate::refused_for_now, milliseconds(1'000)},
    order_rule{400, -4131, "", order_fate::refused_for_now, milliseconds(1'000)},
    order_rule{400, -5041, "", order_fate::refused_for_now, milliseconds(1'000)},
};

struct read_rule {
  int http_status{any};
  int code{any};
  failure_kind kind{failure_kind::venue_error};
};

constexpr std::array read_rules{
    read_rule{418, any, failure_kind::banned},
    read_rule{429, any, failure_kind::rate_limited},
    read_rule{any, -1003, failure_kind::rate_limited},
    read_rule{any, -1015, failure_kind::rate_limited},
    read_rule{any, -1021, failure_kind::clock_off},
    read_rule{any, -1002, failure_kind::refused},
    read_rule{any, -1022, failure_kind::refused},
    read_rule{any, -2014, failure_kind::refused},
    read_rule{any, -2015, failure_kind::refused},
    read_rule{any, -2017, failure_kind::refused},
    read_rule{401, any, failure_kind::refused},
    read_rule{403, any, failure_kind::refused},
    read_rule{any, -2013, failure_kind::not_found},
    read_rule{any, -1121, failure_kind::not_found},
};

bool contains_folded(std::string_view text, std::string_view wanted) {
  const auto lower = [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  const auto equal = [&](char a, char b) { return lower(a) == lower(b); };
  return std::search(text.begin(), text.end(), wanted.begin(), wanted.end(), equal) != text.end();
}

bool holds(int wanted, int seen) {
  return wanted == any || wanted == seen;
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
  }
  return seen;
}

order_judgement judge_order(const answer& a) {
  for (const auto& rule : order_rules)
    if (holds(rule.http_status, a.http_status) && holds(rule.code, a.code) &&
        (rule.text.empty() || contains_folded(a.text, rule.text)))
      return {rule.fate, rule.wait};
  // Any other 4xx with the venue's own error document is its considered refusal. Everything else,
  // pages of proxies and 2xx without an order among them, says nothing.
  if (a.http_status >= 400 && a.http_status < 500 && a.is_error_document && a.code < 0)
    return {order_fate::refused, milliseconds(0)};
  return {order_fate::uncertain, milliseconds(0)};
}

failure_kind judge_read(const answer& a) {
  if (a.http_status >= 200 && a.http_status < 300)
    return failure_kind::malformed;
  for (const auto& rule : read_rules)
    if (holds(rule.http_status, a.http_status) && holds(rule.code, a.code))
      return rule.kind;
  return failure_kind::venue_error;
}

stop_kind judge_stop(const answer& a) {
  if (a.http_status == 418 || (a.code == -1003 && banned_until(a.text)))
    return stop_kind::banned;
  if (a.code == -1015)
    return stop_kind::orders_paused;
  if (a.http_status == 429 || a.code == -1003)
    return stop_kind::paused;
  return stop_kind::none;
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

std::optional<milliseconds> retry_after(std::string_view header) {
  constexpr std::int64_t week_s = 7 * 24 * 3'600;
  const auto seconds = whole_number(header);
  if (!seconds || *seconds > week_s)
    return std::nullopt;
  return std::chrono::seconds(*seconds);
}

}  // namespace sluice::exchange
