// What is archived is gone from the journal but for what a start needs, and both go together.
#include "sluice/journal/archive.hpp"

#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <set>

#include "builders.hpp"
#include "sluice/journal/facts_json.hpp"
#include "support/catch.hpp"

namespace sluice::journal {
namespace {

using namespace test;
namespace fs = std::filesystem;

/// Stamps grow by a second from 1,795,000,000,000 on, so that seq n has second n - 1.
wall_time before_seq(std::int64_t seq) {
  return {1'795'000'000'000 + (seq - 1) * 1'000};
}

/// A denied plan, an exit that was done, and one of everything that still stands; 20 records.
void fill_journal(store& s) {
  const auto open = an_open_plan("old"), done = a_reduce_plan("done");
  put(s, plan_accepted{open});
  put(s, a_denial(open));
  put(s, plan_accepted{done});
  put(s, a_permission(done));
  put(s, an_intent("o1", "done"));
  put(s, a_change("o1", "done", order_state::filled));
  put(s, a_fill("BTCUSDT", 1, side::sell, "0.25"));
  put(s, hold_placed{a_hold(1, "BTCUSDT")});
  put(s, state_changed{trading_state::active, trading_state::reduce_only, "mara", "drill"});
  put(s, override_set{{2, "gate.allow_add", "true", "mara", "why", {10}, {20}, {}}});
  put(s, close_armed{{3, symbol("BTCUSDT"), "mara", "checked", {10}, {20}}});
  put(s, exit_changed{{.position = {symbol("BTCUSDT"), position_side::both}, .active = true}});
  put(s, an_intent("o2", "done"));
  put(s, equity_peaked{20'000, decimal<notional>("1000")});
  put(s, plan_accepted{an_open_plan("waiting")});
  put(s, plan_accepted{an_open_plan("judged later")});
  put(s, settings_changed{"mara", "calmer", "a.toml", {{"gate.cooldown", "15s", "20s"}}, {}});
  for (int i = 0; i < 3; ++i)
    put(s, notice{"test", "old"});
  REQUIRE(s.commit().has_value());
}

void go_on(store& s) {
  put(s, a_denial(an_open_plan("judged later")));
  put(s, a_change("o2", "done", order_state::unknown));
  put(s, notice{"test", "new"});
  REQUIRE(s.commit().has_value());
}

archived archive_before(const directory& d, std::int64_t seq) {
  auto made = archive_journal(d.journal(), {.before = before_seq(seq)});
  INFO((made ? "" : made.error().text));
  REQUIRE(made.has_value());
  return std::move(*made);
}

verification verified(const fs::path& path) {
  auto found = read(path)->verify();
  INFO((found ? "" : found.error().text));
  REQUIRE(found.has_value());
  return std::move(*found);
}

/// What a start is given, as text that can be compared.
std::string start_of(const directory& d) {
  const auto r = opened(d.journal())->recover().value();
  std::string text = std::to_string(r.last_seq) + " " + std::to_string(r.last_hold_id) + " " +
                     std::to_string(r.last_override_id) + " " + std::to_string(r.last_arming_id) +
                     " " + std::string(to_string(r.state.state)) + r.state.author;
  for (const auto& p : r.undecided_plans)
    text += " " + to_json(p);
  for (const auto& o : r.unresolved_orders)
    text += " " + o.request.id.str() + std::string(to_string(o.state));
  for (const auto& o : r.own_orders)
    text += " " + o.client_id.str();
  for (const auto& l : r.ledger)
    text += " " + l.amount.str() + l.fees.at("USDT").str() + std::to_string(l.changed_at.ms);
  for (const auto& [name, ids] : r.trade_ids)
    text += " " + name.str() + std::to_string(ids.size());
  std::set<std::string> plans;
  for (const auto& p : r.plans)
    plans.insert(std::to_string(p.id_hash) + " " + std::to_string(p.content_hash));
  for (const auto& p : plans)
    text += " " + p;
  return text + " " + std::to_string(r.holds.size()) + std::to_string(r.overrides.size()) +
         std::to_string(r.armings.size()) + std::to_string(r.exits.size());
}

TEST_CASE("an archive ends where the journal goes on, and both are verified") {
  const directory d;
  fill_journal(*opened(d.journal()));
  go_on(*opened(d.journal()));
  const auto whole = verified(d.journal());
  const auto done = archive_before(d, 21);
  CHECK(done.file == d.path() / "archive" / "journal-1-20.db");
  CHECK(done.records == 20);
  const auto old = verified(done.file), rest = verified(d.journal());
  CHECK(old.archived);
  CHECK(old.records == 20);
  CHECK(rest.begins_after == 20);
  CHECK(rest.begins_with == old.ends_with);
  CHECK(rest.archive == done.file.string());
  CHECK(rest.records == 3);
  CHECK(rest.ends_with == whole.ends_with);
  CHECK(rest.state_rows > 0);
}

TEST_CASE("a start is given the same after an archive as before it") {
  const directory d;
  fill_journal(*opened(d.journal()));
  go_on(*opened(d.journal()));
  const auto before = start_of(d);
  archive_before(d, 10);
  CHECK(start_of(d) == before);
  archive_before(d, 21);
  CHECK(start_of(d) == before);
  archive_before(d, 1'000);
  CHECK(start_of(d) == before);
  CHECK(verified(d.journal()).records == 0);
  CHECK(put(*opened(d.journal()), notice{"next", ""}) == 24);
}

TEST_CASE("what was archived is neither accepted nor booked a second time") {
  const directory d;
  fill_journal(*opened(d.journal()));
  archive_before(d, 1'000);
  auto s = opened(d.journal());
  auto plan_again = a_record(plan_accepted{an_open_plan("old")});
  CHECK(s->append(plan_again).value() == appended::duplicate);
  auto fill_again = a_record(a_fill("BTCUSDT", 1, side::sell, "0.25"));
  CHECK(s->append(fill_again).value() == appended::duplicate);
  auto order_again = a_record(an_intent("its-order", "old"));
  CHECK(s->append(order_again).value() == appended::duplicate);
  CHECK(s->content_hash_of(plan_id("old")).value() == content_hash(an_open_plan("old")));
}

TEST_CASE("a trade that is not given back at a start is remembered all the same") {
  const directory d;
  {
    auto s = opened(d.journal());
    for (int id = 1; id <= 5; ++id)
      put(*s, a_fill("BTCUSDT", id, side::buy, "1"));
    REQUIRE(s->commit().has_value());
  }
  REQUIRE(archive_journal(d.journal(), {.before = before_seq(100), .trade_ids_kept = 2}));
  auto s = opened(d.journal());
  CHECK(s->recover().value().trade_ids.at(symbol("BTCUSDT")) == std::vector<trade_id>{5, 4});
  for (int id = 1; id <= 5; ++id) {
    auto again = a_record(a_fill("BTCUSDT", id, side::buy, "1"));
    CHECK(s->append(again).value() == appended::duplicate);
  }
}

TEST_CASE("an archive has its judgements, and is never written") {
  const directory d;
  fill_journal(*opened(d.journal()));
  go_on(*opened(d.journal()));
  const auto done = archive_before(d, 21);
  int judgements = 0;
  REQUIRE(read(done.file)->each_judgement([&](const judgement&) { ++judgements; }).has_value());
  CHECK(judgements == 2);
  judgements = 0;
  REQUIRE(read(d.journal())->each_judgement([&](const judgement&) { ++judgements; }).has_value());
  CHECK(judgements == 2);  // Of the plan that was judged later, and of one not finished: kept.
  const auto made = store::open(done.file);
  REQUIRE_FALSE(made.has_value());
  CHECK_THAT(made.error().text, ContainsSubstring("is an archive"));
}

TEST_CASE("a withdrawal stays in the journal as long as its plan has not ended") {
  const directory d;
  const auto cancel = [](const char* id, const char* target) {
    auto p = a_reduce_plan(id);
    p.body = cancel_plan{plan_id(target)};
    return p;
  };
  const auto withdrawals = [&] {
    const auto found = opened(d.journal())->recover().value().withdrawals;
    std::vector<std::string> by;
    for (const auto& w : found)
      by.push_back(w.by.str());
    return by;
  };
  {
    auto s = opened(d.journal());
    put(*s, plan_accepted{cancel("too old", "x")});
    put(*s, a_permission(cancel("too old", "x")));
    put(*s, plan_accepted{a_reduce_plan("x")});
    put(*s, a_permission(a_reduce_plan("x")));
    put(*s, plan_accepted{cancel("allowed", "x")});
    put(*s, a_permission(cancel("allowed", "x")));
    put(*s, plan_accepted{cancel("denied", "x")});
    put(*s, a_denial(cancel("denied", "x")));
    REQUIRE(s->end().has_value());
  }
  REQUIRE(withdrawals() == std::vector<std::string>{"allowed"});
  CHECK(archive_before(d, 1'000).records == 8);
  CHECK(withdrawals() == std::vector<std::string>{"allowed"});
  CHECK(verified(d.journal()).records == 0);
  {
    auto s = opened(d.journal());
    put(*s, plan_finished{plan_id("x"), symbol("BTCUSDT"), plan_end::withdrawn, {}, 0, ""});
    REQUIRE(s->end().has_value());
  }
  CHECK(archive_before(d, 1'000).records == 1);
  CHECK(withdrawals().empty());
  CHECK(verified(d.journal()).records == 0);
  auto again = a_record(plan_accepted{cancel("allowed", "x")});
  CHECK(opened(d.journal())->append(again).value() == appended::duplicate);
}

TEST_CASE("an archive belongs to whom the journal belongs, also when root makes it") {
  const directory d;
  fill_journal(*opened(d.journal()));
  go_on(*opened(d.journal()));
  const uid_t owner = ::geteuid() == 0 ? 64'321 : ::geteuid();
  REQUIRE(::chown(d.journal().c_str(), owner, static_cast<gid_t>(-1)) == 0);
  const auto done = archive_before(d, 21);
  for (const auto& path : {done.file, done.file.parent_path()}) {
    struct stat told {};
    REQUIRE(::stat(path.c_str(), &told) == 0);
    CHECK(told.st_uid == owner);
  }
}

TEST_CASE("nothing is archived when nothing is old enough, or the file is there") {
  const directory d;
  fill_journal(*opened(d.journal()));
  CHECK(archive_before(d, 1).file.empty());
  CHECK(verified(d.journal()).records == 20);
  const auto made = archive_journal(d.journal(), {.before = before_seq(10), .to = d.journal()});
  REQUIRE_FALSE(made.has_value());
  CHECK(made.error().code == errc::invalid_value);
}

TEST_CASE("records older than the retention are archived once there is a day of them") {
  const directory d;
  const auto at = [](std::int64_t second) { return wall_time{1'795'000'000'000 + second * 1'000}; };
  const milliseconds retention{std::chrono::hours{48}};
  const std::int64_t day = 86'400;
  CHECK(archive_older_than(d.journal(), retention, at(9 * day), {}).value().file.empty());
  fill_journal(*opened(d.journal()));
  for (const auto& [kept, now] :
       {std::pair{milliseconds{0}, at(9 * day)}, std::pair{retention, at(2 * day)},
        std::pair{retention, at(3 * day)}})
    CHECK(archive_older_than(d.journal(), kept, now, {}).value().file.empty());
  // An order was open when the last process was killed: nothing may hold up who looks after it.
  const auto put_off = archive_older_than(d.journal(), retention, at(3 * day + 1), {}).value();
  CHECK(put_off.put_off);
  CHECK(put_off.file.empty());
  REQUIRE(opened(d.journal())->end().has_value());
  CHECK(archive_older_than(d.journal(), retention, at(3 * day + 1), {}).value().records == 20);
  CHECK(verified(d.journal()).records == 0);
}

TEST_CASE("a start is given the newest plan ids, archived or not, as many as it remembers") {
  const directory d;
  fill_journal(*opened(d.journal()));
  archive_before(d, 15);  // "old" and "done" are in it.
  const auto given = [&](std::int64_t most) {
    const auto s = store::open(d.journal(), {.plan_ids_kept = most}).value();
    std::vector<std::uint64_t> ids;
    for (const auto& p : s->recover().value().plans)
      ids.push_back(p.id_hash);
    return ids;
  };
  const std::vector all{stable_hash("old"), stable_hash("done"), stable_hash("waiting"),
                        stable_hash("judged later")};
  CHECK(given(5) == all);
  for (std::int64_t n = 1; n <= 4; ++n)
    CHECK(given(n) == std::vector(all.end() - n, all.end()));
}

TEST_CASE("an archive that was not named yet is named when the journal is opened") {
  const directory d;
  fill_journal(*opened(d.journal()));
  const auto done = archive_before(d, 10);
  fs::rename(done.file, done.file.string() + ".new");
  CHECK(opened(d.journal())->last_seq() == 20);
  CHECK(verified(done.file).records == 9);
}

TEST_CASE("an archive that cannot be named stops no start, but the next archive") {
  const directory d;
  fill_journal(*opened(d.journal()));
  const auto done = archive_before(d, 10);
  const auto draft = done.file.string() + ".new";
  fs::rename(done.file, draft);
  fs::create_directories(done.file / "in the way");
  CHECK_THAT(opened(d.journal())->archive_fault(), ContainsSubstring(done.file.string()));
  CHECK(opened(d.journal())->last_seq() == 20);
  CHECK(archive_before(d, 1).file.empty());
  const auto next = archive_journal(d.journal(), {.before = before_seq(100)});
  REQUIRE_FALSE(next.has_value());
  CHECK_THAT(next.error().text, ContainsSubstring("the last archive cannot be named"));
  CHECK(verified(draft).records == 9);
  CHECK(verified(d.journal()).archive == done.file.string());
  fs::remove_all(done.file);
  CHECK(opened(d.journal())->archive_fault().empty());
  CHECK(verified(done.file).records == 9);
  CHECK(archive_before(d, 100).records == 11);
}

TEST_CASE("a kept record that was changed is found") {
  const directory d;
  fill_journal(*opened(d.journal()));
  archive_before(d, 1'000);
  sqlite3* raw = nullptr;
  REQUIRE(sqlite3_open(d.journal().c_str(), &raw) == SQLITE_OK);
  CHECK(sqlite3_exec(raw, "UPDATE record SET wall_ms = 1 WHERE seq = 14", nullptr, nullptr,
                     nullptr) == SQLITE_OK);
  CHECK(sqlite3_changes(raw) == 1);
  sqlite3_close(raw);
  const auto found = read(d.journal())->verify();
  REQUIRE_FALSE(found.has_value());
  CHECK_THAT(found.error().text, ContainsSubstring("kept from the archive"));
}

TEST_CASE("what an archive frees is given back") {
  const directory d;
  {
    auto s = opened(d.journal());
    for (int i = 0; i < 3'000; ++i)
      put(*s, notice{"test", std::string(2'000, 'x')});
    REQUIRE(s->end().has_value());
  }
  const auto before = fs::file_size(d.journal());
  archive_before(d, 5'000);
  CHECK(fs::file_size(d.journal()) < before / 10);
}

}  // namespace
}  // namespace sluice::journal
