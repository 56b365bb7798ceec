// The directory, the mark board and the universe board.
#include <thread>

#include "sluice/truth/age_summary.hpp"
#include "sluice/truth/mark_board.hpp"
#include "sluice/truth/symbol_directory.hpp"
#include "sluice/truth/universe_board.hpp"
#include "support/catch.hpp"
#include "truth/builders.hpp"

using namespace sluice;
using namespace sluice::test;

TEST_CASE("a symbol keeps the number it was given first") {
  symbol_directory directory{4};
  CHECK(*directory.intern(symbol{"A"}) == 0);
  CHECK(*directory.intern(symbol{"B"}) == 1);
  CHECK(*directory.intern(symbol{"A"}) == 0);
  CHECK(directory.size() == 2);
  CHECK(directory.find(symbol{"B"}) == symbol_index{1});
  CHECK_FALSE(directory.find(symbol{"C"}));
  CHECK(directory.name_of(1) == symbol{"B"});
  CHECK(directory.name_of(2).empty());
}

TEST_CASE("a full directory refuses new symbols and still knows the old ones") {
  symbol_directory directory{1};
  REQUIRE(directory.intern(symbol{"A"}).has_value());
  const auto refused = directory.intern(symbol{"B"});
  REQUIRE(refused.has_error());
  CHECK(refused.error().code == errc::out_of_range);
  CHECK_THAT(refused.error().text, ContainsSubstring("B"));
  CHECK(directory.intern(symbol{"A"}).has_value());
  CHECK(directory.size() == 1);
}

TEST_CASE("the empty symbol has no number") {
  symbol_directory directory{1};
  CHECK(directory.intern(symbol{}).has_error());
}

TEST_CASE("a mark is read back with its arrival, and there is none before the first") {
  auto directory = std::make_shared<symbol_directory>(2);
  const auto index = *directory->intern(symbol{"A"});
  mark_board marks{directory};
  CHECK_FALSE(marks.read(index));
  CHECK(marks.set(symbol{"A"}, price::whole(7), at(10)));
  CHECK(marks.read(symbol{"A"}) == mark_view{price::whole(7), at(10)});
}

TEST_CASE("a mark that is not positive, or of a stranger, is refused and keeps the last") {
  auto directory = std::make_shared<symbol_directory>(2);
  REQUIRE(directory->intern(symbol{"A"}).has_value());
  mark_board marks{directory};
  REQUIRE(marks.set(symbol{"A"}, price::whole(7), at(10)));
  CHECK_FALSE(marks.set(symbol{"A"}, price{}, at(20)));
  CHECK_FALSE(marks.set(symbol{"B"}, price::whole(1), at(20)));
  CHECK_FALSE(marks.set(symbol_index{99}, price::whole(1), at(20)));
  CHECK(marks.read(symbol{"A"})->as_of == at(10));
  CHECK_FALSE(marks.read(symbol{"B"}));
}

TEST_CASE("a reader keeps its universe while another takes its place") {
  universe_board board;
  const auto none = board.current();
  REQUIRE(none);
  CHECK(none->instruments.empty());
  auto next = std::make_shared<universe>();
  next->source = universe_source::live;
  board.set(next);
  CHECK(none->source == universe_source::none);
  CHECK(board.current()->source == universe_source::live);
  board.set(nullptr);
  CHECK(board.current()->source == universe_source::live);
}

TEST_CASE("rules of one symbol live as long as somebody holds them, whatever is listed next") {
  universe_board board;
  CHECK_FALSE(board.rules_of(symbol{"A"}));
  auto listed = std::make_shared<universe>();
  instrument_rules rules;
  rules.instrument = symbol{"A"};
  rules.quote_asset = "a quote asset that no small string holds in itself";
  listed->instruments = {rules};
  listed->rebuild_index();
  board.set(std::move(listed));
  const auto held = board.rules_of(symbol{"A"});
  board.set(std::make_shared<universe>());
  REQUIRE(held);
  CHECK(held->quote_asset == rules.quote_asset);
  CHECK_FALSE(board.rules_of(symbol{"A"}));
}

TEST_CASE("ages are summed up by nearest rank and rounded up") {
  using std::chrono::microseconds;
  CHECK(summarise_ages({}) == age_summary{});
  std::vector<duration> ages;
  for (int i = 100; i >= 1; --i)
    ages.emplace_back(milliseconds{i});
  CHECK(summarise_ages(ages) ==
        age_summary{100, milliseconds{50}, milliseconds{99}, milliseconds{100}});
  CHECK(summarise_ages({microseconds{1}}).max == milliseconds{1});
  CHECK(summarise_ages({milliseconds{-5}}).max == milliseconds{0});
}
