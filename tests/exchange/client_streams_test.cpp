// The two streams: opening, events in order, loss for every reason, and coming back by themselves.
#include "support/client_under_test.hpp"

using namespace sluice;
using namespace sluice::test;

namespace {

const std::string key_reply = R"({"listenKey":"listenkey0001"})";

std::string account_event(int n) {
  return R"({"e":"ACCOUNT_UPDATE","E":)" + std::to_string(wall_ms()) + R"(,"T":)" +
         std::to_string(n) +
         R"(,"a":{"m":"ORDER","P":[{"s":"ETHUSDT","pa":"0.5","ep":"3100","ps":"BOTH"}]}})";
}

std::string mark_frame(const std::string& mark, std::int64_t made_at = wall_ms()) {
  return R"({"stream":"!markPrice@arr@1s","data":[{"e":"markPriceUpdate","E":)" +
         std::to_string(made_at) + R"(,"s":"BTCUSDT","p":")" + mark + R"("}]})";
}

/// All events of all batches, once there are n of them.
std::vector<user_event> flat(answers<std::vector<user_event>>& batches, std::size_t n) {
  std::vector<user_event> all;
  for (std::size_t i = 1; all.size() < n; ++i) {
    const auto more = batches.wait_for(i)[i - 1];
    all.insert(all.end(), more.begin(), more.end());
  }
  return all;
}

template <class T>
bool is(const user_event& e) {
  return std::holds_alternative<T>(e.body);
}

void play_keys(imposter& venue) {
  venue.when("GET /fapi/v1/time", {server_time()});
  venue.when("POST /fapi/v1/listenKey", {reply_with(200, key_reply)});
  venue.when("PUT /fapi/v1/listenKey", {reply_with(200, key_reply)});
}

}  // namespace

TEST_CASE("the user stream opens on the private route and hands over its events in order") {
  imposter venue;
  play_keys(venue);
  const auto client = client_for(venue);
  answers<std::vector<user_event>> batches;
  client->open_user_stream(batches.taker());
  const auto stream = venue.stream("/private/ws/listenkey0001", 1);
  REQUIRE(stream);
  stream->push(
      {account_event(1), account_event(2), R"({"e":"TRADE_LITE","E":1})", account_event(3)});
  const auto events = flat(batches, 5);
  CHECK(is<stream_opened>(events[0]));
  REQUIRE(is<account_update>(events[1]));
  CHECK(std::get<account_update>(events[1].body).transaction_time.ms == 1);
  CHECK(std::get<account_update>(events[2].body).transaction_time.ms == 2);
  CHECK(std::get<ignored_event>(events[3].body).type == "TRADE_LITE");
  CHECK(std::get<account_update>(events[4].body).transaction_time.ms == 3);
  CHECK(events[1].occurred_at <= events[1].received_at);
  const auto request = venue.requests("POST /fapi/v1/listenKey").at(0);
  CHECK(request.target == "/fapi/v1/listenKey");
  CHECK(request.head.find("Content-Length: 0") != std::string::npos);
}

TEST_CASE("a user stream that is lost for any reason is told and opened again with a key") {
  const std::pair<const char*, std::function<void(imposter_stream&)>> rows[] = {
      {"dropped", [](imposter_stream& s) { s.drop(); }},
      {"expired key",
       [](imposter_stream& s) { s.push(R"({"e":"listenKeyExpired","E":"1","listenKey":"x"})"); }},
      {"unreadable event", [](imposter_stream& s) { s.push(R"({"e":"ACCOUNT_UPDATE"})"); }},
  };
  for (const auto& [name, lose] : rows) {
    INFO(name);
    imposter venue;
    play_keys(venue);
    const auto client = client_for(venue);
    answers<std::vector<user_event>> batches;
    client->open_user_stream(batches.taker());
    const auto stream = venue.stream("/private/ws/", 1);
    REQUIRE(stream);
    lose(*stream);
    const auto events = flat(batches, 3);
    CHECK(is<stream_opened>(events[0]));
    CHECK(is<stream_closed>(events[1]));
    CHECK(is<stream_opened>(events[2]));
    REQUIRE(venue.stream("/private/ws/", 2));
    CHECK(venue.requests("POST /fapi/v1/listenKey").size() == 2);
  }
}

