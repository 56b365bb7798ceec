// The merge rules one by one.
#include "sluice/truth/merge.hpp"

#include "support/catch.hpp"
#include "truth/builders.hpp"

using namespace sluice;
using namespace sluice::test;

namespace {

/// Open with 5, by an event of venue time 1000 that occurred at 1000 and arrived at 1010.
slot_state open_by_event() {
  position_change change{both_of("A"), quantity::whole(5), price::whole(100)};
  return merge_event({}, change, {at(1010), at(1000), venue_at(1000)}).next;
}

merged event_of(const slot_state& s, std::int64_t amount, std::int64_t occurred_ms) {
  position_change change{both_of("A"), quantity::whole(amount), price::whole(100)};
  return merge_event(s, change, {at(occurred_ms + 10), at(occurred_ms), venue_at(occurred_ms)});
}

merged row_of(const slot_state& s, std::int64_t amount, venue_time updated, std::int64_t sent_ms,
              std::int64_t entry = 100) {
  return merge_row(s, a_row("A", amount, updated, entry), {at(sent_ms), truth_source::bulk});
}

merged absence(const slot_state& s, std::int64_t sent_ms) {
  return merge_row(s, std::nullopt, {at(sent_ms), truth_source::bulk});
}

}  // namespace

TEST_CASE("an unknown slot takes the first row as its content") {
  const auto m = row_of({}, 5, venue_at(900), 1000);
  CHECK(m.effect == merge_effect::changed);
  CHECK(m.next.content == open_truth(5));
  CHECK(m.next.as_of == at(1000));
  CHECK(m.next.changed_at == venue_at(900));
  CHECK(m.next.version == 1);
}

TEST_CASE("a symbol absent from a good read is flat") {
  const auto m = absence({}, 1000);
  CHECK(m.next.content == truth{position_flat{}});
  CHECK(m.next.changed_at == venue_time{});
}

TEST_CASE("a row with amount zero is flat") {
  CHECK(row_of({}, 0, venue_at(900), 1000).next.content == truth{position_flat{}});
}

TEST_CASE("equal content proves and leaves the version alone") {
  const auto first = row_of({}, 5, venue_at(900), 1000).next;
  const auto m = row_of(first, 5, venue_at(900), 2000);
  CHECK(m.effect == merge_effect::proved);
  CHECK(m.next.version == first.version);
  CHECK(m.next.as_of == at(2000));
}

TEST_CASE("an older read that arrives late moves nothing back") {
  const auto first = row_of({}, 5, venue_at(900), 2000).next;
  CHECK(row_of(first, 5, venue_at(900), 1000).next.as_of == at(2000));
  const auto m = row_of(first, 3, venue_at(800), 1000);
  CHECK(m.effect == merge_effect::superseded);
  CHECK(m.next == first);
  CHECK(absence(first, 1000).next == first);
}

TEST_CASE("a row with a newer venue time is taken") {
  const auto first = row_of({}, 5, venue_at(900), 1000).next;
  const auto m = row_of(first, 3, venue_at(1500), 2000);
  CHECK(m.next.content == open_truth(3));
  CHECK(m.next.version == 2);
}

TEST_CASE("a read sent before an event arrived does not overwrite its content") {
  const auto known = open_by_event();
  for (const auto& m : {absence(known, 1009), row_of(known, 2, venue_at(2000), 1009)}) {
    CHECK(m.effect == merge_effect::superseded);
    CHECK(m.next.content == open_truth(5));
    CHECK(m.next.as_of == at(1000));
    CHECK(settle(m.next, at(1009)).as_of == at(1000));
    CHECK(settle(m.next, at(1020)).as_of == at(1020));
  }
}

TEST_CASE("a row older than an event is a contradiction and detaches the slot") {
  const auto m = row_of(open_by_event(), 2, venue_at(900), 5000);
  CHECK(m.effect == merge_effect::contradicted);
  CHECK(m.next.content == open_truth(5));
  CHECK(m.next.as_of == at(1000));
  CHECK(settle(m.next, at(5000)).as_of == at(1000));
}

TEST_CASE("a detached slot is proven again by a read that agrees") {
  const auto lagging = row_of(open_by_event(), 2, venue_at(900), 5000).next;
  const auto m = row_of(lagging, 5, venue_at(1000), 6000);
  CHECK(m.effect == merge_effect::proved);
  CHECK(m.next.as_of == at(6000));
  CHECK(settle(m.next, at(7000)).as_of == at(7000));
}

TEST_CASE("a lagging row with the same amount proves and keeps the entry price") {
  const auto m = row_of(open_by_event(), 5, venue_at(900), 5000, 101);
  CHECK(m.effect == merge_effect::proved);
  CHECK(m.next.content == open_truth(5, 100));
  CHECK(m.next.as_of == at(5000));
}

