// Plans whose positions nobody had seen when the process ended.
#include "builders.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::journal;
using namespace sluice::journal::test;

namespace {

void finish_an_open(store& s, const std::string& id, const char* executed) {
  const auto p = an_open_plan(id);
  put(s, plan_accepted{p});
  put(s, a_permission(p));
  put(s, plan_finished{p.id, p.instrument, plan_end::done, decimal<quantity>(executed), 1, ""});
}

exit_changed watched(const std::string& origin, bool active) {
  exit_state e;
  e.position = {symbol("BTCUSDT"), position_side::both};
  e.active = active;
  e.origin = plan_id(origin);
  return {e};
}

std::vector<std::string> opened_by(store& s) {
  REQUIRE(s.commit().has_value());
  const auto found = s.recover();
  INFO((found ? "" : found.error().text));
  REQUIRE(found.has_value());
  std::vector<std::string> ids;
  for (const auto& p : found->opened_lately)
    ids.emplace_back(p.id.str());
  return ids;
}

using names = std::vector<std::string>;

}  // namespace

TEST_CASE("an open plan that ended lately, and of whose position nothing is on record, is found") {
  const directory d;
  auto s = opened(d.journal());
  SECTION("with all it says") {
    finish_an_open(*s, "p", "0.25");
    CHECK(opened_by(*s) == names{"p"});
    CHECK(s->recover()->opened_lately[0].body == an_open_plan("p").body);
    CHECK(s->recover()->opened_lately[0].source == source_id("trend"));
  }
  SECTION("in the order of their ends") {
    finish_an_open(*s, "b", "0.25");
    finish_an_open(*s, "a", "0.25");
    CHECK(opened_by(*s) == names{"b", "a"});
  }
  SECTION("after the exit state of an earlier position") {
    put(*s, watched("o", false));
    finish_an_open(*s, "p", "0.25");
    CHECK(opened_by(*s) == names{"p"});
  }
  SECTION("not when it executed nothing") {
    finish_an_open(*s, "p", "0");
    CHECK(opened_by(*s).empty());
  }
  SECTION("not when its position was seen") {
    const bool active = GENERATE(true, false);
    put(*s, watched("p", active));
    finish_an_open(*s, "p", "0.25");
    CHECK(opened_by(*s).empty());
  }
  SECTION("not when another was seen since") {
    finish_an_open(*s, "p", "0.25");
    put(*s, watched("", false));
    CHECK(opened_by(*s).empty());
  }
  SECTION("not before its end") {
    const auto p = an_open_plan("p");
    put(*s, plan_accepted{p});
    put(*s, a_permission(p));
    CHECK(opened_by(*s).empty());
  }
  SECTION("for a day, whatever else is written") {
    finish_an_open(*s, "p", "0.25");  // Records are a second apart.
    const auto ended = s->last_seq() - 1;
    auto last = a_record(notice{"test", "later"}, ended + 86'400);
    REQUIRE(s->append(last).has_value());
    CHECK(opened_by(*s) == names{"p"});
    auto late = a_record(notice{"test", "too late"}, ended + 86'401);
    REQUIRE(s->append(late).has_value());
    CHECK(opened_by(*s).empty());
  }
}
