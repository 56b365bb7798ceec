// Widths, colours, and tables that fit.
#include "terminal.hpp"
#include "support/catch.hpp"
#include "text_table.hpp"

namespace sluice::cli {
namespace {

using lines = std::vector<std::string>;

TEST_CASE("colours need a terminal that nobody forbade, unless they are ordered") {
  struct row {
    const char* name;
    color_choice chosen;
    color_world world;
    bool wanted;
  };
  const row rows[]{
      {"a terminal", color_choice::automatic, {true, false, false}, true},
      {"a pipe", color_choice::automatic, {false, false, false}, false},
      {"NO_COLOR", color_choice::automatic, {true, true, false}, false},
      {"a dumb terminal", color_choice::automatic, {true, false, true}, false},
      {"always, into a pipe", color_choice::always, {false, true, true}, true},
      {"never, on a terminal", color_choice::never, {true, false, false}, false},
  };
  for (const auto& r : rows) {
    INFO(r.name);
    CHECK(wants_color(r.chosen, r.world) == r.wanted);
  }
  CHECK(painter(true)(tone::bad, "x") == "\x1b[1;31mx\x1b[0m");
  CHECK(painter(true)(tone::plain, "x") == "x");
  CHECK(painter(false)(tone::bad, "x") == "x");
}

TEST_CASE("what could drive a terminal does not get there") {
  CHECK(printable("a\x1b[2Jb\nc\x7f") == "a [2Jb c ");
  CHECK(printable("a\xc2\x9b"
                  "2Jb") == "a 2Jb");
  CHECK(printable("größer …") == "größer …");
}

TEST_CASE("widths count characters, not bytes and not colours") {
  CHECK(width_of("größer") == 6);
  CHECK(width_of(painter(true)(tone::good, "größer")) == 6);
  CHECK(cut("größer", 6) == "größer");
  CHECK(cut("größer", 4) == "grö…");
  CHECK(cut("größer", 0).empty());
  CHECK(cut(painter(true)(tone::good, "active now"), 4) == "\x1b[32mact…\x1b[0m");
}

TEST_CASE("texts are broken at blanks, and words that are too long anywhere") {
  CHECK(wrapped("one two three", 7) == lines{"one two", "three"});
  CHECK(wrapped("one  two", 80) == lines{"one two"});
  CHECK(wrapped("", 10) == lines{""});
  CHECK(wrapped("a bcdefghijk l", 5) == lines{"a", "bcdef", "ghijk", "l"});
  CHECK(hanging("cure: ", "wait until it is over and then go on", 26) ==
        "cure: wait until it is\n      over and then go on\n");
}

TEST_CASE("no line of a hanging text is wider than the terminal") {
  const std::string text(
      "the oldest truth is 171 s old, promised are 10 s: snapshot.strategy=per_symbol/566");
  for (std::size_t width = 40; width < 120; ++width)
    for (const auto& line : wrapped(hanging("  seen    ", text, width), width))
      CHECK(width_of(line) <= width);
}

text_table a_table() {
  text_table t({{"SYMBOL"},
                {"AMOUNT", align::right},
                {"ENTRY", align::right, 2},
                {"EMPTY"},
                {"NOTE", align::left, 0, true}});
  t.add({{"BTCUSDT"}, {"0.01"}, {"60000"}, {""}, {"a note that is long"}});
  t.add({{"ETH"}, {"-12.5", tone::bad}, {"3000"}, {""}, {"short"}});
  return t;
}

TEST_CASE("a table aligns its columns and leaves out those that are empty") {
  CHECK(a_table().draw(80, painter(false)) ==
        "  SYMBOL   AMOUNT  ENTRY  NOTE\n"
        "  BTCUSDT    0.01  60000  a note that is long\n"
        "  ETH       -12.5   3000  short\n");
}

TEST_CASE("a table that is too wide loses its least important column, then cuts") {
  CHECK(a_table().draw(40, painter(false)) ==
        "  SYMBOL   AMOUNT  NOTE\n"
        "  BTCUSDT    0.01  a note that is long\n"
        "  ETH       -12.5  short\n");
  CHECK(a_table().draw(32, painter(false)) ==
        "  SYMBOL   AMOUNT  NOTE\n"
        "  BTCUSDT    0.01  a note that …\n"
        "  ETH       -12.5  short\n");
}

TEST_CASE("colours change no column") {
  const auto colored = a_table().draw(80, painter(true));
  CHECK(colored.find("\x1b[1;31m-12.5\x1b[0m   3000") != std::string::npos);
}

}  // namespace
}  // namespace sluice::cli
