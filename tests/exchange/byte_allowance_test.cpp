// The bound on bytes under way: its arithmetic, and what it does to replies and frames over TLS.
#include "sluice/exchange/byte_allowance.hpp"

#include <rapidcheck.h>

#include "support/client_under_test.hpp"

using namespace sluice;
using namespace sluice::test;
using exchange::budget_lane;
using exchange::byte_allowance;
using exchange::byte_hold;

namespace {

constexpr std::size_t mib = 1'024ULL * 1'024;

exchange::settings tight(const imposter& venue) {
  auto chosen = settings_for(venue);
  chosen.bytes_in_flight_max = 8 * mib;  // Six for all, two for exits alone.
  return chosen;
}

/// A reply of so many bytes whose last one comes when the test says go on.
act slow_body(imposter& venue, std::size_t size) {
  return [&venue, size](imposter_connection& c, const seen_request&) {
    c.write("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n[");
    venue.wait_to_go_on();
    c.write(std::string(size - 2, ' ') + "]");
  };
}

act chunked_body(std::size_t size) {
  return [size](imposter_connection& c, const seen_request&) {
    c.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n[\r\n");
    const std::string piece = "10000\r\n" + std::string(0x10000, ' ') + "\r\n";
    for (std::size_t sent = 0; sent < size && c.open(); sent += 0x10000)
      c.write(piece);
    c.write("1\r\n]\r\n0\r\n\r\n");
  };
}

std::string event_of(std::size_t size) {
  const std::string start = R"({"e":"ACCOUNT_UPDATE","E":1,"T":1,"x":")";
  const std::string end = R"(","a":{"m":"ORDER","P":[]}})";
  return start + std::string(size - start.size() - end.size(), 'x') + end;
}

bool says_no_room(const std::string& text) {
  return text.find("hold too much") != std::string::npos;
}

}  // namespace

