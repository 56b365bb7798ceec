// Answers that are no refusal of an order's content: throttling, bans, doubt, clocks, lost replies.
#include <algorithm>
#include <mutex>

#include "support/venue_under_test.hpp"

using namespace sluice;
using namespace sluice::test;

namespace {

const std::string order_path = "/fapi/v1/order";

enum class meant { uncertain, refused_for_now, refused };
/// Whether the next request is sent, or held back for a while by the client itself.
enum class afterwards { works, waits };

struct answer_row {
  const char* reply;
  meant order;
  failure_kind read;
  afterwards then{afterwards::works};
};

/// Sections 8 and 9 of what is known of the exchange, as the venue plays them.
const answer_row answer_rows[] = {
    {"unknown_503", meant::uncertain, failure_kind::venue_error},
    {"unavailable_503", meant::refused_for_now, failure_kind::venue_error},
    {"internal_503", meant::refused_for_now, failure_kind::venue_error},
    {"throttled_503", meant::refused_for_now, failure_kind::venue_error},
    {"maintenance_503", meant::uncertain, failure_kind::venue_error},
    {"unknown_500", meant::uncertain, failure_kind::venue_error},
    {"unexpected_400", meant::uncertain, failure_kind::venue_error},
    {"timeout_408", meant::uncertain, failure_kind::venue_error},
    {"forbidden_403", meant::refused_for_now, failure_kind::rate_limited, afterwards::waits},
    {"bad_gateway_502", meant::uncertain, failure_kind::venue_error},
    {"gateway_timeout_504", meant::uncertain, failure_kind::venue_error},
    {"challenge_202", meant::uncertain, failure_kind::malformed},
};

std::string fault_on(const std::string& method, const std::string& path, const std::string& rest) {
  return R"({"method":")" + method + R"(","path":")" + path + R"(",)" + rest + "}";
}

meant meaning_of(const order_outcome& outcome) {
  const auto* refused = std::get_if<order_refused>(&outcome);
  if (refused == nullptr)
    return meant::uncertain;
  return refused->retryable ? meant::refused_for_now : meant::refused;
}

}  // namespace

TEST_CASE("every documented answer means for an order what the documents say") {
  const venue_under_test venue;
  int number = 0;
  for (const auto& row : answer_rows) {
    INFO(row.reply);
    const auto client = venue.client();
    venue.fault(fault_on("POST", order_path,
                         R"("effect":"status","reply":")" + std::string(row.reply) + R"(")"));
    const auto id = "n" + std::to_string(++number);
    const auto before = venue.seen("POST", order_path);
    const auto outcome = place(*client, market_order(id, side::buy, "0.1"));
    CHECK_FALSE(std::holds_alternative<order_done>(outcome));
    CHECK(meaning_of(outcome) == row.order);
    CHECK(venue.seen("POST", order_path) == before + 1);
    CHECK(venue.orders(client_order_id(id)).empty());
    const auto again = place(*client, market_order(id, side::buy, "0.1"));
    if (row.then == afterwards::works)
      must<order_done>(again);
    else
      CHECK(must<order_refused>(again).http_status == 0);
  }
}

TEST_CASE("every documented answer means for a read what the documents say") {
  const venue_under_test venue;
  for (const auto& row : answer_rows) {
    INFO(row.reply);
    const auto client = venue.client();
    venue.fault(fault_on("GET", "/fapi/v3/positionRisk",
                         R"("effect":"status","reply":")" + std::string(row.reply) + R"(")"));
    const auto failed = positions(*client);
    REQUIRE(failed.has_error());
    CHECK(failed.error().kind == row.read);
    const auto again = positions(*client);
    CHECK(again.has_value() == (row.then == afterwards::works));
  }
}

