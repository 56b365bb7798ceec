// A status line and a body through the classes of answers: that an order was not done is said only
// where the venue's documents allow it, as an oracle of its own reads them.
#include <algorithm>
#include <array>
#include <cctype>

#include "reply_text.hpp"
#include "sluice/exchange/classify.hpp"
#include "sluice/exchange/replies.hpp"
#include "target.hpp"

namespace sluice::fuzz {
namespace {

using namespace sluice::exchange;

std::string lower(std::string_view text) {
  std::string out;
  for (const char c : text)
    out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

bool says(const answer& a, std::string_view words) {
  return lower(a.text).find(words) != std::string::npos;
}

bool is_not_done(order_fate f) {
  return f == order_fate::refused || f == order_fate::refused_for_now ||
         f == order_fate::refused_for_clock;
}

bool is_one_of(int code, std::initializer_list<int> codes) {
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

/// True when nothing forbids to conclude that the order never reached the matching.
bool may_be_not_done(const answer& a) {
  // "Unknown" by code, and "there is one under this id already": whoever says so.
  if (is_one_of(a.code, {-1006, -1007, -4116, -4117, -5028}))
    return false;
  const int kind = a.http_status / 100;
  if (kind == 5)
    return a.http_status == 503 && a.is_error_document && !says(a, "unknown error") &&
           (a.code == -1008 || says(a, "service unavailable") ||
            says(a, "internal error; unable to process") ||
            says(a, "throttled by system-level protection"));
  if (kind != 4 || a.http_status == 408 || is_one_of(a.code, {-1000, -1001}))
    return false;
  if (a.is_error_document && a.code < 0)
    return true;
  return a.http_status == 418 || a.http_status == 429 || a.http_status == 401 ||
         (a.http_status == 403 && !a.is_error_document && says(a, "request blocked"));
}

void check_judgement(const answer& a) {
  const auto judged = judge_order(a);
  require(!is_not_done(judged.fate) || may_be_not_done(a),
          "an order is known not to be done only where nothing else can be");
  require(judged.fate != order_fate::already_so ||
              (a.is_error_document && is_one_of(a.code, {-4046, -4059, -4171})),
          "nothing was to be changed only by the codes that say so");
  require(judged.fate == order_fate::refused_for_now || judged.wait.count() == 0,
          "only what passes is waited for");
  require(judged.wait.count() >= 0 && judged.wait <= std::chrono::minutes{1},
          "a wait is at most a minute");
  require(!is_not_done(judged.fate) || !is_one_of(a.code, {-4116}),
          "an order whose id exists is asked after");
  auto louder = a;
  std::transform(louder.text.begin(), louder.text.end(), louder.text.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  require(judge_order(louder).fate == judged.fate, "capitals say the same");
}

void check_others(const answer& a, std::string_view body) {
  const auto read = judge_read(a);
  require(a.http_status / 100 != 2 || read == failure_kind::malformed,
          "a 200 that is no document is malformed");
  require((read == failure_kind::banned) == (a.http_status == 418), "a ban is a 418");
  const auto stop = judge_stop(a);
  require(a.http_status != 418 || stop == stop_kind::banned, "a 418 stops everything");
  require(a.http_status != 429 || stop != stop_kind::none, "a 429 stops something");
  const auto told = quotable(body);
  require(told.size() <= 303 &&
              std::all_of(told.begin(), told.end(), [](char c) { return c >= ' ' && c < '\x7f'; }),
          "what is quoted is short and can be printed");
  if (const auto until = banned_until(body))
    require(until->ms >= 0, "a ban ends at a time");
  if (const auto wait = retry_after(body))
    require(wait->count() >= 0 && *wait <= std::chrono::hours{7 * 24}, "a wait is at most a week");
}

void check_document(const answer& a, std::string_view body) {
  if (a.is_error_document)
    require(body.find(std::to_string(a.code)) != std::string_view::npos,
            "a code is the one in the body");
  else
    require(a.code == 0 && body.starts_with(a.text), "what is no document is quoted");
  if (const auto order = parse_order(body)) {
    const auto again = parse_order(text_of(*order));
    require(again.has_value() && text_of(*again) == text_of(*order),
            "a printed order is the same one");
  }
}

}  // namespace

/// "503\n{...}": status, line end, body.
void check(std::string_view input) {
  if (input.size() < 4 || input[3] != '\n' ||
      !std::all_of(input.begin(), input.begin() + 3, [](char c) { return c >= '0' && c <= '9'; }))
    return;
  const int status = std::stoi(std::string{input.substr(0, 3)});
  const auto body = input.substr(4);
  if (status < 100 || status > 599)
    return;
  const auto a = answer_of(status, body);
  check_judgement(a);
  check_others(a, body);
  check_document(a, body);
}

}  // namespace sluice::fuzz
