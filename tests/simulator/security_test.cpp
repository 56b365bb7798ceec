// Keys, signatures and timestamps are checked as the general-info page says.
#include "simulator/support/account_key.hpp"
#include "simulator/support/bench_venue.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::simulator;
using test::bench_venue;
using test::outcome_of;

namespace {

const std::string path = "/fapi/v3/positionRisk";

/// Sends parameters signed as they are, without adding a timestamp.
reply send_signed(bench_venue& v, const std::string& text, const std::string& body = "") {
  const auto signature = test::sign("mainSecret", text + body);
  request r{"GET", path, text, body, "mainKey"};
  (body.empty() ? r.query : r.body) += "&signature=" + signature;
  return v.it->perform(r, v.now);
}

std::string stamped(const bench_venue& v, std::int64_t offset_ms) {
  return "timestamp=" + std::to_string(v.now.venue.ms + offset_ms);
}

}  // namespace

TEST_CASE("the documented example signs to the documented signature") {
  const std::string secret = "2b5eb11e18796d12d88f13dc27dbbd02c2cc51ff7059765ed9821957d82bb4d9";
  const std::string text =
      "symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=1&price=9000&timeInForce=GTC&recvWindow=5000&"
      "timestamp=1591702613943";
  CHECK(test::sign(secret, text) ==
        "3c661234138461fcc7a7d8746c6558c9842d4e10870d2ecbedf7777cad694af9");
  auto s = test::quiet_settings();
  s.account.api_secret = secret;
  bench_venue v(s);
  v.now.venue.ms = 1'591'702'613'943;
  const request r{"GET", path,
                  text +
                      "&signature=3C661234138461FCC7A7D8746C6558C9842D4E10870D2ECBEDF7777CAD694"
                      "AF9",
                  "", "mainKey"};
  CHECK(outcome_of(v.it->perform(r, v.now)) == "200");
}

TEST_CASE("a request may be signed over query and body run together") {
  bench_venue v;
  CHECK(outcome_of(send_signed(v, "recvWindow=5000", stamped(v, 0))) == "200");
}

TEST_CASE("a key that is missing or ill-formed is -2014, one unknown is -2015") {
  bench_venue v;
  auto r = v.signed_request("GET", path, "");
  r.api_key = "";
  CHECK(outcome_of(v.it->perform(r, v.now)) == "401 -2014");
  r.api_key = "with-a-dash";
  CHECK(outcome_of(v.it->perform(r, v.now)) == "401 -2014");
  r.api_key = "somebodyElse";
  CHECK(outcome_of(v.it->perform(r, v.now)) == "401 -2015");
}

TEST_CASE("a signature that is wrong, misplaced or missing is refused") {
  bench_venue v;
  auto r = v.signed_request("GET", path, "");
  r.query.back() = r.query.back() == '0' ? '1' : '0';
  CHECK(outcome_of(v.it->perform(r, v.now)) == "400 -1022");

  r = v.signed_request("GET", path, "");
  r.query += "&symbol=BTCUSDT";
  CHECK(outcome_of(v.it->perform(r, v.now)) == "400 -1022");

  r = v.signed_request("GET", path, "");
  r.query = r.query.substr(0, r.query.find("&signature"));
  const auto missing = v.it->perform(r, v.now);
  CHECK(outcome_of(missing) == "400 -1102");
  CHECK_THAT(missing.body, ContainsSubstring("'signature'"));
}

