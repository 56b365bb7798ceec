// A secret in the file is refused, never repeated; file names may come from systemd.
#include "echo.hpp"
#include "support/outcome.hpp"

namespace sluice::config {
namespace {

// Made up here; the shape of the venue's keys, of its secrets in hex, and of a PEM file.
const std::string key_like = "Zq3Yw8Lk2Vn7Xb4Tj9Rm1Hc6Fd5Gs0PaQe7Uo3Ti2Ny8Kx5Wv1Lz6Mb4Jr9Cf0Dh";
const std::string hex_like = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
const std::string base64_like = "q+Zw/8LkV2n7Xb4Tj+9Rm1Hc6Fd5Gs0PaQe7Uo3T/i2Ny8Kx5Wv1Lz6Mb4Jr9Cf=";

void check_refused_unseen(const std::string& text, const std::string& secret) {
  const auto lines = faults_of(text);
  REQUIRE_FALSE(lines.empty());
  for (const auto& line : lines) {
    INFO(line);
    CHECK(line.find(secret) == std::string::npos);
    CHECK(line.find(secret.substr(0, 20)) == std::string::npos);
    CHECK(line.find(secret.substr(secret.size() - 20)) == std::string::npos);
  }
}

}  // namespace

TEST_CASE("a key named like a secret is refused wherever it stands") {
  for (const auto* name : {"api_key", "api_secret", "API-Key", "secret", "token", "password"}) {
    const auto lines =
        faults_of("mode = \"demo\"\n[exchange]\n" + std::string{name} + " = \"x\"\n");
    REQUIRE(lines.size() == 1);
    CHECK(any_contains(lines, "test.toml:3:"));
    CHECK(any_contains(lines, "a secret must not stand in this file"));
  }
}

TEST_CASE("a value shaped like a secret is refused and not repeated") {
  for (const auto& secret : {key_like, hex_like, base64_like}) {
    for (const std::string key : {"account", "exchange.api_key_file", "exchange.note", "live",
                                  "snapshot.bound", "simulator.seed", "log.file"}) {
      const auto text = "mode = \"demo\"\n" + key + " = \"" + secret + "\"\n";
      check_refused_unseen(text, secret);
      CHECK(any_contains(faults_of(text), "a secret must not stand in this file"));
    }
    check_refused_unseen("mode = \"demo\"\nuniverse.allow = [\"" + secret + "\"]\n", secret);
    check_refused_unseen("mode = \"demo\"\n\"" + secret + "\" = 1\n", secret);
    check_refused_unseen("mode = \"demo\"\n[exchange]\napi_secret = " + secret + "\n", secret);
    check_refused_unseen("mode = \"demo\"\n[exchange]\napi_secret = \"" + secret + "\n", secret);
  }
  check_refused_unseen(
      "mode = \"demo\"\naccount = \"-----BEGIN PRIVATE KEY-----\\nMC4CAQAwBQYDK2VwBCIEIHh1\"\n",
      "MC4CAQAwBQYDK2VwBCIEIHh1");
}

TEST_CASE("shorter remains of a secret are hidden in faults") {
  check_refused_unseen("mode = \"" + key_like.substr(0, 40) + "\"\n", key_like.substr(0, 40));
}

TEST_CASE("ordinary paths, addresses and symbols are no secrets") {
  for (const auto* text :
       {"/etc/sluice/credentials/production/binance/futures/usd-m/desk-7/api_secret", "BTCUSDT",
        "https://testnet.binancefuture.com:443", "$CREDENTIALS_DIRECTORY/api_secret", ""})
    CHECK_FALSE(looks_secret(text));
  CHECK_FALSE(names_secret("api_secret_file"));
  CHECK_FALSE(names_secret("unique_ids"));
}

TEST_CASE("systemd's credentials directory is put into file names, and nowhere else") {
  const std::string text =
      "mode = \"testnet\"\naccount = \"desk-7\"\n"
      "[exchange]\nrest_url = \"https://demo-fapi.binance.com\"\n"
      "stream_url = \"wss://demo-fstream.binance.com\"\n"
      "api_key_file = \"$CREDENTIALS_DIRECTORY/key\"\n"
      "api_secret_file = \"$CREDENTIALS_DIRECTORYX/secret\"\n"
      "[log]\nfile = \"$CREDENTIALS_DIRECTORY/log\"\n";
  const auto s = settings_of(text, environment{.credentials_directory = "/run/credentials/sluice"});
  CHECK(s.keys.api_key_file == "/run/credentials/sluice/key");
  CHECK(s.keys.api_secret_file == "$CREDENTIALS_DIRECTORYX/secret");
  CHECK(s.log.file == "$CREDENTIALS_DIRECTORY/log");
  CHECK(settings_of(text).keys.api_key_file == "$CREDENTIALS_DIRECTORY/key");
}

}  // namespace sluice::config
