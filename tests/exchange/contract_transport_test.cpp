// Connections that break at any byte and replies that break HTTP, under orders and under reads.
#include "support/venue_under_test.hpp"

using namespace sluice;
using namespace sluice::test;

namespace {

const std::string order_path = "/fapi/v1/order";

std::string on(const std::string& method, const std::string& path, const std::string& rest) {
  return R"({"method":")" + method + R"(","path":")" + path + R"(",)" + rest + "}";
}

/// Works as if nothing had been: a read and an order, each once.
void check_recovered(const venue_under_test& venue, exchange_port& port) {
  static int number = 0;
  must(positions(port));
  const auto wanted = market_order("ok" + std::to_string(++number), side::buy, "0.1");
  must<order_done>(place(port, wanted));
  CHECK(venue.orders(wanted.id).size() == 1);
}

/// What must come of a reply that is spoilt in transport.
struct spoilt_reply {
  const char* name;
  std::string rest;
  failure_kind read;
};

}  // namespace

TEST_CASE("a connection reset before anything took effect leaves an order in doubt, not done") {
  const venue_under_test venue;
  const auto client = venue.client();
  for (const auto& [effect, orders] :
       {std::pair{"reset_before", 0U}, std::pair{"reset_after", 1U}, std::pair{"truncate", 1U}}) {
    INFO(effect);
    venue.fault(on("POST", order_path, R"("effect":")" + std::string(effect) + R"(")"));
    const auto wanted = market_order(effect, side::buy, "0.1");
    const auto before = venue.seen("POST", order_path);
    must<order_uncertain>(place(*client, wanted));
    CHECK(venue.orders(wanted.id).size() == orders);
    CHECK(venue.seen("POST", order_path) == before + 1);
    CHECK(query(*client, eth, wanted.id).has_value() == (orders == 1));
    check_recovered(venue, *client);
  }
}

TEST_CASE("a request cut at any byte on its way is sent once and in doubt") {
  const venue_under_test venue;
  const auto client = venue.client();
  int number = 0;
  for (const auto* ending : {"reset", "close"})
    for (const int bytes : {0, 1, 16, 100, 250, 100'000}) {
      INFO(ending << " after " << bytes);
      must(positions(*client));
      // Of every request, for the client may measure the clock meanwhile.
      venue.fault(R"({"effect":"cut_request","count":0,"bytes":)" + std::to_string(bytes) +
                  R"(,"ending":")" + ending + R"("})");
      const auto wanted = market_order("cut" + std::to_string(++number), side::buy, "0.1");
      const auto before = venue.seen("POST", order_path);
      must<order_uncertain>(place(*client, wanted));
      venue.server().clear_faults();
      CHECK(venue.seen("POST", order_path) == before);
      CHECK(venue.orders(wanted.id).empty());
      CHECK(query(*client, eth, wanted.id).error().kind == failure_kind::not_found);
      check_recovered(venue, *client);
    }
}

TEST_CASE("a read cut on its way on a connection used before is asked again by itself") {
  const venue_under_test venue;
  const auto client = venue.client();
  for (const auto* ending : {"reset", "close"})
    for (const int bytes : {0, 1, 50}) {
      INFO(ending << " after " << bytes);
      must(positions(*client));
      venue.fault(R"({"effect":"cut_request","bytes":)" + std::to_string(bytes) + R"(,"ending":")" +
                  ending + R"("})");
      must(positions(*client));
    }
}

TEST_CASE("a reply cut after any byte leaves an order in doubt and a read without an answer") {
  const venue_under_test venue;
  const auto client = venue.client();
  int number = 0;
  for (const auto* ending : {"reset", "close"})
    for (const int bytes : {0, 1, 8, 30, 120, 300}) {
      INFO(ending << " after " << bytes);
      const auto cut = R"("effect":"cut_reply","bytes":)" + std::to_string(bytes) +
                       R"(,"ending":")" + ending + R"(")";
      venue.fault(on("POST", order_path, cut));
      const auto wanted = market_order("r" + std::to_string(++number), side::buy, "0.1");
      must<order_uncertain>(place(*client, wanted));
      CHECK(venue.orders(wanted.id).size() == 1);
      CHECK(must(query(*client, eth, wanted.id)).status == order_status::filled);
      venue.fault(on("GET", "/fapi/v3/positionRisk", cut));
      const auto read = positions(*client);
      // With not one byte of a reply the transport may have asked again, on a fresh connection.
      if (bytes > 0) {
        REQUIRE(read.has_error());
        CHECK(read.error().kind == failure_kind::unreachable);
      }
      check_recovered(venue, *client);
    }
}

TEST_CASE("replies that break HTTP leave orders in doubt and reads without rows") {
  const venue_under_test venue;
  const auto client = venue.client();
  const auto framing = [](const std::string& word, const std::string& more = "") {
    return R"("effect":"misframe","framing":")" + word + R"(")" + more;
  };
  const spoilt_reply rows[] = {
      {"promises too little", framing("length_short", R"(,"bytes":9)"), failure_kind::malformed},
      {"promises too much", framing("length_long", R"(,"bytes":9)"), failure_kind::unreachable},
      {"a chunk without a size", framing("chunk_size"), failure_kind::malformed},
      {"chunks without an end", framing("chunk_unfinished"), failure_kind::unreachable},
      {"a packing nobody asked for", framing("gzip_header"), failure_kind::malformed},
      {"200 MB", framing("huge_body"), failure_kind::malformed},
      {"a header without end", framing("endless_headers"), failure_kind::malformed},
  };
  int number = 0;
  for (const auto& r : rows) {
    INFO(r.name);
    venue.fault(on("POST", order_path, r.rest));
    const auto wanted = market_order("m" + std::to_string(++number), side::buy, "0.1");
    must<order_uncertain>(place(*client, wanted));
    CHECK(venue.orders(wanted.id).size() == 1);
    CHECK(must(query(*client, eth, wanted.id)).status == order_status::filled);
    venue.fault(on("GET", "/fapi/v3/positionRisk", r.rest));
    const auto read = positions(*client);
    REQUIRE(read.has_error());
    INFO(read.error().text);
    CHECK(read.error().kind == r.read);
    check_recovered(venue, *client);
  }
}

