// Log lines as JSON: always one valid object on one line, whatever their values hold.
#include <array>
#include <boost/json.hpp>
#include <limits>

#include "sluice/status/log_field.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::status;

namespace {

constexpr wall_time some_time{1795398660250};

template <std::size_t N>
std::string line_of(const std::array<field, N>& fields) {
  return format_json_line(some_time, log_level::warn, "gate", "plan_judged", fields);
}

boost::json::object object_of(const std::string& line) {
  CHECK(line.find('\n') == std::string::npos);
  return boost::json::parse(line).as_object();
}

}  // namespace

TEST_CASE("a JSON line holds time, level, component, event and its fields") {
  const std::string owned{"two words"};
  CHECK(line_of(std::array{field{"plan", plan_id{"a-1"}}, field{"note", owned}, field{"count", -3},
                           field{"left", std::size_t{7}}, field{"done", true},
                           field{"age", milliseconds{250}}, field{"share", 0.5},
                           field{"q", quantity::from_raw(-50'000'000)}, field{"word", "true"}}) ==
        R"({"ts":")" + format_rfc3339(some_time) +
            R"(","level":"warn","component":"gate","event":"plan_judged","plan":"a-1",)"
            R"("note":"two words","count":-3,"left":7,"done":true,"age":"250ms","share":0.5,)"
            R"("q":"-0.5","word":"true"})");
}

TEST_CASE("a value can neither end a JSON line nor break its object") {
  struct injection {
    const char* value;
    const char* expected;
  };
  const injection cases[] = {
      {"x\n{\"ts\":\"forged\"}", R"(x\n{\"ts\":\"forged\"})"},
      {"say \"x\" \\", R"(say \"x\" \\)"},
      {"a\r\tb", R"(a\r\tb)"},
      {"\x1b[2J\x7f", R"(\u001b[2J\u007f)"},
      {"\xc2\x9b[2J", R"(\u009b[2J)"},
      {"\xe2\x80\xa8next", R"(\u2028next)"},
      {"\xe2\x80\xaetxt", R"(\u202etxt)"},
      {"\xff\xc0\xaf", R"(\\xff\\xc0\\xaf)"},
      {"\xe5\xb8\x81USDT", "\xe5\xb8\x81USDT"},
      {"", ""},
  };
  for (const auto& c : cases) {
    CAPTURE(c.expected);
    const auto line = line_of(std::array{field{"v", std::string_view{c.value}}});
    CHECK(line.ends_with(std::string{R"(,"v":")"} + c.expected + "\"}"));
    CHECK(object_of(line).size() == 5);
  }
}

TEST_CASE("numbers that JSON has no word for are texts") {
  const auto o =
      object_of(line_of(std::array{field{"a", std::numeric_limits<double>::infinity()},
                                   field{"b", std::numeric_limits<double>::quiet_NaN()},
                                   field{"c", std::numeric_limits<std::uint64_t>::max()}}));
  CHECK(o.at("a").is_string());
  CHECK(o.at("b").is_string());
  CHECK(o.at("c").as_uint64() == std::numeric_limits<std::uint64_t>::max());
}

TEST_CASE("no field can stand in for what every JSON line has") {
  const auto o = object_of(line_of(std::array{field{"level", "debug"}, field{"level", "info"},
                                              field{"cut", "no"}, field{"", "empty"}}));
  CHECK(o.at("level") == "warn");
  CHECK(o.at("level_") == "debug");
  CHECK(o.at("level__") == "info");
  CHECK(o.at("cut_") == "no");
  CHECK(o.at("_") == "empty");
}

TEST_CASE("an endless value leaves a JSON line that is whole and says that it was cut") {
  std::string value;
  for (int i = 0; i < 10'000; ++i)
    value += "\xe5\xb8\x81";
  const auto line = line_of(std::array{field{"v", value}, field{"after", 1}});
  CHECK(line.size() <= log_line_size_max);
  CHECK(line.size() > log_line_size_max - 16);
  const auto o = object_of(line);
  CHECK(o.at("cut") == true);
  CHECK_FALSE(o.contains("after"));
  CHECK(o.at("v").as_string().starts_with("\xe5\xb8\x81"));
}

TEST_CASE("no number of fields makes a JSON line too long or broken") {
  for (std::size_t length = 8'000; length < 8'300; ++length) {
    const std::string value(length, 'x');
    const auto line = line_of(std::array{field{"v", value}, field{"w", "\"\"\"\""}, field{"n", 7}});
    REQUIRE(line.size() <= log_line_size_max);
    boost::system::error_code bad;
    (void)boost::json::parse(line, bad);
    REQUIRE_FALSE(bad);
  }
}
