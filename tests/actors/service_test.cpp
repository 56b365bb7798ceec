// The service manager of the whole pipeline, on virtual time: what it hears, and that it hears
// nothing of a process whose gate stands still.
#include "sluice/actors/service.hpp"

#include "support/catch.hpp"
#include "support/listening_manager.hpp"
#include "support/pipeline_fixture.hpp"

using namespace sluice;
using namespace sluice::testing;
using namespace std::chrono_literals;

namespace {

struct watched_world : pipeline_world {
  listening_manager manager_socket{(directory / "notify").string()};

  watched_world() {
    manager.socket = status::service_socket::open(manager_socket.address()).value();
    manager.watchdog = 4s;
  }
  /// All that was heard, as one text with a line for each datagram.
  std::string heard() {
    std::string all;
    for (const auto& d : manager_socket.heard())
      all += d + "\n";
    return all;
  }
};

std::size_t count(std::string_view text, std::string_view what) {
  std::size_t found = 0;
  for (auto at = text.find(what); at != text.npos; at = text.find(what, at + 1))
    ++found;
  return found;
}

}  // namespace

TEST_CASE("the service manager hears of the first complete truth, and why not before") {
  watched_world world;
  pipeline_run run(world);
  run.pass(12s);
  const auto before = world.heard();
  CHECK(count(before, "READY=1") == 0);
  CHECK(count(before, "WATCHDOG=1") == 0);
  CHECK(count(before, "EXTEND_TIMEOUT_USEC=30000000") == 3);
  CHECK_THAT(before, ContainsSubstring("STATUS=testnet, active, not ready: "));
  CHECK_THAT(before, ContainsSubstring("no_truth"));
  run.make_ready();
  run.live(2s, {});
  const auto ready = world.heard();
  CHECK(count(ready, "READY=1") == 1);
  CHECK_THAT(ready, ContainsSubstring("READY=1\nSTATUS=testnet, active, "));
  CHECK(run.end() == 0);
  const auto last = world.heard();
  CHECK_THAT(last, ContainsSubstring("STOPPING=1\nSTATUS=ending: "));
  const auto sign = last.rfind("WATCHDOG=1");
  CHECK((sign == last.npos || sign < last.find("STOPPING=1")));
}

TEST_CASE("signs of life stop while the gate stands still, whatever else goes on") {
  watched_world world;
  pipeline_run run(world);
  run.make_ready();
  run.live(3s, {});
  (void)world.heard();
  run.live(20s, {});
  CHECK(count(world.heard(), "WATCHDOG=1") >= 9);
  run.stand_still(run.all->gate);
  run.live(3s, {});  // What it had done before is told until half of the time is over.
  (void)world.heard();
  run.live(20s, {});
  const auto silent = world.heard();
  CHECK(count(silent, "WATCHDOG=1") == 0);
  CHECK(count(silent, "STATUS=") >= 1);
  run.go_on();
  run.live(3s, {});
  CHECK(count(world.heard(), "WATCHDOG=1") >= 1);
}
