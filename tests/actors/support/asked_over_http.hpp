// Plans as the intake gets them from the HTTP server, with a client that reads the answer.
#pragma once

#include <future>
#include <memory>
#include <optional>
#include <string>

#include "sluice/actors/messages.hpp"
#include "sluice/status/http_server.hpp"
#include "support/catch.hpp"
#include "support/raw_client.hpp"

namespace sluice::testing {

/// A request that came over a socket and waits for its answer.
struct asked_over_http {
  explicit asked_over_http(const std::string& body) {
    const auto asked = std::make_shared<std::promise<status::responder>>();
    auto arrived = asked->get_future();
    status::http_settings listening;
    listening.listen = "127.0.0.1:0";
    server = status::http_server::start(listening, [asked](const status::request&,
                                                           status::responder to) {
               asked->set_value(std::move(to));
             }).value();
    client.emplace(server->port());
    REQUIRE(client->send(status::testing::post("/api/v1/plans?dry_run=true", body)));
    REQUIRE(arrived.wait_for(std::chrono::seconds(10)) == std::future_status::ready);
    try_plans = {body, std::nullopt, std::nullopt, arrived.get(), true};
  }
  std::string response() { return client->read_response(); }

  std::unique_ptr<status::http_server> server{};
  std::optional<status::testing::raw_client> client{};
  actors::plans_posted try_plans{};
};

}  // namespace sluice::testing
