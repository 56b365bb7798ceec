// What is told about a configuration: values with their source, and differences.
#include "sluice/config/report.hpp"
#include "support/outcome.hpp"

namespace sluice::config {

TEST_CASE("every key is shown with its value and where it came from") {
  const auto text = show(settings_of("mode = \"demo\"\n\n[snapshot]\nbound = \"1500ms\"\n"));
  CHECK(text.find("mode = \"demo\"  # test.toml:1\n") != std::string::npos);
  CHECK(text.find("snapshot.bound = \"1s500ms\"  # test.toml:4\n") != std::string::npos);
  CHECK(text.find("snapshot.latency = \"300ms\"  # default\n") != std::string::npos);
}

TEST_CASE("what is shown loads again to the same settings") {
  const auto before = settings_of(
      "mode = \"demo\"\n[universe]\nallow = [\"BTCUSDT\", \"测试USDT\"]\n"
      "[log]\nfile = \"a \\\"quoted\\\" \\\\ name\"\n[simulator]\nbalance = \"0.00000001\"\n");
  CHECK(diff(before, settings_of(show(before))).empty());
}

TEST_CASE("a difference names the key, both values, and when it takes effect") {
  const auto before = settings_of("mode = \"demo\"");
  const auto after =
      settings_of("mode = \"demo\"\n[snapshot]\nconcurrency = 8\n[gate]\ncooldown = \"20s\"\n");
  const auto changed = diff(before, after);
  REQUIRE(changed.size() == 2);
  CHECK(changed[0].name == "snapshot.concurrency");
  CHECK(changed[0].when == changes::at_restart);
  CHECK(changed[1].name == "gate.cooldown");
  CHECK(changed[1].before == "\"15s\"");
  CHECK(changed[1].after == "\"20s\"");
  CHECK(changed[1].when == changes::at_reload);
  CHECK(diff(before, before).empty());
}

TEST_CASE("the mode and whatever names an account never change by reload") {
  for (const auto& k : keys_of(settings{}))
    if (!k.name.starts_with("gate.") && k.name.find('.') == std::string::npos) {
      INFO(k.name);
      CHECK(k.when == changes::at_restart);
    }
}

}  // namespace sluice::config