TEST_CASE("timestamps are accepted inside recvWindow and up to a second ahead") {
  bench_venue v;
  struct row {
    const char* name;
    std::string text;
    const char* expected;
  };
  const std::vector<row> rows{
      {"now", stamped(v, 0), "200"},
      {"at the end of the default window", stamped(v, -5'000), "200"},
      {"just past it", stamped(v, -5'001), "400 -1021"},
      {"999 ms ahead", stamped(v, 999), "200"},
      {"a second ahead", stamped(v, 1'000), "400 -1021"},
      {"inside an own window", "recvWindow=60000&" + stamped(v, -60'000), "200"},
      {"past an own window", "recvWindow=100&" + stamped(v, -101), "400 -1021"},
      {"none", "recvWindow=100", "400 -1102"},
      {"not a number", "timestamp=soon", "400 -1102"},
      {"a window of nothing", "recvWindow=0&" + stamped(v, 0), "400 -1131"},
      {"a window beyond all numbers", "recvWindow=9223372036854775807&" + stamped(v, 0), "200"},
  };
  for (const auto& r : rows) {
    INFO(r.name);
    CHECK(outcome_of(send_signed(v, r.text)) == r.expected);
  }
}

TEST_CASE("an account with an Ed25519 key is proven by signatures of that key alone") {
  const test::account_key mine{1};
  const test::account_key other{2};
  auto s = test::quiet_settings();
  s.account.api_secret.clear();
  s.account.api_public_key = mine.public_pem();
  bench_venue v(s);
  const auto text = stamped(v, 0);
  const auto answer = [&](const std::string& query, const std::string& signature) {
    const request r{"GET", path, query + "&signature=" + signature, "", "mainKey"};
    return outcome_of(v.it->perform(r, v.now));
  };
  const auto signature = mine.sign(text);
  REQUIRE(signature.size() == 88);
  const auto encoded = test::escaped(signature);
  CHECK(answer(text, encoded) == "200");
  CHECK(answer(text, test::escaped(other.sign(text))) == "400 -1022");
  CHECK(answer("recvWindow=5000&" + text, encoded) == "400 -1022");
  CHECK(answer(text, test::sign("mainSecret", text)) == "400 -1022");
  CHECK(answer(text, test::sign("", text)) == "400 -1022");
  CHECK(answer(text, encoded.substr(0, encoded.size() - 6)) == "400 -1022");
  CHECK(answer(text, encoded + "%0A") == "400 -1022");
  CHECK(answer(text, std::string(88, 'A')) == "400 -1022");
}

TEST_CASE("a base64 signature that was not percent-encoded is refused where it holds a plus") {
  const test::account_key mine{1};
  auto s = test::quiet_settings();
  s.account.api_secret.clear();
  s.account.api_public_key = mine.public_pem();
  bench_venue v(s);
  std::string text;
  std::string signature;
  for (int n = 1; n < 100 && signature.find('+') == std::string::npos; ++n) {
    text = "recvWindow=" + std::to_string(1'000 + n) + "&" + stamped(v, 0);
    signature = mine.sign(text);
  }
  REQUIRE(signature.find('+') != std::string::npos);
  const request plain{"GET", path, text + "&signature=" + signature, "", "mainKey"};
  CHECK(outcome_of(v.it->perform(plain, v.now)) == "400 -1022");
  const request good{"GET", path, text + "&signature=" + test::escaped(signature), "", "mainKey"};
  CHECK(outcome_of(v.it->perform(good, v.now)) == "200");
}

TEST_CASE("accounts with secrets and accounts with Ed25519 keys live side by side") {
  const test::account_key theirs{3};
  auto s = test::quiet_settings();
  account_settings other;
  other.api_key = "otherKey";
  other.api_public_key = theirs.public_pem();
  s.more_accounts = {other};
  bench_venue v(s);
  CHECK(outcome_of(v.call("GET", path)) == "200");
  const auto text = stamped(v, 0);
  const request r{"GET", path, text + "&signature=" + test::escaped(theirs.sign(text)), "",
                  "otherKey"};
  CHECK(outcome_of(v.it->perform(r, v.now)) == "200");
}

TEST_CASE("orders that were in time when they came in are looked at again when they are matched") {
  bench_venue v;
  const auto visit = [&](const std::string& method, const std::string& where,
                         const std::string& parameters, std::int64_t late_ms) {
    const auto r = v.signed_request(method, where, parameters);
    course c;
    c.before = milliseconds{late_ms};
    v.pass(c.before);
    return outcome_of(v.it->perform(r, c, v.now));
  };
  const std::string order = "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.01";
  CHECK(visit("POST", "/fapi/v1/order", order, 5'000) == "200");
  CHECK(visit("POST", "/fapi/v1/order", order, 5'001) == "400 -5028");
  CHECK(visit("POST", "/fapi/v1/order", order + "&recvWindow=1500", 1'501) == "400 -5028");
  CHECK(visit("PUT", "/fapi/v1/order", order, 5'001) == "400 -5028");
  CHECK(visit("POST", "/fapi/v1/batchOrders", "batchOrders=%5B%5D", 5'001) == "400 -5028");
  CHECK(visit("GET", path, "", 60'000) == "200");
  CHECK(visit("DELETE", "/fapi/v1/allOpenOrders", "symbol=BTCUSDT", 60'000) == "200");
  CHECK(v.held("BTCUSDT").str() == "0.01");
}

TEST_CASE("each account sees its own positions only") {
  auto s = test::quiet_settings();
  account_settings other;
  other.api_key = "otherKey";
  other.api_secret = "otherSecret";
  other.initial_positions = {{symbol{"ETHUSDT"}, quantity::whole(2)}};
  s.more_accounts = {other};
  bench_venue v(s);
  CHECK(v.call("GET", path).body == "[]");
  v.chosen.account = other;
  CHECK(test::elements(v.call("GET", path).body).size() == 1);
}
