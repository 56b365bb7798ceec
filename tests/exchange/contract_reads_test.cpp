// Every read of the port under the same faults, and what every call costs at the venue.
#include <algorithm>

#include "sluice/exchange/endpoints.hpp"
#include "support/venue_under_test.hpp"

using namespace sluice;
using namespace sluice::test;

namespace {

const symbol all_symbols{};
const client_order_id resting("rest");
const client_order_id stopping("stop");

/// How a read ended: none when it brought its document.
using ending = std::optional<failure_kind>;

template <class T, class Call>
ending end_of(Call call) {
  const auto read = ask<read_result<T>>(call);
  return read ? ending{} : ending{read.error().kind};
}

struct read_row {
  const char* name;
  const char* path;
  std::function<ending(exchange_port&, read_options)> run;
};

/// A read of one document by a member of the port, with what goes before options and callback.
template <class T, class Member, class... First>
std::function<ending(exchange_port&, read_options)> by(Member member, First... first) {
  return [=](exchange_port& port, read_options options) {
    return end_of<T>([&](auto done) { (port.*member)(first..., options, done); });
  };
}

const std::vector<read_row>& reads() {
  using port = exchange_port;
  static const std::vector<read_row> rows{
      {"account", "/fapi/v3/positionRisk", by<snapshot>(&port::read_account)},
      {"symbol", "/fapi/v3/positionRisk", by<snapshot>(&port::read_symbol, eth)},
      {"universe", "/fapi/v1/exchangeInfo", by<universe>(&port::read_universe)},
      {"settings", "/fapi/v1/accountConfig", by<account_settings>(&port::read_settings)},
      {"clock", "/fapi/v1/time", by<clock_offset>(&port::read_clock)},
      {"order", "/fapi/v1/order", by<order_report>(&port::read_order, eth, resting)},
      {"fills", "/fapi/v1/userTrades", by<std::vector<fill>>(&port::read_fills, eth, order_id{0})},
      {"conditional", "/fapi/v1/algoOrder",
       by<conditional_report>(&port::read_conditional, stopping)},
      {"open orders", "/fapi/v1/openOrders",
       by<std::vector<order_report>>(&port::read_open_orders, eth)},
      {"all open orders", "/fapi/v1/openOrders",
       by<std::vector<order_report>>(&port::read_open_orders, all_symbols)},
      {"open conditionals", "/fapi/v1/openAlgoOrders",
       by<std::vector<conditional_report>>(&port::read_open_conditionals, eth)},
      {"all open conditionals", "/fapi/v1/openAlgoOrders",
       by<std::vector<conditional_report>>(&port::read_open_conditionals, all_symbols)},
      {"symbol settings", "/fapi/v1/symbolConfig",
       by<std::vector<symbol_settings>>(&port::read_symbol_settings, eth)},
      {"brackets", "/fapi/v1/leverageBracket",
       by<std::vector<leverage_ladder>>(&port::read_leverage_brackets, eth)},
      {"premium", "/fapi/v1/premiumIndex", by<std::vector<premium>>(&port::read_premiums, eth)},
      {"premiums", "/fapi/v1/premiumIndex",
       by<std::vector<premium>>(&port::read_premiums, all_symbols)},
      {"balance", "/fapi/v3/balance", by<std::vector<asset_balance>>(&port::read_balance)},
      {"margin", "/fapi/v3/account", by<margin_summary>(&port::read_margin)},
      {"order limits", "/fapi/v1/rateLimit/order",
       by<std::vector<venue_limit>>(&port::read_order_limits)},
  };
  return rows;
}

/// An account with something of everything that can be read.
struct furnished {
  venue_under_test venue{};
  std::unique_ptr<exchange_port> client{venue.client()};

  furnished() {
    venue.hold_mark(eth, "3000");
    must(clock_of(*client));
    must<order_done>(place(*client, market_order("held", side::buy, "0.5")));
    must<order_done>(place(*client, limit_order("rest", side::buy, "0.1", "2900")));
    conditional_request stop;
    stop.id = stopping;
    stop.instrument = eth;
    stop.trigger = price::parse("2800").value();
    stop.amount = quantity::parse("0.5").value();
    must<conditional_done>(place(*client, stop));
  }
  void fault_on(const read_row& row, const std::string& rest) const {
    venue.fault(R"({"method":"GET","path":")" + std::string(row.path) + R"(",)" + rest + "}");
  }
};

bool is_place(const simulator::transcript_entry& e) {
  return e.method == "POST" && (e.path == "/fapi/v1/order" || e.path == "/fapi/v1/algoOrder");
}

}  // namespace

