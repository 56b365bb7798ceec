// Consistent copies under a busy writer, and honest combination of own and account-wide proof.
#include "sluice/truth/state_table.hpp"

#include <atomic>
#include <thread>
#include <vector>

#include "support/catch.hpp"
#include "truth/builders.hpp"

using namespace sluice;
using namespace sluice::test;

namespace {

struct table_of_two {
  std::shared_ptr<symbol_directory> directory{std::make_shared<symbol_directory>(4)};
  std::shared_ptr<state_table> table{};

  explicit table_of_two(tracked_legs legs = tracked_legs::one_way) {
    REQUIRE(directory->intern(symbol{"A"}).has_value());
    REQUIRE(directory->intern(symbol{"B"}).has_value());
    table = std::make_shared<state_table>(directory, legs);
  }
};

/// All words of a slot derived from one number, so that a torn copy shows.
slot_state planted(std::int64_t n) {
  slot_state s;
  s.content = n % 5 == 0 ? truth{position_flat{}} : open_truth(n, n * 3);
  s.as_of = at(n * 7);
  s.changed_at = venue_at(n);
  s.source = n % 2 == 0 ? truth_source::bulk : truth_source::stream;
  s.version = static_cast<std::uint64_t>(n);
  return s;
}

/// Writes go on until readers have seen this many different ones: a read counts only when the
/// writer moved since the last, so a reader that never ran beside the writer proves nothing and is
/// not counted. On a machine that runs one thread at a time the cap ends the test.
constexpr std::int64_t meetings_wanted = 50'000;
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
constexpr std::int64_t writes_max = 2'000'000;  // Slower; a race needs no numbers to be seen.
#else
constexpr std::int64_t writes_max = 15'000'000;
#endif

bool is_planted(const truth_view& v) {
  const auto s = planted(static_cast<std::int64_t>(v.version));
  return v.content == s.content && v.as_of == s.as_of && v.changed_at == s.changed_at &&
         v.source == s.source;
}

}  // namespace

TEST_CASE("every slot starts unknown") {
  const table_of_two t;
  const auto view = t.table->read(both_of("A"));
  CHECK_FALSE(is_known(view.content));
  CHECK(view.version == 0);
  CHECK_FALSE(t.table->account_as_of());
}

TEST_CASE("a slot is read back as it was written") {
  const table_of_two t;
  for (const std::int64_t n : {1, 2, 5, -4}) {
    t.table->write(*t.table->slot_of(both_of("B")), planted(n));
    CHECK(is_planted(t.table->read(both_of("B"))));
  }
  CHECK_FALSE(is_known(t.table->read(both_of("A")).content));
}

TEST_CASE("a liquidation price is known of exactly the position it was read with") {
  const table_of_two t;
  const position_open held{quantity::whole(2), price::whole(100)};
  CHECK_FALSE(t.table->liquidation(both_of("B"), held));
  t.table->write_liquidation(*t.table->slot_of(both_of("B")), held, price::whole(80));
  CHECK(t.table->liquidation(both_of("B"), held) == price::whole(80));
  CHECK_FALSE(t.table->liquidation(both_of("B"), {quantity::whole(3), price::whole(100)}));
  CHECK_FALSE(t.table->liquidation(both_of("B"), {quantity::whole(2), price::whole(101)}));
  CHECK_FALSE(t.table->liquidation(both_of("A"), held));
  CHECK_FALSE(t.table->liquidation(both_of("C"), held));
  t.table->write_liquidation(*t.table->slot_of(both_of("B")), held, price{});
  CHECK_FALSE(t.table->liquidation(both_of("B"), held));
}

TEST_CASE("a symbol or a leg that is not tracked is unknown") {
  const table_of_two t;
  CHECK_FALSE(t.table->slot_of(both_of("C")));
  CHECK_FALSE(t.table->slot_of({symbol{"A"}, position_side::long_}));
  CHECK_FALSE(is_known(t.table->read(both_of("C")).content));
}

TEST_CASE("in hedge mode every leg has its own slot") {
  const table_of_two t{tracked_legs::hedge};
  t.table->write(*t.table->slot_of({symbol{"B"}, position_side::short_}), planted(1));
  CHECK(is_known(t.table->read({symbol{"B"}, position_side::short_}).content));
  CHECK_FALSE(is_known(t.table->read({symbol{"B"}, position_side::long_}).content));
  const auto slot = *t.table->slot_of({symbol{"B"}, position_side::short_});
  CHECK(t.table->index_of(slot) == 1);
  CHECK(t.table->leg_of(slot) == position_side::short_);
}