TEST_CASE("a stream serves on while its key cannot be extended, as long as the key may live") {
  imposter venue;
  play_keys(venue);
  std::vector<act> answers_given(5, reply_with(503, ""));
  answers_given.push_back(reply_with(200, key_reply));
  venue.when("PUT /fapi/v1/listenKey", answers_given);
  auto chosen = settings_for(venue);
  chosen.listen_key_keep_alive = milliseconds(150);
  const auto client = client_for(venue, chosen);
  answers<std::vector<user_event>> batches;
  client->open_user_stream(batches.taker());
  const auto stream = venue.stream("/private/ws/", 1);
  REQUIRE(stream);
  wait_until([&] { return venue.requests("PUT /fapi/v1/listenKey").size() >= 7; });
  stream->push(account_event(1));
  const auto events = flat(batches, 2);
  CHECK(is<account_update>(events[1]));
  CHECK(venue.requests("POST /fapi/v1/listenKey").size() == 1);
}

TEST_CASE("a stream whose key cannot be alive any more is opened anew") {
  imposter venue;
  play_keys(venue);
  venue.when("PUT /fapi/v1/listenKey", {reply_with(503, "")});
  auto chosen = settings_for(venue);
  chosen.listen_key_keep_alive = milliseconds(150);
  chosen.listen_key_life = milliseconds(400);
  const auto client = client_for(venue, chosen);
  answers<std::vector<user_event>> batches;
  client->open_user_stream(batches.taker());
  const auto events = flat(batches, 3);
  REQUIRE(is<stream_closed>(events[1]));
  CHECK(std::get<stream_closed>(events[1].body).reason.find("not extended") != std::string::npos);
  CHECK(is<stream_opened>(events[2]));
}

TEST_CASE("a user stream that somebody found mute is opened again with a key") {
  imposter venue;
  play_keys(venue);
  const auto client = client_for(venue);
  answers<std::vector<user_event>> batches;
  client->renew_user_stream("there is none");
  client->open_user_stream(batches.taker());
  flat(batches, 1);
  client->renew_user_stream("a fill came that no event told of");
  const auto events = flat(batches, 3);
  REQUIRE(is<stream_closed>(events[1]));
  CHECK(std::get<stream_closed>(events[1].body).reason == "a fill came that no event told of");
  CHECK(is<stream_opened>(events[2]));
  CHECK(client->streams().opened == 2);
  CHECK(client->streams().lost == 1);
}

