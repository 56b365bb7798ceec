// A process that is killed loses what it had not committed and nothing else.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>

#include "builders.hpp"
#include "support/catch.hpp"

namespace sluice::journal {
namespace {

using namespace test;

/// Runs `work` in a child that then kills itself, as kill -9 would.
void killed_after(const std::function<void()>& work) {
  const auto child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    work();
    ::kill(::getpid(), SIGKILL);
    ::_exit(1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFSIGNALED(status));
  REQUIRE(WTERMSIG(status) == SIGKILL);
}

void append_fill(store& s, trade_id id) {
  auto r = a_record(a_fill("BTCUSDT", id, side::buy, "0.1"));
  if (!s.append(r))
    ::_exit(2);
}

TEST_CASE("a kill after a commit keeps everything, a kill before it keeps nothing of the batch") {
  const directory d;
  killed_after([&] {
    auto s = store::open(d.journal());
    if (!s)
      ::_exit(3);
    append_fill(**s, 1);
    append_fill(**s, 2);
    if (!(*s)->commit())
      ::_exit(4);
    append_fill(**s, 3);
    append_fill(**s, 4);
  });
  auto s = opened(d.journal(), integrity::full);
  const auto back = s->recover().value();
  CHECK(back.last_seq == 2);
  REQUIRE(back.ledger.size() == 1);
  CHECK(back.ledger[0].amount == decimal<quantity>("0.2"));
  CHECK(back.trade_ids.at(symbol("BTCUSDT")) == std::vector<trade_id>{2, 1});
  CHECK(put(*s, a_fill("BTCUSDT", 3, side::buy, "0.1")) == 3);
}

TEST_CASE("many kills in a row leave one unbroken chain of all committed records") {
  const directory d;
  constexpr int rounds = 8, batches = 20, batch = 7;
  for (int round = 0; round < rounds; ++round)
    killed_after([&] {
      auto s = store::open(d.journal());
      if (!s)
        ::_exit(3);
      for (int b = 0; b < batches; ++b) {
        for (int i = 0; i < batch; ++i)
          append_fill(**s, (*s)->last_seq() + 1);
        if (!(*s)->commit())
          ::_exit(4);
      }
      append_fill(**s, (*s)->last_seq() + 1);
    });
  const auto found = read(d.journal())->verify().value();
  CHECK(found.records == rounds * batches * batch);
  CHECK(found.last_seq == found.records);
}

TEST_CASE("a half-made journal of a crashed first start is made anew") {
  const directory d;
  killed_after([&] {
    auto s = store::open(d.path() / "journal.db");
    if (!s)
      ::_exit(3);
  });
  std::filesystem::rename(d.journal(), d.path() / "journal.db.new");
  std::filesystem::remove(d.path() / "journal.db-wal");
  std::filesystem::remove(d.path() / "journal.db-shm");
  std::filesystem::resize_file(d.path() / "journal.db.new", 5'000);
  auto s = opened(d.journal(), integrity::full);
  put_notice(*s, "begun");
  CHECK(s->last_seq() == 1);
}

}  // namespace
}  // namespace sluice::journal
