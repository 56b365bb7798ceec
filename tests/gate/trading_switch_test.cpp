// The trading state in force: orders, halt file, signals, time, and what a restart makes of them.
#include <rapidcheck.h>

#include "gate_builders.hpp"
#include "sluice/gate/trading_switch.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::test;
using namespace std::chrono_literals;

namespace {

const std::string path = "/state/halt";

state_order ordered(trading_state to, std::optional<milliseconds> lasts = {}) {
  return {to, lasts, "alice", "drill"};
}

/// What the journal gives back after these records.
struct journal_model {
  standing_state ordered{};
  trading_state in_force{trading_state::active};
  std::size_t written{0};
  state_changed last{};

  void take(const std::vector<state_changed>& records, const stamp& now) {
    for (const auto& r : records) {
      ++written;
      last = r;
      in_force = r.after;
      if (r.author != halt_file_author)
        ordered = {r.after, r.author, r.reason, now.wall, r.until};
    }
  }
};

/// A switch that began with an empty journal and without a halt file.
struct running {
  trading_switch subject{path};
  journal_model journal{};

  running() { journal.take(subject.resume({}, trading_state::active, {}, at(0ms)), at(0ms)); }

  void order(const state_order& wanted, int ms) {
    const auto now = at(milliseconds{ms});
    const auto done = subject.order(wanted, now);
    REQUIRE(done.refusal.empty());
    journal.take(done.records, now);
  }
  void file(const std::optional<std::string>& found, int ms) {
    journal.take(subject.halt_file(found, at(milliseconds{ms})), at(milliseconds{ms}));
  }
  void signal(trading_state to, int ms) {
    journal.take(subject.signalled(to, "SIGUSR", at(milliseconds{ms})), at(milliseconds{ms}));
  }
  void close(const char* author, int ms) {
    const auto now = at(milliseconds{ms});
    journal.take(subject.close_entries(author, "get out", now), now);
  }
  void tick(int ms) { journal.take(subject.tick(at(milliseconds{ms})), at(milliseconds{ms})); }
  /// The same journal in another process.
  [[nodiscard]] trading_switch restarted(const std::optional<std::string>& found, int ms) {
    trading_switch next{path};
    const auto now = at(milliseconds{ms});
    journal.take(next.resume(journal.ordered, journal.in_force, found, now), now);
    return next;
  }
  [[nodiscard]] trading_state state() const { return subject.in_force().state; }
};

}  // namespace

TEST_CASE("nothing is permitted before the journal and the halt file were looked at") {
  CHECK(trading_switch{path}.in_force().state == trading_state::halted);
}

TEST_CASE("an order is in force with who, why, since and until") {
  running r;
  CHECK(r.journal.written == 0);
  r.order(ordered(trading_state::reduce_only, 30min), 5);
  const auto& now = r.subject.in_force();
  CHECK(now.state == trading_state::reduce_only);
  CHECK(now.author == "alice");
  CHECK(now.reason == "drill");
  CHECK(now.since == at(5ms).wall);
  CHECK(now.until == wall_time{at(5ms).wall.ms + 1'800'000});
  CHECK(r.journal.written == 1);
}

