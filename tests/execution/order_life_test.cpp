// The order's table, checked cell by cell against the transitions as they are meant.
#include "sluice/execution/order_life.hpp"

#include <fmt/format.h>

#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>

#include "support/catch.hpp"

using namespace sluice;

namespace {

using enum order_state;
using enum order_event;

/// Every transition that changes the state; all others leave it.
const std::map<std::pair<order_state, order_event>, order_state> meant{
    {{intended, send}, sent},
    {{intended, refuse}, rejected},
    {{intended, doubt}, unknown},
    {{intended, acknowledge}, acknowledged},
    {{intended, part_fill}, partially_filled},
    {{intended, fill_all}, filled},
    {{intended, cancel}, cancelled},
    {{intended, reject}, rejected},
    {{intended, expire}, expired},
    {{sent, send_failed}, intended},
    {{sent, refuse}, rejected},
    {{sent, doubt}, unknown},
    {{sent, acknowledge}, acknowledged},
    {{sent, part_fill}, partially_filled},
    {{sent, fill_all}, filled},
    {{sent, cancel}, cancelled},
    {{sent, reject}, rejected},
    {{sent, expire}, expired},
    {{acknowledged, part_fill}, partially_filled},
    {{acknowledged, fill_all}, filled},
    {{acknowledged, cancel}, cancelled},
    {{acknowledged, reject}, rejected},
    {{acknowledged, expire}, expired},
    {{partially_filled, fill_all}, filled},
    {{partially_filled, cancel}, cancelled},
    {{partially_filled, reject}, rejected},
    {{partially_filled, expire}, expired},
    {{unknown, acknowledge}, acknowledged},
    {{unknown, part_fill}, partially_filled},
    {{unknown, fill_all}, filled},
    {{unknown, cancel}, cancelled},
    {{unknown, reject}, rejected},
    {{unknown, expire}, expired},
    {{unknown, prove_absent}, rejected},
};

}  // namespace

TEST_CASE("every state and event has the transition that is meant, or none") {
  for (std::size_t s = 0; s < order_state_count; ++s)
    for (std::size_t e = 0; e < order_event_count; ++e) {
      const auto from = static_cast<order_state>(s);
      const auto event = static_cast<order_event>(e);
      CAPTURE(to_string(from), to_string(event));
      const auto it = meant.find({from, event});
      CHECK(next_state(from, event) == (it == meant.end() ? from : it->second));
    }
}

TEST_CASE("final states are those the domain calls resolved") {
  for (std::size_t s = 0; s < order_state_count; ++s)
    CHECK(is_final(static_cast<order_state>(s)) == is_resolved(static_cast<order_state>(s)));
}

TEST_CASE("every order event has its own word") {
  std::set<std::string_view> words;
  for (std::size_t e = 0; e < order_event_count; ++e)
    words.insert(to_string(static_cast<order_event>(e)));
  CHECK(words.size() == order_event_count);
  CHECK(words.count("prove_absent") == 1);
}

namespace {

/// "send → sent · doubt → unknown": what changes the state, in the order of the events.
std::string ways_out_of(order_state from) {
  std::string ways;
  for (std::size_t e = 0; e < order_event_count; ++e) {
    const auto event = static_cast<order_event>(e);
    const auto to = next_state(from, event);
    if (to == from)
      continue;
    ways += ways.empty() ? "" : " · ";
    ways += std::string(to_string(event)) + " → " + std::string(to_string(to));
  }
  return ways;
}

/// The table as it has to stand in the README.
std::string readme_table() {
  std::string table = "| state | ways out |\n|---|---|\n";
  for (std::size_t s = 0; s < order_state_count; ++s) {
    const auto from = static_cast<order_state>(s);
    const auto ways = ways_out_of(from);
    table += "| `" + std::string(to_string(from)) + "` | " + (ways.empty() ? "none: final" : ways) +
             " |\n";
  }
  return table;
}

}  // namespace

TEST_CASE("the README's table of an order's life is that of the code") {
  std::ifstream in(fmt::format("{}/README.md", SLUICE_SOURCE_DIR));
  const std::string readme{std::istreambuf_iterator<char>(in), {}};
  INFO(readme_table());
  CHECK(readme.find(readme_table()) != std::string::npos);
}