TEST_CASE("an order that took effect behind an answer of doubt is found by its client id") {
  const venue_under_test venue;
  const auto client = venue.client();
  int number = 0;
  for (const auto* reply : {"unknown_503", "unknown_500", "unexpected_400", "timeout_408",
                            "bad_gateway_502", "gateway_timeout_504", "challenge_202"}) {
    INFO(reply);
    venue.fault(
        fault_on("POST", order_path,
                 R"("effect":"status","execute":true,"reply":")" + std::string(reply) + R"(")"));
    const auto wanted = market_order("d" + std::to_string(++number), side::buy, "0.1");
    must<order_uncertain>(place(*client, wanted));
    CHECK(must(query(*client, eth, wanted.id)).status == order_status::filled);
    CHECK(venue.orders(wanted.id).size() == 1);
  }
}

TEST_CASE("a doubt that carries the code of a limit withholds no query and no exit") {
  const venue_under_test venue;
  const auto client = venue.client();
  venue.fault(fault_on(
      "POST", order_path,
      R"("effect":"status","execute":true,"status":503,"body":)"
      R"("{\"code\":-1003,\"msg\":\"Unknown error, please check your request or try again later.\"}")"));
  const auto wanted = market_order("d", side::buy, "0.1");
  must<order_uncertain>(place(*client, wanted));
  CHECK(must(query(*client, eth, wanted.id)).status == order_status::filled);
  must<order_done>(place(*client, reducing(market_order("x", side::sell, "0.1"))));
}

TEST_CASE("throttling refuses openings and lets exits pass") {
  const venue_under_test venue;
  const auto client = venue.client();
  must<order_done>(place(*client, market_order("o", side::buy, "0.5")));
  venue.fault(
      fault_on("POST", order_path, R"("effect":"status","reply":"throttled_503","count":0)"));
  const auto refused = must<order_refused>(place(*client, market_order("p", side::buy, "0.5")));
  CHECK(refused.code == -1008);
  CHECK(refused.retryable);
  CHECK(refused.retry_at.has_value());
  CHECK(refused.cure == refusal_cure::wait);
  must<order_done>(place(*client, reducing(market_order("x", side::sell, "0.5"))));
  CHECK(venue.held(eth).is_zero());
}

TEST_CASE("429 pauses everything until the venue listens again, and an order under it never was") {
  const venue_under_test venue;
  const auto client = venue.client();
  venue.fault(fault_on("POST", order_path,
                       R"("effect":"status","reply":"too_many_429","retry_after_s":1)"));
  const auto wanted = market_order("o", side::buy, "0.1");
  const auto refused = must<order_refused>(place(*client, wanted));
  CHECK(refused.http_status == 429);
  CHECK(refused.retryable);
  REQUIRE(refused.retry_at.has_value());
  const auto before = venue.server().transcript().size();
  const auto read = positions(*client);
  REQUIRE(read.has_error());
  CHECK(read.error().kind == failure_kind::rate_limited);
  CHECK(read.error().retry_at == refused.retry_at);
  CHECK(venue.server().transcript().size() == before);
  wait_until([&] { return positions(*client).has_value(); });
  must<order_done>(place(*client, wanted));
}

TEST_CASE("the venue's own limit of weight answers 429, and the client keeps to it from then on") {
  auto chosen = still_venue();
  chosen.weight_limit_1m = 22;
  const venue_under_test venue(chosen);
  auto expecting_more = venue.settings();
  expecting_more.weight_limit_1m = 2'400;
  const auto client = venue.client(expecting_more);
  wait_for_room_in_window();
  std::vector<failure_kind> kinds;
  for (int n = 0; n < 20; ++n)
    if (const auto read = positions(*client); !read)
      kinds.push_back(read.error().kind);
  CHECK(kinds.size() == 16);
  CHECK(std::count(kinds.begin(), kinds.end(), failure_kind::rate_limited) == 16);
  CHECK(venue.seen("GET", "/fapi/v3/positionRisk") <= 5);
}

TEST_CASE("the venue's limit of orders pauses orders and nothing else") {
  auto chosen = still_venue();
  chosen.order_limit_1m = 2;
  const venue_under_test venue(chosen);
  const auto client = venue.client();
  wait_for_room_in_window();
  must<order_done>(place(*client, market_order("a", side::buy, "0.1")));
  must<order_done>(place(*client, market_order("b", side::buy, "0.1")));
  const auto third = must<order_refused>(place(*client, market_order("c", side::buy, "0.1")));
  CHECK(third.code == -1015);
  CHECK(third.retryable);
  CHECK(third.retry_at.has_value());
  const auto fourth = must<order_refused>(place(*client, market_order("d", side::buy, "0.1")));
  CHECK(fourth.http_status == 0);
  CHECK(venue.seen("POST", order_path) == 3);
  must(positions(*client));
}

TEST_CASE("a ban stops every request, is saved, and is obeyed by the next process") {
  const venue_under_test venue;
  std::mutex mutex;
  exchange::kept_stops saved;
  exchange::extras more;
  more.save_stops = [&](const exchange::kept_stops& stops) {
    const std::lock_guard lock(mutex);
    saved = stops;
  };
  const auto client = venue.client(venue.settings(), more);
  must(clock_of(*client));
  venue.fault(R"({"effect":"ban","time_ms":180000})");
  const auto first = must<order_refused>(place(*client, market_order("o", side::buy, "0.1")));
  CHECK(first.http_status == 418);
  CHECK(first.retryable);
  REQUIRE(first.retry_at.has_value());
  REQUIRE(client->budget().banned_until.has_value());
  const auto before = venue.server().transcript().size();
  CHECK(positions(*client).error().kind == failure_kind::banned);
  must<order_refused>(place(*client, reducing(market_order("x", side::sell, "0.1"))));
  must<order_refused>(cancel(*client, eth, client_order_id("o")));
  exchange::extras later;
  {
    const std::lock_guard lock(mutex);
    REQUIRE(saved.ban.has_value());
    CHECK(saved.ban->until.ms - wall_ms() > 170'000);
    CHECK(saved.ban->until.ms - wall_ms() < 190'000);
    later.load_stops = [saved] { return saved; };
  }
  const auto next = venue.client(venue.settings(), later);
  event_log events;
  next->open_user_stream(events.taker());
  CHECK(clock_of(*next).error().kind == failure_kind::banned);
  CHECK(venue.server().transcript().size() == before);
}

TEST_CASE(
    "a clock that is off, or steps either way, costs the sender one retry and no second order") {
  for (const auto* step : {"60000", "-60000", "3600000"}) {
    INFO(step);
    auto chosen = still_venue();
    chosen.clock_skew = milliseconds(-30'000);
    const venue_under_test venue(chosen);
    const auto client = venue.client();
    REQUIRE(clock_of(*client).has_value());
    must<order_done>(place(*client, market_order("a", side::buy, "0.1")));
    venue.fault(R"({"effect":"clock_step","number":)" + std::string(step) + "}");
    const auto before = venue.seen("POST", order_path);
    CHECK(must<order_refused>(place(*client, reducing(market_order("b", side::sell, "0.1"))))
              .retryable);
    CHECK(venue.seen("POST", order_path) == before + 1);
    outlive_standstill(*client);
    must<order_done>(place(*client, reducing(market_order("b", side::sell, "0.1"))));
    CHECK(venue.seen("POST", order_path) == before + 2);
    CHECK(venue.orders(client_order_id("b")).size() == 1);
    CHECK(std::abs(must(clock_of(*client)).offset.count() + 30'000 - std::stoll(step)) < 1'000);
    must(positions(*client));
    CHECK(venue.held(eth).str() == "0");
  }
}

TEST_CASE("an order too late for the matching is in doubt, sent once, and mends the clock") {
  const venue_under_test venue;
  const auto client = venue.client();
  must(clock_of(*client));
  for (const auto& [execute, orders] : {std::pair{"false", 0U}, std::pair{"true", 1U}}) {
    INFO("executed: " << execute);
    venue.fault(
        fault_on("POST", order_path,
                 R"("effect":"status","reply":"late_400","execute":)" + std::string(execute)));
    const auto wanted = market_order(std::string("late-") + execute, side::buy, "0.1");
    const auto before = venue.seen("POST", order_path);
    const auto clocks = venue.seen("GET", "/fapi/v1/time");
    must<order_uncertain>(place(*client, wanted));
    wait_until([&] { return venue.seen("GET", "/fapi/v1/time") > clocks; });
    CHECK(venue.seen("POST", order_path) == before + 1);
    CHECK(venue.orders(wanted.id).size() == orders);
    CHECK(query(*client, eth, wanted.id).has_value() == (orders == 1));
  }
}

TEST_CASE("an order whose reply never comes is in doubt when its time is over") {
  const venue_under_test venue;
  const auto client = venue.client();
  for (const auto& [effect, orders] : {std::pair{"drop_reply", 1U}, std::pair{"hang", 0U}}) {
    INFO(effect);
    venue.fault(fault_on("POST", order_path, R"("effect":")" + std::string(effect) + R"(")"));
    const auto wanted = market_order(effect, side::buy, "0.1");
    must<order_uncertain>(place(*client, wanted, milliseconds(300)));
    CHECK(venue.orders(wanted.id).size() == orders);
    CHECK(query(*client, eth, wanted.id).has_value() == (orders == 1));
  }
}

TEST_CASE("that an order is not found at once proves nothing: it is found later") {
  const venue_under_test venue;
  const auto client = venue.client();
  venue.fault(fault_on("GET", order_path, R"("effect":"hide_order","delay_ms":400,"count":0)"));
  const auto wanted = market_order("h", side::buy, "0.1");
  must<order_done>(place(*client, wanted));
  CHECK(query(*client, eth, wanted.id).error().kind == failure_kind::not_found);
  wait_until([&] { return query(*client, eth, wanted.id).has_value(); });
  CHECK(venue.orders(wanted.id).size() == 1);
}

TEST_CASE("a spoilt reply leaves an order in doubt and a read without rows") {
  const venue_under_test venue;
  const auto client = venue.client();
  must<order_done>(place(*client, market_order("o", side::buy, "0.5")));
  int number = 0;
  struct row {
    const char* damage;
    const char* row_field;
    const char* order_field;
  };
  for (const auto& [damage, row_field, order_field] :
       {row{"cut", "", ""}, row{"deep_nesting", "", ""}, row{"not_utf8", "", ""},
        row{"nan", "positionAmt", "executedQty"}, row{"overflow", "positionAmt", "executedQty"},
        row{"many_digits", "positionAmt", "executedQty"},
        row{"wrong_type", "positionAmt", "executedQty"},
        row{"missing_field", "positionAmt", "executedQty"},
        row{"duplicate_key", "positionAmt", "executedQty"}, row{"empty_list", "", ""}}) {
    INFO(damage);
    const auto spoilt = [&](const std::string& field) {
      const auto named = field.empty() ? "" : R"(,"field":")" + field + R"(")";
      return R"("effect":"damage","damage":")" + std::string(damage) + R"(")" + named;
    };
    const bool believable = damage == std::string("empty_list");  // It means that all is flat.
    venue.fault(fault_on("GET", "/fapi/v3/positionRisk", spoilt(row_field)));
    const auto read = positions(*client);
    REQUIRE(read.has_error() != believable);
    if (!believable)
      CHECK(read.error().kind == failure_kind::malformed);
    venue.fault(fault_on("POST", order_path, spoilt(order_field)));
    const auto wanted = market_order("s" + std::to_string(++number), side::buy, "0.1");
    must<order_uncertain>(place(*client, wanted));
    CHECK(must(query(*client, eth, wanted.id)).status == order_status::filled);
    CHECK(must(positions(*client)).rows.at(0).amount == venue.held(eth));
  }
}
