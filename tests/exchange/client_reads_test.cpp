// Reads over real TLS: what is sent, what comes back, and every way in which a venue can fail them.
#include <algorithm>
#include <thread>

#include "sluice/exchange/signer.hpp"
#include "support/client_under_test.hpp"

using namespace sluice;
using namespace sluice::test;

namespace {

const std::string one_row =
    R"([{"symbol":"SOLUSDT","positionSide":"BOTH","positionAmt":"-12.5","entryPrice":"141.1",)"
    R"("updateTime":7}])";

std::string parameter(const std::string& target, const std::string& name) {
  const auto at = target.find(name + "=");
  if (at == std::string::npos)
    return {};
  const auto start = at + name.size() + 1;
  return target.substr(start, target.find('&', start) - start);
}

read_result<snapshot> read_once(imposter& venue, const std::vector<act>& acts,
                                read_options options = within(2'000)) {
  venue.when("GET /fapi/v1/time", {server_time()});
  venue.when("GET /fapi/v3/positionRisk", acts);
  answers<read_result<snapshot>> answer;
  {
    const auto client = client_for(venue);
    client->read_account(options, answer.taker());
    answer.wait();
  }
  REQUIRE(answer.count() == 1);
  return answer.wait();
}

}  // namespace

TEST_CASE("a position read is signed over exactly its bytes and comes back with its instants") {
  imposter venue;
  venue.when("GET /fapi/v1/time", {server_time(90'000)});
  venue.when("GET /fapi/v3/positionRisk", {reply_with(200, one_row)});
  const auto client = client_for(venue);
  answers<read_result<clock_offset>> clock;
  client->read_clock(within(2'000), clock.taker());
  REQUIRE(clock.wait().has_value());
  CHECK(std::abs(clock.wait()->offset.count() - 90'000) <= clock.wait()->error.count() + 50);

  const auto before = std::chrono::steady_clock::now();
  answers<read_result<snapshot>> answer;
  client->read_symbol(symbol("SOLUSDT"), within(2'000), answer.taker());
  const auto read = answer.wait();
  REQUIRE(read.has_value());
  CHECK(read->scope == symbol("SOLUSDT"));
  CHECK(read->rows.front().amount.str() == "-12.5");
  CHECK(read->sent_at >= before);
  CHECK(read->received_at >= read->sent_at);

  const auto sent = venue.requests("GET /fapi/v3/positionRisk").at(0);
  CHECK(sent.head.find("X-MBX-APIKEY: " + std::string(test_key)) != std::string::npos);
  CHECK(sent.head.find("Accept-Encoding") == std::string::npos);
  const auto question = sent.target.find('?') + 1;
  const auto signature = sent.target.find("&signature=");
  const auto signs =
      exchange::signer::make(exchange::key_type::hmac, exchange::secret(std::string(test_secret)));
  CHECK(sent.target.substr(signature + 11) ==
        signs->sign(sent.target.substr(question, signature - question)));
  CHECK(std::abs(std::stoll(parameter(sent.target, "timestamp")) - wall_ms() - 90'000) < 3'000);
  CHECK(parameter(sent.target, "recvWindow") == "5000");
  CHECK(venue.requests("GET /fapi/v1/time").at(0).head.find("APIKEY") == std::string::npos);
}

TEST_CASE("a chunked reply is read like any other") {
  imposter venue;
  const auto read = read_once(venue, {reply_in_chunks(one_row)});
  REQUIRE(read.has_value());
  CHECK(read->rows.size() == 1);
}

TEST_CASE("every way to fail a read ends it once, with its kind") {
  struct row {
    const char* name;
    act answer;
    failure_kind kind;
  };
  const auto cut = [](imposter_connection& c, const seen_request&) {
    c.write("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" + one_row);
    c.hang_up();
  };
  const auto cut_chunk = [](imposter_connection& c, const seen_request&) {
    c.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n02\r\n[]\r\n");
    c.hang_up();
  };
  // Each write is a TLS record of its own, so that they are read one by one.
  const auto empty_in_pieces = [](imposter_connection& c, const seen_request&) {
    c.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (const auto* bytes : {"0\r\n", "\r", "\n"})
      c.write(bytes);
  };
  const auto no_length = [](imposter_connection& c, const seen_request&) {
    c.write("HTTP/1.1 200 OK\r\n\r\n[]");
    c.hang_up();
  };
  const auto no_http = [](imposter_connection& c, const seen_request&) {
    c.write("hello\r\n\r\n");
  };
  const row rows[] = {
      {"reset", reset_after_request(), failure_kind::unreachable},
      {"closed", hang_up_after_request(), failure_kind::unreachable},
      {"truncated", cut, failure_kind::unreachable},
      {"truncated chunks", cut_chunk, failure_kind::unreachable},
      {"an empty body in pieces", empty_in_pieces, failure_kind::malformed},
      {"an end that TLS did not confirm", no_length, failure_kind::unreachable},
      {"not HTTP", no_http, failure_kind::malformed},
      {"not JSON", reply_with(200, "hello"), failure_kind::malformed},
      {"empty 202", reply_with(202, ""), failure_kind::malformed},
      {"foreign rows", reply_with(200, one_row + " x"), failure_kind::malformed},
      {"page of a proxy", reply_with(502, "<html/>"), failure_kind::venue_error},
      {"bad key", reply_with(401, R"({"code":-2015,"msg":"Invalid"})"), failure_kind::refused},
      {"slow", stay_silent(), failure_kind::timed_out},
  };
  for (const auto& r : rows) {
    INFO(r.name);
    imposter venue;
    const auto slow = r.kind == failure_kind::timed_out;
    const auto read = read_once(venue, {r.answer}, within(slow ? 300 : 5'000));
    REQUIRE_FALSE(read.has_value());
    CHECK(read.error().kind == r.kind);
    CHECK((!read.error().text.empty() || read.error().http_status != 0));
  }
}

TEST_CASE("a read of one symbol that brings another is malformed") {
  imposter venue;
  venue.when("GET /fapi/v1/time", {server_time()});
  venue.when("GET /fapi/v3/positionRisk", {reply_with(200, one_row)});
  const auto client = client_for(venue);
  answers<read_result<snapshot>> answer;
  client->read_symbol(symbol("BTCUSDT"), within(2'000), answer.taker());
  REQUIRE_FALSE(answer.wait().has_value());
  CHECK(answer.wait().error().kind == failure_kind::malformed);
}

TEST_CASE("a venue that cannot be trusted or reached is unreachable") {
  SECTION("nobody listens") {
    exchange::settings chosen;
    {
      const imposter gone;
      chosen = settings_for(gone);
    }
    const imposter other;
    const auto client = client_for(other, chosen);
    answers<read_result<snapshot>> answer;
    client->read_account(within(2'000), answer.taker());
    CHECK(answer.wait().error().kind == failure_kind::unreachable);
  }
  SECTION("the certificate is for another host") {
    imposter venue("DNS:elsewhere.example");
    const auto read = read_once(venue, {reply_with(200, "[]")});
    CHECK(read.error().kind == failure_kind::unreachable);
    CHECK(venue.requests("GET").empty());
  }
  SECTION("the certificate is signed by somebody unknown") {
    imposter venue;
    const imposter other;
    exchange::extras more;
    more.ca_pem = other.ca_pem();
    const auto client = client_for(venue, settings_for(venue), std::move(more));
    answers<read_result<snapshot>> answer;
    client->read_account(within(2'000), answer.taker());
    CHECK(answer.wait().error().kind == failure_kind::unreachable);
    CHECK(venue.requests("GET").empty());
  }
  SECTION("connections are reset at once") {
    imposter venue;
    venue.reset_connections(100);
    const auto read = read_once(venue, {reply_with(200, "[]")});
    CHECK(read.error().kind == failure_kind::unreachable);
  }
}

TEST_CASE("a read on a kept connection that the venue has closed is repeated once on a fresh one") {
  imposter venue;
  venue.when("GET /fapi/v1/time", {server_time()});
  venue.when("GET /fapi/v3/positionRisk",
             {reply_with(200, "[]"), reset_after_request(), reply_with(200, one_row)});
  auto chosen = settings_for(venue);
  chosen.connections_max = 1;
  const auto client = client_for(venue, chosen);
  answers<read_result<snapshot>> answer;
  client->read_account(within(2'000), answer.taker());
  answer.wait_for(1);
  client->read_account(within(2'000), answer.taker());
  const auto both = answer.wait_for(2);
  REQUIRE(both[1].has_value());
  CHECK(both[1]->rows.size() == 1);
  const auto seen = venue.requests("GET /fapi/v3/positionRisk");
  REQUIRE(seen.size() == 3);
  CHECK(seen[0].connection == seen[1].connection);
  CHECK(seen[2].connection != seen[1].connection);
}

TEST_CASE("a refused timestamp is cured by measuring the clock and asking again, once") {
  imposter venue;
  const auto late = reply_with(400, R"({"code":-1021,"msg":"Timestamp"})");
  SECTION("and then it works") {
    const auto read = read_once(venue, {late, reply_with(200, "[]")});
    CHECK(read.has_value());
    // The first measurement of a young client may still be on its way when the cure is done.
    CHECK_FALSE(venue.requests("GET /fapi/v1/time").empty());
    CHECK(venue.requests("GET /fapi/v3/positionRisk").size() == 2);
  }
  SECTION("or it is told") {
    const auto read = read_once(venue, {late});
    CHECK(read.error().kind == failure_kind::clock_off);
    CHECK(venue.requests("GET /fapi/v3/positionRisk").size() == 2);
  }
}

TEST_CASE("a request waits for a connection no longer than its time") {
  imposter venue;
  venue.when("GET", {stay_silent()});
  auto chosen = settings_for(venue);
  chosen.connections_max = 1;
  const auto client = client_for(venue, chosen);
  answers<read_result<snapshot>> first;
  client->read_account(within(60'000, read_class::exit_demand), first.taker());
  answers<read_result<snapshot>> answer;
  client->read_account(within(200), answer.taker());
  const auto read = answer.wait();
  REQUIRE_FALSE(read.has_value());
  CHECK(read.error().kind == failure_kind::timed_out);
  CHECK(first.count() == 0);
}

TEST_CASE("a jump of our wall clock changes no timestamp") {
  imposter venue;
  venue.when("GET /fapi/v1/time", {server_time()});
  venue.when("GET /fapi/v3/positionRisk", {reply_with(200, "[]")});
  const auto jump = std::make_shared<std::atomic<std::int64_t>>(0);
  exchange::extras more;
  more.wall_now = [jump] { return wall_time{wall_ms() + *jump}; };
  const auto client = client_for(venue, settings_for(venue), std::move(more));
  answers<read_result<clock_offset>> clock;
  client->read_clock(within(2'000), clock.taker());
  REQUIRE(clock.wait().has_value());
  *jump = 3'600'000;
  answers<read_result<snapshot>> answer;
  client->read_account(within(2'000), answer.taker());
  REQUIRE(answer.wait().has_value());
  const auto sent = venue.requests("GET /fapi/v3/positionRisk").at(0);
  CHECK(std::abs(std::stoll(parameter(sent.target, "timestamp")) - wall_ms()) < 3'000);
}

TEST_CASE("the venue's counters and limits reach the budget") {
  imposter venue;
  venue.when("GET /fapi/v1/time", {server_time()});
  venue.when(
      "GET /fapi/v1/exchangeInfo",
      {reply_with(200, R"({"rateLimits":[{"rateLimitType":"REQUEST_WEIGHT","interval":"MINUTE",)"
                       R"("intervalNum":1,"limit":6000}],"symbols":[{"symbol":"SOLUSDT",)"
                       R"("contractType":"PERPETUAL","status":"TRADING","quoteAsset":"USDT",)"
                       R"("filters":[]}]})")});
  const auto client = client_for(venue);
  answers<read_result<universe>> answer;
  client->read_universe(within(2'000), answer.taker());
  REQUIRE(answer.wait().has_value());
  CHECK(client->budget().weight_limit_1m == 6'000);
  CHECK(client->budget().requests_total >= 2);
}

TEST_CASE("a read over a fresh connection leaves the open ones alone, and none is left over") {
  imposter venue;
  venue.when("GET /fapi/v1/time", {server_time()});
  venue.when("GET /fapi/v3/positionRisk", {reply_with(200, one_row)});
  auto chosen = settings_for(venue);
  chosen.connections_max = 2;
  const auto client = client_for(venue, chosen);
  const auto read = [&](connection_choice over) {
    answers<read_result<snapshot>> answer;
    auto options = within(2'000);
    options.connection = over;
    client->read_account(options, answer.taker());
    return answer.wait().has_value();
  };
  CHECK(read(connection_choice::any));
  const auto before = venue.connections();
  CHECK(read(connection_choice::any));
  CHECK(venue.connections() == before);
  for (int n = 1; n <= 5; ++n) {
    CHECK(read(connection_choice::fresh));
    CHECK(venue.connections() == before + n);
  }
  CHECK(read(connection_choice::any));
  CHECK(venue.connections() == before + 5);
  wait_until([&] { return venue.open_connections() <= 2; });
}
