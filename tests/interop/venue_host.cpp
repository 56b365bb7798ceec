// Serves the simulated exchange for a test in another language: prints where it is, ends with its
// standard input.
#include <fmt/format.h>

#include <cstdio>
#include <iostream>
#include <string>

#include "sluice/simulator/server.hpp"

int main(int argc, char** argv) {
  using namespace sluice;
  if (argc != 2) {
    fmt::print(stderr, "usage: venue_host CERTIFICATE_FILE\n");
    return 64;
  }
  simulator::settings chosen;
  chosen.symbols = 40;
  chosen.latency = milliseconds{5};
  chosen.certificate_file = argv[1];
  const auto started = simulator::server::start(chosen);
  if (!started) {
    fmt::print(stderr, "venue_host: {}\n", started.error().text);
    return 1;
  }
  const auto& venue = **started;
  fmt::print(R"({{"rest":"{}","streams":"{}","key":"{}","secret":"{}"}})"
             "\n",
             venue.rest_url(), venue.stream_url(), venue.api_key(), venue.api_secret());
  std::fflush(stdout);
  std::string line;
  while (std::getline(std::cin, line)) {
  }
  return 0;
}
