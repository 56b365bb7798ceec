// Where the rules of the mark begin to apply is where evaluate_rule() says so, to the last digit.
#include "sluice/exits/exit_levels.hpp"

#include "positions.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::testing;

namespace {

exit_view seen(const exit_state& s, std::string_view mark_text, std::string_view liquidation = "") {
  exit_view v;
  v.amount = s.initial;
  v.mark = at_price(mark_text);
  if (!liquidation.empty())
    v.liquidation = at_price(liquidation);
  return v;
}

std::vector<std::string> words(const std::vector<exit_level>& all) {
  std::vector<std::string> out;
  for (const auto& l : all)
    out.push_back(std::string(to_string(l.reason)) + " " + l.at.str());
  return out;
}
using lines = std::vector<std::string>;

/// Every level's rule applies just beyond it, and just before it does not.
void check_edges(const exit_state& s, exit_view v, const exit_policy& policy) {
  const int side = s.initial.sign();
  for (const auto& l : exit_levels(s, v, policy)) {
    CAPTURE(to_string(l.reason), l.at.str());
    const bool gains =
        l.reason == exit_reason::target_reached || l.reason == exit_reason::take_profit;
    const auto step = price::from_raw((gains ? side : -side) * std::int64_t{2});
    v.mark = l.at + step;
    CHECK(evaluate_rule(l.reason, s, v, policy));
    v.mark = l.at - step;
    CHECK_FALSE(evaluate_rule(l.reason, s, v, policy));
  }
}

}  // namespace

TEST_CASE("the levels of a position are told nearest first") {
  auto s = long_state();
  s.cost = notional::parse("0.4").value();
  const exit_policy policy;
  CHECK(words(exit_levels(s, seen(s, "101", "80"), policy)) ==
        lines{"take_profit 102.2", "stop_crossed 98", "target_reached 104", "loss_limit 97.2",
              "liquidation_buffer 80.20050125"});
  CHECK(exit_levels(s, seen(s, "101"), policy).front().away_bp == 118);
  CHECK(exit_levels(s, seen(s, "98.1"), policy).front().reason == exit_reason::stop_crossed);
}

TEST_CASE("each level is where its rule begins, for long and short positions") {
  exit_policy policy;
  policy.loss_limit_r = in_r("1.37");
  for (auto s : {long_state(), short_state()}) {
    s.cost = notional::parse("0.31").value();
    CAPTURE(s.initial.str());
    const bool is_long = s.initial.sign() > 0;
    check_edges(s, seen(s, "100.5", is_long ? "71.3" : "133.7"), policy);
    s.tranches = 1;
    s.stop_by = stop_mover::trailing;
    s.stop = at_price(is_long ? "99" : "101");
    check_edges(s, seen(s, "100.5", is_long ? "71.3" : "133.7"), policy);
    CHECK(exit_levels(s, seen(s, "100.5"), policy).size() == 4);
  }
}

TEST_CASE("a level that has been passed is no distance away") {
  const auto s = long_state();
  CHECK(exit_levels(s, seen(s, "97"), plain_policy()).front() ==
        exit_level{exit_reason::stop_crossed, at_price("98"), 0});
}

TEST_CASE("a leg whose liquidation lies on the side of its gain has no level for it") {
  auto s = long_state();
  s.position.leg = position_side::long_;
  const exit_policy policy;
  const auto has_liquidation = [&](std::string_view at) {
    return std::ranges::any_of(exit_levels(s, seen(s, "100", at), policy), [](const auto& l) {
      return l.reason == exit_reason::liquidation_buffer;
    });
  };
  CHECK(has_liquidation("80"));
  CHECK_FALSE(has_liquidation("120"));
}

TEST_CASE("there are no levels without mark, position or leave to act") {
  const auto s = long_state();
  exit_policy policy;
  auto v = seen(s, "100");
  v.mark = std::nullopt;
  CHECK(exit_levels(s, v, policy).empty());
  v = seen(s, "100");
  v.amount = qty("-2");
  CHECK(exit_levels(s, v, policy).empty());
  v.amount = {};
  CHECK(exit_levels(s, v, policy).empty());
  policy.enabled = false;
  CHECK(exit_levels(s, seen(s, "100"), policy).empty());
  policy = plain_policy();
  auto bare = s;
  bare.stop = std::nullopt;
  bare.target = std::nullopt;
  CHECK(exit_levels(bare, seen(bare, "100"), policy).empty());
}
