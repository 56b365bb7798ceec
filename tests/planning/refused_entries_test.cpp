// What was refused is remembered for its life, and no more of it than a process can keep.
#include "sluice/planning/refused_entries.hpp"

#include "support/catch.hpp"

using namespace sluice;

namespace {

const instant begin{std::chrono::hours{1}};

upstream_refusal because(const char* reason) {
  return {upstream_fault::other_side, reason, plan_id{"c-1"}, symbol{"BTCUSDT"}};
}

}  // namespace

TEST_CASE("a refused entry is remembered for its life, by its first reason") {
  refused_entries kept{milliseconds{60'000}};
  CHECK(kept.find("1-0", begin) == nullptr);
  kept.put("1-0", because("first"), begin);
  kept.put("1-0", because("second"), begin + milliseconds{30'000});
  kept.put("2-0", because("other"), begin + milliseconds{30'000});
  const auto* found = kept.find("1-0", begin + milliseconds{60'000});
  REQUIRE(found);
  CHECK(found->reason == "first");
  CHECK(found->fault == upstream_fault::other_side);
  CHECK(kept.find("1-0", begin + milliseconds{60'001}) == nullptr);
  CHECK(kept.find("2-0", begin + milliseconds{60'001}) != nullptr);
  CHECK(kept.size() == 1);
}

TEST_CASE("when too many were refused the oldest is forgotten") {
  refused_entries kept{milliseconds{60'000}};
  for (std::size_t i = 0; i <= refused_entries::kept_max; ++i)
    kept.put(std::to_string(i) + "-0", because("same"), begin);
  CHECK(kept.size() == refused_entries::kept_max);
  CHECK(kept.find("0-0", begin) == nullptr);
  CHECK(kept.find("1-0", begin) != nullptr);
}