TEST_CASE("the account's as_of lifts every slot that is not detached") {
  const table_of_two t;
  auto attached = planted(1);
  auto detached = planted(1);
  detached.detached_until = at(500);
  t.table->write(*t.table->slot_of(both_of("A")), attached);
  t.table->write(*t.table->slot_of(both_of("B")), detached);
  t.table->prove_account(at(500));
  CHECK(t.table->account_as_of() == at(500));
  CHECK(t.table->read(both_of("A")).as_of == at(500));
  CHECK(t.table->read(both_of("B")).as_of == at(7));
  t.table->prove_account(at(501));
  CHECK(t.table->read(both_of("B")).as_of == at(501));
  t.table->prove_account(at(400));
  CHECK(t.table->account_as_of() == at(501));
}

TEST_CASE("a scan visits every tracked slot of every known symbol once") {
  const table_of_two t{tracked_legs::hedge};
  std::vector<position_key> seen;
  t.table->scan([&](const position_key& key, const truth_view&) { seen.push_back(key); });
  REQUIRE(seen.size() == 6);
  CHECK(seen[4] == position_key{symbol{"B"}, position_side::long_});
}

TEST_CASE("a scan of open positions passes over all others") {
  const table_of_two t(tracked_legs::hedge);
  t.table->write(*t.table->slot_of({symbol{"A"}, position_side::long_}), planted(5));  // Flat.
  t.table->write(*t.table->slot_of({symbol{"B"}, position_side::short_}), planted(7));
  int seen = 0;
  t.table->scan_open([&](position_slot slot, const truth_view& v) {
    ++seen;
    CHECK(t.directory->name_of(t.table->index_of(slot)) == symbol{"B"});
    CHECK(t.table->leg_of(slot) == position_side::short_);
    CHECK(is_planted(v));
  });
  CHECK(seen == 1);
}

TEST_CASE("readers only ever see whole writes") {
  const table_of_two t;
  const auto slot = *t.table->slot_of(both_of("A"));
  t.table->write(slot, planted(1));
  std::atomic<bool> done{false};
  std::atomic<int> torn{0};
  std::atomic<std::int64_t> meetings{0};
  std::vector<std::thread> readers;
  for (int i = 0; i < 2; ++i)
    readers.emplace_back([&] {
      std::uint64_t last = 0;
      do {
        const auto view = t.table->read(slot);
        if (!is_planted(view) || view.version < last)
          ++torn;
        if (view.version != last)
          ++meetings;
        last = view.version;
      } while (!done);
    });
  std::int64_t n = 1;
  while (meetings < meetings_wanted && n < writes_max)
    t.table->write(slot, planted(++n));
  done = true;
  for (auto& r : readers)
    r.join();
  CHECK(torn == 0);
  CHECK(meetings > 1);
  CHECK(t.table->read(slot).version == static_cast<std::uint64_t>(n));
}

TEST_CASE("no reader sees an account-wide proof on content older than it") {
  const table_of_two t;
  const auto slot = *t.table->slot_of(both_of("A"));
  const auto write_and_prove = [&](std::int64_t n) {
    slot_state s;
    s.content = open_truth(n);
    s.as_of = at(0);
    s.version = static_cast<std::uint64_t>(n);
    t.table->write(slot, s);
    t.table->prove_account(at(n));
  };
  write_and_prove(1);
  std::atomic<bool> done{false};
  std::atomic<int> dishonest{0};
  std::atomic<std::int64_t> meetings{0};
  std::thread reader{[&] {
    std::uint64_t last = 0;
    do {
      const auto view = t.table->read(slot);
      if (static_cast<std::int64_t>(view.version) < between(at(0), view.as_of).count())
        ++dishonest;
      if (view.version != last)
        ++meetings;
      last = view.version;
    } while (!done);
  }};
  std::int64_t n = 1;
  while (meetings < meetings_wanted && n < writes_max)
    write_and_prove(++n);
  done = true;
  reader.join();
  CHECK(dishonest == 0);
  CHECK(meetings > 1);
}
