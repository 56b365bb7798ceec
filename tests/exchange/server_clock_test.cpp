// The venue's clock by midpoint, with its bound, carried by the steady clock alone.
#include "sluice/exchange/server_clock.hpp"

#include <rapidcheck.h>

#include <limits>

#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::exchange;

namespace {

instant at(std::int64_t ms) {
  return instant(milliseconds(ms));
}

}  // namespace

TEST_CASE("a sample belongs to the middle of its round trip") {
  server_clock clock(at(0), wall_time{1'000});
  REQUIRE_FALSE(clock.measured());
  CHECK(clock.now(at(500)).ms == 1'500);
  REQUIRE(clock.observe(at(1'000), at(1'300), venue_time{50'000}) == clock_sample::kept);
  CHECK(clock.measured());
  CHECK(clock.now(at(1'150)).ms == 50'000);
  CHECK(clock.now(at(2'150)).ms == 51'000);
  CHECK(clock.steady_at(venue_time{51'000}) == at(2'150));
  CHECK(clock.error_at(at(1'150)) == milliseconds(151));
}

TEST_CASE("the true time lies within the bound, however the round trip is split") {
  CHECK(rc::check([] {
    const auto ahead = *rc::gen::inRange<std::int64_t>(-100'000, 100'000);
    const auto out = *rc::gen::inRange<std::int64_t>(0, 3'000);
    const auto back = *rc::gen::inRange<std::int64_t>(0, 3'000);
    server_clock clock(at(0), wall_time{1'000'000});
    const std::int64_t sent = 10'000;
    clock.observe(at(sent), at(sent + out + back), venue_time{1'000'000 + sent + out + ahead});
    const auto now = at(sent + out + back);
    const auto truth = 1'000'000 + sent + out + back + ahead;
    RC_ASSERT(std::abs(clock.now(now).ms - truth) <= clock.error_at(now).count());
  }));
}

TEST_CASE("a worse sample that agrees is not taken, a better or contradicting one is") {
  server_clock clock(at(0), wall_time{0});
  REQUIRE(clock.observe(at(0), at(20), venue_time{5'000}) == clock_sample::kept);
  CHECK(clock.observe(at(1'000), at(1'400), venue_time{6'150}) == clock_sample::refused);
  CHECK(clock.observe(at(2'000), at(2'010), venue_time{6'995}) == clock_sample::kept);
  CHECK(clock.observe(at(3'000), at(3'400), venue_time{99'000}) == clock_sample::after_standstill);
  CHECK(clock.now(at(3'200)).ms == 99'000);
}

TEST_CASE("a venue that is further on than the steady clock can explain says that it stood still") {
  using enum clock_sample;
  server_clock clock(at(0), wall_time{0});
  CHECK(clock.observe(at(0), at(20), venue_time{5'000'000}) == kept);  // Against a mere seed.
  CHECK(clock.observe(at(1'000), at(1'010), venue_time{5'001'900}) == kept);  // Less than a second.
  CHECK(clock.observe(at(2'000), at(2'010), venue_time{4'999'000}) == kept);  // Back.
  CHECK(clock.observe(at(3'000), at(3'010), venue_time{5'060'000}) == after_standstill);
  CHECK(clock.observe(at(4'000), at(4'008), venue_time{5'060'999}) == kept);
}

TEST_CASE("slow answers about the time do not look like a standstill") {
  server_clock clock(at(0), wall_time{0});
  REQUIRE(clock.observe(at(0), at(20), venue_time{5'000}) == clock_sample::kept);
  // 3.9 s on, of which 3 are the way.
  CHECK(clock.observe(at(10'000), at(16'000), venue_time{21'890}) == clock_sample::kept);
}

TEST_CASE("an old bound widens until a worse sample is welcome") {
  server_clock clock(at(0), wall_time{0});
  REQUIRE(clock.observe(at(0), at(20), venue_time{5'000}) == clock_sample::kept);
  CHECK(clock.error_at(at(600'010)) == milliseconds(131));
  CHECK(clock.observe(at(3'600'000), at(3'600'400), venue_time{3'605'190}) == clock_sample::kept);
}

TEST_CASE("nonsense neither moves the clock nor overflows it") {
  server_clock clock(at(0), wall_time{1'000});
  CHECK(clock.observe(at(10), at(5), venue_time{5'000}) == clock_sample::refused);
  CHECK(clock.observe(at(0), at(5), venue_time{-1}) == clock_sample::refused);
  CHECK(clock.observe(at(0), at(5), venue_time{std::numeric_limits<std::int64_t>::max()}) ==
        clock_sample::refused);
  CHECK_FALSE(clock.measured());
  CHECK(clock.steady_at(venue_time{std::numeric_limits<std::int64_t>::max()}) > at(0));
  CHECK(clock.steady_at(venue_time{std::numeric_limits<std::int64_t>::min()}) < at(0));
}
