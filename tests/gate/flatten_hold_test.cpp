// What a flatten lets through at the gate: exits of everybody, and nothing that opens.
#include "gate_fixture.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::test;

namespace {

flatten_order a_flatten(const char* scope) {
  return {3, symbol{scope}, "alice", "drill", {1'000}, {2'000}};
}

void set_flatten(gate_fixture& g, const char* scope) {
  g.core.flatten_set(a_flatten(scope), at(milliseconds{0}), g.out);
}

}  // namespace

TEST_CASE("while a flatten runs what it covers may not be opened") {
  struct row {
    const char* name;
    const char* scope;
    bool refused;
  };
  for (const auto& r : {row{"this symbol", "BTCUSDT", true}, row{"the account", "", true},
                        row{"another symbol", "ETHUSDT", false}}) {
    INFO(r.name);
    gate_fixture g;
    g.truth_is(position_flat{}, 0);
    set_flatten(g, r.scope);
    g.submit(an_open("o"), 0);
    CHECK(g.allowed("o") == !r.refused);
    if (!r.refused)
      continue;
    CHECK(g.reason("o") == refusal_code::reconcile_hold_active);
    CHECK(g.verdict_of("o").seen.held->cause == hold_cause::flatten);
    CHECK(g.verdict_of("o").seen.held->evidence == "ordered by alice: drill");
    g.core.flatten_cleared(3);
    g.submit(an_open("later"), 0);
    CHECK(g.allowed("later"));
  }
}

TEST_CASE("exits pass a flatten whoever sends them, and a flatten's exits pass any hold") {
  struct row {
    const char* name;
    std::optional<hold_cause> cause;
    const char* source;
    bool blocks;
    bool allowed;
  };
  const row rows[]{{"an exit under a flatten alone", {}, "exit_engine", true, true},
                   {"a person's exit under a flatten alone", {}, "alice", true, true},
                   {"a hold that stops exits", hold_cause::side_flip, "exit_engine", true, false},
                   {"the same for the flatten", hold_cause::side_flip, "flatten", true, true},
                   {"a hold that does not", hold_cause::side_flip, "exit_engine", false, true}};
  for (const auto& r : rows) {
    INFO(r.name);
    gate_settings s;
    s.limits.hold_blocks_reduce = r.blocks;
    gate_fixture g(s);
    g.truth_is(holding("0.2").content, 0);
    set_flatten(g, "BTCUSDT");
    if (r.cause)
      g.core.hold_set({.id = 1, .position = btc(), .cause = *r.cause}, at(milliseconds{0}), g.out);
    auto p = a_reduce("r");
    p.source = source_id{r.source};
    g.submit(p, 0);
    CHECK(g.allowed("r") == r.allowed);
  }
}

TEST_CASE("the flatten is an own source: no list of the configuration stops it") {
  gate_settings s;
  s.exit_sources = {source_id{"somebody"}};
  gate_fixture g(s);
  g.truth_is(holding("0.2").content, 0);
  auto p = a_reduce("r");
  p.source = source_id{std::string{flatten_source}};
  g.submit(p, 0);
  CHECK(g.allowed("r"));
}
