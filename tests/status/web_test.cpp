// The dashboard's files: exact paths only, with types, a policy, and a tag that saves a transfer.
#include "sluice/status/web.hpp"

#include <algorithm>

#include "support/catch.hpp"

using namespace sluice::status;

namespace {

request asking(std::string path, std::string method = "GET") {
  request r;
  r.method = std::move(method);
  r.path = std::move(path);
  return r;
}

std::string header(const response& r, std::string_view name) {
  const auto at = std::ranges::find(r.headers, name, &header_list::value_type::first);
  return at == r.headers.end() ? std::string{} : at->second;
}

}  // namespace

TEST_CASE("the page and what it loads are there, each with its type") {
  const auto page = web_response(asking("/"));
  CHECK(page.status == 200);
  CHECK(page.content_type == "text/html; charset=utf-8");
  CHECK_THAT(page.body, ContainsSubstring("/assets/app.js"));
  CHECK(web_response(asking("/assets/app.js")).content_type == "text/javascript; charset=utf-8");
  CHECK(web_response(asking("/assets/style.css")).content_type == "text/css; charset=utf-8");
  CHECK(web_response(asking("/assets/icon.svg")).content_type == "image/svg+xml");
}

TEST_CASE("everything the page refers to is embedded") {
  const auto page = web_response(asking("/")).body;
  std::size_t found = 0;
  for (auto at = page.find("\"/assets/"); at != std::string::npos;
       at = page.find("\"/assets/", at + 1)) {
    const auto path = page.substr(at + 1, page.find('"', at + 1) - at - 1);
    INFO(path);
    CHECK(web_response(asking(path)).status == 200);
    ++found;
  }
  CHECK(found > 5);
}

TEST_CASE("a file comes with a policy that lets it load from here alone") {
  const auto page = web_response(asking("/"));
  const auto policy = header(page, "Content-Security-Policy");
  CHECK(policy.starts_with("default-src 'self';"));
  CHECK_THAT(policy, ContainsSubstring("frame-ancestors 'none'"));
  CHECK(policy.find("unsafe") == std::string::npos);
  CHECK(header(page, "Cache-Control") == "no-cache");
}

TEST_CASE("a client that has the file is told so") {
  auto again = asking("/assets/app.js");
  const auto etag = header(web_response(again), "ETag");
  REQUIRE(etag.size() == 34);
  for (const auto& tags : {etag, "W/" + etag, "\"other\", " + etag, std::string{"*"}}) {
    again.if_none_match = tags;
    const auto answer = web_response(again);
    CHECK(answer.status == 304);
    CHECK(answer.body.empty());
    CHECK(header(answer, "ETag") == etag);
  }
  again.if_none_match = "\"other\"";
  CHECK(web_response(again).status == 200);
  CHECK(header(web_response(asking("/")), "ETag") != etag);
}

TEST_CASE("no path leads anywhere else, and nothing is posted to a file") {
  for (const auto* path : {"/assets/", "/assets/../index.html", "/assets/%61pp.js",
                           "/assets/app.js/", "/assets/nothing.js"}) {
    INFO(path);
    CHECK(is_web_path(path));
    CHECK(web_response(asking(path)).status == 404);
  }
  CHECK_FALSE(is_web_path("/api/v1/status"));
  CHECK_FALSE(is_web_path("/assets"));
  const auto posted = web_response(asking("/", "POST"));
  CHECK(posted.status == 405);
  CHECK(header(posted, "Allow") == "GET, HEAD");
  CHECK(web_response(asking("/", "HEAD")).status == 200);
}
