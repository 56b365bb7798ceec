// The table [intake.redis], which stands in another one, and what must hold between the two.
#include "support/outcome.hpp"

namespace sluice::config {
namespace {

std::vector<std::string> with_redis(const std::string& keys) {
  return faults_of("mode = \"demo\"\n[intake]\nmax_age = \"30s\"\n[intake.redis]\n" + keys);
}

using texts = std::vector<std::string>;

}  // namespace

TEST_CASE("a table that stands in another one is read like any") {
  const auto s = std::get<settings>(
      parse("mode = \"demo\"\n[intake.redis]\nenabled = true\naddress = \"unix:/run/r.sock\"\n"
            "entry_sources = [\"intent_bridge\"]\n[intake]\nmax_age = \"20s\"\n",
            "test.toml"));
  CHECK(s.redis.enabled);
  CHECK(s.redis.address == "unix:/run/r.sock");
  CHECK(s.upstream.entry_sources == std::vector{source_id{"intent_bridge"}});
  CHECK(s.intake.max_age == milliseconds{20'000});
  CHECK(std::get<settings>(parse("mode = \"demo\"\nintake.redis.enabled = true\n", "t"))
            .redis.enabled);
  CHECK_FALSE(settings{}.redis.enabled);
  CHECK_FALSE(settings{}.redis.write_permits);
  CHECK(settings{}.upstream.entry_sources.empty());
}

TEST_CASE("faults of an inner table name it") {
  const auto unknown = with_redis("streem = \"a\"\n");
  REQUIRE(unknown.size() == 1);
  CHECK(unknown[0] == "test.toml:5:1: intake.redis.streem: unknown key; did you mean stream?");
  const auto flat = faults_of("mode = \"demo\"\n[intake]\nredis = 1\n");
  REQUIRE(flat.size() == 1);
  CHECK(flat[0] ==
        "test.toml:3:9: intake.redis: got a whole number; takes a table, [intake.redis]");
  const auto address = with_redis("address = \"nowhere\"\n");
  REQUIRE(address.size() == 1);
  CHECK(address[0].starts_with("test.toml:5:1: intake.redis.address: 'nowhere' is no address"));
  CHECK(with_redis("entry_sources = [\"a b\"]\n").size() == 1);
  CHECK(with_redis("entry_sources = [\"exit_engine\"]\n").size() == 1);
  CHECK(with_redis("default_source = \"flatten\"\n").size() == 1);
  CHECK(with_redis("username = \"u\"\n").size() == 1);
}

TEST_CASE("what is taken over from a dead consumer must be young enough to be carried out") {
  CHECK(with_redis("enabled = true\nclaim_idle = \"29s\"\n").empty());
  const auto late = with_redis("enabled = true\nclaim_idle = \"30s\"\n");
  REQUIRE(late.size() == 1);
  CHECK(late[0].starts_with("test.toml:6:1: intake.redis.claim_idle: 30s is not shorter than"));
  CHECK(with_redis("claim_idle = \"30s\"\n").empty());
}

}  // namespace sluice::config
