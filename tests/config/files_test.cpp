// The files under config/: the sample equals the program's defaults, and every example loads.
#include <fstream>

#include "sluice/config/report.hpp"
#include "support/outcome.hpp"

namespace sluice::config {
namespace {

const std::string sample = source_path("config/default.toml");

settings loaded(const std::string& name) {
  const auto outcome = load(source_path("config/" + name));
  if (const auto* found = std::get_if<faults>(&outcome))
    FAIL(to_string(found->front()));
  return std::get<settings>(outcome);
}

}  // namespace

// Hidden: rewrites the sample after keys or defaults changed. Run with the tag as argument.
TEST_CASE("the sample file is written anew", "[.regenerate]") {
  std::ofstream file{sample, std::ios::binary};
  file << default_document();
  REQUIRE(file.good());
}

TEST_CASE("the sample file is exactly what the defaults say, byte for byte") {
  CHECK(file_text(sample) == default_document());
}

TEST_CASE("the sample file loads and changes nothing") {
  const auto s = loaded("default.toml");
  CHECK(diff(settings{}, s).empty());
  for (const auto& k : keys_of(s)) {
    INFO(k.name);
    CHECK(k.given_at.line != 0);
  }
}

TEST_CASE("lines of the sample file have at most 100 columns, unless a value is longer") {
  std::istringstream lines{default_document()};
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with("#"))
      CHECK(line.size() <= 100);
}

TEST_CASE("the demo keeps every age below 2 s at the incident's 566 symbols and 300 ms") {
  const auto s = loaded("demo.toml");
  CHECK(s.mode == run_mode::demo);
  CHECK(s.status.listen == "127.0.0.1:8645");
  CHECK(s.journal.state_dir == "var/demo");
  CHECK(s.simulator.symbols == 566);
  CHECK(s.simulator.latency == milliseconds{300});
  CHECK(s.snapshot.strategy == freshness_strategy::adaptive);
  CHECK(s.snapshot.bound < milliseconds{2'000});
  CHECK(s.simulator.account.initial_positions.size() >= 2);
}

TEST_CASE("the examples for a real venue load without their key files") {
  CHECK(loaded("shadow.toml").mode == run_mode::shadow);
  CHECK(loaded("testnet.toml").mode == run_mode::testnet);
  CHECK(loaded("live.example.toml").mode == run_mode::live);
}

}  // namespace sluice::config