TEST_CASE("a restrictive state with a time reverts to active by itself, and says so") {
  running r;
  r.order(ordered(trading_state::halted, 1s), 0);
  CHECK(r.subject.next_deadline() == at(1s).steady);
  r.tick(999);
  CHECK(r.state() == trading_state::halted);
  r.tick(1'000);
  CHECK(r.state() == trading_state::active);
  CHECK(r.journal.ordered.author == gate_author);
  CHECK(r.journal.ordered.reason == "the time of halted, ordered by alice, is over");
  CHECK_FALSE(r.subject.next_deadline());
}

TEST_CASE("a later order replaces the end of an earlier one") {
  running r;
  r.order(ordered(trading_state::halted, 1s), 0);
  r.order(ordered(trading_state::reduce_only), 500);
  r.tick(2'000);
  CHECK(r.state() == trading_state::reduce_only);
}

TEST_CASE("a timed order does not end what was ordered for longer") {
  running r;
  const auto refused = [&](const state_order& wanted) {
    const auto done = r.subject.order(wanted, at(500ms));
    CHECK(done.records.empty());
    return done.refusal;
  };
  SECTION("without an end") {
    r.order(ordered(trading_state::halted), 0);
    const auto words = refused(ordered(trading_state::halted, 1min));
    CHECK(words.find("halted was ordered by alice without an end") != std::string::npos);
    CHECK_FALSE(refused(ordered(trading_state::reduce_only, 1min)).empty());
    r.order(ordered(trading_state::reduce_only), 600);
  }
  SECTION("with a later end") {
    r.order(ordered(trading_state::reduce_only, 1h), 0);
    CHECK_FALSE(refused(ordered(trading_state::halted, 30min)).empty());
    r.order(ordered(trading_state::halted, 1h), 600);
  }
  SECTION("active first, and then it may") {
    r.order(ordered(trading_state::halted), 0);
    r.order(ordered(trading_state::active), 100);
    r.order(ordered(trading_state::halted, 1min), 600);
  }
}

TEST_CASE("an order that means nothing is refused and changes nothing") {
  running r;
  const auto [wanted, words] = GENERATE(table<state_order, std::string>({
      {ordered(trading_state::active, 1min), "active does not end by itself"},
      {ordered(trading_state::halted, 0ms), "0ms is out of range"},
      {ordered(trading_state::halted, -1s), "out of range"},
      {ordered(trading_state::reduce_only, trading_switch::lasts_max + 1ms), "up to 7d"},
      {{trading_state::active, {}, "halt_file", "forged"}, "halt_file is nobody's name"},
      {{trading_state::active, {}, "signal", "forged"}, "signal is nobody's name"},
  }));
  const auto done = r.subject.order(wanted, at(1ms));
  CHECK(done.refusal.find(words) != std::string::npos);
  CHECK(done.records.empty());
  CHECK(r.state() == trading_state::active);
}

TEST_CASE("while the halt file is there nothing less than halted is in force") {
  running r;
  r.order(ordered(trading_state::reduce_only), 0);
  r.file("disk is smoking", 10);
  CHECK(r.state() == trading_state::halted);
  CHECK(r.subject.in_force().author == halt_file_author);
  CHECK(r.subject.in_force().reason == "disk is smoking");
  const auto done = r.subject.order(ordered(trading_state::active), at(20ms));
  CHECK(done.refusal.find("remove /state/halt") != std::string::npos);
  CHECK(r.state() == trading_state::halted);
  SECTION("and when it goes what was ordered holds again") {
    r.file({}, 30);
    CHECK(r.state() == trading_state::reduce_only);
    CHECK(r.subject.in_force().author == "alice");
    CHECK(r.journal.in_force == trading_state::reduce_only);
    CHECK(r.journal.ordered.author == "alice");
    CHECK(r.journal.last.author == halt_file_author);
    CHECK(r.journal.last.reason == "/state/halt is gone: reduce_only holds again");
  }
  SECTION("and halted may be ordered meanwhile, and stays when it goes") {
    r.order(ordered(trading_state::halted), 30);
    r.file({}, 40);
    CHECK(r.state() == trading_state::halted);
    CHECK(r.restarted({}, 50).in_force().state == trading_state::halted);
  }
}

TEST_CASE("exits alone, ordered under the halt file, hold once it is gone") {
  running r;
  r.file("fire", 0);
  r.order(ordered(trading_state::reduce_only), 10);
  CHECK(r.state() == trading_state::halted);
  CHECK(r.journal.in_force == trading_state::halted);
  CHECK(r.restarted("fire", 20).in_force().state == trading_state::halted);
  CHECK(r.restarted({}, 20).in_force().state == trading_state::reduce_only);
  r.file({}, 30);
  CHECK(r.state() == trading_state::reduce_only);
  CHECK(r.subject.in_force().author == "alice");
}

TEST_CASE("a restart with the clock set back gives a timed order no more time than it had") {
  running r;
  r.order(ordered(trading_state::halted, 10s), 60'000);
  auto behind = at(61s);
  behind.wall.ms -= 6 * 3'600'000;
  trading_switch next{path};
  next.resume(r.journal.ordered, r.journal.in_force, {}, behind);
  CHECK(next.next_deadline() == behind.steady + 10s);
}

TEST_CASE("a time that runs out while the halt file is there ends nothing but the order") {
  running r;
  r.file("fire", 10);
  r.order(ordered(trading_state::halted, 1s), 30);
  r.tick(2'000);
  CHECK(r.state() == trading_state::halted);
  r.file({}, 3'000);
  CHECK(r.state() == trading_state::active);
  CHECK(r.restarted({}, 4'000).in_force().state == trading_state::active);
}

TEST_CASE("a halt file that is still there is told once, and again when it says something else") {
  running r;
  r.file("one", 0);
  r.file("one", 10);
  CHECK(r.journal.written == 1);
  r.file("two", 20);
  CHECK(r.journal.written == 2);
  CHECK(r.subject.in_force().reason == "two");
}

TEST_CASE("a signal restricts and never permits more") {
  running r;
  r.signal(trading_state::reduce_only, 0);
  CHECK(r.state() == trading_state::reduce_only);
  CHECK(r.subject.in_force().author == signal_author);
  r.signal(trading_state::halted, 10);
  CHECK(r.state() == trading_state::halted);
  r.signal(trading_state::reduce_only, 20);
  CHECK(r.state() == trading_state::halted);
  CHECK(r.journal.written == 2);
  SECTION("an order may permit more again") {
    r.order(ordered(trading_state::active), 30);
    CHECK(r.state() == trading_state::active);
  }
}

TEST_CASE("a signal takes the end from a stricter order") {
  running r;
  r.order(ordered(trading_state::halted, 1s), 0);
  r.signal(trading_state::reduce_only, 500);
  r.tick(2'000);
  CHECK(r.state() == trading_state::halted);
}

TEST_CASE("a signal while the halt file is there holds when it is gone") {
  running r;
  r.file("fire", 0);
  r.signal(trading_state::reduce_only, 10);
  CHECK(r.state() == trading_state::halted);
  CHECK(r.journal.in_force == trading_state::halted);
  CHECK(r.restarted({}, 20).in_force().state == trading_state::reduce_only);
  r.file({}, 30);
  CHECK(r.state() == trading_state::reduce_only);
}

TEST_CASE("closing an account for entries restricts without an end, and leaves a halt as it is") {
  running r;
  SECTION("by whoever does it first") {
    r.close("carol", 0);
    CHECK(r.state() == trading_state::reduce_only);
    CHECK(r.subject.in_force().author == "carol");
    CHECK(r.subject.in_force().reason == "get out");
    r.close("dave", 10);
    CHECK(r.journal.written == 1);
    CHECK(r.restarted({}, 20).in_force().author == "carol");
  }
  SECTION("also where it was closed for a time") {
    r.order(ordered(trading_state::reduce_only, 1s), 0);
    r.close("carol", 10);
    CHECK_FALSE(r.subject.next_deadline());
    r.tick(2'000);
    CHECK(r.state() == trading_state::reduce_only);
    CHECK(r.subject.in_force().author == "carol");
  }
  SECTION("a halt keeps its author and its end") {
    r.order(ordered(trading_state::halted, 1s), 0);
    r.close("carol", 10);
    CHECK(r.journal.written == 1);
    CHECK(r.subject.in_force().author == "alice");
    r.tick(1'000);
    CHECK(r.state() == trading_state::active);
  }
  SECTION("nothing is ordered for after a halt file") {
    r.file("fire", 0);
    r.close("carol", 10);
    r.file({}, 20);
    CHECK(r.state() == trading_state::active);
  }
}

TEST_CASE("a restart takes up what was ordered, with the time that is left") {
  running r;
  r.order(ordered(trading_state::reduce_only, 10s), 0);
  auto next = r.restarted({}, 4'000);
  CHECK(r.journal.written == 1);
  CHECK(next.in_force().state == trading_state::reduce_only);
  CHECK(next.next_deadline() == at(10s).steady);
  SECTION("and what ran out while nobody was there has ended, with a record") {
    const auto later = r.restarted({}, 11'000);
    CHECK(later.in_force().state == trading_state::active);
    CHECK(r.journal.written == 2);
    CHECK(r.journal.ordered.author == gate_author);
  }
}

TEST_CASE("a restart halts by a file that came, and goes on without one that went") {
  running r;
  r.order(ordered(trading_state::reduce_only), 0);
  const auto halted = r.restarted("fire", 10);
  CHECK(halted.in_force().state == trading_state::halted);
  CHECK(r.journal.in_force == trading_state::halted);
  CHECK(r.journal.ordered.state == trading_state::reduce_only);
  const auto after = r.restarted({}, 20);
  CHECK(after.in_force().state == trading_state::reduce_only);
  CHECK(r.journal.in_force == trading_state::reduce_only);
  CHECK(r.journal.ordered.author == "alice");
  CHECK(r.journal.last.author == halt_file_author);
  CHECK(r.journal.last.reason == "/state/halt is gone: reduce_only holds again");
}

TEST_CASE("a process that ends for a fault permits nothing, and the next one is not bound by it") {
  running r;
  r.subject.stop("stage gate ended", at(10ms));
  CHECK(r.state() == trading_state::halted);
  CHECK_FALSE(r.subject.order(ordered(trading_state::active), at(20ms)).refusal.empty());
  r.file("fire", 30);
  r.file({}, 40);
  CHECK(r.state() == trading_state::halted);
  CHECK(r.restarted({}, 50).in_force().state == trading_state::active);
}

TEST_CASE("what is in force never permits more than any input, and the journal knows it") {
  CHECK(rc::check("switch", [] {
    running r;
    auto expected = trading_state::active;
    constexpr int never = 1'000'000;  // Beyond every step of this test.
    int ends = never;
    bool filed = false;
    int ms = 0;
    const auto some_state = [] { return static_cast<trading_state>(*rc::gen::inRange(0, 3)); };
    const int steps = *rc::gen::inRange(1, 30);
    for (int i = 0; i < steps; ++i) {
      ms += *rc::gen::inRange(1, 500);
      r.tick(ms);
      if (ends <= ms) {
        expected = trading_state::active;
        ends = never;
      }
      switch (*rc::gen::inRange(0, 5)) {
        case 0: {
          const auto to = some_state();
          std::optional<milliseconds> lasts;
          if (to != trading_state::active && *rc::gen::arbitrary<bool>())
            lasts = milliseconds{*rc::gen::inRange(1, 1'000)};
          const auto done = r.subject.order(ordered(to, lasts), at(milliseconds{ms}));
          // Not an order whose end would lift what somebody ordered for longer.
          const bool too_short =
              lasts && expected != trading_state::active && ends > ms + lasts->count();
          RC_ASSERT(done.refusal.empty() ==
                    ((!filed || to != trading_state::active) && !too_short));
          r.journal.take(done.records, at(milliseconds{ms}));
          if (!done.refusal.empty())
            break;
          expected = to;
          ends = lasts ? ms + static_cast<int>(lasts->count()) : never;
          break;
        }
        case 1: {
          const auto to = some_state();
          r.signal(to, ms);
          if (stricter(expected, to) != expected || ends != never)
            ends = never;
          expected = stricter(expected, to);
          break;
        }
        case 2:
          r.close("carol", ms);
          if (!filed && expected != trading_state::halted) {
            expected = trading_state::reduce_only;
            ends = never;
          }
          break;
        default:
          filed = *rc::gen::arbitrary<bool>();
          r.file(filed ? std::optional<std::string>("fire") : std::nullopt, ms);
      }
      RC_ASSERT(r.state() == (filed ? trading_state::halted : expected));
      RC_ASSERT(r.journal.in_force == r.state());
      auto copy = r;
      RC_ASSERT(copy.restarted(std::nullopt, ms).in_force().state == expected);
    }
  }));
}
