// Overrides: what is refused, how each begins and ends, and what holds meanwhile.
#include <rapidcheck.h>

#include "gate_builders.hpp"
#include "sluice/gate/override_book.hpp"

#include "sluice/domain/standing_state.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::test;
using namespace std::chrono_literals;

namespace {

constexpr override_floors floors{milliseconds{2'000}, milliseconds{1'000}};

override_order wanted(std::string key = "gate.stale_after_entry", std::string value = "20s",
                      milliseconds lasts = 10min) {
  return {std::move(key), std::move(value), "alice", "venue is slow", lasts, std::nullopt};
}

override_ended ended(const std::vector<record_body>& records) {
  REQUIRE(records.size() == 1);
  return std::get<override_ended>(records.front());
}

freshness_seen all_of_age(milliseconds age) {
  return {age, age, milliseconds{2'000}};
}

/// Flat since the start, and fresh marks.
struct flat_view final : gate_view {
  truth_view truth{position_flat{}, start, {}, truth_source::bulk, 1};
  [[nodiscard]] truth_view position(const position_key&) const override { return truth; }
  [[nodiscard]] std::optional<instrument_facts> instrument(const symbol&) const override {
    return instrument_facts{true, true, qty("0.001"), qty("0.001"), qty("1000"), value_of("5")};
  }
  [[nodiscard]] std::optional<mark_seen> mark(const symbol&) const override {
    return mark_seen{px("50000"), start + 20s};
  }
  void open_positions(std::vector<held_position>& out) const override { out.clear(); }
};

}  // namespace

TEST_CASE("an override is in force at once, with its record, and only for its key") {
  override_book book{gate_settings{}};
  const auto done = book.set(wanted(), floors, at(0ms));
  REQUIRE(done.now);
  CHECK(done.now->id == 1);
  CHECK(done.now->until == wall_time{at(10min).wall.ms});
  CHECK(std::get<override_set>(done.records.at(0)).what == *done.now);
  CHECK(book.in_force().limits.stale_after_entry == 20s);
  CHECK(book.in_force().limits.stale_after_exit == gate_settings{}.limits.stale_after_exit);
  CHECK(book.ids() == std::vector<std::int64_t>{1});
}

TEST_CASE("every key of the table can be overridden up to its ceiling and not beyond") {
  for (const auto& key : overridable_keys) {
    INFO(key.name);
    override_book book{gate_settings{}};
    const std::string name{key.name};
    CHECK(book.set(wanted(name, ceiling_text(key)), floors, at(0ms)).faults.empty());
    CHECK(value_text(key, book.in_force()) == ceiling_text(key));
    if (key.flag)
      continue;
    const auto beyond = book.set(wanted(name, format_duration(key.ceiling + 1ms)), floors, at(1ms));
    REQUIRE(beyond.faults.size() == 1);
    CHECK(beyond.faults[0].key == "value");
    CHECK(beyond.faults[0].text.find("beyond the ceiling of " + name + ", " + ceiling_text(key)) !=
          std::string::npos);
    CHECK(value_text(key, book.in_force()) == ceiling_text(key));
  }
}

TEST_CASE("what cannot be is refused by field and changes nothing") {
  struct row {
    override_order order;
    std::string field;
    std::string words;
  };
  auto by_nobody = wanted();
  by_nobody.author = "gate";
  auto early = wanted();
  early.fresh_for = 20min;
  const std::vector<row> rows{
      {wanted("gate.nothing"), "key", "may not be overridden; gate.stale_after_entry, "},
      {wanted("gate.hold_blocks_reduce", "true"), "key", "it would lock exits"},
      {wanted("gate.permit_ttl", "1m"), "key", "it would send orders on older decisions"},
      {wanted("gate.cooldown", "soon"), "value", "takes a duration with its unit from 0ms to 1h"},
      {wanted("gate.cooldown", "-1s"), "value", "takes a duration"},
      {wanted("gate.cooldown", "10"), "value", "takes a duration"},
      {wanted("gate.allow_add", "yes"), "value", "takes true or false"},
      {wanted("gate.stale_after_exit", "1s"), "value", "shorter than the promised bound, 2s"},
      {wanted("gate.stale_after_exit", "9s"), "value", "exits are only ever given more room"},
      {wanted("gate.park_entry", "10ms"), "value", "shorter than one read may take, 1s"},
      {wanted("gate.cooldown", "1s", 24h + 1ms), "for", "from 1s to 1d"},
      {wanted("gate.cooldown", "1s", 0ms), "for", "from 1s to 1d"},
      {by_nobody, "author", "nobody's name"},
      {early, "until", "20m is out of range"},
  };
  for (const auto& r : rows) {
    INFO(r.order.key << " " << r.order.value);
    override_book book{gate_settings{}};
    const auto done = book.set(r.order, floors, at(0ms));
    REQUIRE(done.faults.size() == 1);
    CHECK(done.faults[0].key == r.field);
    CHECK(done.faults[0].text.find(r.words) != std::string::npos);
    CHECK(done.records.empty());
    CHECK(book.ids().empty());
  }
}

TEST_CASE("an override ends by itself, and then the normal value holds") {
  override_book book{gate_settings{}};
  (void)book.set(wanted(), floors, at(0ms));
  CHECK(book.next_deadline() == at(10min).steady);
  CHECK(book.tick(at(10min - 1ms), false).empty());
  CHECK(ended(book.tick(at(10min), false)).why == override_end::expired);
  CHECK(book.in_force().limits == gate_settings{}.limits);
  CHECK_FALSE(book.next_deadline());
}

TEST_CASE("an override ends at the wall time it shows, though the steady clock stood still") {
  override_book book{gate_settings{}};
  (void)book.set(wanted(), floors, at(0ms));
  CHECK(book.tick({at(1min).steady, at(10min - 1ms).wall}, true).empty());
  // A clock that was only set says nothing of the time that passed.
  CHECK(book.tick({at(1min).steady, at(3h).wall}, false).empty());
  CHECK(ended(book.tick({at(1min).steady, at(10min).wall}, true)).why == override_end::expired);
  CHECK(book.in_force().limits == gate_settings{}.limits);
}

TEST_CASE("another override of the same key replaces it") {
  override_book book{gate_settings{}};
  (void)book.set(wanted(), floors, at(0ms));
  const auto done = book.set(wanted("gate.stale_after_entry", "25s"), floors, at(1s));
  REQUIRE(done.records.size() == 2);
  const auto& gone = std::get<override_ended>(done.records[0]);
  CHECK(gone.why == override_end::replaced);
  CHECK(gone.what.id == 1);
  CHECK(book.ids() == std::vector<std::int64_t>{2});
  CHECK(book.in_force().limits.stale_after_entry == 25s);
}

TEST_CASE("an operator takes an override back, and only one that is there") {
  override_book book{gate_settings{}};
  (void)book.set(wanted(), floors, at(0ms));
  CHECK(book.revert("gate.cooldown", "bob", "mistake", at(1s)).faults.size() == 1);
  const auto done = book.revert("gate.stale_after_entry", "bob", "mistake", at(1s));
  REQUIRE(done.now);
  const auto gone = ended(done.records);
  CHECK(gone.why == override_end::reverted);
  CHECK(gone.author == "bob");
  CHECK(gone.reason == "mistake");
  CHECK(book.in_force().limits == gate_settings{}.limits);
}

TEST_CASE("an override ends early once its cause has been gone long enough without a break") {
  override_book book{gate_settings{}};
  auto order = wanted();
  order.fresh_for = 3s;
  CHECK_FALSE(book.watches());
  (void)book.set(order, floors, at(0ms));
  CHECK(book.watches());
  CHECK(book.look(all_of_age(11s), at(0s)).empty());
  CHECK(book.look(all_of_age(10s), at(1s)).empty());
  CHECK(book.look(all_of_age(5s), at(3s)).empty());
  // Once more above the normal 10 s: the count begins anew.
  CHECK(book.look(all_of_age(10'001ms), at(4s)).empty());
  CHECK(book.look(all_of_age(1s), at(5s)).empty());
  CHECK(book.look({}, at(6s)).empty());
  CHECK(book.look(all_of_age(1s), at(7s)).empty());
  CHECK(book.look(all_of_age(1s), at(9'999ms)).empty());
  CHECK(ended(book.look(all_of_age(1s), at(10s))).why == override_end::cause_gone);
  CHECK_FALSE(book.watches());
}

TEST_CASE("each key watches what it is about") {
  struct row {
    std::string key;
    std::string value;
    freshness_seen fresh;
    freshness_seen late;
  };
  const std::vector<row> rows{
      {"gate.stale_after_exit", "20s", {10s, {}, 2s}, {10'001ms, 1s, 2s}},
      {"gate.mark_stale_after", "20s", {{}, 10s, 2s}, {1s, 10'001ms, 2s}},
      {"gate.allow_add", "true", {2s, {}, 2s}, {2'001ms, 1s, 2s}},
  };
  for (const auto& r : rows) {
    INFO(r.key);
    override_book book{gate_settings{}};
    auto order = wanted(r.key, r.value);
    order.fresh_for = 1s;
    (void)book.set(order, floors, at(0ms));
    CHECK(book.look(r.late, at(1s)).empty());
    CHECK(book.look(r.late, at(5s)).empty());
    CHECK(book.look(r.fresh, at(6s)).empty());
    CHECK(book.look(r.fresh, at(7s)).size() == 1);
  }
}

TEST_CASE("a restart keeps what is left of an override") {
  override_book first{gate_settings{}};
  const auto stored = *first.set(wanted(), floors, at(0ms)).now;
  SECTION("with the time that is left") {
    override_book next{gate_settings{}};
    CHECK(next.resume({stored}, 1, floors, at(4min)).empty());
    CHECK(next.in_force().limits.stale_after_entry == 20s);
    CHECK(next.next_deadline() == at(10min).steady);
    CHECK(next.set(wanted("gate.allow_add", "true"), floors, at(5min)).now->id == 2);
  }
  SECTION("a wall clock that was set back makes it no longer") {
    override_book next{gate_settings{}};
    const stamp earlier{at(4min).steady, {stored.since.ms - 3'600'000}};
    CHECK(next.resume({stored}, 1, floors, earlier).empty());
    CHECK(next.next_deadline() == at(14min).steady);
  }
  SECTION("one whose time ran out has ended") {
    override_book next{gate_settings{}};
    CHECK(ended(next.resume({stored}, 1, floors, at(10min))).why == override_end::expired);
    CHECK(next.in_force().limits == gate_settings{}.limits);
  }
  SECTION("one that lasts longer than any may is refused") {
    auto endless = stored;
    endless.until.ms = stored.since.ms + (override_book::lasts_max + 1ms).count();
    override_book next{gate_settings{}};
    CHECK(ended(next.resume({endless}, 1, floors, at(1min))).why == override_end::refused);
    CHECK(next.ids().empty());
  }
  SECTION("one that is not allowed any more is refused") {
    auto beyond = stored;
    const auto [key, value] = GENERATE(table<std::string, std::string>(
        {{"gate.stale_after_entry", "31s"}, {"gate.gone", "1s"}, {"gate.allow_add", "maybe"}}));
    beyond.key = key;
    beyond.value = value;
    override_book next{gate_settings{}};
    const auto gone = ended(next.resume({beyond}, 1, floors, at(1min)));
    CHECK(gone.why == override_end::refused);
    CHECK_FALSE(gone.reason.empty());
    CHECK(next.in_force().limits == gate_settings{}.limits);
    CHECK(next.ids().empty());
  }
}

TEST_CASE(
    "whatever is ordered, no setting passes its ceiling, and each end brings the normal back") {
  CHECK(rc::check("book", [] {
    gate_settings normal;
    override_book book{normal};
    int ms = 0;
    const int steps = *rc::gen::inRange(1, 40);
    for (int i = 0; i < steps; ++i) {
      ms += *rc::gen::inRange(1, 5'000);
      const auto now = at(milliseconds{ms});
      (void)book.tick(now, false);
      const auto& key = overridable_keys[static_cast<std::size_t>(
          *rc::gen::inRange<int>(0, static_cast<int>(overridable_keys.size())))];
      const auto value =
          key.flag ? std::string{"true"}
                   : format_duration(milliseconds{*rc::gen::resize(
                         rc::kNominalSize, rc::gen::inRange<std::int64_t>(0, 7'200'000))});
      if (*rc::gen::arbitrary<bool>())
        (void)book.set(
            wanted(std::string{key.name}, value, milliseconds{*rc::gen::inRange(1, 20'000)}),
            floors, now);
      else
        (void)book.revert(std::string{key.name}, "bob", "enough", now);
      for (const auto& k : overridable_keys) {
        auto in_force = book.in_force();
        const auto standing = book.standing();
        const bool overridden =
            std::ranges::find(standing, k.name, &setting_override::key) != standing.end();
        if (!overridden)
          RC_ASSERT(value_text(k, in_force) == value_text(k, normal));
        else if (k.span)
          RC_ASSERT(k.span(in_force) <= k.ceiling);
      }
      for (const auto& o : book.standing())
        RC_ASSERT(o.until.ms > now.wall.ms);
    }
    (void)book.tick(at(milliseconds{ms} + override_book::lasts_max), false);
    RC_ASSERT(book.in_force().limits == normal.limits);
    RC_ASSERT(book.in_force().park_entry == normal.park_entry);
  }));
}

TEST_CASE("the gate judges by what is in force, waiting plans too, and notes the overrides") {
  gate_settings settings;
  settings.limits.stale_after_entry = 5s;
  gate_core core{std::make_shared<flat_view>(), settings, run_mode::demo};
  gate_actions out;
  core.submit(shared(an_open("o1")), at(6s), out);
  REQUIRE(out.verdicts.empty());
  override_book book{settings};
  (void)book.set(wanted(), floors, at(6s));
  core.settings_in_force(book.in_force(), book.ids(), at(7s), out);
  REQUIRE(out.verdicts.size() == 1);
  CHECK(out.verdicts[0].outcome.kind == verdict_kind::allow);
  CHECK(out.verdicts[0].seen.overrides == std::vector<std::int64_t>{1});
  CHECK(out.verdicts[0].seen.limits.stale_after_entry == 20s);

  (void)book.set(wanted("gate.park_entry", "0ms"), floors, at(8s));
  core.settings_in_force(book.in_force(), book.ids(), at(8s), out);
  out.clear();
  core.submit(shared(an_open("o2", "0.020")), at(25s), out);
  REQUIRE(out.verdicts.size() == 1);
  CHECK(out.verdicts[0].outcome.kind == verdict_kind::deny);
}

TEST_CASE("other normal settings leave an override standing and hold where it ends") {
  override_book book{gate_settings{}};
  REQUIRE(book.set(wanted("gate.cooldown", "1s"), floors, at(0ms)).faults.empty());
  gate_settings other;
  other.limits.cooldown = 30s;
  other.limits.stale_after_entry = 5s;
  CHECK(book.normal(other).empty());
  CHECK(book.in_force().limits.cooldown == 1s);
  CHECK(book.in_force().limits.stale_after_entry == 5s);
  CHECK(book.ids() == std::vector<std::int64_t>{1});
  CHECK(ended(book.tick(at(10min), false)).why == override_end::expired);
  CHECK(book.in_force().limits.cooldown == 30s);
}

TEST_CASE("an override that other normal settings do not allow ends, and no plan is judged by it") {
  gate_settings settings;
  override_book book{settings};
  REQUIRE(book.set(wanted("gate.stale_after_exit", "20s"), floors, at(0ms)).faults.empty());
  REQUIRE(book.set(wanted("gate.cooldown", "1s"), floors, at(0ms)).faults.empty());
  settings.limits.stale_after_exit = 20s;
  CHECK(book.normal(settings).empty());
  settings.limits.stale_after_exit = 30s;
  const auto gone = ended(book.normal(settings));
  CHECK(gone.why == override_end::refused);
  CHECK(gone.author == gate_author);
  CHECK(gone.what.id == 1);
  CHECK(gone.reason == "20s is shorter than the normal 30s: exits are only ever given more room");
  CHECK(book.standing().size() == 1);

  gate_core core{std::make_shared<flat_view>(), gate_settings{}, run_mode::demo};
  gate_actions out;
  core.settings_in_force(book.in_force(), book.ids(), at(1s), out);
  core.submit(shared(an_open("o1")), at(1s), out);
  REQUIRE(out.verdicts.size() == 1);
  CHECK(out.verdicts[0].seen.limits == book.in_force().limits);
  CHECK(out.verdicts[0].seen.limits.stale_after_exit == 30s);
  CHECK(out.verdicts[0].seen.overrides == std::vector<std::int64_t>{2});
}
