// Every way in which the user stream may be asked for, and that only one of them is tried.
#include "support/venue_under_test.hpp"

using namespace sluice;
using namespace sluice::test;
using exchange::user_stream_form;

TEST_CASE("the user stream is asked for in the form that was chosen, and opens") {
  const std::pair<user_stream_form, const char*> rows[] = {
      {user_stream_form::routed_path, "/private/ws/listenkey0001"},
      {user_stream_form::routed_query, "/private/ws?listenKey=listenkey0001"},
      {user_stream_form::plain_path, "/ws/listenkey0001"},
      {user_stream_form::plain_query, "/ws?listenKey=listenkey0001"},
  };
  CHECK(exchange::settings{}.user_stream == user_stream_form::routed_path);
  for (const auto& [form, target] : rows) {
    INFO(target);
    imposter venue;
    venue.when("GET /fapi/v1/time", {server_time()});
    venue.when("POST /fapi/v1/listenKey", {reply_with(200, R"({"listenKey":"listenkey0001"})")});
    auto chosen = settings_for(venue);
    chosen.user_stream = form;
    const auto client = client_for(venue, chosen);
    answers<std::vector<user_event>> events;
    client->open_user_stream(events.taker());
    CHECK(std::holds_alternative<stream_opened>(events.wait().front().body));
    CHECK(venue.stream(target, 1));
    CHECK(venue.streams_asked() == 1);
  }
}

TEST_CASE("a venue with routes serves both routed forms, and is silent on those without") {
  const venue_under_test venue;
  const auto witness = venue.client();
  event_log witnessed;
  witness->open_user_stream(witnessed.taker());
  witnessed.wait<stream_opened>();
  for (const auto form : {user_stream_form::plain_path, user_stream_form::plain_query,
                          user_stream_form::routed_path, user_stream_form::routed_query}) {
    INFO(static_cast<int>(form));
    auto chosen = venue.settings();
    chosen.user_stream = form;
    const auto client = venue.client(chosen);
    event_log events;
    client->open_user_stream(events.taker());
    events.wait<stream_opened>();
    const auto wanted =
        market_order("form-" + std::to_string(static_cast<int>(form)), side::buy, "0.1");
    must<order_done>(place(*client, wanted));
    const auto mine = [&](const order_update& u) { return u.report.client_id == wanted.id; };
    witnessed.wait<order_update>(1, mine);
    const bool routed =
        form == user_stream_form::routed_path || form == user_stream_form::routed_query;
    if (routed)
      events.wait<order_update>(1, mine);
    else
      CHECK(events.those<order_update>(mine).empty());
  }
}
