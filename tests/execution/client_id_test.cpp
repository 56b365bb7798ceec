// Client order ids: what the venue admits, the same in every run, never the same for two attempts.
#include "sluice/execution/client_id.hpp"

#include <rapidcheck.h>

#include <set>
#include <string>

#include "support/catch.hpp"

using namespace sluice;

TEST_CASE("an id is 36 characters that the venue admits, whatever account and plan") {
  CHECK(rc::check([](const std::string& account, const std::string& plan, int attempt) {
    const auto id = make_client_order_id(account, plan_id{plan}, attempt);
    RC_ASSERT(id.str().size() == 36U);
    RC_ASSERT(id.str().starts_with("sl-"));
    RC_ASSERT(id.str().find_first_not_of("abcdefghijklmnopqrstuvwxyz234567-") == std::string::npos);
    RC_ASSERT(is_ours(account, id));
    RC_ASSERT(id == make_client_order_id(account, plan_id{plan}, attempt));
  }));
}

TEST_CASE("an id stays what it was in the first release") {
  // An order sent by an earlier version must be recognised by a later one.
  CHECK(make_client_order_id("demo", plan_id{"plan-1"}, 1).str() ==
        "sl-tsysft-df2mqjcphfy7dht4dtjk23fzub");
}

TEST_CASE("accounts, plans and attempts each make another id") {
  std::set<std::string> seen;
  for (const auto* account : {"demo", "main", "demo1"})
    for (int plan = 0; plan < 2'000; ++plan)
      for (int attempt = 1; attempt <= 3; ++attempt)
        seen.insert(
            make_client_order_id(account, plan_id{"p" + std::to_string(plan)}, attempt).str());
  CHECK(seen.size() == 3U * 2'000U * 3U);
}

TEST_CASE("where account ends and plan begins cannot be shifted") {
  CHECK(make_client_order_id("a", plan_id{"bc"}, 1).str().substr(10) !=
        make_client_order_id("ab", plan_id{"c"}, 1).str().substr(10));
  CHECK(make_client_order_id("a", plan_id{"b1"}, 1).str().substr(10) !=
        make_client_order_id("a", plan_id{"b"}, 11).str().substr(10));
}

TEST_CASE("ids of others are not ours") {
  const auto ours = make_client_order_id("demo", plan_id{"p"}, 1);
  CHECK_FALSE(is_ours("other", ours));
  CHECK_FALSE(is_ours("demo", client_order_id{}));
  CHECK_FALSE(is_ours("demo", client_order_id{"autoclose-1591702613943"}));
  CHECK_FALSE(is_ours("demo", client_order_id{ours.str() + "a"}));
  CHECK_FALSE(is_ours("demo", client_order_id{ours.str().substr(0, 35)}));
  CHECK_FALSE(is_ours("demo", client_order_id{ours.str().substr(0, 35) + "A"}));
}

TEST_CASE("a stop's id is ours, and another for every stop") {
  protective_stop s;
  s.number = 7;
  s.position = {symbol("BTCUSDT"), position_side::both};
  s.trigger = price::whole(95);
  s.intended_at = {1'795'000'000'000};
  const auto id = make_stop_order_id("demo", s);
  CHECK(id == make_stop_order_id("demo", s));
  CHECK(is_ours("demo", id));
  CHECK_FALSE(is_ours("other", id));
  auto other = s;
  other.number = 8;
  CHECK(make_stop_order_id("demo", other) != id);
  other = s;
  other.position.instrument = symbol("ETHUSDT");
  CHECK(make_stop_order_id("demo", other) != id);
  other = s;
  other.intended_at.ms += 1;
  CHECK(make_stop_order_id("demo", other) != id);
}
