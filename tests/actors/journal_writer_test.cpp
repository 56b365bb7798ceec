// What shares a commit with what somebody waits for.
#include <caf/scheduler/test_coordinator.hpp>

#include "journal/builders.hpp"
#include "journal/faulty_disk.hpp"
#include "sluice/actors/journal_writer.hpp"
#include "support/catch.hpp"
#include "support/pipeline_fixture.hpp"

using namespace sluice;
using namespace std::chrono_literals;

namespace {

/// A journal's actor alone, on virtual time.
class journal_alone {
 public:
  explicit journal_alone(milliseconds commit_wait) : system_(on_virtual_time(config_)) {
    given_.vitals = std::make_shared<actors::vitals>();
    given_.log = std::shared_ptr<status::logger>(status::logger::start({}));
    given_.metrics = std::make_shared<status::metrics>();
    actors::journal_options options;
    options.thread = actors::journal_thread::shared;
    options.commit_wait = commit_wait;
    writer_ = actors::spawn_journal_writer(system_, given_, journal::store::open(path()).value(),
                                           options);
  }
  ~journal_alone() { end(); }

  void end() {
    caf::anon_send_exit(writer_, caf::exit_reason::user_shutdown);
    scheduler().run();
  }

  void append(std::size_t notices) {
    std::vector<record_body> bodies(notices, notice{"a", "notice of some length, to fill pages"});
    caf::anon_send(writer_, actors::append{std::move(bodies)});
    scheduler().run();
  }
  [[nodiscard]] std::filesystem::path path() const { return world_.directory / "journal.db"; }
  [[nodiscard]] std::uintmax_t file_bytes() const { return std::filesystem::file_size(path()); }
  [[nodiscard]] const actors::vitals& vitals() const { return *given_.vitals; }
  [[nodiscard]] const actors::journal_actor& writer() const { return writer_; }
  caf::actor_system& system() { return system_; }
  caf::scheduler::test_coordinator& scheduler() {
    return dynamic_cast<caf::scheduler::test_coordinator&>(system_.scheduler());
  }

 private:
  static caf::actor_system_config& on_virtual_time(caf::actor_system_config& config) {
    config.set("scheduler.policy", caf::atom("testing"));
    return config;
  }

  testing::pipeline_world world_{};
  caf::actor_system_config config_{};
  caf::actor_system system_;
  actors::services given_{};
  actors::journal_actor writer_{};
};

/// An intent with three records behind it that were at hand with it; how many commits that were.
std::uint64_t commits_of_a_crowd(milliseconds commit_wait) {
  journal_alone journal{commit_wait};
  caf::scoped_actor self{journal.system()};
  auto asked = self->request(journal.writer(), caf::infinite,
                             actors::append_durable{{notice{"an", "intent"}}});
  for (int i = 0; i < 3; ++i)
    caf::anon_send(journal.writer(), actors::append{{notice{"a", "verdict"}}});
  journal.scheduler().run();
  asked.receive([](const actors::appended& a) { CHECK(a.last_seq >= 1); },
                [](const caf::error&) { FAIL("refused"); });
  CHECK(journal.vitals().records == 4);
  return journal.vitals().commits;
}

/// Lets time pass at the first call of the disk in each commit.
std::function<void()> each_commit_takes(milliseconds span, journal_alone& journal) {
  return [span, &journal, last = std::int64_t{-1}]() mutable {
    const auto commits = static_cast<std::int64_t>(journal.vitals().commits);
    if (std::exchange(last, commits) != commits)
      journal.scheduler().clock().current_time += span;
  };
}

}  // namespace

TEST_CASE("records at hand share the commit of an intent, but only for as long as it may wait") {
  CHECK(commits_of_a_crowd(1ms) == 1);
  CHECK(commits_of_a_crowd(0ms) == 2);
}

TEST_CASE("on a disk whose commits take long, what came in meanwhile is one commit") {
  journal::test::faulty_disk disk;
  journal_alone journal{1ms};
  auto& clock = journal.scheduler().clock();
  disk.before_each_call(each_commit_takes(3s, journal));
  journal.append(1);
  CHECK(journal.vitals().commits_took_ms == 0);  // One alone is no slow disk.
  const auto before = journal.vitals().commits.load();
  // Each is taken in half a millisecond, so that most come after the first has waited for 1 ms.
  for (int i = 0; i < 200; ++i)
    caf::anon_send(journal.writer(), actors::append_durable{{notice{"an", "intent"}}});
  while (journal.scheduler().try_run_once())
    clock.current_time += 500us;
  journal.scheduler().advance_time(250ms);
  journal.scheduler().run();
  CHECK(journal.vitals().records == 201);
  CHECK(journal.vitals().commits - before == 1);
  CHECK(journal.vitals().commits_took_ms == 3'000);
}

TEST_CASE("on a slow disk a batch stays open for what follows from it") {
  journal::test::faulty_disk disk;
  journal_alone journal{1ms};
  disk.before_each_call(each_commit_takes(1s, journal));
  journal.append(1);
  const auto before = journal.vitals().commits.load();
  journal.append(1);
  journal.scheduler().advance_time(50ms);
  journal.scheduler().run();
  CHECK(journal.vitals().commits == before);
  journal.append(1);
  journal.scheduler().advance_time(75ms);  // An eighth of a commit since the first.
  journal.scheduler().run();
  CHECK(journal.vitals().commits == before + 1);
  CHECK(journal.vitals().records == 3);
}

TEST_CASE("a verdict is durable before somebody who repeats its plan is told") {
  const bool told = GENERATE(false, true);
  CAPTURE(told);
  journal_alone journal{1ms};
  const auto p = journal::test::an_open_plan("p");
  caf::scoped_actor self{journal.system()};
  caf::anon_send(journal.writer(), actors::append{{plan_accepted{p}, journal::test::a_denial(p)}});
  auto asked = self->request(journal.writer(), caf::infinite, actors::find_plan{p.id, told});
  journal.scheduler().run_once();  // Taken; its commit comes after the question.
  CHECK(journal.vitals().commits == 0);
  journal.scheduler().run_once();
  CHECK(journal.vitals().commits == (told ? 1 : 0));
  asked.receive([&](const actors::plan_found& f) { CHECK(f.verdict.empty() != told); },
                [](const caf::error&) { FAIL("refused"); });
}

TEST_CASE("a long log is moved into the file once nothing has come for a while, not before") {
  journal_alone journal{1ms};
  journal.scheduler().advance_time(100ms);
  const auto empty = journal.file_bytes();
  for (int i = 0; i < 50; ++i) {
    journal.append(1'000);
    journal.scheduler().advance_time(10ms);
    journal.scheduler().run();
  }
  CHECK(journal.file_bytes() == empty);
  journal.scheduler().advance_time(30ms);
  journal.scheduler().run();
  CHECK(journal.file_bytes() > empty + 1'000'000);
}

TEST_CASE("a journal whose last commit fails as it ends says so where the process still sees it") {
  const bool fails = GENERATE(false, true);
  CAPTURE(fails);
  journal::test::faulty_disk disk;
  journal_alone journal{1ms};
  journal.append(1);
  REQUIRE_FALSE(journal.vitals().journal_failed);
  caf::anon_send(journal.writer(), actors::append{{notice{"the", "last words"}}});
  journal.scheduler().run_once();  // Taken, and not committed yet.
  if (fails)
    disk.fail_next_sync();
  journal.end();
  CHECK(disk.happened() == fails);
  CHECK(journal.vitals().journal_failed == fails);
}
