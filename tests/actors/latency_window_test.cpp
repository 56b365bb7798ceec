// What the last reads say of how long a read takes.
#include "latency_window.hpp"

#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::actors;
using namespace std::chrono_literals;

namespace {

instant at_ms(std::int64_t ms) {
  return instant{} + duration{milliseconds{ms}};
}

}  // namespace

TEST_CASE("few slow reads among many say nothing, many do") {
  latency_window window;
  CHECK(window.high(at_ms(0)) == 0ms);
  std::int64_t now = 0;
  for (int i = 0; i < 61; ++i)
    window.add(150ms, at_ms(now += 500));
  for (int i = 0; i < 3; ++i)
    window.add(3'000ms, at_ms(now += 500));
  CHECK(window.high(at_ms(now)) == 150ms);
  window.add(3'000ms, at_ms(now += 500));
  CHECK(window.high(at_ms(now)) == 3'000ms);
}

TEST_CASE("slow reads are over when the newest are fast, also when reads have become rare") {
  latency_window window;
  std::int64_t now = 0;
  for (int i = 0; i < 60; ++i)
    window.add(150ms, at_ms(now += 500));
  for (int i = 0; i < 8; ++i)
    window.add(3'600ms, at_ms(now += 3'600));
  REQUIRE(window.high(at_ms(now)) == 3'600ms);
  window.add(150ms, at_ms(now += 3'600));
  CHECK(window.high(at_ms(now)) == 3'600ms);  // One may be luck.
  window.add(150ms, at_ms(now += 3'600));
  CHECK(window.high(at_ms(now)) == 150ms);
}

TEST_CASE("where every read is slow no pause between them makes it fast") {
  latency_window window;
  std::int64_t now = 0;
  for (int i = 0; i < 64; ++i)
    window.add(3'600ms, at_ms(now += 20'000));
  CHECK(window.high(at_ms(now + 60'000)) == 3'600ms);
}
