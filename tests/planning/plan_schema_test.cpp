// The published schema is the one that is served. SLUICE_WRITE_DOCS=1 writes it anew.
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "sluice/planning/plan_schema.hpp"
#include "support/catch.hpp"

using namespace sluice;

TEST_CASE("docs/plan.schema.json is the schema that is served") {
  const auto path = std::string(SLUICE_SOURCE_DIR) + "/docs/plan.schema.json";
  if (std::getenv("SLUICE_WRITE_DOCS"))
    std::ofstream(path) << plan_schema();
  std::ifstream in(path);
  const std::string published{std::istreambuf_iterator<char>(in), {}};
  INFO("SLUICE_WRITE_DOCS=1 planning_tests writes it anew");
  CHECK(published == plan_schema());
}
