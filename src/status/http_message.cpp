// Small parts of HTTP messages: query look-up, common answers, status phrases.
#include "sluice/status/http_message.hpp"

#include <array>

namespace sluice::status {

std::optional<std::string_view> query_parameters::find(std::string_view name) const {
  for (const auto& [key, value] : values_)
    if (key == name)
      return value;
  return std::nullopt;
}

response json_response(std::string body, int status) {
  return {status, "application/json", std::move(body), {}};
}

response text_response(std::string body, int status) {
  return {status, "text/plain; charset=utf-8", std::move(body), {}};
}

std::string_view reason_phrase(int status) {
  struct phrase {
    int status;
    std::string_view text;
  };
  static constexpr std::array phrases{
      phrase{200, "OK"},
      phrase{201, "Created"},
      phrase{202, "Accepted"},
      phrase{204, "No Content"},
      phrase{304, "Not Modified"},
      phrase{400, "Bad Request"},
      phrase{401, "Unauthorized"},
      phrase{403, "Forbidden"},
      phrase{404, "Not Found"},
      phrase{405, "Method Not Allowed"},
      phrase{408, "Request Timeout"},
      phrase{409, "Conflict"},
      phrase{413, "Content Too Large"},
      phrase{415, "Unsupported Media Type"},
      phrase{417, "Expectation Failed"},
      phrase{421, "Misdirected Request"},
      phrase{422, "Unprocessable Content"},
      phrase{429, "Too Many Requests"},
      phrase{431, "Request Header Fields Too Large"},
      phrase{500, "Internal Server Error"},
      phrase{501, "Not Implemented"},
      phrase{503, "Service Unavailable"},
      phrase{504, "Gateway Timeout"},
      phrase{505, "HTTP Version Not Supported"},
  };
  for (const auto& p : phrases)
    if (p.status == status)
      return p.text;
  return "Unknown";
}

}  // namespace sluice::status
