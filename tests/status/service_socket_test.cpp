// Datagrams to a service manager, by path and by abstract name.
#include "sluice/status/service_socket.hpp"

#include <fmt/format.h>

#include "support/catch.hpp"
#include "support/listening_manager.hpp"
#include "support/temporary_directory.hpp"

using namespace sluice;
using namespace sluice::status;
using namespace sluice::status::testing;
using sluice::testing::listening_manager;

TEST_CASE("what is told arrives as it is, one datagram a call, by path and by abstract name") {
  const temporary_directory directory;
  for (const auto& address :
       {std::string(directory / "notify"), fmt::format("@sluice-test-{}", ::getpid())}) {
    INFO(address);
    listening_manager manager(address);
    const auto socket = service_socket::open(address).value();
    CHECK(socket->tell("READY=1\nSTATUS=up"));
    CHECK(socket->tell("WATCHDOG=1"));
    CHECK(manager.heard() == std::vector<std::string>{"READY=1\nSTATUS=up", "WATCHDOG=1"});
  }
}

TEST_CASE("a manager that is away or does not listen costs no time, and may come back") {
  const temporary_directory directory;
  const std::string address = directory / "notify";
  const auto socket = service_socket::open(address).value();
  CHECK_FALSE(socket->tell("READY=1"));
  listening_manager manager(address);
  CHECK(socket->tell("READY=1"));
  bool all = true;
  for (int i = 0; i < 10'000 && all; ++i)
    all = socket->tell("WATCHDOG=1");
  CHECK_FALSE(all);  // Its queue is full, and nobody waited.
  CHECK_FALSE(manager.heard().empty());
  CHECK(socket->tell("WATCHDOG=1"));
}

TEST_CASE("an address that no service manager gives is refused") {
  for (const auto& address :
       {std::string{}, std::string{"@"}, std::string{"relative"}, fmt::format("/{:x>200}", "")}) {
    const auto socket = service_socket::open(address);
    REQUIRE_FALSE(socket);
    CHECK(socket.error().code == errc::invalid_value);
  }
}

TEST_CASE("a text for the service manager cannot say anything but itself") {
  CHECK(service_text("a\nREADY=1\x1b[2J\xff.") == "a READY=1 [2J .");
  CHECK(service_text("\xe5\xb8\x81") == "\xe5\xb8\x81");
  CHECK(service_text(std::string(1'000, 'x')).size() == 400);
  CHECK(service_text(fmt::format("{:x>399}\xe5\xb8\x81", "")).size() == 399);
}
