// How faults read: all of them at once, sorted, each at its line and column, with what is allowed.
#include <algorithm>

#include "support/outcome.hpp"

namespace sluice::config {

TEST_CASE("all faults of a file are reported at once, sorted by line") {
  const auto lines = faults_of(
      "mode = \"paper\"\n"
      "[snapshot]\n"
      "bound = 2\n"
      "strateggy = \"adaptive\"\n"
      "[gate]\n"
      "cooldown = \"15\"\n"
      "parked_exit_max = 0\n"
      "[snapshots]\n"
      "x = 1\n");
  REQUIRE(lines.size() == 6);
  CHECK(lines[0] ==
        "test.toml:1:8: mode: \"paper\" is none of its words; takes one of \"demo\", \"shadow\", "
        "\"testnet\" or \"live\"");
  CHECK(lines[1] ==
        "test.toml:3:9: snapshot.bound: 2 has no unit; takes a duration from 100ms to 1h, e.g. "
        "\"2s\"");
  CHECK(lines[2] == "test.toml:4:1: snapshot.strateggy: unknown key; did you mean strategy?");
  CHECK(
      lines[3].starts_with("test.toml:6:12: gate.cooldown: \"15\" has no unit; takes a duration"));
  CHECK(lines[4] ==
        "test.toml:7:19: gate.parked_exit_max: 0 is too small; takes a whole number from 1 to "
        "100000");
  CHECK(lines[5] == "test.toml:8:2: snapshots: unknown table; did you mean [snapshot]?");
}

TEST_CASE("a key in the wrong table is told where it belongs") {
  CHECK(any_contains(faults_of("mode = \"demo\"\n[gate]\nbound = \"2s\"\n"),
                     "test.toml:3:1: gate.bound: unknown key; there is one in [snapshot]"));
  CHECK(any_contains(faults_of("[gate]\nmode = \"demo\"\n"),
                     "gate.mode: unknown key; mode stands before the first table"));
}

TEST_CASE("a key like no other is told what the table knows") {
  CHECK(any_contains(faults_of("mode = \"demo\"\n[universe]\nzzzzzzzz = 1\n"),
                     "[universe] knows refresh, max_age, last_good_max_age, contract_types, "
                     "quote_assets, allow, capacity"));
}

TEST_CASE("a table given as a value, and a value given as a table, are refused") {
  CHECK(any_contains(faults_of("mode = \"demo\"\nsnapshot = 5\n"),
                     "test.toml:2:12: snapshot: got a whole number; takes a table, [snapshot]"));
  CHECK(any_contains(faults_of("mode = \"demo\"\n[[snapshot]]\nbound = \"2s\"\n"),
                     "snapshot: got a list; takes a table"));
  CHECK(any_contains(faults_of("[mode]\nx = 1\n"), "mode: got a table"));
}

TEST_CASE("several lines that are no TOML are reported together with the other faults") {
  const auto lines = faults_of(
      "mode = demo\n"
      "[snapshot]\n"
      "bound = \"2s\n"
      "latency = 5\n"
      "latency = \"6ms\"\n"
      "concurrency = 32\n");
  REQUIRE(lines.size() == 4);
  CHECK(lines[0].starts_with("test.toml:1:"));
  CHECK(lines[1].starts_with("test.toml:3:"));
  CHECK(lines[2].starts_with("test.toml:4:11: snapshot.latency: 5 has no unit"));
  CHECK(lines[3].starts_with("test.toml:5:"));
  CHECK(lines[3].find("latency") != std::string::npos);
}

TEST_CASE("an unclosed list is one fault, not many") {
  const auto lines = faults_of(
      "mode = \"demo\"\n[universe]\nallow = [\"BTCUSDT\",\nrefresh = \"60s\"\nmax_age = \"5m\"\n");
  CHECK(lines.size() == 1);
}

TEST_CASE("dotted keys and inline tables are read like tables") {
  CHECK(settings_of("mode = \"demo\"\nsnapshot.bound = \"3s\"\n").snapshot.bound ==
        milliseconds{3'000});
  CHECK(settings_of("mode = \"demo\"\nsnapshot = { bound = \"3s\" }\n").snapshot.bound ==
        milliseconds{3'000});
}

TEST_CASE("items of lists are checked, and the item named") {
  CHECK(
      any_contains(faults_of("mode = \"demo\"\n[universe]\nallow = [\"BTCUSDT\", \"BTC USDT\"]\n"),
                   "universe.allow: item 2: \"BTC USDT\" is no symbol"));
  CHECK(any_contains(faults_of("mode = \"demo\"\n[universe]\nallow = [\"BTCUSDT\", 5]\n"),
                     "universe.allow: item 2: got 5, a whole number"));
  CHECK(
      any_contains(faults_of("mode = \"demo\"\n[universe]\nquote_assets = [\"USDT\", \"usdc\"]\n"),
                   "universe.quote_assets: item 2: \"usdc\" is no asset"));
  CHECK(any_contains(faults_of("mode = \"demo\"\n[executor]\nquery_delays = [\"200ms\", \"1\"]\n"),
                     "executor.query_delays: item 2: \"1\" has no unit"));
  CHECK(
      any_contains(faults_of("mode = \"demo\"\n[simulator]\ninitial_positions = [\"BTCUSDT:1\"]\n"),
                   "simulator.initial_positions: \"BTCUSDT:1\" is no position"));
}

TEST_CASE("values arrive in the settings they belong to") {
  const auto s = settings_of(
      "mode = \"demo\"\naccount = \"desk-7\"\n"
      "[gate]\nstale_after_exit = \"12s\"\nallow_add = true\nexit_sources = [\"exit_engine\", "
      "\"bot.1\"]\n"
      "[executor]\nrecv_window = \"2s\"\nquery_delays = [\"300ms\", \"1s\"]\n"
      "[log]\nlevel = \"warn\"\nfile_size_max = \"1MiB\"\n"
      "[simulator]\nbalance = \"200.50\"\ninitial_positions = [\"BTCUSDT=-0.010\"]\n");
  CHECK(s.account == "desk-7");
  CHECK(s.gate.limits.stale_after_exit == milliseconds{12'000});
  CHECK(s.gate.limits.allow_add);
  REQUIRE(s.gate.exit_sources.size() == 2);
  CHECK(s.gate.exit_sources[1].str() == "bot.1");
  CHECK(s.executor.query_delays.size() == 2);
  CHECK(s.log.level == status::log_level::warn);
  CHECK(s.log.file_size_max == 1'048'576);
  CHECK(s.simulator.account.balance.str() == "200.5");
  REQUIRE(s.simulator.account.initial_positions.size() == 1);
  CHECK(s.simulator.account.initial_positions[0].amount.str() == "-0.01");
}

TEST_CASE("orders are signed with the window that proof of absence rests on") {
  const auto s = settings_of("mode = \"demo\"\n[executor]\nrecv_window = \"2s\"\n");
  CHECK(s.exchange.recv_window_orders == milliseconds{2'000});
  CHECK(settings_of("mode = \"demo\"").exchange.recv_window_orders ==
        settings{}.executor.recv_window);
}

TEST_CASE("a file that cannot be read is a fault that says why") {
  for (const auto& path : {source_path("no/such/file.toml"), source_path("config")}) {
    const auto outcome = load(path);
    const auto* found = std::get_if<faults>(&outcome);
    REQUIRE(found);
    REQUIRE(found->size() == 1);
    CHECK(found->front().text.starts_with("cannot be read"));
  }
}

TEST_CASE("a text too large to be a configuration is refused") {
  const auto lines = faults_of(std::string(file_bytes_max + 1, '#'));
  REQUIRE(lines.size() == 1);
  CHECK(lines.front() == "test.toml: has 1048577 bytes; allowed are 1048576");
}

TEST_CASE("control characters of a file do not reach the terminal") {
  const auto lines = faults_of("mode = \"\\u001b[31m\\ndemo\"\n\"a\\nb\" = 1\n");
  REQUIRE(lines.size() == 2);
  for (const auto& line : lines)
    CHECK(std::none_of(line.begin(), line.end(),
                       [](char c) { return static_cast<unsigned char>(c) < 0x20; }));
}

}  // namespace sluice::config
