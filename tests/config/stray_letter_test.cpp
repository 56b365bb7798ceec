// Letters outside ASCII in a configuration: in quotes and comments, and a fault anywhere else.
#include <fmt/format.h>

#include <string>

#include "document.hpp"
#include "stray_letter.hpp"
#include "support/catch.hpp"

namespace sluice::config {
namespace {

struct stray {
  const char* text;
  place at;
};

/// The letters before, in and behind each range that toml++ has no defined behaviour for.
constexpr const char* letters[] = {
    "\u00a0", "\u00a1", "\u00e9", "\u0499", "\u049a", "\u1680", "\u2003",   "\u2028",
    "\u2c5d", "\u2c5e", "\u3000", "\u3057", "\u3058", "\ufb25", "\ufb26",   "\ufefe",
    "\ufeff", "\uff00", "\u20ac", "\x85",   "\xff",   "\xc3",   "\xe2\x82", "\U0001f600"};

}  // namespace

TEST_CASE("a letter outside ASCII is found outside of quotes and comments, with its place") {
  const stray cases[] = {
      {"m\u00e9 = 1", {1, 2}},
      {"\u00e9 = 1", {1, 1}},
      {"a = \u00e9", {1, 5}},
      {"a = 1\nb = 2 \u00e9\n", {2, 7}},
      {"# \u00e9\u00e9 \"\n'\u00e9' = \"\u00e9\" \u00e9", {2, 11}},
      {"\"\" \u00e9", {1, 4}},
      {"a = '\\'\u00e9", {1, 8}},
      {"a = \"\\\"\" \u00e9", {1, 10}},
      {"a = \"\"\"x\"\"y\\\"\"\"\"\" \u00e9", {1, 19}},
      {"a = \"\"\"\nx\"\"\"\"\" \u00e9", {2, 8}},
      {"a = '''x''''' \u00e9", {1, 15}},
      {"a = 'x\n\u00e9", {2, 1}},
      {"a = \"\\\u00e9\"", {1, 7}},
      {"a = \"\"\"\\\n  \t\u00e9\"\"\"", {2, 4}},
      {"a = \"\"\"\\ \u00e9\"\"\"", {1, 10}},
      {"\xEF\xBB\xBF\u00e9", {1, 1}},
      {"a = 1\"\u00e9\"", {1, 7}},
      {"a = [-1=\"\u00e9\"]", {1, 10}},
  };
  for (const auto& c : cases) {
    INFO(c.text);
    const auto found = find_stray_letter(c.text);
    REQUIRE(found);
    CHECK(found->line == c.at.line);
    CHECK(found->column == c.at.column);
  }
}

TEST_CASE("letters outside ASCII in quotes and comments are no fault") {
  for (const auto* text :
       {"", "a = 1", "# \u00e9", "a = 1 # \u00e9\nb = '\u00e9'", "\"\u00e9\" = \"\u00e9\\n\u00e9\"",
        "a = \"\"\"\n\u00e9\" \"\"\u00e9\\t\u00e9\"\"\"", "a = '''\u00e9' \\\u00e9'' \u00e9'''",
        "a = '\\\u00e9'", "a-1 = '\u00e9'", "a = [1,'\u00e9']",
        "a1.\"\u00e9\" = 1\n\"\u00e9\".b = 2", "a = \"\"\"\\\n  x \u00e9\"\"\"",
        "\xEF\xBB\xBF"
        "a = '\u00e9'",
        "a = \"\\"}) {
    INFO(text);
    CHECK_FALSE(find_stray_letter(text));
  }
}

TEST_CASE("wherever a letter stands, a text is read or has a fault, and each quote keeps it") {
  for (const auto* letter : letters) {
    INFO(letter);
    for (const auto* text : {" {}",
                             " {} = 1",
                             "m{} = 1",
                             "m = {}",
                             "m = 1{}",
                             "m = 1{}\n",
                             "m = tru{}",
                             "m = [1{}]",
                             "m = [{}]",
                             "m = {{ a = 1{}}}",
                             "m = 2026-01-01{}",
                             "m = 0x1{}",
                             "m.{} = 1",
                             "[m{}]",
                             "m = 1\"{}\"",
                             "m = +'{}'",
                             "m = [1\"{}\"]",
                             "m = 1=\"{}\"",
                             "m = 2026-01-01 1'{}'",
                             "m = tru\"{}\"",
                             "m = in'{}'",
                             "m = .'{}'",
                             "m = _'{}'",
                             "m'{}' = 1",
                             "m = 'x'{}",
                             "m = \"\"\"\\{}\"\"\"",
                             "m = \"\"\"\\\n{}\"\"\"",
                             "m = \"\\{}\"",
                             "m = '\n{}"})
      CHECK_FALSE(read_document(fmt::format(fmt::runtime(text), letter)).faults.empty());
  }
  for (const auto* letter : {"\u00a1", "\u00e9", "\u0499", "\u3000", "\uff1f", "\U0001f600"})
    for (const auto* text :
         {"m = '{}' # {}", "m = \"{}\"", "m = \"\"\"\n{}\"\"\"", "m = '''{}'''"}) {
      const auto read = read_document(fmt::format(fmt::runtime(text), letter, letter));
      INFO(text);
      REQUIRE(read.faults.empty());
      REQUIRE(read.root.members.size() == 1);
      CHECK(read.root.members.front().value.text == letter);
    }
}

TEST_CASE("a line with a stray letter is left out, and what follows is read") {
  const auto read = read_document("a = 1\nm\u00e9 = 2\nb = \u00e9\nc = 3\n");
  REQUIRE(read.faults.size() == 2);
  CHECK(read.faults[0].at.line == 2);
  CHECK(read.faults[0].at.column == 2);
  CHECK(read.faults[1].at.line == 3);
  REQUIRE(read.root.members.size() == 2);
  CHECK(read.root.members[1].key == "c");
}

}  // namespace sluice::config
