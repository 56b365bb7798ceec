// More time to start is asked for again and again while something blocks, and not a moment longer.
#include "start_extension.hpp"

#include <algorithm>

#include "support/catch.hpp"
#include "support/listening_manager.hpp"

using namespace sluice;
using namespace sluice::actors;
using namespace std::chrono_literals;
using sluice::testing::listening_manager;

namespace {

constexpr std::string_view asked =
    "EXTEND_TIMEOUT_USEC=30000000\nSTATUS=opening the journal and what else is needed";

std::string an_address() {
  return "@sluice-start-extension-" + std::to_string(::getpid());
}

std::shared_ptr<status::logger> a_log() {
  status::log_settings settings;
  settings.to_stderr = false;
  return status::logger::start(settings);
}

}  // namespace

TEST_CASE("a start that blocks asks for half a minute, again and again, until it goes on") {
  listening_manager manager(an_address());
  std::vector<std::string> heard;
  {
    const start_extension more_time(status::service_socket::open(manager.address()).value(),
                                    a_log(), 1ms);
    while (heard.size() < 3) {
      REQUIRE(manager.wait(10s));
      for (auto& datagram : manager.heard())
        heard.push_back(std::move(datagram));
    }
  }
  CHECK(std::ranges::count(heard, asked) == std::ssize(heard));
  (void)manager.heard();
  CHECK_FALSE(manager.wait(0ms));
}

TEST_CASE("a start that is over at once has asked once, and waits for nothing") {
  listening_manager manager(an_address());
  {
    const start_extension more_time(status::service_socket::open(manager.address()).value(),
                                    a_log());
  }
  CHECK(manager.heard() == std::vector<std::string>{std::string{asked}});
}

TEST_CASE("a start that nobody watches over asks nobody, and a lost word is told to the log") {
  { const start_extension nobody(nullptr, a_log()); }
  const auto log = a_log();
  { const start_extension lost(status::service_socket::open(an_address()).value(), log); }
  REQUIRE(log->recent().size() == 1);
  CHECK(log->recent().front()->event == "manager_not_reached");
}
