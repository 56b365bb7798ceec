// Statuses and texts as the exchange documents them, or as its users have recorded them.
#include "known_replies.hpp"

#include <array>

namespace sluice::simulator {
namespace {

struct known_reply {
  std::string_view name;
  int status;
  std::string_view body;
  std::string_view content_type{"application/json"};
};

constexpr std::string_view html = "text/html";

constexpr std::array table{
    known_reply{"unknown_503", 503,
                R"({"code":-1000,"msg":"Unknown error, please check your request or try again )"
                R"(later."})"},
    known_reply{"unavailable_503", 503, R"({"code":-1016,"msg":"Service Unavailable."})"},
    known_reply{"internal_503", 503,
                R"({"code":-1001,"msg":"Internal error; unable to process your request. Please )"
                R"(try again."})"},
    known_reply{"throttled_503", 503,
                R"({"code":-1008,"msg":"Request throttled by system-level protection. )"
                R"(Reduce-only/close-position orders are exempt. Please try again."})"},
    known_reply{"maintenance_503", 503,
                R"({"code":-1016,"msg":"This service is no longer available."})"},
    known_reply{"unknown_500", 500, R"({"code":-1000,"msg":"Request occur unknown error."})"},
    known_reply{"unexpected_400", 400,
                R"({"code":-1006,"msg":"An unexpected response was received from the message bus. )"
                R"(Execution status unknown."})"},
    known_reply{"timeout_408", 408,
                R"({"code":-1007,"msg":"Timeout waiting for response from backend server. Send )"
                R"(status unknown; execution status unknown."})"},
    known_reply{"late_400", 400,
                R"({"code":-5028,"msg":"Timestamp for this request is outside of the ME )"
                R"(recvWindow."})"},
    known_reply{"too_many_429", 429,
                R"({"code":-1003,"msg":"Too many requests; current limit of IP(127.0.0.1) is 2400 )"
                R"(requests per minute. Please use the websocket for live updates to avoid )"
                R"(polling the API."})"},
    known_reply{"banned_418", 418,
                R"({"code":-1003,"msg":"Way too many requests; IP(127.0.0.1) banned until )"
                R"({until_ms}. Please use the websocket for live updates to avoid bans."})"},
    known_reply{"forbidden_403", 403,
                "<html><head><title>403 Forbidden</title></head><body>Request blocked.</body>"
                "</html>",
                html},
    known_reply{"bad_gateway_502", 502,
                "<html><head><title>502 Bad Gateway</title></head><body></body></html>", html},
    known_reply{"gateway_timeout_504", 504,
                "<html><head><title>504 Gateway Time-out</title></head><body></body></html>", html},
    known_reply{"challenge_202", 202, "", html},
};

}  // namespace

bool fill_known_reply(std::string_view name, request_fault& f) {
  for (const auto& row : table) {
    if (row.name != name)
      continue;
    f.http_status = row.status;
    f.body = row.body;
    f.content_type = row.content_type;
    f.spares_reducing = f.spares_reducing || name == "throttled_503";
    return true;
  }
  return false;
}

std::vector<std::string> known_replies() {
  std::vector<std::string> names;
  for (const auto& row : table)
    names.emplace_back(row.name);
  return names;
}

}  // namespace sluice::simulator
