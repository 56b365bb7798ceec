// A generated venue, seen through reads and events that are late, lost, doubled and out of order:
// whatever arrives how, truth is honest on the way and right after the next good read.
#include <rapidcheck.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <sstream>
#include <string>
#include <variant>
#include <vector>

#include "sluice/truth/truth_keeper.hpp"
#include "support/catch.hpp"
#include "truth/builders.hpp"

using namespace sluice;
using namespace sluice::test;

namespace {

constexpr std::int64_t grace_ms = 1'000;

// RapidCheck reads its number of cases from the environment only; faults of this kind showed after
// some thousand worlds, which take a fraction of a second. What the caller has set stays.
const int more_cases = ::setenv("RC_PARAMS", "max_success=4000", 0);

struct venue_change {
  std::int64_t ms{0};
  std::int64_t amount{0};
};

/// What the venue holds, as a step function of time.
struct venue_history {
  std::vector<venue_change> changes{};

  [[nodiscard]] venue_change state_at(std::int64_t ms) const {
    venue_change last{-1, 0};
    for (const auto& c : changes)
      if (c.ms <= ms)
        last = c;
    return last;
  }
  /// Was `content` the venue's state at any time from `from` to `to`?
  [[nodiscard]] bool held(const truth& content, std::int64_t from, std::int64_t to) const {
    const auto matches = [&](const venue_change& c) {
      return amount_of(content) == quantity::whole(c.amount);
    };
    if (matches(state_at(from)))
      return true;
    return std::any_of(changes.begin(), changes.end(), [&](const venue_change& c) {
      return c.ms > from && c.ms <= to && matches(c);
    });
  }
};

using input = std::variant<snapshot, account_update>;
struct delivery {
  std::int64_t received_ms{0};
  std::int64_t occurred_ms{0};
  input what{};
};

struct world {
  venue_history venue{};
  std::vector<delivery> deliveries{};
  std::int64_t end_ms{0};
};

std::int64_t pick(std::int64_t low, std::int64_t high) {
  return *rc::gen::inRange<std::int64_t>(low, high + 1);
}

venue_history a_history(std::int64_t min_gap_ms) {
  venue_history v;
  std::int64_t now = 0;
  const auto count = pick(0, 8);
  for (std::int64_t i = 0; i < count; ++i) {
    now += pick(min_gap_ms, pick(0, 1) == 0 ? 40 : 1'500);
    v.changes.push_back({now, pick(-2, 2)});
  }
  return v;
}

/// A read that shows the venue `lag_ms` before it was processed.
snapshot read_of(const venue_history& v, std::int64_t sent, std::int64_t processed,
                 std::int64_t lag_ms, bool account) {
  const auto seen = v.state_at(processed - lag_ms);
  auto read = a_read(account ? "" : "A", sent);
  const bool zero_row = seen.amount == 0 && pick(0, 3) == 0;  // A resting order.
  if (seen.amount != 0 || zero_row) {
    const bool no_time = zero_row && pick(0, 1) == 0;
    read.rows.push_back(
        a_row("A", seen.amount, no_time || seen.ms < 0 ? venue_time{} : venue_at(seen.ms)));
  }
  return read;
}

world a_world(std::int64_t min_gap_ms, std::int64_t max_lag_ms) {
  world w{a_history(min_gap_ms), {}, 0};
  const auto last = w.venue.changes.empty() ? 0 : w.venue.changes.back().ms;
  for (const auto& c : w.venue.changes) {
    const auto copies = pick(0, 2);  // Lost, once, doubled.
    for (std::int64_t i = 0; i < copies; ++i) {
      const auto early = pick(0, 1) * pick(0, 20);  // By the error of the clock offset.
      const auto delay = pick(0, 2) == 0 ? pick(0, 3'000) : pick(0, 30);
      w.deliveries.push_back({c.ms + delay, c.ms - early, an_event("A", c.amount, venue_at(c.ms))});
    }
  }
  const auto reads = pick(0, 12);
  for (std::int64_t i = 0; i < reads; ++i) {
    const auto sent = pick(0, last + 1'000);
    const auto processed = sent + pick(0, 400);
    w.deliveries.push_back(
        {processed + pick(0, 2'000), 0,
         read_of(w.venue, sent, processed, pick(0, max_lag_ms), pick(0, 1) == 0)});
  }
  std::stable_sort(w.deliveries.begin(), w.deliveries.end(),
                   [](const auto& a, const auto& b) { return a.received_ms < b.received_ms; });
  w.end_ms = last + 40'000;  // No read lags behind an event for so long.
  return w;
}

std::vector<truth_changed> deliver(truth_keeper& keeper, const delivery& d) {
  if (const auto* read = std::get_if<snapshot>(&d.what))
    return keeper.apply(*read);
  return keeper.apply(std::get<account_update>(d.what), at(d.received_ms), at(d.occurred_ms));
}

std::int64_t ms_of(instant t) {
  return between(at(0), t).count();
}

/// Every claim on the way: honest within the lag, never back in venue time, versions exact.
void check_step(const world& w, const truth_view& before, const truth_view& after,
                std::int64_t now_ms, std::int64_t max_lag_ms) {
  RC_ASSERT((after.version > before.version) == (after.content != before.content));
  if (before.changed_at.ms != 0 && after.changed_at.ms != 0)
    RC_ASSERT(after.changed_at >= before.changed_at);
  if (is_known(before.content))
    RC_ASSERT(is_known(after.content));
  if (is_known(after.content))
    RC_ASSERT(w.venue.held(after.content, ms_of(after.as_of) - max_lag_ms, now_ms));
}

/// The world in words, for a counterexample.
std::string described(const world& w) {
  std::ostringstream out;
  for (const auto& c : w.venue.changes)
    out << "venue at " << c.ms << " holds " << c.amount << '\n';
  for (const auto& d : w.deliveries) {
    out << "at " << d.received_ms;
    if (const auto* read = std::get_if<snapshot>(&d.what)) {
      out << (read->scope.empty() ? " account" : " symbol") << " read sent "
          << ms_of(read->sent_at);
      for (const auto& row : read->rows)
        out << " row " << row.amount.str() << " of " << row.updated_at.ms - venue_at(0).ms;
    } else {
      const auto& event = std::get<account_update>(d.what);
      out << " event " << event.positions[0].amount.str() << " of "
          << event.transaction_time.ms - venue_at(0).ms << " occurred " << d.occurred_ms;
    }
    out << '\n';
  }
  return out.str();
}

void run_world(const world& w, std::int64_t max_lag_ms) {
  RC_LOG(described(w));
  RC_ASSERT(more_cases == 0);
  truth_keeper keeper{{16, false, milliseconds{grace_ms}}};
  if (pick(0, 1) == 0)
    RC_ASSERT(keeper.register_symbol(symbol{"A"}).has_value());
  const auto key = both_of("A");
  for (const auto& d : w.deliveries) {
    const auto before = keeper.table()->read(key);
    RC_ASSERT(before.content == truth{} || before.version > 0);
    const auto changes = deliver(keeper, d);
    const auto after = keeper.table()->read(key);
    check_step(w, before, after, d.received_ms, max_lag_ms);
    RC_ASSERT(changes.size() == (after.version == before.version ? 0U : 1U));
  }
  const auto final_read = read_of(w.venue, w.end_ms, w.end_ms + 50, 0, pick(0, 1) == 0);
  static_cast<void>(keeper.apply(final_read));
  const auto settled = keeper.table()->read(key);
  if (keeper.directory()->find(key.instrument)) {
    RC_ASSERT(is_known(settled.content));
    RC_ASSERT(amount_of(settled.content) == quantity::whole(w.venue.state_at(w.end_ms).amount));
    RC_ASSERT(settled.as_of == at(w.end_ms));
  }
  for (const auto& d : w.deliveries)  // Everything once more, far too late.
    static_cast<void>(deliver(keeper, {w.end_ms + 100, d.occurred_ms, d.what}));
  const auto later = keeper.table()->read(key);
  if (is_known(settled.content)) {
    RC_ASSERT(later.content == settled.content);
    RC_ASSERT(later.as_of == settled.as_of);
  }
}

}  // namespace

TEST_CASE("truth is honest and ends in the venue's state, whatever is late, lost or doubled") {
  CHECK(rc::check([] { run_world(a_world(1, 0), 0); }));
}

TEST_CASE("with reads that lag, truth is honest up to the lag and ends in the venue's state") {
  CHECK(rc::check([] {
    const auto lag = pick(1, grace_ms - 450);
    run_world(a_world(1, lag), lag);
  }));
}

TEST_CASE(
    "what an event opened is never flat while it stands, though copies of a read lag by turns") {
  CHECK(rc::check([] {
    const auto opened = pick(0, 2'000);
    world w{{{{opened, pick(1, 2)}}}, {}, 0};
    const auto told = opened + pick(0, 3'000);
    w.deliveries.push_back(
        {told, opened, an_event("A", w.venue.changes[0].amount, venue_at(opened))});
    const auto reads = pick(1, 20);
    for (std::int64_t i = 0; i < reads; ++i) {
      const auto sent = pick(0, 40'000);
      const auto processed = sent + pick(0, 400);
      const auto lag = pick(0, 1) * pick(0, 25'000);
      w.deliveries.push_back(
          {processed + pick(0, 2'000), 0, read_of(w.venue, sent, processed, lag, pick(0, 1) == 0)});
    }
    std::stable_sort(w.deliveries.begin(), w.deliveries.end(),
                     [](const auto& a, const auto& b) { return a.received_ms < b.received_ms; });
    RC_LOG(described(w));
    truth_keeper keeper{{16, false, milliseconds{grace_ms}}};
    bool seen = false;  // Since the event; a read that lacked it may have outrun it.
    for (const auto& d : w.deliveries) {
      static_cast<void>(deliver(keeper, d));
      const auto now = keeper.table()->read(both_of("A")).content;
      seen = seen || (d.received_ms >= told && std::holds_alternative<position_open>(now));
      RC_ASSERT(!seen || std::holds_alternative<position_open>(now));
    }
  }));
}

TEST_CASE("changes in the same millisecond still end in the venue's state") {
  CHECK(rc::check([] {
    const auto w = a_world(0, 0);
    truth_keeper keeper{{16, false, milliseconds{grace_ms}}};
    for (const auto& d : w.deliveries)
      static_cast<void>(deliver(keeper, d));
    static_cast<void>(keeper.apply(read_of(w.venue, w.end_ms, w.end_ms + 50, 0, false)));
    const auto view = keeper.table()->read(both_of("A"));
    RC_ASSERT(is_known(view.content));
    RC_ASSERT(amount_of(view.content) == quantity::whole(w.venue.state_at(w.end_ms).amount));
    RC_ASSERT(view.as_of == at(w.end_ms));
  }));
}

TEST_CASE("reads of which each kind lags by its own take nothing back of what events told") {
  CHECK(rc::check([] {
    const auto venue = a_history(1);
    const std::int64_t lags[] = {pick(0, 25'000), pick(1'100, 25'000)};
    truth_keeper keeper{{16, false, milliseconds{grace_ms}}};
    static_cast<void>(keeper.apply(read_of(venue, 0, 0, lags[1], true)));
    std::int64_t read_at = 0;
    std::size_t told = 0;
    for (std::int64_t now = 1; now < 40'000; ++now) {
      const auto& all = venue.changes;
      for (; told < all.size() && all[told].ms + 5 == now; ++told)
        static_cast<void>(keeper.apply(an_event("A", all[told].amount, venue_at(all[told].ms)),
                                       at(now), at(all[told].ms)));
      if (now - read_at < 700)
        continue;
      read_at = now;
      const bool account = pick(0, 1) == 1;
      static_cast<void>(keeper.apply(read_of(venue, now, now, lags[account ? 1 : 0], account)));
      if (told > 0 && now - all[told - 1].ms < 25'000)
        RC_ASSERT(amount_of(keeper.table()->read(both_of("A")).content) ==
                  quantity::whole(all[told - 1].amount));
    }
  }));
}
