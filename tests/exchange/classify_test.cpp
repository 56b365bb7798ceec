// Row by row: what status, code and text together mean for an order, for a read and for the
// traffic.
#include "sluice/exchange/classify.hpp"

#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::exchange;

namespace {

std::string document(int code, const std::string& text) {
  return R"({"code":)" + std::to_string(code) + R"(,"msg":")" + text + R"("})";
}

struct order_row {
  const char* name;
  int status;
  std::string body;
  order_fate fate;
  std::int64_t wait_ms;
};

const auto unsure = order_fate::uncertain;
const auto no = order_fate::refused;
const auto later = order_fate::refused_for_now;
const auto clock_off = order_fate::refused_for_clock;
const auto late = order_fate::uncertain_of_time;

const order_row order_rows[] = {
    {"execution unknown", 503,
     document(-1000, "Unknown error, please check your request or try again later."), unsure, 0},
    {"the same text under another code", 503,
     document(-1003, "Unknown error, please check your request or try again later."), unsure, 0},
    {"unavailable", 503, document(-1000, "Service Unavailable."), later, 200},
    {"unavailable says a page, not the venue", 503, "<html>503 Service Unavailable</html>", unsure,
     0},
    {"internal error", 503,
     document(-1001, "Internal error; unable to process your request. Please try again."), later,
     200},
    {"throttled", 503, document(-1008, "Request throttled by system-level protection."), later,
     200},
    {"throttled with another status", 400, document(-1008, "Server is busy."), later, 200},
    {"503 of no known kind", 503, document(-1, "?"), unsure, 0},
    {"backend timeout", 408, document(-1007, "Timeout waiting for response."), unsure, 0},
    {"backend timeout without a document", 408, "", unsure, 0},
    {"timeout code under 400", 400, document(-1007, "Timeout."), unsure, 0},
    {"unexpected response", 400, document(-1006, "Execution status unknown."), unsure, 0},
    {"unknown under 400", 400, document(-1000, "An unknown error occurred."), unsure, 0},
    {"internal under 400", 400, document(-1001, "Internal error."), unsure, 0},
    {"duplicate id", 400, document(-4116, "ClientOrderId is duplicated."), unsure, 0},
    {"stop is triggering", 400, document(-4117, "Stop order is triggering."), unsure, 0},
    {"bad gateway page", 502, "<html>502</html>", unsure, 0},
    {"gateway timeout", 504, "", unsure, 0},
    {"500 with a code that would refuse", 500, document(-2019, "Margin is insufficient."), unsure,
     0},
    {"accepted but empty", 202, "", unsure, 0},
    {"200 that is no document", 200, "hello", unsure, 0},
    {"200 with an error inside", 200, document(-2019, "Margin is insufficient."), unsure, 0},
    {"redirect", 302, "", unsure, 0},
    {"400 page of a proxy", 400, "<html>bad request</html>", unsure, 0},
    {"too many requests", 429, document(-1003, "Too many requests."), later, 0},
    {"too many orders", 429, document(-1015, "Too many new orders."), later, 0},
    {"banned", 418, document(-1003, "Way too many requests."), later, 0},
    {"too many orders under 400", 400, document(-1015, "Too many new orders."), later, 10'000},
    {"too many requests under 400", 400, document(-1003, "Too many requests."), later, 0},
    {"firewall page", 403, "<HTML><H1>403 ERROR</H1>Request blocked.</HTML>", later, 60'000},
    {"some other page with 403", 403, "<html>Forbidden by the proxy</html>", unsure, 0},
    {"403 of the venue", 403, document(-2015, "Invalid API-key, IP, or permissions."), no, 0},
    {"404 page", 404, "<html>not here</html>", unsure, 0},
    {"firewall challenge", 202, "", unsure, 0},
    {"-1008 in a page", 503, "<html>-1008</html>", unsure, 0},
    {"bad key", 401, document(-2015, "Invalid API-key, IP, or permissions for action."), no, 0},
    {"maintenance", 400, document(-1016, "This service is no longer available."), later, 30'000},
    {"clock", 400, document(-1021, "Timestamp outside of the recvWindow."), clock_off, 0},
    {"matching engine clock", 400, document(-5028, "Timestamp outside of ME recvWindow."), late, 0},
    {"matching engine clock under 503", 503, document(-5028, "Timestamp"), unsure, 0},
    {"matching engine clock under words of 503", 503, document(-5028, "Service Unavailable."),
     unsure, 0},
    {"empty book", 400, document(-1112, "No orders on book."), later, 5'000},
    {"unable to fill", 400, document(-2020, "Unable to fill."), no, 0},
    {"too many open orders", 400, document(-2025, "Reach max open order limit."), later, 1'000},
    {"best price too far", 400, document(-4131, "PERCENT_PRICE"), no, 0},
    {"no depth", 400, document(-5041, "No depth."), later, 1'000},
    {"signature", 400, document(-1022, "Signature for this request is not valid."), no, 0},
    {"reduce only", 400, document(-2022, "ReduceOnly Order is rejected."), no, 0},
    {"reduce only competes", 400, document(-4118, "ReduceOnly Order Failed."), no, 0},
    {"margin", 400, document(-2019, "Margin is insufficient."), no, 0},
    {"min notional", 400, document(-4164, "Order's notional must be no smaller."), no, 0},
    {"a code of tomorrow", 400, document(-9999, "New."), no, 0},
    {"a code that is none", 400, document(200, "success"), unsure, 0},
};

}  // namespace

TEST_CASE("every answer to an order is judged by status, code and text together") {
  for (const auto& r : order_rows) {
    INFO(r.name);
    const auto judged = judge_order(answer_of(r.status, r.body));
    CHECK(judged.fate == r.fate);
    CHECK(judged.wait.count() == r.wait_ms);
  }
}

TEST_CASE("every failed read has one kind") {
  struct row {
    const char* name;
    int status;
    std::string body;
    failure_kind kind;
  };
  const row rows[] = {
      {"ban", 418, document(-1003, "banned"), failure_kind::banned},
      {"limit", 429, document(-1003, "Too many requests."), failure_kind::rate_limited},
      {"doubt with the code of a limit", 503, document(-1003, "Unknown error, please check"),
       failure_kind::venue_error},
      {"limit by code", 400, document(-1003, "Too many requests."), failure_kind::rate_limited},
      {"orders limit", 429, document(-1015, "Too many new orders."), failure_kind::rate_limited},
      {"clock", 400, document(-1021, "Timestamp"), failure_kind::clock_off},
      {"unauthorised", 400, document(-1002, "UNAUTHORIZED"), failure_kind::refused},
      {"signature", 400, document(-1022, "Signature"), failure_kind::refused},
      {"key format", 401, document(-2014, "API-key format invalid."), failure_kind::refused},
      {"key", 401, document(-2015, "Invalid API-key"), failure_kind::refused},
      {"locked", 400, document(-2017, "locked"), failure_kind::refused},
      {"401 page", 401, "<html/>", failure_kind::refused},
      {"forbidden", 403, document(-2015, "Invalid API-key"), failure_kind::refused},
      {"firewall", 403, "<html/>", failure_kind::rate_limited},
      {"no such key of a stream", 400, document(-1125, "This listenKey does not exist."),
       failure_kind::not_found},
      {"matching engine clock", 400, document(-5028, "Timestamp"), failure_kind::clock_off},
      {"unauthenticated", 400, document(-1099, "Not found."), failure_kind::refused},
      {"no such order", 400, document(-2013, "Order does not exist."), failure_kind::not_found},
      {"no such symbol", 400, document(-1121, "Invalid symbol."), failure_kind::not_found},
      {"202 empty", 202, "", failure_kind::malformed},
      {"bad gateway", 502, "<html/>", failure_kind::venue_error},
      {"unavailable", 503, document(-1000, "Service Unavailable."), failure_kind::venue_error},
      {"other", 400, document(-1102, "Mandatory"), failure_kind::venue_error},
  };
  for (const auto& r : rows) {
    INFO(r.name);
    CHECK(judge_read(answer_of(r.status, r.body)) == r.kind);
  }
}

TEST_CASE("answers that ask to stop are told from those that do not") {
  struct row {
    const char* name;
    int status;
    std::string body;
    stop_kind kind;
  };
  const std::string doubt = "Unknown error, please check your request or try again later.";
  const std::string limit = "Too many requests; current limit of IP(1.2.3.4) is 2400";
  const row rows[] = {
      {"a ban without words", 418, "", stop_kind::banned},
      {"a ban with a page", 418, "<html/>", stop_kind::banned},
      {"a ban under 429", 429, document(-1003, "banned until 1790770902000. x"), stop_kind::banned},
      {"a ban under 403", 403, document(-1003, "banned until 1790770902000. x"), stop_kind::banned},
      {"a ban under 503", 503, document(-1003, "IP(1.2.3.4) banned until 1790770902000."),
       stop_kind::banned},
      {"words of a ban under another code", 400, document(-2015, "banned until 1790770902000."),
       stop_kind::none},
      {"a ban of no readable end", 400, document(-1003, "banned until tomorrow"),
       stop_kind::paused},
      {"a limit", 429, document(-1003, limit), stop_kind::paused},
      {"a limit without words", 429, "", stop_kind::paused},
      {"a limit as a page", 429, "<html/>", stop_kind::paused},
      {"429 with a code of tomorrow", 429, document(-9999, "New."), stop_kind::paused},
      {"a limit under 400", 400, document(-1003, limit), stop_kind::paused},
      {"the code of a limit under 400, other words", 400, document(-1003, "?"), stop_kind::paused},
      {"a limit under 200", 200, document(-1003, limit), stop_kind::paused},
      {"a limit under 503 in its own words", 503, document(-1003, limit), stop_kind::paused},
      {"the same in capitals", 503, document(-1003, "TOO MANY REQUESTS"), stop_kind::paused},
      {"the code of a limit under 503 in doubt", 503, document(-1003, doubt), stop_kind::none},
      {"words of a limit without its code under 503", 503, document(-1000, limit), stop_kind::none},
      {"orders", 429, document(-1015, "Too many new orders."), stop_kind::orders_paused},
      {"orders under 400", 400, document(-1015, "Too many new orders."), stop_kind::orders_paused},
      {"the code of orders under 503 in doubt", 503, document(-1015, doubt), stop_kind::none},
      {"throttled by the system", 503,
       document(-1008,
                "Request throttled by system-level protection. Reduce-only/close-position "
                "orders are exempt. Please try again."),
       stop_kind::none},
      {"throttled by the system under 400", 400, document(-1008, "Server is busy."),
       stop_kind::none},
      {"a firewall", 403, "<HTML><H1>403 ERROR</H1>Request blocked.</HTML>",
       stop_kind::turned_away},
      {"a firewall without a word", 403, "", stop_kind::turned_away},
      {"403 of the venue", 403, document(-2015, "Invalid API-key"), stop_kind::none},
      {"403 of the venue with the code of a limit", 403, document(-1003, limit), stop_kind::paused},
      {"a refusal", 400, document(-2019, "Margin"), stop_kind::none},
      {"unavailable", 503, "", stop_kind::none},
      {"a bad gateway", 502, "<html/>", stop_kind::none},
  };
  for (const auto& r : rows) {
    INFO(r.name);
    CHECK(judge_stop(answer_of(r.status, r.body)) == r.kind);
  }
}

TEST_CASE("the end of a ban and Retry-After are read, or nothing is") {
  CHECK(banned_until("Way too many requests; IP(1.2.3.4) banned until 1790770902000. Please")->ms ==
        1'790'770'902'000);
  CHECK(http_date("Sun, 06 Nov 1994 08:49:37 GMT")->ms == 784'111'777'000);
  CHECK(http_date("Thu, 29 Feb 2024 23:59:60 GMT")->ms == 1'709'251'200'000);
  for (const auto* other : {"", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun, 31 Feb 2026 08:49:37 GMT",
                            "Sun, 06 Now 1994 08:49:37 GMT", "Sun, 06 Nov 1994 28:49:37 GMT",
                            "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, -6 Nov 1994 08:49:37 GMT"})
    CHECK_FALSE(http_date(other));
  CHECK_FALSE(banned_until("banned until tomorrow"));
  CHECK_FALSE(banned_until("banned until 999999999999999999999"));
  CHECK_FALSE(banned_until("nothing of the kind"));
  CHECK(retry_after("23") == milliseconds(23'000));
  CHECK(retry_after("0") == milliseconds(0));
  for (const char* bad : {"", "-1", "1.5", "Wed, 21 Oct 2026 07:28:00 GMT", "604801", " 3"}) {
    INFO(bad);
    CHECK_FALSE(retry_after(bad));
  }
}
