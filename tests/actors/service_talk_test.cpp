// What the service manager is told and when, on a clock of the test's own.
#include "service_talk.hpp"

#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::actors;
using namespace std::chrono_literals;

namespace {

using lines = std::vector<std::string>;

/// Looks once a second; the gate has had a turn each time unless told otherwise.
struct run {
  service_talk talk;
  bool taken{true};
  service_view seen{instant{} + std::chrono::hours{1}, false, 1, "demo"};

  explicit run(std::optional<milliseconds> watchdog = 10s) : talk(watchdog) {}

  lines second(bool gate_moves = true) {
    seen.now += 1s;
    if (gate_moves)
      ++seen.gate_turns;
    return looked();
  }
  /// What a look tells; the manager takes it or not.
  lines looked() {
    return said([&](const service_sender& send) { talk.look(seen, send); });
  }
  template <class Say>
  lines said(Say&& say) {
    lines told;
    say([&](const std::string& datagram) {
      told.push_back(datagram);
      return taken;
    });
    return told;
  }
  lines reloading() {
    return said([&](const service_sender& send) { talk.reloading(seen.now, send); });
  }
  lines reloaded() {
    return said([&](const service_sender& send) { talk.reloaded(send); });
  }
  lines stopping(const std::string& why) {
    return said([&](const service_sender& send) { talk.stopping(why, send); });
  }
  lines seconds(int count, bool gate_moves = true) {
    lines all;
    for (int i = 0; i < count; ++i)
      for (auto& line : second(gate_moves))
        all.push_back(std::move(line));
    return all;
  }
  void become_ready() {
    seen.truth_complete = true;
    REQUIRE(second().front() == "READY=1");
  }
};

std::size_t count(const lines& all, std::string_view what) {
  return static_cast<std::size_t>(std::ranges::count(all, what));
}

}  // namespace

TEST_CASE("a start that waits for truth asks for more time and says why it waits") {
  run r;
  r.seen.words = "demo, active, not ready: no_truth (the account has not been read yet)";
  const auto first = r.second();
  CHECK(first == lines{"EXTEND_TIMEOUT_USEC=30000000", "STATUS=" + r.seen.words});
  const auto hour = r.seconds(3'600);
  CHECK(count(hour, "READY=1") == 0);
  CHECK(count(hour, "WATCHDOG=1") == 0);
  CHECK(count(hour, "EXTEND_TIMEOUT_USEC=30000000") == 720);
}

TEST_CASE("the process is ready once, with the first complete truth, and says how it stands") {
  run r;
  r.seconds(3);
  r.seen.truth_complete = true;
  r.seen.words = "demo, active, ready";
  CHECK(r.second() == lines{"READY=1", "STATUS=demo, active, ready"});
  r.seen.truth_complete = false;
  r.seconds(100);
  r.seen.truth_complete = true;
  CHECK(count(r.seconds(100), "READY=1") == 0);
}

TEST_CASE("a gate that stands still gets neither more time to start nor signs of life") {
  run r;
  CHECK(count(r.seconds(60, false), "EXTEND_TIMEOUT_USEC=30000000") == 1);
  r.seen.truth_complete = true;
  CHECK(r.seconds(60, false).empty());
  CHECK(r.second().front() == "READY=1");
  CHECK(count(r.seconds(60), "WATCHDOG=1") == 20);
  CHECK(r.seconds(60, false).empty());
  CHECK(r.second() == lines{"WATCHDOG=1"});
}

TEST_CASE(
    "signs of life come at a quarter of the time that they are waited for, and only if they are") {
  run r(12s);
  r.become_ready();
  CHECK(count(r.seconds(30), "WATCHDOG=1") == 10);
  run quiet(std::nullopt);
  quiet.become_ready();
  CHECK(quiet.seconds(60).empty());
}

TEST_CASE("the status line is told when it changes, at most each ten seconds, newest words last") {
  run r(std::nullopt);
  r.become_ready();
  lines told;
  for (int i = 0; i < 60; ++i) {
    r.seen.words = "oldest truth " + std::to_string(i) + "ms";
    for (auto& line : r.second())
      told.push_back(std::move(line));
  }
  CHECK(told.size() == 6);
  CHECK(told.back() == "STATUS=oldest truth 59ms");
  CHECK(r.seconds(60).empty());
}

TEST_CASE("a reload is told between two words, and never makes a start look ready") {
  run r;
  r.second();
  CHECK(r.reloading().empty());
  CHECK(r.reloaded().empty());
  r.become_ready();
  const auto since =
      std::chrono::duration_cast<std::chrono::microseconds>(r.seen.now.time_since_epoch());
  CHECK(r.reloading() == lines{"RELOADING=1\nMONOTONIC_USEC=" + std::to_string(since.count())});
  CHECK(r.reloaded() == lines{"READY=1"});
}

TEST_CASE("after the end has begun nothing else is told") {
  run r;
  r.become_ready();
  CHECK(r.stopping("SIGTERM\nREADY=1") == lines{"STOPPING=1\nSTATUS=ending: SIGTERM READY=1"});
  r.seen.words = "other";
  CHECK(r.seconds(60).empty());
  CHECK(r.reloading().empty());
  CHECK(r.reloaded().empty());
  CHECK(r.stopping("again").empty());
}

TEST_CASE("a word that the service manager did not take is told again at the next look") {
  run r(12s);
  r.seen.words = "demo, active, not ready";
  const lines waiting{"EXTEND_TIMEOUT_USEC=30000000", "STATUS=" + r.seen.words};
  r.taken = false;
  CHECK(r.second() == waiting);
  r.taken = true;
  CHECK(r.looked() == waiting);
  CHECK(r.looked().empty());

  r.seen.truth_complete = true;
  r.taken = false;
  CHECK(r.second() == lines{"READY=1"});
  r.taken = true;
  CHECK(r.looked().front() == "READY=1");

  CHECK(r.seconds(2).empty());
  r.taken = false;
  CHECK(r.second() == lines{"WATCHDOG=1"});
  CHECK(r.second(false) == lines{"WATCHDOG=1"});
  r.taken = true;
  CHECK(r.looked() == lines{"WATCHDOG=1"});
  CHECK(r.looked().empty());
}

TEST_CASE("the end of a reload and of the process are told until they are taken") {
  run r(std::nullopt);
  r.become_ready();
  r.seconds(20);
  CHECK(r.reloading().size() == 1);
  r.taken = false;
  CHECK(r.reloaded() == lines{"READY=1"});
  CHECK(r.looked() == lines{"READY=1"});
  r.taken = true;
  CHECK(r.looked() == lines{"READY=1"});
  CHECK(r.looked().empty());

  const lines last{"STOPPING=1\nSTATUS=ending: SIGTERM"};
  r.taken = false;
  CHECK(r.stopping("SIGTERM") == last);
  CHECK(r.looked() == last);
  r.taken = true;
  CHECK(r.looked() == last);
  CHECK(r.seconds(60).empty());
}
