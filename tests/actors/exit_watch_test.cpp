// When the account is read for the eyes of exits, and when that would do them harm.
#include "exit_watch.hpp"

#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::actors;
using namespace std::chrono_literals;

namespace {

constexpr instant start{1h};

struct watched_account {
  /// A read of the account that ends now in a failure, with the pause of others as it stands then.
  void fails(read_priority priority, std::optional<milliseconds> retry_in, int http_status = 0,
             failure_kind kind = failure_kind::rate_limited) {
    read_job job{};
    job.target = target;
    job.priority = priority;
    read_failure why{kind, http_status, 0, "", {}};
    if (retry_in)
      why.retry_at = now + *retry_in;
    watch.failed(job, why, budget, known, stream_tells, now);
  }
  /// How often it was read within the span.
  int reads(milliseconds span) {
    int found = 0;
    for (const auto end = now + span; now < end; now += 100ms) {
      watch.look(scheduler, now);
      while (const auto job = scheduler.next(now)) {
        found += job->target.is_account() && job->priority == read_priority::exit_demand ? 1 : 0;
        scheduler.finished(*job, read_end::answered);
      }
    }
    return found;
  }

  instant now{start};
  read_target target{read_target::account()};
  truth_counts known{1, 10, 0};
  bool stream_tells{true};
  budget_view budget{};
  read_scheduler scheduler{{}};
  exit_watch watch{};
};

}  // namespace

TEST_CASE("the account is read for exits five seconds after the rounds were sent away") {
  watched_account a;
  SECTION("from the account") {
    a.fails(read_priority::rest, 60s);
    CHECK(a.reads(4'900ms) == 0);
    CHECK(a.reads(200ms) == 1);
    CHECK(a.reads(20s) == 0);  // The next failure says more.
  }
  SECTION("from single symbols, where the account has no rounds") {
    a.target = read_target::of(symbol_index{3});
    for (int i = 0; i < 5; ++i)
      a.fails(read_priority::open_position, 60s);
    CHECK(a.reads(6s) == 1);
  }
  SECTION("of which some are not known yet") {
    a.known = {0, 0, 11};
    a.fails(read_priority::verification, 60s);
    CHECK(a.reads(6s) == 1);
  }
  SECTION("all flat as far as is known, while no stream tells what our orders became") {
    a.known = {0, 11, 0};
    a.stream_tells = false;
    a.fails(read_priority::rest, 60s);
    CHECK(a.reads(6s) == 1);
  }
}

TEST_CASE("nothing is read for exits where nobody needs it or it cannot help") {
  watched_account a;
  SECTION("all is flat") {
    a.known = {0, 11, 0};
    a.fails(read_priority::rest, 60s);
  }
  SECTION("the rounds go on soon") {
    a.fails(read_priority::rest, 3s);
    a.fails(read_priority::rest, std::nullopt);
  }
  SECTION("the address is banned") {
    a.fails(read_priority::rest, 120s, 418, failure_kind::banned);
  }
  CHECK(a.reads(30s) == 0);
}

TEST_CASE("a watch that the exchange turned away waits until all others may ask again") {
  watched_account a;
  a.fails(read_priority::rest, 60s);
  REQUIRE(a.reads(6s) == 1);
  a.budget.others_paused_until = a.now + 90s;
  a.fails(read_priority::exit_demand, 2s, 403);
  a.fails(read_priority::rest, 90s);
  CHECK(a.reads(89s) == 0);
  CHECK(a.reads(2s) == 1);
}

TEST_CASE("a watch that failed for another reason goes on: it made no pause longer") {
  watched_account a;
  a.fails(read_priority::rest, 60s);
  REQUIRE(a.reads(6s) == 1);
  a.budget.others_paused_until = a.now + 90s;
  SECTION("a proxy's error") {
    a.fails(read_priority::exit_demand, std::nullopt, 502, failure_kind::venue_error);
  }
  SECTION("a reply that nobody can use") {
    a.fails(read_priority::exit_demand, std::nullopt, 200, failure_kind::malformed);
  }
  a.fails(read_priority::rest, 90s);
  CHECK(a.reads(6s) == 1);
}
