// Times and durations as people write them.
#include "sluice/domain/time.hpp"

#include <rapidcheck.h>

#include "support/catch.hpp"

using namespace sluice;
using namespace std::chrono_literals;

TEST_CASE("durations carry their unit") {
  CHECK(parse_duration("250ms").value() == 250ms);
  CHECK(parse_duration("1m30s").value() == 90s);
  CHECK(parse_duration("2d3h").value() == 51h);
  const std::string text = GENERATE("", "10", "s", "10 s", "-1s", "1.5s", "1s1s", "1ms1s", "10sec",
                                    "99999999999999999999s", "9223372036854775807d", "∞");
  INFO(text);
  CHECK_FALSE(parse_duration(text).has_value());
}

TEST_CASE("a duration reads back as it was written") {
  CHECK(rc::check([] {
    const milliseconds d{*rc::gen::inRange<std::int64_t>(0, 1'000'000'000'000)};
    RC_ASSERT(parse_duration(format_duration(d)).value() == d);
  }));
}

TEST_CASE("RFC 3339 times read back as they were written") {
  CHECK(format_rfc3339({1'790'770'782'215}) == "2026-09-30T12:19:42.215Z");
  CHECK(parse_rfc3339("2026-09-30T12:19:42.215Z").value().ms == 1'790'770'782'215);
  CHECK(parse_rfc3339("2024-02-29T00:00:00+00:00").value().ms == 1'709'164'800'000);
  CHECK(parse_rfc3339("2026-09-30T12:19:42.2159999Z").value().ms == 1'790'770'782'215);
  CHECK(rc::check([] {
    const wall_time t{*rc::gen::inRange<std::int64_t>(0, 4'000'000'000'000)};
    RC_ASSERT(parse_rfc3339(format_rfc3339(t)).value() == t);
  }));
}

TEST_CASE("text that is not an RFC 3339 time in UTC is refused") {
  const std::string text =
      GENERATE("", "2026-09-30", "2026-09-30T12:19:42", "2026-09-30T12:19:42+02:00",
               "2026-02-30T00:00:00Z", "2026-13-01T00:00:00Z", "2026-09-30T24:00:00Z",
               "2026-09-30T12:19:42.Z", "2026-09-30T12:19:42.1234567890Z", "2026/09/30T12:19:42Z");
  INFO(text);
  CHECK_FALSE(parse_rfc3339(text).has_value());
}