TEST_CASE("replies of either framing are read alike") {
  for (const auto framing :
       {simulator::reply_framing::chunked, simulator::reply_framing::content_length}) {
    auto chosen = still_venue();
    chosen.framing = framing;
    const venue_under_test venue(chosen);
    const auto client = venue.client();
    check_recovered(venue, *client);
  }
}

TEST_CASE("an order that could not even be connected was definitely not done") {
  const venue_under_test venue;
  const auto client = venue.client();
  venue.fault(R"({"effect":"refuse_connection","count":0})");
  const auto wanted = market_order("o", side::buy, "0.1");
  const auto refused = must<order_refused>(place(*client, wanted));
  CHECK(refused.http_status == 0);
  CHECK(refused.code == 0);
  CHECK(refused.retryable);
  CHECK(refused.cure == refusal_cure::wait);
  CHECK(venue.server().transcript().empty());
  venue.server().clear_faults();
  must<order_done>(place(*client, wanted));
}

TEST_CASE("an idle connection that the venue has closed is not used for an order") {
  auto chosen = still_venue();
  chosen.idle_limit = milliseconds(100);
  const venue_under_test venue(chosen);
  const auto client = venue.client();
  for (int n = 0; n < 3; ++n) {
    must(positions(*client));
    wait_until([&] { return venue.server().connections() == 0; });
    must<order_done>(place(*client, market_order("i" + std::to_string(n), side::buy, "0.1")));
    wait_until([&] { return venue.server().connections() == 0; });
  }
}

TEST_CASE("a handshake slower than the time given is a read timed out and an order not done") {
  const venue_under_test venue;
  auto wanted = venue.settings();
  wanted.connect_timeout = milliseconds(200);
  const auto client = venue.client(wanted);
  venue.fault(R"({"effect":"slow_handshake","delay_ms":1500,"count":0})");
  const auto read = positions(*client);
  REQUIRE(read.has_error());
  CHECK(read.error().kind == failure_kind::timed_out);
  const auto refused = must<order_refused>(place(*client, market_order("o", side::buy, "0.1")));
  CHECK(refused.http_status == 0);
  CHECK(refused.retryable);
  venue.server().clear_faults();
  check_recovered(venue, *client);
}

TEST_CASE("every certificate that proves nothing is refused with its reason, by order and read") {
  const venue_under_test venue;
  auto wanted = venue.settings();
  struct row {
    const char* identity;
    const char* reason;
  };
  for (const auto& r : {row{"expired", "the certificate has expired"},
                        row{"wrong_host", "the certificate is for another host"},
                        row{"self_signed", "the certificate is self-signed"},
                        row{"unknown_ca", "the authority of the certificate is not trusted"},
                        row{"tls_1_1", "the venue speaks no TLS 1.2 or newer"}}) {
    INFO(r.identity);
    const auto client = venue.client();
    const auto before = venue.server().transcript().size();
    venue.fault(R"({"effect":"certificate","identity":")" + std::string(r.identity) +
                R"(","count":0})");
    const auto read = positions(*client);
    REQUIRE(read.has_error());
    CHECK(read.error().kind == failure_kind::unreachable);
    CHECK_THAT(read.error().text, ContainsSubstring(r.reason));
    const auto refused = must<order_refused>(place(*client, market_order("c", side::buy, "0.1")));
    CHECK(refused.http_status == 0);
    CHECK_THAT(refused.text, ContainsSubstring(r.reason));
    CHECK(venue.server().transcript().size() == before);
    venue.server().clear_faults();
    check_recovered(venue, *client);
  }
}

TEST_CASE("a venue that was trusted before is not trusted with another certificate") {
  const venue_under_test venue;
  const auto client = venue.client();
  event_log events;
  client->open_user_stream(events.taker());
  events.wait<stream_opened>();
  check_recovered(venue, *client);
  venue.server().go_offline();
  venue.fault(R"({"effect":"certificate","identity":"unknown_ca","count":0})");
  venue.server().go_online();
  const auto before = venue.server().transcript().size();
  const std::string reason = "the authority of the certificate is not trusted";
  wait_until([&] { return positions(*client).error().text.find(reason) != std::string::npos; });
  const auto refused = must<order_refused>(place(*client, market_order("c", side::buy, "0.1")));
  CHECK_THAT(refused.text, ContainsSubstring(reason));
  events.wait<stream_closed>(
      1, [&](const stream_closed& c) { return c.reason.find(reason) != std::string::npos; });
  CHECK(venue.server().transcript().size() == before);
  venue.server().clear_faults();
  events.wait<stream_opened>(2);
  check_recovered(venue, *client);
}

TEST_CASE("a slow venue is waited for as long as was given, and no longer") {
  const venue_under_test venue;
  const auto client = venue.client();
  must(positions(*client));
  venue.fault(on("GET", "/fapi/v3/positionRisk", R"("effect":"delay","delay_ms":300)"));
  must(positions(*client));
  venue.fault(on("GET", "/fapi/v3/positionRisk", R"("effect":"delay","delay_ms":5000)"));
  CHECK(positions(*client, 150).error().kind == failure_kind::timed_out);
  check_recovered(venue, *client);
}