TEST_CASE("every read fails under a fault for the same reason, and works again after it") {
  const furnished f;
  struct fault_row {
    const char* name;
    const char* rest;
    failure_kind kind;
    std::int64_t ms;
  };
  const fault_row faults[] = {
      {"a page instead", R"("effect":"status","reply":"bad_gateway_502")",
       failure_kind::venue_error, 5'000},
      {"nothing instead", R"("effect":"status","reply":"challenge_202")", failure_kind::malformed,
       5'000},
      {"half a body", R"("effect":"damage","damage":"cut")", failure_kind::malformed, 5'000},
      {"another document", R"("effect":"malform","body":"{\"code\":200}")", failure_kind::malformed,
       5'000},
      {"a bare word", R"("effect":"malform","body":"null")", failure_kind::malformed, 5'000},
      {"bytes of no text", R"("effect":"damage","damage":"not_utf8")", failure_kind::malformed,
       5'000},
      {"half a reply", R"("effect":"cut_reply","bytes":40)", failure_kind::unreachable, 5'000},
      {"silence", R"("effect":"hang")", failure_kind::timed_out, 100},
  };
  for (const auto& row : reads())
    for (const auto& wrong : faults) {
      INFO(row.name << " under " << wrong.name);
      f.fault_on(row, wrong.rest);
      const auto ended = row.run(*f.client, within(wrong.ms));
      REQUIRE(ended.has_value());
      CHECK(*ended == wrong.kind);
      CHECK_FALSE(row.run(*f.client, within(5'000)).has_value());
    }
}

TEST_CASE("every read that a firewall turns away is the last one for a while") {
  const furnished f;
  for (const auto& row : reads()) {
    INFO(row.name);
    const auto client = f.venue.client();
    must(clock_of(*client));  // Its first own question would meet the fault otherwise.
    f.fault_on(row, R"("effect":"status","reply":"forbidden_403")");
    for (int i = 0; i < 2; ++i) {
      const auto ended = row.run(*client, within(5'000));
      REQUIRE(ended.has_value());
      CHECK(*ended == failure_kind::rate_limited);
    }
  }
}

TEST_CASE("every signed read is healed by one retry when the clocks have drifted apart") {
  const furnished f;
  bool ahead = true;
  for (const auto& row : reads()) {
    INFO(row.name);
    f.venue.fault(R"({"effect":"clock_step","number":)" + std::string(ahead ? "60000" : "-60000") +
                  "}");
    ahead = !ahead;
    CHECK_FALSE(row.run(*f.client, within(5'000)).has_value());
  }
}

TEST_CASE("a call costs at the venue what the client has reserved for it") {
  const furnished f;
  for (const auto& row : reads())
    REQUIRE_FALSE(row.run(*f.client, within(5'000)).has_value());
  must<countdown_armed>(ask<change_outcome<countdown_armed>>(
      [&](auto done) { f.client->arm_countdown(eth, milliseconds(0), patience, done); }));
  must<order_done>(cancel(*f.client, eth, resting));
  must<conditional_cancelled>(ask<change_outcome<conditional_cancelled>>(
      [&](auto done) { f.client->cancel_conditional(stopping, patience, done); }));
  must<symbol_cleared>(ask<change_outcome<symbol_cleared>>(
      [&](auto done) { f.client->cancel_all(eth, patience, done); }));
  must<symbol_cleared>(ask<change_outcome<symbol_cleared>>(
      [&](auto done) { f.client->cancel_all_conditionals(eth, patience, done); }));
  std::int64_t used = 0;
  std::int64_t minute = 0;
  std::size_t checked = 0;
  for (const auto& entry : f.venue.server().transcript()) {
    INFO(entry.method << ' ' << entry.path << ' ' << entry.parameters);
    const auto row = std::find_if(
        exchange::endpoint_table.begin(), exchange::endpoint_table.end(),
        [&](const auto& r) { return r.method == entry.method && r.path == entry.path; });
    REQUIRE(row != exchange::endpoint_table.end());
    if (entry.at.venue.ms / 60'000 != minute)
      used = 0;
    minute = entry.at.venue.ms / 60'000;
    const bool of_one = entry.parameters.find("symbol=") != std::string::npos;
    CHECK(entry.weight_used - used == (of_one ? row->weight : row->weight_all));
    CHECK((row->as == exchange::counts::order) == is_place(entry));
    used = entry.weight_used;
    ++checked;
  }
  CHECK(checked >= reads().size() + 8);
  CHECK(f.client->budget().weight_used_1m >= used);
}
