// Streams that the venue declines to open with words about limits and bans: obeyed as from any
// reply.
#include "support/client_under_test.hpp"

using namespace sluice;
using namespace sluice::test;

namespace {

const std::string key_reply = R"({"listenKey":"listenkey0001"})";

void play(imposter& venue) {
  venue.when("GET /fapi/v1/time", {server_time()});
  venue.when("POST /fapi/v1/listenKey", {reply_with(200, key_reply)});
  venue.when("GET /fapi/v3/positionRisk", {reply_with(200, "[]")});
}

/// For how long nothing leaves, by the kind of traffic; zero when it does.
milliseconds held(exchange_port& client, read_class traffic) {
  answers<read_result<snapshot>> answer;
  client.read_account(within(5'000, traffic), answer.taker());
  const auto read = answer.wait();
  if (read)
    return milliseconds(0);
  return between(std::chrono::steady_clock::now(), read.error().retry_at.value());
}

struct declined {
  const char* name;
  int status;
  std::string body;
  std::string headers;
  bool ban;
  milliseconds exits_min;
  milliseconds others_min;
};

}  // namespace

TEST_CASE("a stream declined with a limit or a ban stops every request and every stream") {
  using std::chrono::seconds;
  const auto until = "Way too many requests; IP(203.0.113.7) banned until " +
                     std::to_string(wall_ms() + 300'000) + ". Please use the stream.";
  const declined rows[] = {
      {"a ban with a time in words", 418, R"({"code":-1003,"msg":")" + until + R"("})", "", true,
       seconds(200), seconds(200)},
      {"a ban with Retry-After", 418, "banned", "Retry-After: 500\r\n", true, seconds(400),
       seconds(400)},
      {"a ban without any time", 418, "", "", true, seconds(100), seconds(100)},
      {"a limit with Retry-After", 429, "", "Retry-After: 40\r\n", false, seconds(30), seconds(30)},
      {"a firewall", 403, "<html>Request blocked.</html>", "", false, milliseconds(1), seconds(50)},
  };
  for (const auto& row : rows) {
    for (const bool user : {false, true}) {
      INFO(row.name << (user ? ", user stream" : ", mark stream"));
      imposter venue;
      play(venue);
      venue.decline_streams(reply_with(row.status, row.body, row.headers));
      answers<exchange::kept_stops> saved;
      exchange::extras more;
      more.save_stops = saved.taker();
      const auto client = client_for(venue, settings_for(venue), std::move(more));
      answers<read_result<clock_offset>> clock;
      client->read_clock(within(2'000), clock.taker());
      REQUIRE(clock.wait().has_value());
      answers<mark_batch> marks;
      answers<std::vector<user_event>> events;
      if (user)
        client->open_user_stream(events.taker());
      else
        client->open_mark_stream(marks.taker());
      if (user)
        events.wait();
      else
        CHECK_FALSE(marks.wait().up);
      // What was under way when the stop began (the clock is measured at the start) still arrives.
      const auto arrived = std::chrono::steady_clock::now() + milliseconds(200);
      wait_until([&] { return std::chrono::steady_clock::now() > arrived; });
      const auto sent = venue.requests("").size();
      CHECK(held(*client, read_class::exit_demand) >= row.exits_min);
      CHECK(held(*client, read_class::routine) >= row.others_min);
      CHECK(client->budget().banned_until.has_value() == row.ban);
      if (row.ban)
        CHECK(saved.wait().ban.value().until.ms >= wall_ms() + 90'000);
      // The other stream is not tried either; many back-offs of at most 50 ms pass meanwhile.
      const auto later = std::chrono::steady_clock::now() + milliseconds(300);
      if (user)
        client->open_mark_stream(marks.taker());
      else
        client->open_user_stream(events.taker());
      wait_until([&] { return std::chrono::steady_clock::now() > later; });
      CHECK(venue.streams_asked() == 1);
      CHECK(venue.requests("").size() == sent);
      client->close();
      CHECK(saved.count() == 1);
      CHECK(saved.wait().pause.has_value() != row.ban);
    }
  }
}

TEST_CASE("a stream is not asked for any more when a ban begins while it is being opened") {
  imposter venue;
  play(venue);
  venue.when("GET /fapi/v1/accountConfig", {reply_with(418, "{}", "Retry-After: 500\r\n")});
  venue.when("POST /fapi/v1/listenKey", {[&venue](imposter_connection& c, const seen_request&) {
               venue.wait_to_go_on();
               c.reply(200, key_reply);
             }});
  const auto client = client_for(venue);
  answers<std::vector<user_event>> events;
  client->open_user_stream(events.taker());
  wait_until([&] { return !venue.requests("POST /fapi/v1/listenKey").empty(); });
  answers<read_result<account_settings>> banned;
  client->read_settings(within(5'000), banned.taker());
  CHECK(banned.wait().error().kind == failure_kind::banned);
  venue.go_on();
  events.wait();
  client->close();
  CHECK(venue.streams_asked() == 0);
}

TEST_CASE("an overlap that is declined with a ban keeps the old stream and asks no more") {
  imposter venue;
  play(venue);
  auto chosen = settings_for(venue);
  chosen.stream_age_max = milliseconds(1'000);
  chosen.stream_overlap = milliseconds(300);
  const auto client = client_for(venue, chosen);
  answers<std::vector<user_event>> events;
  client->open_user_stream(events.taker());
  const auto stream = venue.stream("/private/ws/", 1);
  REQUIRE(stream);
  venue.decline_streams(reply_with(418, "", "Retry-After: 500\r\n"));
  wait_until([&] { return client->budget().banned_until.has_value(); });
  stream->push(R"({"e":"ACCOUNT_UPDATE","E":1,"T":5,"a":{"m":"ORDER","P":[]}})");
  wait_until([&] { return events.count() >= 2; });
  CHECK(std::holds_alternative<account_update>(events.wait_for(2)[1].front().body));
  CHECK(client->streams().lost == 0);
  CHECK(venue.streams_asked() == 2);
}
