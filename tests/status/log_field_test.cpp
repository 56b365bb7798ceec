// Log lines: one event is one line, whatever its values hold.
#include "sluice/status/log_field.hpp"

#include <array>

#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::status;

namespace {

constexpr wall_time some_time{1795398660250};

template <std::size_t N>
std::string line_of(const std::array<field, N>& fields) {
  return format_log_line(some_time, log_level::info, "gate", "plan_judged", fields);
}

}  // namespace

TEST_CASE("a log line holds time, level, component, event and its fields") {
  const plan_id id{"a-1"};
  const std::string owned{"two words"};
  CHECK(line_of(std::array{field{"plan", id}, field{"note", owned}, field{"count", 3},
                           field{"left", std::size_t{7}}, field{"done", true},
                           field{"age", milliseconds{250}}, field{"share", 0.5},
                           field{"q", quantity::from_raw(-50'000'000)}, field{"reason", "ok"}}) ==
        format_rfc3339(some_time) +
            " INFO gate plan_judged plan=a-1 note=\"two words\" count=3 left=7 done=true age=250ms "
            "share=0.5 q=-0.5 reason=ok");
}

TEST_CASE("log values are quoted only where they must be") {
  CHECK(escape_log_value("plain-1.5:/x") == "plain-1.5:/x");
  CHECK(escape_log_value("") == "\"\"");
  CHECK(escape_log_value("a b") == "\"a b\"");
  CHECK(escape_log_value("a=b") == "\"a=b\"");
  CHECK(escape_log_value("say \"x\" \\") == "\"say \\\"x\\\" \\\\\"");
  CHECK(escape_log_value("\xe5\xb8\x81USDT") == "\"\xe5\xb8\x81USDT\"");
}

TEST_CASE("a value can neither end a log line nor drive a terminal") {
  struct injection {
    const char* value;
    const char* expected;
  };
  const injection cases[] = {
      {"x\n2026-11-23T01:51:00.250Z INFO gate forged",
       "\"x\\n2026-11-23T01:51:00.250Z INFO gate "
       "forged\""},
      {"a\r\tb", "\"a\\r\\tb\""},
      {"\x1b[2J", "\"\\x1b[2J\""},
      {"\x7f", "\"\\x7f\""},
      {"\xc2\x9b[2J", "\"\\xc2\\x9b[2J\""},
      {"\xe2\x80\xa8next", "\"\\xe2\\x80\\xa8next\""},
      {"\xe2\x80\xaetxt", "\"\\xe2\\x80\\xaetxt\""},
      {"\xff\xc0\xaf", "\"\\xff\\xc0\\xaf\""},
  };
  for (const auto& c : cases) {
    CAPTURE(c.expected);
    CHECK(escape_log_value(c.value) == c.expected);
  }
}

TEST_CASE("a stray character in a component, event or key cannot break a log line") {
  const field odd{"a b=\n", "v"};
  CHECK(format_log_line(some_time, log_level::error, "ga te", "", {&odd, 1}) ==
        format_rfc3339(some_time) + " ERROR ga_te _ a_b__=v");
}

TEST_CASE("an endless value is cut at the border of a character") {
  std::string value;
  for (int i = 0; i < 10'000; ++i)
    value += "\xe5\xb8\x81";
  const auto line = line_of(std::array{field{"v", value}});
  CHECK(line.size() <= log_line_size_max);
  CHECK(line.size() > log_line_size_max - 8);
  CHECK(line.ends_with("\xe5\xb8\x81..."));
}
