// A running server for the tests, on a port the system chooses.
#pragma once

#include <memory>
#include <stdexcept>
#include <utility>

#include "support/raw_client.hpp"
#include "sluice/status/http_server.hpp"

namespace sluice::status::testing {

inline http_settings test_settings() {
  http_settings settings;
  settings.listen = "127.0.0.1:0";
  return settings;
}

inline std::unique_ptr<http_server> serve(const http_settings& settings, request_handler handler,
                                          metrics* counters = nullptr) {
  auto started = http_server::start(settings, std::move(handler), counters);
  if (!started)
    throw std::runtime_error(started.error().text);
  return std::move(*started);
}

/// Answers with method, path and body, so that a test sees what the server understood.
inline void echo(const request& asked, const responder& answer) {
  answer(text_response(asked.method + " " + asked.path + " [" + asked.body + "]"));
}

}  // namespace sluice::status::testing
