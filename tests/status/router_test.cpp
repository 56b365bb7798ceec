// The table of routes: literals, parameters, methods.
#include "sluice/status/router.hpp"

#include "support/catch.hpp"

using namespace sluice::status;

namespace {

enum { dashboard, all_plans, new_plan, one_plan, best_plan, release };

const router& table() {
  static const router routes{{{"GET", "/", dashboard},
                              {"GET", "/api/v1/plans", all_plans},
                              {"POST", "/api/v1/plans", new_plan},
                              {"GET", "/api/v1/plans/{id}", one_plan},
                              {"GET", "/api/v1/plans/best", best_plan},
                              {"POST", "/api/v1/holds/{symbol}/release", release}}};
  return routes;
}

int id_of(std::string_view method, std::string_view path) {
  const auto matched = table().match(method, path);
  const auto* found = std::get_if<route_found>(&matched);
  return found ? found->id : -1;
}

}  // namespace

TEST_CASE("a path leads to its route, by method") {
  CHECK(id_of("GET", "/") == dashboard);
  CHECK(id_of("GET", "/api/v1/plans") == all_plans);
  CHECK(id_of("HEAD", "/api/v1/plans") == all_plans);
  CHECK(id_of("POST", "/api/v1/plans") == new_plan);
  CHECK(id_of("GET", "/api/v1/plans/a-1") == one_plan);
}

TEST_CASE("a literal segment wins over a parameter") {
  CHECK(id_of("GET", "/api/v1/plans/best") == best_plan);
}

TEST_CASE("parameters are decoded after the path was split") {
  const auto matched = table().match("POST", "/api/v1/holds/%E5%B8%81%2FX/release");
  const auto* found = std::get_if<route_found>(&matched);
  REQUIRE(found);
  CHECK(found->id == release);
  CHECK(found->parameter("symbol") == "\xe5\xb8\x81/X");
  CHECK_FALSE(found->parameter("other"));
}

TEST_CASE("an unknown path is missing, and never matches by accident") {
  for (const auto* path : {"/api", "/api/v1/plans/", "/api/v1/plans/a/b", "//", "/api/v1/plansx",
                           "/api/v1/holds//release", "/../etc/passwd", "/api/v1/{id}",
                           "/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17/18"}) {
    CAPTURE(path);
    CHECK(std::holds_alternative<route_missing>(table().match("GET", path)));
  }
}

TEST_CASE("a known path with another method tells which are allowed") {
  const auto matched = table().match("DELETE", "/api/v1/plans");
  const auto* refused = std::get_if<route_method_not_allowed>(&matched);
  REQUIRE(refused);
  CHECK(refused->allow == "GET, HEAD, POST");
}

TEST_CASE("a parameter with a broken escape is malformed") {
  CHECK(std::holds_alternative<route_malformed>(table().match("GET", "/api/v1/plans/%zz")));
  CHECK(std::holds_alternative<route_malformed>(table().match("GET", "/api/v1/plans/a%0d")));
  CHECK(std::holds_alternative<route_malformed>(table().match("GET", "")));
}
