// What a reload takes of a changed file, what waits for a restart, and when nothing is taken.
#include "sluice/config/reload.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "describe.hpp"
#include "support/outcome.hpp"

namespace sluice::config {
namespace {

reload planned(const settings& before, const settings& after) {
  auto outcome = plan_reload(before, after);
  if (const auto* wrong = std::get_if<faults>(&outcome))
    FAIL(to_string(wrong->front()));
  return std::get<reload>(std::move(outcome));
}

std::vector<std::string> names_of(const std::vector<change>& all) {
  std::vector<std::string> out;
  for (const auto& c : all)
    out.push_back(c.name);
  return out;
}

using names = std::vector<std::string>;

/// Another value that the key takes, or empty when none is found.
std::string other_value(const key_info& k) {
  const auto takes_it = [&](const std::string& value) {
    const auto dot = k.name.find('.');
    const auto text = dot == std::string::npos
                          ? fmt::format("mode = \"demo\"\n{} = {}\n", k.name, value)
                          : fmt::format("mode = \"demo\"\n[{}]\n{} = {}\n", k.name.substr(0, dot),
                                        k.name.substr(dot + 1), value);
    return value != k.value && faults_of(text).empty();
  };
  for (const std::string value : {"true",
                                  "false",
                                  "\"11s\"",
                                  "\"7s\"",
                                  "\"70s\"",
                                  "\"2m\"",
                                  "\"2h\"",
                                  "3",
                                  "7",
                                  "50",
                                  "700",
                                  "\"0.3\"",
                                  "\"1.3\"",
                                  "\"3\"",
                                  "\"100\"",
                                  "\"warn\"",
                                  "\"json\"",
                                  "\"hold\"",
                                  "\"permit_decides\"",
                                  "[\"alpha\"]",
                                  "[\"10% at 2r\"]"})
    if (takes_it(value))
      return value;
  return {};
}

}  // namespace

TEST_CASE("a reload takes what may change while the process runs and leaves the rest") {
  const auto before = settings_of("mode = \"demo\"\n[gate]\ncooldown = \"15s\"\n");
  const auto after = settings_of(
      "mode = \"demo\"\n[snapshot]\nconcurrency = 8\n[executor]\nrecv_window = \"4s\"\n"
      "[gate]\ncooldown = \"20s\"\n[limits]\nopen_positions_max = 3\n");
  const auto found = planned(before, after);
  CHECK(names_of(found.applied) == names{"gate.cooldown", "limits.open_positions_max"});
  CHECK(names_of(found.restart_needed) == names{"snapshot.concurrency", "executor.recv_window"});
  CHECK(found.now.snapshot.concurrency == before.snapshot.concurrency);
  CHECK(found.now.gate.limits.cooldown == milliseconds{20'000});
  CHECK(found.now.limits.limits.open_positions_max == 3);
  // A second reload of the same file changes nothing more, and goes on to tell what waits.
  const auto again = planned(found.now, after);
  CHECK(again.applied.empty());
  CHECK(names_of(again.restart_needed) == names{"snapshot.concurrency", "executor.recv_window"});
}

TEST_CASE("nothing of a file of another process is taken") {
  const auto before = settings_of("mode = \"demo\"\n");
  for (const std::string line : {"account = \"other\"\n", "[journal]\nstate_dir = \"else\"\n"}) {
    const auto outcome = plan_reload(
        before, settings_of("mode = \"demo\"\n" + line + "[limits]\nopen_positions_max = 3\n"));
    REQUIRE(std::holds_alternative<faults>(outcome));
    CHECK_THAT(std::get<faults>(outcome).front().text, ContainsSubstring("in the running process"));
  }
}

TEST_CASE("a list of symbols is not opened to all by being left out") {
  const auto before = settings_of("mode = \"demo\"\n[universe]\nallow = [\"BTCUSDT\"]\n");
  const auto outcome = plan_reload(before, settings_of("mode = \"demo\"\n"));
  REQUIRE(std::holds_alternative<faults>(outcome));
  CHECK(std::get<faults>(outcome).front().key == "universe.allow");
  const auto meant = planned(before, settings_of("mode = \"demo\"\n[universe]\nallow = []\n"));
  CHECK(names_of(meant.applied) == names{"universe.allow"});
}

TEST_CASE("who may send plans is decided anew by a restart alone") {
  const auto before = settings_of("mode = \"demo\"\n[gate]\nentry_sources = [\"desk\"]\n");
  const auto found = planned(before, settings_of("mode = \"demo\"\n"));
  CHECK(found.applied.empty());
  CHECK(names_of(found.restart_needed) == names{"gate.entry_sources"});
}

TEST_CASE("every key that is declared to change by reload is taken by one, alone") {
  const auto before = settings_of("mode = \"demo\"");
  std::size_t tried = 0;
  for (const auto& k : keys_of(before)) {
    const auto value = k.when == changes::at_reload ? other_value(k) : std::string{};
    if (value.empty())
      continue;
    INFO(k.name << " = " << value);
    const auto dot = k.name.find('.');
    const auto after = settings_of(fmt::format(
        "mode = \"demo\"\n[{}]\n{} = {}\n", k.name.substr(0, dot), k.name.substr(dot + 1), value));
    const auto found = planned(before, after);
    CHECK(found.restart_needed.empty());
    CHECK(std::ranges::count(names_of(found.applied), k.name) == 1);
    CHECK(diff(found.now, after).empty());
    ++tried;
  }
  CHECK(tried > 60);
}

TEST_CASE("tables of single symbols come and go with a reload, those of sources of plans do not") {
  const auto before = settings_of(
      "mode = \"demo\"\n[exits.symbols.BTCUSDT]\nstop_bp = 100\n"
      "[intake.sources.alpha]\nplans_per_second_max = 5\n");
  const auto after = settings_of(
      "mode = \"demo\"\n[exits.symbols.ETHUSDT]\nstop_bp = 300\n[exits.sources.\"a.b\"]\n"
      "stop_bp = 150\n[intake.sources.beta]\nplans_per_second_max = 7\n");
  const auto found = planned(before, after);
  CHECK_FALSE(found.now.exits.symbols.contains("BTCUSDT"));
  CHECK(found.now.exits.symbols.at("ETHUSDT").stop_bp == 300);
  CHECK(found.now.exits.sources.at("a.b").stop_bp == 150);
  CHECK(found.now.intake.sources.contains("alpha"));
  CHECK_FALSE(found.now.intake.sources.contains("beta"));
  for (const auto& name : names_of(found.restart_needed))
    CHECK(name.starts_with("intake.sources."));
  CHECK_FALSE(found.restart_needed.empty());
  for (const auto& name : names_of(found.applied))
    CHECK(name.starts_with("exits.s"));
}

TEST_CASE("a table whose name the file chooses changes by reload whole, or not at all") {
  settings s;
  auto all = schema_of(s);
  std::map<std::string, changes> of_family;
  for (const auto& table : all)
    for (const auto& f : table.families)
      for (const auto& k : f.describe(f.example).keys) {
        const auto name = full_name(table.name, f.name);
        INFO(name << "." << k.name);
        CHECK(of_family.try_emplace(name, k.when).first->second == k.when);
      }
  // The one that the merge leaves as it is until a restart.
  for (const auto& [name, when] : of_family) {
    INFO(name);
    CHECK((when == changes::at_restart) == (name == "intake.sources"));
  }
  CHECK(of_family.size() >= 3);
}

TEST_CASE("a change that only a restart makes whole is not taken by half") {
  const auto before = settings_of("mode = \"demo\"\n[snapshot]\nbound = \"5s\"\n");
  // The file keeps its own relation; the bound of 5 s stays in force until a restart.
  const auto after = settings_of(
      "mode = \"demo\"\n[snapshot]\nbound = \"2s\"\n[gate]\nstale_after_entry = \"3s\"\n");
  const auto outcome = plan_reload(before, after);
  REQUIRE(std::holds_alternative<faults>(outcome));
  const auto& wrong = std::get<faults>(outcome);
  REQUIRE(wrong.size() == 1);
  CHECK(to_string(wrong.front()).starts_with("test.toml:5:"));
  CHECK_THAT(wrong.front().text, ContainsSubstring("usable after a restart"));
  CHECK_THAT(wrong.front().text, ContainsSubstring("snapshot.bound, 5s"));
}

TEST_CASE("values name the line of the file they are in force from") {
  const auto before = settings_of("mode = \"demo\"\n[snapshot]\nconcurrency = 4\n");
  const auto after =
      settings_of("mode = \"demo\"\n\n\n[gate]\ncooldown = \"20s\"\n[snapshot]\nconcurrency = 8\n");
  const auto text = show(planned(before, after).now);
  CHECK_THAT(text, ContainsSubstring("gate.cooldown = \"20s\"  # test.toml:5\n"));
  CHECK_THAT(text, ContainsSubstring("snapshot.concurrency = 4  # test.toml:3\n"));
}

TEST_CASE("what the environment had a part in says so") {
  const environment env{.credentials_directory = "/run/credentials"};
  const auto s = settings_of(
      "mode = \"demo\"\n[simulator]\napi_key_file = \"$CREDENTIALS_DIRECTORY/key\"\n"
      "api_secret_file = \"secret\"\n",
      env);
  CHECK_THAT(show(s), ContainsSubstring("simulator.api_key_file = \"/run/credentials/key\"  # "
                                        "test.toml:3 with $CREDENTIALS_DIRECTORY\n"));
}

TEST_CASE("levels of components are read by their names") {
  const auto s = settings_of("mode = \"demo\"\n[log.levels]\ngate = \"debug\"\n");
  using namespace ::sluice::status;
  CHECK(s.log.levels[*find_log_component("gate")] == log_level::debug);
  CHECK_FALSE(s.log.levels[*find_log_component("journal")]);
  CHECK(any_contains(faults_of("mode = \"demo\"\n[log.levels]\ngaet = \"debug\"\n"),
                     "test.toml:3:1: log.levels.gaet: unknown key; did you mean gate?"));
}

}  // namespace sluice::config
