// Which reads the gate asks for: once at a time, with a pause after each, and exits before entries.
#include "sluice/gate/urgent_reads.hpp"

#include "gate_builders.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::test;

namespace {

const position_key bitcoin{symbol("BTCUSDT"), position_side::both};

instant after(int ms) {
  return start + milliseconds{ms};
}

read_wanted by(lane traffic, int newer_than_ms = 0) {
  return {bitcoin, traffic, after(newer_than_ms)};
}

urgent_reads some_reads() {
  return {milliseconds{1'000}, milliseconds{5'000}};
}

}  // namespace

TEST_CASE("a position is asked for once at a time, and after a failure not before the pause ends") {
  auto reads = some_reads();
  CHECK(reads.ask(by(lane::entry), after(0)));
  CHECK_FALSE(reads.ask(by(lane::entry), after(1)));
  reads.finished({bitcoin, "rate_limited: none left"}, after(10));
  CHECK_FALSE(reads.ask(by(lane::entry, 500), after(1'009)));
  CHECK(reads.ask(by(lane::entry), after(1'010)));
}

TEST_CASE("an exit waits neither for an entry's read nor for the pause after it") {
  auto reads = some_reads();
  REQUIRE(reads.ask(by(lane::entry), after(0)));
  SECTION("while it is under way") {
    CHECK(reads.ask(by(lane::exit), after(5)));
  }
  SECTION("once it failed") {
    reads.finished({bitcoin, "rate_limited: the share of entries is spent"}, after(5));
    CHECK(reads.ask(by(lane::exit), after(6)));
    reads.finished({bitcoin, "timed_out"}, after(8));
  }
  SECTION("once it brought nothing that the exit can use") {
    reads.finished({bitcoin, ""}, after(5));
    CHECK(reads.ask(by(lane::exit), after(6)));
    reads.finished({bitcoin, ""}, after(8));
  }
  // Its own read is asked for once, and no entry hides behind it.
  CHECK_FALSE(reads.ask(by(lane::exit), after(9)));
  CHECK_FALSE(reads.ask(by(lane::entry), after(9)));
}

TEST_CASE("what our budget keeps from others is no reason where an exit waits") {
  auto reads = some_reads();
  const std::string none_left = "rate_limited: none left";
  const std::string away = "venue_error: away";
  const auto where = GENERATE(as<std::optional<position_key>>{}, std::nullopt, bitcoin);
  const read_done kept{where, none_left, true};
  const auto for_exits = [&] { return reads.last_failure(bitcoin, lane::exit); };
  const auto for_entries = [&] { return reads.last_failure(bitcoin, lane::entry); };
  SECTION("where the exchange has answered its own read") {
    REQUIRE(reads.ask(by(lane::exit), after(0)));
    reads.finished({bitcoin, away}, after(5));
    reads.finished(kept, after(8));
    CHECK(for_exits() == away);
    CHECK(for_entries() == none_left);
    reads.finished({where, "timed_out: no reply in time"}, after(9));
    CHECK(for_exits() == "timed_out: no reply in time");
  }
  SECTION("where nothing has answered yet, and it is asked for again") {
    REQUIRE(reads.ask(by(lane::exit), after(0)));
    reads.finished(kept, after(5));
    CHECK(for_exits().empty());
    CHECK_FALSE(reads.ask(by(lane::exit), after(1'004)));
    CHECK(reads.ask(by(lane::exit), after(1'005)));
    reads.finished({bitcoin, away}, after(1'010));
    CHECK(for_exits() == away);
  }
  SECTION("where an entry had waited before it") {
    REQUIRE(reads.ask(by(lane::entry), after(0)));
    reads.finished(kept, after(5));
    CHECK(for_entries() == none_left);
    REQUIRE(reads.ask(by(lane::exit), after(6)));
    CHECK(for_exits().empty());
  }
  SECTION("nor is what an exit of before was told, once entries alone ask") {
    REQUIRE(reads.ask(by(lane::exit), after(0)));
    reads.finished({bitcoin, away}, after(5));
    REQUIRE(reads.ask(by(lane::entry), after(1'005)));
    reads.finished(kept, after(1'010));
    CHECK(for_exits().empty());
    CHECK(for_entries() == none_left);
  }
  SECTION("but where it is the exit's own read") {
    REQUIRE(reads.ask(by(lane::exit), after(0)));
    reads.finished({bitcoin, away}, after(5));
    reads.finished({where, none_left}, after(8));
    CHECK(for_exits() == none_left);
  }
  reads.finished({where, {}}, after(2'000));
  CHECK(for_exits().empty());
  CHECK(for_entries().empty());
}

TEST_CASE("what our budget keeps from others takes no exit's right to newer truth") {
  auto reads = some_reads();
  REQUIRE(reads.ask(by(lane::exit), after(0)));
  reads.finished({bitcoin, {}}, after(100));
  reads.finished({std::nullopt, "rate_limited: none left", true}, after(300));
  // A fill came in between: the read before it says too little.
  CHECK_FALSE(reads.ask(by(lane::entry, 400), after(400)));
  CHECK(reads.ask(by(lane::exit, 400), after(400)));
}

TEST_CASE("a read that was lost is asked for again") {
  auto reads = some_reads();
  REQUIRE(reads.ask(by(lane::exit), after(0)));
  CHECK_FALSE(reads.ask(by(lane::exit), after(4'999)));
  CHECK(reads.due(after(5'000)) == std::vector{bitcoin});
  CHECK(reads.ask(by(lane::exit), after(5'000)));
}
