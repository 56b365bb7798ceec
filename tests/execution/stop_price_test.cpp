// Where a protective stop belongs, and what rounding may do to it.
#include <string>

#include "sluice/execution/stop_price.hpp"
#include "support/catch.hpp"

using namespace sluice;

namespace {

price p(const std::string& text) {
  return price::parse(text).value();
}

instrument_rules with_tick(const std::string& tick) {
  instrument_rules r;
  r.tick = p(tick);
  return r;
}

}  // namespace

TEST_CASE("the wanted price is the exit's stop or the distance, rounded towards the entry") {
  struct sample {
    const char* name;
    const char* amount;
    const char* entry;
    const char* exit_amount;  // "" for no exit state.
    const char* exit_stop;    // "" for none.
    const char* wanted;       // "" for none.
  };
  const sample samples[] = {
      {"long, of the exit", "1", "100", "1", "95.03", "95.1"},
      {"short, of the exit", "-1", "100", "-1", "104.97", "104.9"},
      {"on a tick", "1", "100", "1", "95.1", "95.1"},
      {"long, by distance", "1", "100.01", "", "", "95.1"},
      {"short, by distance", "-1", "100.01", "", "", "105"},
      {"the exit has no stop", "1", "100", "1", "", "95"},
      {"an exit of the other side", "1", "100", "-1", "105", "95"},
      {"no entry known", "1", "0", "", "", ""},
      {"no entry, but an exit", "1", "0", "1", "95", "95"},
      {"below every tick for a short", "-1", "0.01", "", "", ""},
  };
  for (const auto& s : samples) {
    INFO(s.name);
    const position_open held{quantity::parse(s.amount).value(), p(s.entry)};
    std::optional<exit_state> exit;
    if (*s.exit_amount) {
      exit.emplace();
      exit->active = true;
      exit->initial = quantity::parse(s.exit_amount).value();
      if (*s.exit_stop)
        exit->stop = p(s.exit_stop);
    }
    const auto wanted = wanted_stop_price(held, exit, 500, with_tick("0.1"));
    CHECK(wanted == (*s.wanted ? std::optional(p(s.wanted)) : std::nullopt));
  }
}

TEST_CASE("without a tick, or outside the venue's prices, there is no wanted price") {
  const position_open held{quantity::whole(1), price::whole(100)};
  CHECK_FALSE(wanted_stop_price(held, {}, 500, with_tick("0")));
  auto rules = with_tick("0.1");
  rules.min_price = price::whole(96);
  CHECK_FALSE(wanted_stop_price(held, {}, 500, rules));
  rules.min_price = {};
  rules.max_price = price::whole(94);
  CHECK_FALSE(wanted_stop_price(held, {}, 500, rules));
}

TEST_CASE("nearness is counted in basis points of what is wanted") {
  CHECK(is_near(p("100.05"), p("100"), 5));
  CHECK_FALSE(is_near(p("100.06"), p("100"), 5));
  CHECK(is_near(p("100"), p("100"), 0));
  CHECK(is_crossed(side::sell, p("95"), p("95")));
  CHECK_FALSE(is_crossed(side::sell, p("95"), p("95.1")));
  CHECK(is_crossed(side::buy, p("105"), p("105")));
  CHECK_FALSE(is_crossed(side::buy, p("105"), p("104.9")));
}
