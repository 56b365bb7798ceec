// The document of the API names what is routed, all of it and nothing else.
#include "openapi.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <set>
#include <string>

#include "sluice/status/settings.hpp"
#include "status_pages.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::actors;

namespace {

std::set<std::string> documented() {
  const auto document = boost::json::parse(openapi_document());
  std::set<std::string> out;
  for (const auto& [path, methods] : document.at("paths").as_object())
    for (const auto& [method, operation] : methods.as_object()) {
      std::string upper{method};
      std::ranges::transform(upper, upper.begin(),
                             [](char c) { return static_cast<char>(c - 'a' + 'A'); });
      out.insert(upper + " " + std::string{path});
    }
  return out;
}

/// What the gateway answers itself stands in no table.
std::set<std::string> routed() {
  std::set<std::string> out{"POST " + std::string{status::plans_path}, "GET /api/v1/logs"};
  for (const auto& row : routes())
    out.insert(std::string{row.method} + " " + std::string{row.pattern});
  return out;
}

}  // namespace

TEST_CASE("every route is documented, and every documented path is routed") {
  const auto in_document = documented();
  const auto in_table = routed();
  REQUIRE(in_document.size() > 30);
  for (const auto& path : in_table) {
    INFO(path);
    CHECK(in_document.contains(path));
  }
  for (const auto& path : in_document) {
    INFO(path);
    CHECK(in_table.contains(path));
  }
}
