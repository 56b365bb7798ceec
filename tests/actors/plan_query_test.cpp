// What a list of plans may be asked for, and what is refused rather than overlooked.
#include "plan_query.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::actors;

namespace {

constexpr wall_time now{1'790'000'000'000};

plan_query_result ask(std::vector<std::pair<std::string, std::string>> parameters) {
  return read_plan_query(status::query_parameters(std::move(parameters)), now);
}

}  // namespace

TEST_CASE("each parameter restricts the list of plans in its own way") {
  const auto f = ask({{"symbol", "BTCUSDT"},
                      {"source", "alpha"},
                      {"lane", "exit"},
                      {"kind", "reduce"},
                      {"verdict", "deny"},
                      {"status", "ended"},
                      {"reason", "no_position"},
                      {"since", "10m"},
                      {"until", "2026-09-21T14:13:20Z"},
                      {"limit", "7"},
                      {"cursor", "42"}});
  REQUIRE(f);
  CHECK(f->instrument == symbol("BTCUSDT"));
  CHECK(f->source == source_id("alpha"));
  CHECK(f->traffic == lane::exit);
  CHECK(f->kind == "reduce");
  CHECK(f->outcome == verdict_kind::deny);
  CHECK(f->progress == journal::plan_progress::ended);
  CHECK(f->reason == refusal_code::no_position);
  CHECK(f->since->ms == now.ms - 600'000);
  CHECK(f->until->ms == now.ms);
  CHECK(f->limit == 7);
  CHECK(f->before_seq == 42);
  CHECK(ask({})->limit == 100);
}

TEST_CASE("a parameter that is unknown, wrong or given twice is refused by its name") {
  const std::pair<const char*, const char*> rows[] = {{"colour", "red"},
                                                      {"symbol", "BTC/USDT"},
                                                      {"source", ""},
                                                      {"lane", "left"},
                                                      {"kind", "close"},
                                                      {"verdict", "yes"},
                                                      {"status", "done"},
                                                      {"reason", "mood"},
                                                      {"since", "soon"},
                                                      {"until", "-1"},
                                                      {"limit", "0"},
                                                      {"limit", "1001"},
                                                      {"limit", "7 "},
                                                      {"limit", "7.0"},
                                                      {"cursor", "first"},
                                                      {"cursor", "0"},
                                                      {"cursor", "99999999999999999999"}};
  for (const auto& [name, value] : rows) {
    INFO(name << "=" << value);
    const auto f = ask({{name, value}});
    REQUIRE_FALSE(f);
    CHECK(f.error().front().field == name);
  }
  CHECK(ask({{"limit", "5"}, {"limit", "6"}}).error().size() == 1);
}
