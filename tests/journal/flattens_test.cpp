// Flattens come back until they have ended, and a plan's story names the one it came from.
#include "builders.hpp"
#include "support/catch.hpp"

namespace sluice::journal {
namespace {

using namespace test;

flatten_order a_flatten(std::int64_t id, const char* scope) {
  return {id, symbol(scope), "mara", "drill", {1'000 + id}, {601'000 + id}};
}

TEST_CASE("a flatten comes back running until its end is written, and then with its end") {
  const directory d;
  {
    auto s = opened(d.journal());
    put(*s, flatten_ordered{a_flatten(1, "BTCUSDT")});
    put(*s, flatten_ordered{a_flatten(2, "")});
    put(*s, flatten_ended{a_flatten(1, "BTCUSDT"), flatten_end::given_up, "BTCUSDT both 0.5"});
    REQUIRE(s->commit().has_value());
  }
  const auto back = opened(d.journal())->recover().value();
  REQUIRE(back.flattens.size() == 2);
  CHECK(back.flattens[0].what == a_flatten(1, "BTCUSDT"));
  CHECK(back.flattens[0].outcome == flatten_end::given_up);
  CHECK(back.flattens[0].left == "BTCUSDT both 0.5");
  CHECK(back.flattens[0].ended_at);
  CHECK(back.flattens[1].what == a_flatten(2, ""));
  CHECK_FALSE(back.flattens[1].outcome);
  CHECK(back.last_flatten_id == 2);
}

TEST_CASE("of ended flattens the last ones come back, of running ones all") {
  const directory d;
  auto s = opened(d.journal());
  put(*s, flatten_ordered{a_flatten(1, "BTCUSDT")});
  for (std::int64_t id = 2; id <= 30; ++id) {
    put(*s, flatten_ordered{a_flatten(id, "ETHUSDT")});
    put(*s, flatten_ended{a_flatten(id, "ETHUSDT"), flatten_end::done, ""});
  }
  const auto back = s->recover().value().flattens;
  REQUIRE(back.size() == 21);
  CHECK(back.front().what.id == 11);
  CHECK(back[19].what.id == 30);
  CHECK(back.back().what.id == 1);
}

TEST_CASE("the story of a flatten's plan names its flatten, and no other plan's does") {
  const directory d;
  auto s = opened(d.journal());
  put(*s, flatten_ordered{a_flatten(1, "")});
  put(*s, flatten_ordered{a_flatten(12, "")});
  auto p = a_reduce_plan("flatten:12:ETHUSDT:both:1");
  put(*s, plan_accepted{p});
  put(*s, flatten_ended{a_flatten(12, ""), flatten_end::done, ""});
  put(*s, plan_accepted{a_reduce_plan("x")});
  REQUIRE(s->commit().has_value());
  const auto reader = read(d.journal());
  const auto told = reader->explain(p.id).value().value();
  CHECK_THAT(told, ContainsSubstring(R"("kind":"flatten_ordered")"));
  CHECK_THAT(told, ContainsSubstring(R"("kind":"flatten_ended")"));
  CHECK_THAT(told, ContainsSubstring(R"("flatten_id":12)"));
  CHECK_THAT(told, !ContainsSubstring(R"("flatten_id":1,)"));
  const auto other = reader->explain(plan_id("x")).value().value();
  CHECK_THAT(other, ContainsSubstring(R"("flatten":[])"));
  CHECK_FALSE(reader->explain(plan_id("flatten:12:made_up")).value());
}

}  // namespace
}  // namespace sluice::journal
