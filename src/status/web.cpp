// Serves embedded files by exact path, so that no path can lead anywhere else.
#include "sluice/status/web.hpp"

#include <algorithm>
#include <string>

#include "sluice/status/problem.hpp"

namespace sluice::status {
namespace {

/// Scripts, styles and data from here alone; nobody may frame the page, for a click on it can
/// order.
constexpr std::string_view page_policy =
    "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "object-src 'none'";

/// An If-None-Match of one or more tags, or of "*"; weak tags compare like strong ones.
bool has_tag(std::string_view list, std::string_view etag) {
  while (!list.empty()) {
    const auto comma = std::min(list.find(','), list.size());
    auto tag = list.substr(0, comma);
    list.remove_prefix(std::min(comma + 1, list.size()));
    const auto first = std::min(tag.find_first_not_of(" \t"), tag.size());
    tag = tag.substr(first, tag.find_last_not_of(" \t") + 1 - first);
    if (tag.starts_with("W/"))
      tag.remove_prefix(2);
    if (tag == etag || tag == "*")
      return true;
  }
  return false;
}

}  // namespace

bool is_web_path(std::string_view path) {
  return path == "/" || path.starts_with("/assets/");
}

response web_response(const request& asked) {
  const auto files = web_files();
  const auto found = std::ranges::find(files, asked.path, &web_file::path);
  if (found == files.end())
    return problem_response(404, "there is nothing here");
  if (asked.method != "GET" && asked.method != "HEAD") {
    auto refusal = problem_response(405, "allowed: GET, HEAD");
    refusal.headers.emplace_back("Allow", "GET, HEAD");
    return refusal;
  }
  response answer{200, std::string(found->content_type), {}, {}};
  answer.headers = {{"ETag", std::string(found->etag)},
                    {"Cache-Control", "no-cache"},
                    {"Content-Security-Policy", std::string(page_policy)}};
  if (has_tag(asked.if_none_match, found->etag))
    answer.status = 304;
  else
    answer.body = found->body;
  return answer;
}

}  // namespace sluice::status
