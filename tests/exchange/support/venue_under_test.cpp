// Starting the venue, its operator's side, and what its books say.
#include "venue_under_test.hpp"

#include <algorithm>

#include "simulator/support/client.hpp"

namespace sluice::test {
namespace {

/// So that a test may ask again and again for something that is about to happen.
constexpr std::int64_t roomy_weight_1m = 10'000'000;

}  // namespace

simulator::settings still_venue() {
  simulator::settings chosen;
  chosen.symbols = 10;
  chosen.closed_symbols = 2;
  chosen.latency = milliseconds(0);
  chosen.volatility_bp = 0;
  chosen.weight_limit_1m = roomy_weight_1m;
  chosen.tick_period = milliseconds(100);
  chosen.account.api_key = "mainKey";
  chosen.account.api_secret = "mainSecret";
  return chosen;
}

venue_under_test::venue_under_test(simulator::settings chosen) {
  auto started = simulator::server::start(std::move(chosen));
  INFO((started ? "" : started.error().text));
  REQUIRE(started.has_value());
  server_ = std::move(*started);
}

void venue_under_test::fault(const std::string& json) const {
  const auto read = simulator::parse_fault(json);
  INFO((read ? "" : read.error().text));
  REQUIRE(read.has_value());
  server_->add_fault(*read);
}

void venue_under_test::act(const std::string& verb, const std::string& body) const {
  simulator::test::https_client operator_side(server_->port(), server_->certificate_pem());
  const auto answer = operator_side.ask("POST", "/sim/" + verb, body);
  REQUIRE(answer.has_value());
  INFO(answer->body);
  REQUIRE(answer->status == 200);
}

void venue_under_test::hold_mark(const symbol& on, const std::string& at) const {
  const auto set =
      server_->set_mark(on, price::parse(at).value(), simulator::mark_pin::until_released);
  REQUIRE(set.has_value());
}

std::size_t venue_under_test::seen(const std::string& method, const std::string& path) const {
  const auto all = server_->transcript();
  return static_cast<std::size_t>(std::count_if(all.begin(), all.end(), [&](const auto& one) {
    return one.method == method && one.path == path;
  }));
}

quantity venue_under_test::held(const symbol& on, position_side leg) const {
  const auto books = server_->books();
  for (const auto& one : books.accounts.at(0).positions)
    if (one.instrument == on && one.leg == leg)
      return one.amount;
  return {};
}

std::vector<simulator::ledger_order> venue_under_test::orders(const client_order_id& id) const {
  const auto books = server_->books();
  std::vector<simulator::ledger_order> found;
  for (const auto& one : books.accounts.at(0).orders)
    if (one.report.client_id == id)
      found.push_back(one);
  return found;
}

exchange::settings venue_under_test::settings() const {
  exchange::settings chosen;
  chosen.rest_url = server_->rest_url();
  chosen.stream_url = server_->stream_url();
  chosen.weight_limit_1m = roomy_weight_1m;
  chosen.reconnect_min = milliseconds(10);
  chosen.reconnect_max = milliseconds(50);
  return chosen;
}

std::unique_ptr<exchange_port> venue_under_test::client(exchange::settings chosen,
                                                        exchange::extras more) const {
  more.ca_pem = server_->certificate_pem();
  exchange::credentials keys{exchange::secret(std::string(server_->api_key())),
                             exchange::secret(std::string(server_->api_secret()))};
  auto made = exchange::make_client(chosen, std::move(keys), std::move(more));
  REQUIRE(made.has_value());
  return std::move(*made);
}

order_request market_order(const std::string& id, side direction, const std::string& amount) {
  order_request wanted;
  wanted.id = client_order_id(id);
  wanted.instrument = eth;
  wanted.direction = direction;
  wanted.amount = quantity::parse(amount).value();
  wanted.reduce_only = false;
  return wanted;
}

order_request limit_order(const std::string& id, side direction, const std::string& amount,
                          const std::string& at, time_in_force lasts) {
  auto wanted = market_order(id, direction, amount);
  wanted.type = order_type::limit;
  wanted.limit = price::parse(at).value();
  wanted.lasts = lasts;
  return wanted;
}

order_request reducing(order_request wanted) {
  wanted.reduce_only = true;
  return wanted;
}

}  // namespace sluice::test
