// The source tree keeps the rules of the house; every place that does not is named.
#include "rules.hpp"
#include "support/catch.hpp"

namespace sluice::structure {
namespace {

using rule = violations (*)(const source_file&);

void check_tree(rule check) {
  static const auto files = read_tree(SLUICE_SOURCE_DIR);
  REQUIRE(files.size() > 50);
  std::string broken;
  for (const auto& f : files)
    for (const auto& v : check(f))
      broken += to_string(v) + "\n";
  INFO(broken);
  CHECK(broken.empty());
}

}  // namespace

TEST_CASE("layers include only what stands before them") {
  check_tree(&check_direction);
}
TEST_CASE("each third-party library is used in its one home") {
  check_tree(&check_libraries);
}
TEST_CASE("no file is longer than 400 lines") {
  check_tree(&check_file_length);
}
TEST_CASE("no function is longer than 70 lines") {
  check_tree(&check_function_length);
}
TEST_CASE("every file begins with a sentence that says what it holds") {
  check_tree(&check_first_comment);
}
TEST_CASE("pure layers ask no clock and open no file") {
  check_tree(&check_purity);
}
TEST_CASE("nobody keeps a pointer into what a board may replace") {
  check_tree(&check_borrowing);
}

TEST_CASE("nothing is left for later in a comment") {
  check_tree(&check_leftovers);
}

}  // namespace sluice::structure
