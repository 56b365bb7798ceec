// Which trades account for a drift: a whole run between two cuts, never a part of what happened.
#include "sluice/ledger/evidence.hpp"

#include "books.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::testing;

namespace {

drift_evidence at(trade_id id, std::int64_t ms, std::string_view change, bool ours = false) {
  auto f = a_fill(id, change.starts_with('-') ? side::sell : side::buy,
                  change.starts_with('-') ? change.substr(1) : change, "100");
  f.traded_at = {ms};
  return {f, ours, at_ms(0), {}, false};
}

drift_evidence told_at(trade_id id, std::int64_t ms, std::string_view change,
                       std::int64_t seen_ms) {
  auto e = at(id, ms, change);
  e.seen_at = at_ms(seen_ms);
  return e;
}

using indices = std::pair<std::size_t, std::size_t>;

/// Among buys of 1, 2 and 3 at 1'000, 2'000 and 3'000; the first so many may be in the base.
std::optional<indices> found(std::string_view drift, std::size_t maybe_contained, trade_cut end,
                             std::int64_t oldest = 0) {
  std::deque<drift_evidence> three{at(1, 1'000, "1"), at(2, 2'000, "2"), at(3, 3'000, "3")};
  for (std::size_t i = 0; i < maybe_contained; ++i)
    three[i].maybe_contained = true;
  const auto run = run_explaining(qty(drift), three, end, venue_time{oldest});
  if (!run)
    return std::nullopt;
  return std::pair{run->first, run->last};
}

constexpr trade_cut exactly(std::int64_t ms) {
  return {{ms}, {ms}};
}

}  // namespace

TEST_CASE("a run holds every trade that must be in it and no other") {
  struct row {
    const char* name;
    const char* drift;
    std::size_t maybe_contained;
    trade_cut end;
    std::optional<indices> run;
  };
  const row rows[] = {
      {"all", "6", 0, exactly(3'000), indices{0, 2}},
      {"a part does not do", "3", 0, exactly(3'000), std::nullopt},
      {"the end of it does not do", "5", 0, exactly(3'000), std::nullopt},
      {"up to the end", "3", 0, exactly(2'000), indices{0, 1}},
      {"after the end", "6", 0, exactly(2'000), std::nullopt},
      {"a base that may have the first", "5", 1, exactly(3'000), indices{1, 2}},
      {"or may not", "6", 1, exactly(3'000), indices{0, 2}},
      {"but surely not the second", "3", 1, exactly(3'000), std::nullopt},
      {"an end that may lack the last", "3", 0, {{2'900}, {3'100}}, indices{0, 1}},
      {"a sum that is not there", "4", 1, {{2'900}, {3'100}}, std::nullopt},
  };
  for (const auto& r : rows) {
    INFO(r.name);
    CHECK(found(r.drift, r.maybe_contained, r.end) == r.run);
  }
}

TEST_CASE("a run with a trade older than the window explains nothing, and neither does its rest") {
  CHECK(found("6", 0, exactly(3'000), 1'000));
  CHECK_FALSE(found("6", 0, exactly(3'000), 1'001));
  CHECK_FALSE(found("5", 0, exactly(3'000), 1'001));
}

TEST_CASE("a truth is cut by the venue's time, else by our clock, else nowhere") {
  auto seen = open_truth("1", 5);
  seen.changed_at = {10'000};
  CHECK(cut_of(seen, {99'000}).all_until.ms == 10'000 - venue_slack_ms);
  CHECK(cut_of(seen, {99'000}).none_after.ms == 10'000 + venue_slack_ms);
  seen.changed_at = {};
  CHECK(cut_of(seen, {99'000}).all_until.ms == 99'000 - clock_slack_ms);
  CHECK(cut_of(seen, {99'000}).none_after.ms == 99'000 + clock_slack_ms);
  CHECK(cut_of(seen, {}).all_until.ms == 0);
  CHECK(cut_of(seen, {}).none_after.ms == std::numeric_limits<std::int64_t>::max());
}

TEST_CASE("trades of one order in one millisecond are followed one by one") {
  evidence_book book;
  auto seen = open_truth("1", 5);
  seen.changed_at = {1'000};
  CHECK(book.note(at(1, 1'000, "1")));
  const auto first = book.explaining(qty("1"), cut_of(seen, {}), {});
  REQUIRE(first);
  book.spend(*first, seen, {});
  SECTION("told before the truth agrees") {
    CHECK(book.note(told_at(2, 1'000, "2", 6)));
    book.agree(seen, {});
  }
  SECTION("told after it") {
    book.agree(seen, {});
    CHECK(book.note(told_at(2, 1'000, "2", 6)));
  }
  CHECK(book.note(told_at(3, 1'000, "3", 7)));
  CHECK(book.explaining(qty("2"), cut_of(seen, {}), {}));
  const auto rest = book.explaining(qty("5"), cut_of(seen, {}), {});
  REQUIRE(rest);
  CHECK(book.trades_of(*rest).size() == 2);
  CHECK_FALSE(book.note(at(1, 1'000, "1")));
}

TEST_CASE("a trade read back after the truth that has it in it explains nothing") {
  evidence_book book;
  auto seen = open_truth("1", 5);
  seen.changed_at = {1'000};
  book.agree(seen, {});
  auto old = at(1, 1'000, "1");
  old.told = false;
  CHECK(book.note(old));
  CHECK(book.empty());
}

TEST_CASE("a trade is noted once, claimed by its order, and forgotten when the ledger has it") {
  evidence_book book;
  CHECK(book.note(at(4, 1'000, "1")));
  CHECK_FALSE(book.note(at(4, 1'000, "1")));
  CHECK_FALSE(book.note(at(0, 1'000, "1")));
  CHECK_FALSE(book.all_ours({0, 0}));
  book.claim(7, plan_id{"p"});
  CHECK(book.all_ours({0, 0}));
  CHECK(book.trades_of({0, 0}).front().plan.str() == "p");
  book.forget(4);
  CHECK(book.empty());
}

TEST_CASE("an agreement leaves only what its truth cannot have in it") {
  evidence_book book;
  auto seen = open_truth("1", 50);
  seen.changed_at = {1'000};
  book.note(told_at(1, 1'000, "1", 40));
  book.note(told_at(2, 1'001, "1", 60));
  book.note(told_at(3, 900, "1", 60));
  book.agree(seen, {});
  REQUIRE_FALSE(book.empty());
  CHECK(book.all_in_words() == "trade 2 buy 1 at 100 by foreign order 7");
}

TEST_CASE("only the first of many trades are named") {
  evidence_book book;
  for (trade_id id = 1; id <= 8; ++id)
    book.note(at(id, 1'000 + id, "1"));
  CHECK_THAT(book.all_in_words(), ContainsSubstring("trade 5 "));
  CHECK_THAT(book.all_in_words(), ContainsSubstring(" and 3 more"));
}