TEST_CASE("an old user stream is replaced without a gap and without repeating an event") {
  imposter venue;
  play_keys(venue);
  auto chosen = settings_for(venue);
  chosen.stream_age_max = milliseconds(1'000);
  chosen.stream_overlap = milliseconds(300);
  const auto client = client_for(venue, chosen);
  answers<std::vector<user_event>> batches;
  client->open_user_stream(batches.taker());
  const auto old = venue.stream("/private/ws/", 1);
  const auto fresh = venue.stream("/private/ws/", 2);
  REQUIRE(old);
  REQUIRE(fresh);
  const std::vector<std::string> events{account_event(1), account_event(2), account_event(3)};
  fresh->push(events[0]);
  old->push(events[0]);
  fresh->push(events[1]);
  old->push(events[1]);
  fresh->push(events[2]);  // Only the new one brings it.
  const auto told = flat(batches, 4);
  CHECK(is<stream_opened>(told[0]));
  for (int n = 1; n <= 3; ++n)
    CHECK(std::get<account_update>(told[static_cast<std::size_t>(n)].body).transaction_time.ms ==
          n);
  wait_until([&] { return client->streams().overlapped >= 1; });
  CHECK(client->streams().lost == 0);
  CHECK(client->streams().duplicates_dropped == 2);
}

TEST_CASE("when the old user stream dies in the overlap the new one takes over at once") {
  imposter venue;
  play_keys(venue);
  auto chosen = settings_for(venue);
  chosen.stream_age_max = milliseconds(1'000);
  chosen.stream_overlap = milliseconds(500);
  const auto client = client_for(venue, chosen);
  answers<std::vector<user_event>> batches;
  client->open_user_stream(batches.taker());
  const auto old = venue.stream("/private/ws/", 1);
  const auto fresh = venue.stream("/private/ws/", 2);
  REQUIRE(old);
  REQUIRE(fresh);
  const auto on_both = account_event(1);
  old->push(on_both);
  fresh->push(on_both);
  wait_until([&] { return client->streams().duplicates_dropped == 1; });
  fresh->push(account_event(2));
  old->drop();
  const auto told = flat(batches, 3);
  REQUIRE(is<account_update>(told[2]));
  CHECK(std::get<account_update>(told[2].body).transaction_time.ms == 2);
  CHECK(client->streams().lost == 0);
}

TEST_CASE("an old mark stream is replaced as soon as the new one brings a mark") {
  imposter venue;
  venue.when("GET /fapi/v1/time", {server_time()});
  auto chosen = settings_for(venue);
  chosen.stream_age_max = milliseconds(1'000);
  chosen.stream_overlap = milliseconds(300);
  const auto client = client_for(venue, chosen);
  answers<mark_batch> batches;
  client->open_mark_stream(batches.taker());
  const auto old = venue.stream("/market/", 1);
  REQUIRE(old);
  old->push(mark_frame("1"));
  const auto fresh = venue.stream("/market/", 2);
  REQUIRE(fresh);
  fresh->push(R"({"result":null,"id":1})");  // No mark: proves nothing.
  old->push(mark_frame("2"));
  batches.wait_for(2);
  fresh->push(mark_frame("3"));
  const auto told = batches.wait_for(3);
  CHECK(told[0].rows[0].mark.str() == "1");
  CHECK(told[1].rows[0].mark.str() == "2");
  CHECK(told[2].rows[0].mark.str() == "3");
  wait_until([&] { return client->streams().overlapped == 1; });
  CHECK(client->streams().lost == 0);
}

TEST_CASE("the listenKey is extended in time, and a key that is gone is replaced") {
  imposter venue;
  play_keys(venue);
  venue.when("PUT /fapi/v1/listenKey",
             {reply_with(200, key_reply),
              reply_with(400, R"({"code":-1125,"msg":"This listenKey does not exist."})"),
              reply_with(200, key_reply)});
  auto chosen = settings_for(venue);
  chosen.listen_key_keep_alive = milliseconds(100);
  const auto client = client_for(venue, chosen);
  answers<std::vector<user_event>> batches;
  client->open_user_stream(batches.taker());
  const auto events = flat(batches, 3);
  CHECK(is<stream_closed>(events[1]));
  CHECK(std::get<stream_closed>(events[1].body).reason.find("not extended") != std::string::npos);
  CHECK(is<stream_opened>(events[2]));
  CHECK(venue.requests("PUT /fapi/v1/listenKey").size() >= 2);
}

TEST_CASE("a stream whose key was replaced is opened again with the new key") {
  imposter venue;
  play_keys(venue);
  const std::string other = R"({"listenKey":"listenkey0002"})";
  venue.when("PUT /fapi/v1/listenKey", {reply_with(200, key_reply), reply_with(200, other)});
  venue.when("POST /fapi/v1/listenKey", {reply_with(200, key_reply), reply_with(200, other)});
  auto chosen = settings_for(venue);
  chosen.listen_key_keep_alive = milliseconds(100);
  const auto client = client_for(venue, chosen);
  answers<std::vector<user_event>> batches;
  client->open_user_stream(batches.taker());
  REQUIRE(venue.stream("/private/ws/listenkey0002", 1));
  const auto events = flat(batches, 3);
  REQUIRE(is<stream_closed>(events[1]));
  CHECK(std::get<stream_closed>(events[1].body).reason.find("listenkey") == std::string::npos);
  CHECK(is<stream_opened>(events[2]));
}

TEST_CASE(
    "a user stream that cannot open is told once for each reason, not once for each attempt") {
  imposter venue;
  play_keys(venue);
  venue.refuse_streams(true);
  const auto client = client_for(venue);
  answers<std::vector<user_event>> batches;
  client->open_user_stream(batches.taker());
  batches.wait_for(1);
  // Several attempts pass before the venue lets the stream open.
  answers<read_result<clock_offset>> clock;
  for (std::size_t i = 1; venue.requests("POST /fapi/v1/listenKey").size() < 4; ++i) {
    client->read_clock(within(2'000, read_class::exit_demand), clock.taker());
    clock.wait_for(i);
  }
  venue.refuse_streams(false);
  const auto events = flat(batches, 2);
  CHECK(is<stream_closed>(events[0]));
  CHECK(is<stream_opened>(events[1]));
}

TEST_CASE("mark prices come from the market route, combined or raw") {
  imposter venue;
  venue.when("GET /fapi/v1/time", {server_time()});
  const auto client = client_for(venue);
  answers<mark_batch> batches;
  client->open_mark_stream(batches.taker());
  const auto stream = venue.stream("/market/stream?streams=!markPrice@arr@1s", 1);
  REQUIRE(stream);
  stream->push(mark_frame("83860.2"));
  CHECK(batches.wait_for(1)[0].rows.front().mark.str() == "83860.2");
  stream->push(R"([{"e":"markPriceUpdate","E":)" + std::to_string(wall_ms()) +
               R"(,"s":"BTCUSDT","p":"83861"}])");
  CHECK(batches.wait_for(2)[1].rows.front().mark.str() == "83861");
}

TEST_CASE("a mark stream that is open but silent is left and opened again") {
  imposter venue;
  venue.when("GET /fapi/v1/time", {server_time()});
  auto chosen = settings_for(venue);
  chosen.mark_silence_max = milliseconds(150);
  const auto client = client_for(venue, chosen);
  answers<mark_batch> batches;
  client->open_mark_stream(batches.taker());
  const auto first = batches.wait_for(1)[0];
  CHECK_FALSE(first.up);
  CHECK(first.reason.find("150ms") != std::string::npos);
  const auto second = venue.stream("/market/", 2);
  REQUIRE(second);
}

TEST_CASE("a mark is as old as the venue says, by the venue's own clock") {
  imposter venue;
  constexpr std::int64_t ahead = 3'600'000;
  venue.when("GET /fapi/v1/time", {server_time(ahead)});
  const auto client = client_for(venue);
  answers<mark_batch> batches;
  client->open_mark_stream(batches.taker());
  const auto stream = venue.stream("/market/", 1);
  REQUIRE(stream);
  wait_until([&] { return client->clock().has_value(); });
  stream->push(mark_frame("83860.2", wall_ms() + ahead - 4'000));
  const auto late = batches.wait_for(1)[0];
  REQUIRE(late.rows.size() == 1);
  CHECK(between(late.rows[0].as_of, late.received_at) >= milliseconds{4'000});
  CHECK(between(late.rows[0].as_of, late.received_at) < milliseconds{60'000});
  stream->push(mark_frame("83861", wall_ms() + ahead + 4'000));  // Not later than it came.
  const auto early = batches.wait_for(2)[1];
  CHECK(early.rows[0].as_of == early.received_at);
}

TEST_CASE("late marks are handed on, but a stream of them serves nobody and is lost") {
  imposter venue;
  venue.when("GET /fapi/v1/time", {server_time()});
  auto chosen = settings_for(venue);
  chosen.mark_silence_max = milliseconds(2'000);
  const auto client = client_for(venue, chosen);
  answers<mark_batch> batches;
  client->open_mark_stream(batches.taker());
  const auto stream = venue.stream("/market/", 1);
  REQUIRE(stream);
  wait_until([&] { return client->clock().has_value(); });
  stream->push(mark_frame("83860.2", wall_ms() - 30'000));
  const auto late = batches.wait_for(1)[0];
  CHECK_FALSE(late.up);
  REQUIRE(late.rows.size() == 1);
  CHECK(between(late.rows[0].as_of, late.received_at) >= milliseconds{30'000});
  const auto lost = batches.wait_for(2)[1];
  CHECK_FALSE(lost.up);
  CHECK(lost.rows.empty());
  REQUIRE(venue.stream("/market/", 2));
}
