// Addresses and settings of the connection: what is taken, and what each fault is called.
#include "sluice/redis/settings.hpp"

#include "support/catch.hpp"

namespace sluice::redis {

TEST_CASE("an address is a host with a port or a socket in the file system") {
  CHECK(parse_address("127.0.0.1:6379").value() == endpoint{"127.0.0.1", 6379, {}});
  CHECK(parse_address("[::1]:6380").value() == endpoint{"::1", 6380, {}});
  CHECK(parse_address("redis.example:1").value() == endpoint{"redis.example", 1, {}});
  CHECK(parse_address("unix:/run/redis.sock").value() == endpoint{{}, 0, "/run/redis.sock"});
  for (const auto* bad : {"", ":1", "host", "host:", "host:0", "host:65536", "host:1x", "::1:6379",
                          "unix:", "unix:relative", "ho st:1", "host:1\n"}) {
    INFO(bad);
    CHECK_FALSE(parse_address(bad));
  }
  CHECK_FALSE(parse_address("unix:/" + std::string(120, 'a')));
}

TEST_CASE("the defaults are good, and every fault is named") {
  CHECK(settings{}.validate().empty());
  settings s;
  s.address = "nowhere";
  s.username = "u";
  s.consumer = "";
  s.refused_stream = s.stream;
  s.claim_idle = milliseconds{1};
  s.snapshot_ttl = milliseconds{1'000};
  s.entries_per_read = 0;
  std::vector<std::string> keys;
  for (const auto& f : s.validate())
    keys.push_back(f.key);
  CHECK(keys == std::vector<std::string>{"address", "username", "consumer", "refused_stream",
                                         "claim_idle", "snapshot_ttl", "entries_per_read"});
}

}  // namespace sluice::redis
