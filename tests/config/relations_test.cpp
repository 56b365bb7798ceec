// Relations: inside a table, between tables, and between the mode and the rest.
#include "support/outcome.hpp"

namespace sluice::config {
namespace {

const std::string venue =
    "[exchange]\nrest_url = \"https://demo-fapi.binance.com\"\n"
    "stream_url = \"wss://demo-fstream.binance.com\"\n"
    "api_key_file = \"key\"\napi_secret_file = \"secret\"\n";

const std::string live_venue =
    "[exchange]\nrest_url = \"https://fapi.binance.com\"\n"
    "stream_url = \"wss://fstream.binance.com\"\n"
    "api_key_file = \"key\"\napi_secret_file = \"secret\"\n"
    "[journal]\nstate_dir = \"/var/lib/sluice\"\n";

}  // namespace

TEST_CASE("single reads of every symbol are refused for a bound of 10 s under the venue's limit") {
  const auto lines =
      faults_of("mode = \"demo\"\n[snapshot]\nstrategy = \"per_symbol\"\nbound = \"10s\"\n");
  REQUIRE(lines.size() == 1);
  CHECK(lines.front().starts_with("test.toml:3:1: snapshot.strategy: "));
  for (const auto* part : {"566 symbols every 10 s", "16,980", "2,400", "1,200", "142 s"})
    CHECK(any_contains(lines, part));
}

TEST_CASE(
    "reads on demand may be switched off where no money can be lost by it, and nowhere else") {
  const std::string off = "[gate]\nread_on_demand = false\n";
  CHECK(faults_of("mode = \"demo\"\n" + off).empty());
  const auto lines = faults_of("mode = \"testnet\"\n" + venue + off);
  REQUIRE(lines.size() == 1);
  CHECK(lines.front().starts_with("test.toml:8:1: gate.read_on_demand: "));
  CHECK(any_contains(faults_of("mode = \"live\"\nlive = true\n" + live_venue + off),
                     "refused in mode live"));
}

TEST_CASE("a retention that would take away what a day's limits are counted from is refused") {
  const auto lines = faults_of("mode = \"demo\"\n[journal]\nretention = \"47h\"\n");
  REQUIRE(lines.size() == 1);
  CHECK(lines.front().starts_with("test.toml:3:1: journal.retention: takes \"0ms\" (keep all)"));
  CHECK(faults_of("mode = \"demo\"\n[journal]\nretention = \"48h\"\n").empty());
}

TEST_CASE("the same bound is refused of a real venue, whose symbols nobody has counted yet") {
  const auto lines = faults_of("mode = \"testnet\"\n" + venue +
                               "[snapshot]\nstrategy = \"per_symbol\"\nbound = \"10s\"\n");
  REQUIRE(lines.size() == 1);
  CHECK(any_contains(lines, "test.toml:8:1: snapshot.strategy: "));
  CHECK(any_contains(lines, "16,980"));
}

TEST_CASE("single reads keep the bound where the limit is lifted or the symbols are few") {
  const std::string text =
      "mode = \"demo\"\n[snapshot]\nstrategy = \"per_symbol\"\nbound = \"10s\"\n[simulator]\n";
  CHECK(faults_of(text + "weight_limit_1m = 0\n").empty());
  CHECK(faults_of(text + "symbols = 20\n").empty());
}

TEST_CASE("a bound that the simulated exchange is too slow for is refused") {
  CHECK(any_contains(faults_of("mode = \"demo\"\n[simulator]\nlatency = \"3s\"\n"),
                     "snapshot.strategy: "));
}

TEST_CASE("a list of exit sources need not name the exit engine") {
  const std::string text = "mode = \"demo\"\n[gate]\nexit_sources = [\"ops\"]\n";
  CHECK(faults_of(text).empty());
  CHECK(faults_of(text + "unlisted_source = \"permit_decides\"\n").empty());
  CHECK(any_contains(faults_of(text + "unlisted_source = \"allow\"\n"),
                     "test.toml:4:19: gate.unlisted_source: \"allow\" is none of its words"));
}

TEST_CASE("a reading of the margin must outlast one that is lost, where a limit needs it") {
  const std::string slow = "mode = \"demo\"\n[limits]\nmargin_period = \"40s\"\n";
  CHECK(any_contains(faults_of(slow), "limits.margin_stale_after: is 1m, must be at least twice"));
  CHECK(faults_of(slow + "margin_stale_after = \"80s\"\n").empty());
  CHECK(faults_of(slow + "margin_use_percent_max = 0\ndrawdown_percent_max = 0\n").empty());
}

TEST_CASE("the gate may not ask for fresher truth than is promised") {
  const auto lines = faults_of("mode = \"demo\"\n[gate]\nstale_after_entry = \"1s\"\n");
  REQUIRE(lines.size() == 1);
  CHECK(lines.front() ==
        "test.toml:3:1: gate.stale_after_entry: 1s is shorter than snapshot.bound, 2s: the gate "
        "would refuse truth that is as fresh as promised; allowed is 2s or more");
}

TEST_CASE("a plan may not wait shorter than the read that would cure it takes") {
  CHECK(any_contains(faults_of("mode = \"demo\"\n[gate]\npark_entry = \"100ms\"\n"),
                     "test.toml:3:1: gate.park_entry: "));
  CHECK(faults_of("mode = \"demo\"\n[gate]\npark_entry = \"0ms\"\n").empty());
}

TEST_CASE("routine reads may not be given more than their class may spend") {
  CHECK(any_contains(faults_of("mode = \"demo\"\n[snapshot]\nbudget_share_percent = 60\n"),
                     "test.toml:3:1: snapshot.budget_share_percent: 60 is more than"));
}

TEST_CASE("status and simulated exchange may not share a port") {
  CHECK(any_contains(faults_of("mode = \"demo\"\n[simulator]\nport = 8645\n"),
                     "test.toml:3:1: simulator.port: 8645 is the port of status.listen"));
  CHECK(faults_of("mode = \"demo\"\n[status]\nlisten = \"127.0.0.1:0\"\n").empty());
}

TEST_CASE("mode demo refuses an exchange it would ignore") {
  const auto lines = faults_of("mode = \"demo\"\n" + venue);
  REQUIRE(lines.size() == 4);
  for (const auto& line : lines)
    CHECK(line.find("would be ignored in mode demo") != std::string::npos);
  CHECK(lines[0].starts_with("test.toml:3:1: exchange.rest_url"));
}

TEST_CASE("every other mode needs addresses and key files") {
  for (const auto* mode : {"shadow", "testnet"}) {
    const auto lines = faults_of(std::string{"mode = \""} + mode + "\"\n");
    REQUIRE(lines.size() == 4);
    CHECK(any_contains(lines, "exchange.rest_url: is missing; mode " + std::string{mode}));
    CHECK(any_contains(lines, "exchange.api_secret_file: is missing"));
  }
  CHECK(faults_of("mode = \"testnet\"\n" + venue).empty());
}

TEST_CASE("mode live needs to be said twice, and only then may be") {
  CHECK(any_contains(faults_of("mode = \"live\"\n" + live_venue),
                     "test.toml:1:1: live: mode live trades real money"));
  CHECK(any_contains(faults_of("mode = \"live\"\nlive = false\n" + live_venue),
                     "test.toml:2:1: live"));
  CHECK(any_contains(faults_of("mode = \"demo\"\nlive = true\n"),
                     "test.toml:2:1: live: is true in mode demo"));
  CHECK(faults_of("mode = \"live\"\nlive = true\n" + live_venue).empty());
}

TEST_CASE("mode live wants a state directory that is the same wherever it is started") {
  const auto with = [](const std::string& journal) {
    return faults_of("mode = \"live\"\nlive = true\n" +
                     live_venue.substr(0, live_venue.find("[journal]")) + journal);
  };
  for (const auto* text : {"", "[journal]\nstate_dir = \"var/sluice\"\n"}) {
    const auto lines = with(text);
    REQUIRE(lines.size() == 1);
    CHECK(any_contains(lines, "journal.state_dir: var/sluice is another directory"));
  }
  CHECK(with("[journal]\nstate_dir = \"/srv/sluice\"\n").empty());
  CHECK(faults_of("mode = \"testnet\"\n" + venue).empty());
}

TEST_CASE("mode testnet refuses a venue of real money, and mode live one of play money") {
  CHECK(any_contains(faults_of("mode = \"testnet\"\n" + live_venue),
                     "test.toml:3:1: exchange.rest_url: fapi.binance.com trades real money"));
  for (const auto* written : {"https://FAPI.Binance.com", "https://fapi.binance.com./"}) {
    auto other = live_venue;
    other.replace(other.find("https://fapi.binance.com"), 24, written);
    CHECK(any_contains(faults_of("mode = \"testnet\"\n" + other),
                       "exchange.rest_url: fapi.binance.com trades real money"));
  }
  CHECK(any_contains(faults_of("mode = \"live\"\nlive = true\n" + venue),
                     "exchange.rest_url: demo-fapi.binance.com is no live venue"));
  CHECK(faults_of("mode = \"shadow\"\n" + live_venue).empty());
}

TEST_CASE("the relations of every layer are asked, at the line of their key") {
  CHECK(
      any_contains(faults_of("mode = \"demo\"\n[universe]\nrefresh = \"10m\"\nmax_age = \"5m\"\n"),
                   "test.toml:4:1: universe.max_age: 5m is shorter than refresh"));
  CHECK(any_contains(faults_of("mode = \"demo\"\n[universe]\nrefresh = \"10m\"\n"),
                     "test.toml:2:2: universe.max_age: "));
  CHECK(any_contains(faults_of("mode = \"demo\"\n[intake]\ndefault_ttl = \"10m\"\n"),
                     "test.toml:3:1: intake.default_ttl: "));
  CHECK(any_contains(faults_of("mode = \"demo\"\n[executor]\nquery_delays = [\"5s\", \"1s\"]\n"),
                     "test.toml:3:1: executor.query_delays: "));
  CHECK(any_contains(faults_of("mode = \"demo\"\n[exchange]\nentry_pct_max = 70\n"),
                     "test.toml:3:1: exchange.entry_pct_max: "));
  CHECK(any_contains(faults_of("mode = \"demo\"\n[status]\nlisten = \"0.0.0.0:80\"\n"),
                     "test.toml:3:1: status.listen: "));
  CHECK(any_contains(faults_of("mode = \"demo\"\n[journal]\nstate_dir = \"\"\n"),
                     "test.toml:3:1: journal.state_dir: "));
  CHECK(any_contains(faults_of("mode = \"demo\"\n[simulator]\naddress = \"0.0.0.0\"\n"),
                     "test.toml:3:1: simulator.address: "));
  CHECK(any_contains(faults_of("mode = \"demo\"\n[simulator]\napi_key_file = \"key\"\n"),
                     "test.toml:3:1: simulator.api_key_file: is given without"));
}

TEST_CASE("the simulated exchange takes a key with a secret or with a public key, or none") {
  const std::string table = "mode = \"demo\"\n[simulator]\n";
  const std::string key = "api_key_file = \"key\"\n";
  const std::string secret = "api_secret_file = \"secret\"\n";
  const std::string open = "api_public_key_file = \"key.pem\"\n";
  CHECK(faults_of(table + key + secret).empty());
  CHECK(faults_of(table + key + open).empty());
  CHECK(any_contains(faults_of(table + secret),
                     "test.toml:3:1: simulator.api_secret_file: is given without api_key_file"));
  CHECK(any_contains(faults_of(table + open),
                     "test.toml:3:1: simulator.api_public_key_file: is "
                     "given without api_key_file"));
  CHECK(any_contains(faults_of(table + key + secret + open),
                     "test.toml:5:1: simulator.api_public_key_file: is given beside"));
}

TEST_CASE("a source that must show a token cannot open through a stream, which shows none") {
  const std::string stream =
      "mode = \"demo\"\n[intake.redis]\nentry_sources = [\"desk\", \"bridge\"]\n";
  CHECK(faults_of(stream + "[intake.sources.desk]\nlanes = [\"entry\"]\n").empty());
  CHECK(faults_of(stream + "[intake.sources.other]\ntoken_file = \"t\"\n").empty());
  const auto lines = faults_of(stream + "[intake.sources.desk]\ntoken_file = \"t\"\n");
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].starts_with(
      "test.toml:3:1: intake.redis.entry_sources: desk has a token_file in intake.sources"));
}

TEST_CASE("relations are not judged on values that were refused") {
  const auto lines = faults_of("mode = \"demo\"\n[universe]\nrefresh = \"10m\"\nmax_age = \"5\"\n");
  REQUIRE(lines.size() == 1);
  CHECK(any_contains(lines, "has no unit"));
}

TEST_CASE("every exit that is taken in has a place to wait for its read") {
  CHECK(
      any_contains(faults_of("mode = \"demo\"\n[gate]\nparked_exit_max = 9999\n"),
                   "test.toml:3:1: gate.parked_exit_max: 9999 is less than intake.exit_queue_max"));
  CHECK(faults_of("mode = \"demo\"\n[gate]\nparked_exit_max = 5\n[intake]\nexit_queue_max = 5\n")
            .empty());
}

}  // namespace sluice::config