TEST_CASE("absence against an event is a contradiction for as long as reads may lag") {
  const auto known = open_by_event();
  const auto lagging = absence(known, 31'009);
  CHECK(lagging.effect == merge_effect::contradicted);
  CHECK(lagging.next.content == open_truth(5));
  CHECK(lagging.next.as_of == at(1000));
  CHECK(settle(lagging.next, at(31'009)).as_of == at(1000));
  CHECK(absence(lagging.next, 31'010).next.content == truth{position_flat{}});
}

TEST_CASE("copies that show a position and lack it by turns do not make it flat") {
  auto known = open_by_event();
  for (const std::int64_t sent : {3'000, 12'000, 21'000}) {
    known = row_of(known, 5, venue_at(1000), sent).next;
    const auto lagging = absence(known, sent + 3'000);
    CHECK(lagging.effect == merge_effect::contradicted);
    CHECK(lagging.next.content == open_truth(5));
    CHECK(lagging.next.as_of == at(sent));
    known = lagging.next;
  }
  CHECK(absence(known, 31'010).next.content == truth{position_flat{}});
}

TEST_CASE("absence is doubted also where a read told of the position before its event came") {
  auto known = merge_row({}, a_row("A", 5, venue_at(1000), 100), {at(1005)}).next;
  known = event_of(known, 5, 1000).next;
  CHECK(absence(known, 4000).effect == merge_effect::contradicted);
}

TEST_CASE("absence is doubted also where a read has changed since what an event told") {
  const auto grown = row_of(open_by_event(), 7, venue_at(2000), 3000).next;
  REQUIRE(grown.content == open_truth(7));
  CHECK(absence(grown, 31'009).effect == merge_effect::contradicted);
  CHECK(absence(grown, 31'010).next.content == truth{position_flat{}});
}

TEST_CASE(
    "absence is doubted also where the event came behind a read that rounds the entry otherwise") {
  auto known = merge_row({}, a_row("A", 5, venue_at(1000), 101), {at(1005)}).next;
  known = event_of(known, 5, 1000).next;
  CHECK(absence(known, 4000).effect == merge_effect::contradicted);
}

TEST_CASE("absence is doubted also where a read that saw nothing outran the event") {
  const auto flat = absence({}, 2'500).next;
  const auto outrun = event_of(flat, 5, 1'000);  // A second and a half old.
  REQUIRE(outrun.effect == merge_effect::superseded);
  const auto seen = row_of(outrun.next, 5, venue_at(1'000), 3'000).next;
  CHECK(absence(seen, 6'000).effect == merge_effect::contradicted);
}

TEST_CASE("absence is believed at once of what only reads have told since it was last closed") {
  const auto closed = event_of(open_by_event(), 0, 2000).next;
  CHECK(event_of(closed, 5, 1000).next.told_open_at == std::nullopt);  // The same event once more.
  const auto again = row_of(closed, 5, venue_at(3000), 4000).next;
  REQUIRE(again.content == open_truth(5));
  CHECK(absence(again, 4001).next.content == truth{position_flat{}});
}

TEST_CASE("a close that a read outran ends what an event outrun before it told") {
  const auto flat = absence({}, 5'000).next;
  const auto told = event_of(flat, 5, 1'000).next;
  REQUIRE(told.told_open_at);
  CHECK(event_of(told, 0, 2'000).next.told_open_at == std::nullopt);
}

TEST_CASE("a row without a time is no absence") {
  CHECK(row_of(open_by_event(), 7, venue_time{}, 2'010).next.content == open_truth(7));
}

TEST_CASE("a second event of a position renews the doubt of absence") {
  const auto grown = event_of(open_by_event(), 7, 20'000).next;
  CHECK(absence(grown, 45'000).effect == merge_effect::contradicted);
  CHECK(absence(grown, 50'010).next.content == truth{position_flat{}});
}

TEST_CASE("a position that one read missed comes back, though an event named a newer time") {
  // Funding: an event with the same amount, and no trace of its time in the rows of reads.
  const auto seen = row_of(open_by_event(), 5, venue_at(1000), 1500).next;
  const auto paid = event_of(seen, 5, 2000).next;
  const auto missed = absence(paid, 40'000).next;
  REQUIRE(missed.content == truth{position_flat{}});
  const auto back = row_of(missed, 5, venue_at(1000), 41'000);
  CHECK(back.effect == merge_effect::changed);
  CHECK(back.next.content == open_truth(5));
  CHECK(back.next.as_of == at(41'000));
}

TEST_CASE("a position that an event closed does not come back by a row of before") {
  const auto closed = event_of(open_by_event(), 0, 2000).next;
  CHECK(row_of(closed, 5, venue_at(1000), 5000).effect == merge_effect::contradicted);
  const auto confirmed = absence(closed, 5000).next;
  CHECK(row_of(confirmed, 5, venue_at(1000), 6000).effect == merge_effect::contradicted);
}

TEST_CASE("a close that a read outran does not come undone by a copy that lags behind its event") {
  // Told long ago, so that the copy that is ahead of the event is believed at once.
  const auto ahead = absence(open_by_event(), 40'020).next;
  REQUIRE(ahead.content == truth{position_flat{}});
  const auto told = event_of(ahead, 0, 40'015).next;
  const auto lagging = row_of(told, 5, venue_at(1000), 40'100);
  CHECK(lagging.effect == merge_effect::contradicted);
  CHECK(lagging.next.content == truth{position_flat{}});
  CHECK(lagging.next.version == told.version);
  CHECK(row_of(told, 5, venue_at(1000), 41'024).effect == merge_effect::contradicted);
  // What the venue's times place is no such doubt, and after the grace there is none.
  CHECK(row_of(told, 5, venue_at(40'016), 40'100).next.content == open_truth(5));
  CHECK(row_of(told, 5, venue_at(1000), 41'025).next.content == open_truth(5));
}

TEST_CASE("a change that a read outran does not come undone by a copy that lags behind its event") {
  const auto ahead = row_of(open_by_event(), 7, venue_at(5000), 5005).next;
  REQUIRE(ahead.content == open_truth(7));
  const auto told = event_of(ahead, 7, 5000).next;
  CHECK(row_of(told, 5, venue_at(1000), 5100).effect == merge_effect::contradicted);
  CHECK(row_of(told, 5, {}, 5100).effect == merge_effect::contradicted);
}

TEST_CASE("a read that shows all of a millisecond is taken after one that showed a part of it") {
  const auto part = row_of(open_by_event(), 7, venue_at(5000), 5005).next;
  auto told = event_of(part, 7, 5000).next;
  told = event_of(told, 9, 5000).next;
  REQUIRE(told.content == open_truth(7));
  REQUIRE(told.event_received_at == at(5010));
  CHECK(row_of(told, 9, venue_at(5000), 5500).next.content == open_truth(9));
}

TEST_CASE("a position opened by a read is flat as soon as a later read misses it") {
  const auto known = row_of({}, 5, venue_at(900), 1000).next;
  CHECK(absence(known, 1001).next.content == truth{position_flat{}});
}

TEST_CASE("an event sets the content and moves as_of to when it occurred") {
  const auto known = row_of({}, 5, venue_at(900), 1000).next;
  const auto m = event_of(known, 2, 1500);
  CHECK(m.effect == merge_effect::changed);
  CHECK(m.next.content == open_truth(2));
  CHECK(m.next.as_of == at(1500));
  CHECK(m.next.source == truth_source::stream);
}

TEST_CASE("an event older in the venue's time changes nothing") {
  const auto known = row_of({}, 5, venue_at(900), 1000).next;
  CHECK(event_of(known, 2, 800).next == known);
}

TEST_CASE("a duplicated event does not reopen what a read saw flat") {
  const auto flat = absence(row_of(open_by_event(), 5, venue_at(1000), 2000).next, 3000).next;
  const auto m = event_of(flat, 5, 1000);
  CHECK(m.effect == merge_effect::superseded);
  CHECK(m.next == flat);
}

TEST_CASE("of two events in one millisecond the later to come is taken") {
  const auto m = event_of(open_by_event(), 7, 1000);
  CHECK(m.next.content == open_truth(7));
  CHECK(m.next.version == 2);
}

TEST_CASE("an event that a later read has already seen is not taken again") {
  const auto known = row_of(open_by_event(), 5, venue_at(1000), 3000).next;
  CHECK(event_of(known, 4, 1000).effect == merge_effect::superseded);
}

TEST_CASE("an event far older than the read that saw nothing is superseded") {
  const auto flat = absence({}, 5000).next;
  CHECK(event_of(flat, 5, 3999).effect == merge_effect::superseded);
}

TEST_CASE(
    "an event a little older than the read that saw nothing is taken but proves only itself") {
  const auto flat = absence({}, 5000).next;
  const auto m = event_of(flat, 5, 4500);
  CHECK(m.effect == merge_effect::contradicted);
  CHECK(m.next.content == open_truth(5));
  CHECK(m.next.as_of == at(4500));
  CHECK(settle(m.next, at(5000)).as_of == at(4500));
}

TEST_CASE("an old flat event does not give a venue time to a newer absence") {
  auto state = absence({}, 5000).next;
  state = event_of(state, 0, 4200).next;
  CHECK(state.changed_at == venue_time{});
  const auto reopened = event_of(state, 5, 4600).next;
  CHECK(reopened.as_of <= at(4600));
}

TEST_CASE("account-wide proof does not reach back to before a slot was known") {
  const auto m = row_of(settle({}, at(2000)), 5, venue_at(900), 1500);
  CHECK(settle(m.next, at(2000)).as_of == at(1500));
  CHECK(settle(m.next, at(2500)).as_of == at(2500));
}
