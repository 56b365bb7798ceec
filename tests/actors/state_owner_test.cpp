// Whose a state directory is, also when the file that says so was damaged.
#include "state_owner.hpp"

#include <fstream>

#include "support/catch.hpp"
#include "support/pipeline_fixture.hpp"

using namespace sluice;
using namespace sluice::actors;
using namespace sluice::testing;

TEST_CASE("the first run claims its directory, and no other may use it") {
  pipeline_world world;
  const auto journal = world.directory / "journal.db";
  CHECK_FALSE(claim_state(world.directory, journal, "demo main"));
  std::ofstream{journal} << "records";
  CHECK_FALSE(claim_state(world.directory, journal, "demo main"));
  const auto why = claim_state(world.directory, journal, "live main");
  REQUIRE(why);
  CHECK(why->find("\"demo main\", not \"live main\"") != std::string::npos);
}

TEST_CASE("a journal whose owner is lost is nobody's until a person says whose") {
  pipeline_world world;
  const auto journal = world.directory / "journal.db";
  std::ofstream{journal} << "records";
  const bool empty = GENERATE(false, true);
  if (empty)
    std::ofstream{world.directory / "owner"};
  const auto why = claim_state(world.directory, journal, "live main");
  REQUIRE(why);
  CHECK(why->find("write this as its only line") != std::string::npos);
  std::ofstream{world.directory / "owner"} << "live main\n";
  CHECK_FALSE(claim_state(world.directory, journal, "live main"));
}

TEST_CASE("a directory that cannot be claimed is not used") {
  pipeline_world world;
  CHECK(claim_state(world.directory / "missing", world.directory / "missing" / "journal.db", "x"));
}