TEST_CASE("nobody but exits gets at their part, and no sum of holds exceeds the whole") {
  CHECK(rc::check([](const std::vector<std::tuple<std::uint8_t, std::uint16_t, bool>>& steps) {
    const auto room = std::make_shared<byte_allowance>(60'000, 15'000);
    std::vector<byte_hold> holds;
    for (int i = 0; i < 6; ++i)
      holds.emplace_back(room, i < 3 ? budget_lane::exits : budget_lane::others);
    for (const auto& [which, bytes, drop] : steps) {
      auto& hold = holds[which % holds.size()];
      const auto whose = which % holds.size() < 3 ? budget_lane::exits : budget_lane::others;
      const auto before = hold.bytes();
      const auto others_full = room->taken() - before + bytes > 45'000;
      const bool grows = bytes > before;
      const bool got = hold.resize(bytes);
      RC_ASSERT(hold.bytes() == (got ? bytes : before));
      RC_ASSERT(got == (!grows || room->taken() - hold.bytes() + bytes <=
                                      (whose == budget_lane::exits ? 60'000U : 45'000U)));
      RC_ASSERT(whose == budget_lane::exits || !grows || got != others_full);
      RC_ASSERT(room->taken() <= 60'000U);
      if (drop)
        hold = byte_hold(room, whose);
    }
    holds.clear();
    RC_ASSERT(room->taken() == 0U);
  }));
}

TEST_CASE("a reply that does not fit beside those under way is refused, but for an exit") {
  imposter venue;
  venue.when("GET /fapi/v1/time", {server_time()});
  venue.when("GET /fapi/v3/positionRisk", {slow_body(venue, 5 * mib)});
  venue.when("GET /fapi/v3/balance", {slow_body(venue, 2 * mib), reply_with(200, "[]")});
  const auto client = client_for(venue, tight(venue));
  answers<read_result<clock_offset>> clock;
  client->read_clock(within(2'000), clock.taker());
  REQUIRE(clock.wait().has_value());
  answers<read_result<snapshot>> large;
  client->read_account(within(9'000), large.taker());
  // Until the large one is under way the other fits, and then waits like it.
  wait_until([&] { return venue.requests("GET /fapi/v3/positionRisk").size() == 1; });
  answers<read_result<snapshot>> exits;
  client->read_account(within(9'000, read_class::exit_demand), exits.taker());
  const auto refused = exits.wait();  // Five more for an exit: beyond the whole.
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().kind == failure_kind::rate_limited);
  CHECK(says_no_room(refused.error().text));
  answers<read_result<std::vector<asset_balance>>> others;
  client->read_balance(within(9'000), others.taker());
  const auto second = others.wait();
  REQUIRE_FALSE(second.has_value());
  CHECK(says_no_room(second.error().text));
  venue.when("GET /fapi/v3/balance", {slow_body(venue, 2 * mib)});
  client->read_balance(within(9'000, read_class::exit_demand), others.taker());
  wait_until([&] { return venue.requests("GET /fapi/v3/balance").size() == 2; });
  venue.go_on();
  CHECK(others.wait_for(2)[1].has_value());
  CHECK(large.wait().has_value());
  // All of it has been given back.
  client->read_account(within(9'000), large.taker());
  CHECK(large.wait_for(2)[1].has_value());
}

TEST_CASE("a body of unknown length is read while there is room and no further") {
  imposter venue;
  venue.when("GET /fapi/v1/time", {server_time()});
  venue.when("GET /fapi/v3/positionRisk",
             {chunked_body(2 * mib), chunked_body(11 * mib), chunked_body(2 * mib)});
  const auto client = client_for(venue, tight(venue));
  answers<read_result<snapshot>> reads;
  for (std::size_t i = 1; i <= 3; ++i) {
    client->read_account(within(9'000), reads.taker());
    reads.wait_for(i);
  }
  const auto all = reads.wait_for(3);
  CHECK(all[0].has_value());
  REQUIRE_FALSE(all[1].has_value());
  CHECK(says_no_room(all[1].error().text));
  CHECK(all[2].has_value());
}

TEST_CASE("the answer to an order may be as long as an order is, and is uncertain beyond") {
  imposter venue;
  venue.when("GET /fapi/v1/time", {server_time()});
  venue.when("POST /fapi/v1/order", {reply_with(200, std::string(2 * mib, ' '))});
  const auto client = client_for(venue);
  answers<order_outcome> order;
  client->place_order({client_order_id("x"), symbol("ETHUSDT"), position_side::both, side::buy,
                       quantity::whole(1), true},
                      milliseconds(5'000), order.taker());
  CHECK(std::holds_alternative<order_uncertain>(order.wait()));
}

TEST_CASE("a frame that does not fit ends its stream, and the next one serves again") {
  imposter venue;
  venue.when("GET /fapi/v1/time", {server_time()});
  venue.when("POST /fapi/v1/listenKey", {reply_with(200, R"({"listenKey":"listenkey0001"})")});
  const auto client = client_for(venue, tight(venue));
  answers<std::vector<user_event>> events;
  client->open_user_stream(events.taker());
  const auto first = venue.stream("/private/ws/", 1);
  REQUIRE(first);
  std::vector<std::string> many;
  for (int i = 0; i < 40; ++i)  // Together far more than there is room for.
    many.push_back(event_of(mib / 2));
  first->push(many);
  first->push(event_of(3 * mib));
  std::size_t seen = 0;
  wait_until([&] {
    seen = 0;
    for (const auto& batch : events.wait_for(1))
      for (const auto& event : batch)
        seen += std::holds_alternative<account_update>(event.body) ? 1 : 0;
    return seen == 41;
  });
  CHECK(client->streams().lost == 0);
  first->push(event_of(7 * mib));
  const auto second = venue.stream("/private/ws/", 2);
  REQUIRE(second);
  std::string reason;
  wait_until([&] {
    for (const auto& batch : events.wait_for(1))
      for (const auto& event : batch)
        if (const auto* closed = std::get_if<stream_closed>(&event.body))
          reason = closed->reason;
    return !reason.empty();
  });
  CHECK(says_no_room(reason));
  second->push(event_of(100));
  const auto before = events.count();
  wait_until([&] { return events.count() > before || client->streams().opened == 2; });
}
