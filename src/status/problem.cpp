// Writes problem documents; Boost.JSON does the quoting.
#include "sluice/status/problem.hpp"

#include <boost/json.hpp>

#include "sluice/status/utf8.hpp"

namespace sluice::status {

namespace {

boost::json::string clean(std::string_view text) {
  std::string valid;
  valid.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = utf8_length(text.substr(i));
    if (length == 0) {
      valid += "\xef\xbf\xbd";  // U+FFFD
      ++i;
    } else {
      valid += text.substr(i, length);
      i += length;
    }
  }
  return boost::json::string{valid};
}

}  // namespace

std::string to_json(const problem& p) {
  boost::json::object document;
  document["type"] =
      p.type.empty() ? boost::json::string{"about:blank"} : clean("urn:sluice:problem:" + p.type);
  document["title"] = clean(p.title.empty() ? reason_phrase(p.status) : std::string_view{p.title});
  document["status"] = p.status;
  if (!p.detail.empty())
    document["detail"] = clean(p.detail);
  if (!p.fields.empty()) {
    boost::json::array errors;
    for (const auto& f : p.fields)
      errors.push_back({{"field", clean(f.field)}, {"reason", clean(f.reason)}});
    document["errors"] = std::move(errors);
  }
  return boost::json::serialize(document);
}

response problem_response(const problem& p) {
  return {p.status, "application/problem+json", to_json(p), {}};
}

response problem_response(int status, std::string detail) {
  return problem_response(problem{status, {}, {}, std::move(detail), {}});
}

}  // namespace sluice::status
