// Two connections of one stream as one sequence, without loss, repetition or disorder.
#include "sluice/exchange/overlap_merge.hpp"

#include <rapidcheck.h>

#include "support/catch.hpp"

using namespace sluice::exchange;
using frames = overlap_merge::frames;

TEST_CASE("the old connection leads and the new one adds only what it alone has") {
  overlap_merge merge;
  CHECK(merge.from_new({"b"}).empty());
  CHECK(merge.from_old({"a", "b"}) == frames{"a", "b"});
  CHECK(merge.from_new({"c", "d"}).empty());
  CHECK(merge.from_old({"c"}) == frames{"c"});
  CHECK(merge.finish() == frames{"d"});
  CHECK(merge.dropped() == 2);
}

TEST_CASE("what the old connection had brought is dropped when the new one brings it later") {
  overlap_merge merge;
  CHECK(merge.from_old({"a"}) == frames{"a"});
  CHECK(merge.finish().empty());
  CHECK(merge.from_new({"a", "b"}) == frames{"b"});
  CHECK(merge.from_new({"a"}) == frames{"a"});  // The same again is another event.
}

TEST_CASE("two equal events are both kept") {
  overlap_merge merge;
  CHECK(merge.from_old({"a", "a"}) == frames{"a", "a"});
  CHECK(merge.from_new({"a", "a", "a"}).empty());
  CHECK(merge.finish() == frames{"a"});
}

TEST_CASE("however two connections run, the events pass once each and in order") {
  CHECK(rc::check([] {
    const auto total = *rc::gen::inRange<std::size_t>(1, 40);
    const auto joined = *rc::gen::inRange<std::size_t>(0, total + 1);
    frames all;
    for (std::size_t i = 0; i < total; ++i)
      all.push_back("event " + std::to_string(i));
    const auto cut = *rc::gen::inRange<std::size_t>(joined, total + 1);
    overlap_merge merge;
    frames passed;
    std::size_t old_at = 0;
    std::size_t new_at = joined;
    const auto take = [&](frames more) { passed.insert(passed.end(), more.begin(), more.end()); };
    while (old_at < cut) {  // The old one is cut off somewhere after the new one joined.
      if (new_at < total && *rc::gen::inRange(0, 2) == 1)
        take(merge.from_new({all[new_at++]}));
      else
        take(merge.from_old({all[old_at++]}));
    }
    take(merge.finish());
    while (new_at < total)
      take(merge.from_new({all[new_at++]}));
    RC_ASSERT(passed == all);
  }));
}
