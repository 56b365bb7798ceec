// A disk that fails ends the journal's writing for good, and costs nothing that was reported
// durable.
#include "faulty_disk.hpp"

#include <sqlite3.h>

#include <memory>
#include <vector>

#include "builders.hpp"
#include "support/catch.hpp"

namespace sluice::journal {
namespace {

using namespace test;

constexpr int batch = 5;

struct run_result {
  std::int64_t durable{0};  ///< The last seq that a commit reported.
  std::optional<error> failure{};
};

/// Appends and commits batches until something fails.
run_result write_until_failure(store& s, int batches) {
  run_result run;
  for (int b = 0; b < batches; ++b) {
    for (int i = 0; i < batch; ++i) {
      auto r = a_record(a_fill("BTCUSDT", s.last_seq() + 1, side::buy, "0.1"));
      if (auto done = s.append(r); !done)
        return run.failure = done.error(), run;
    }
    if (auto done = s.commit(); !done)
      return run.failure = done.error(), run;
    run.durable = s.last_seq();
  }
  return run;
}

/// No later call may succeed, though the disk works again.
void check_refuses(store& s, const error& first) {
  CHECK(s.failed());
  auto r = a_record(notice{"late", ""});
  REQUIRE_FALSE(s.append(r).has_value());
  CHECK(r.seq == 0);
  REQUIRE_FALSE(s.commit().has_value());
  CHECK(s.commit().error() == first);
  CHECK_FALSE(s.recover().has_value());
}

void check_failure_at(disk_call what, int good, int code) {
  const directory d;
  run_result run;
  {
    faulty_disk disk;
    auto s = opened(d.journal());
    disk.fail(what, good, code);
    run = write_until_failure(*s, 40);
    REQUIRE(disk.happened());
    REQUIRE(run.failure.has_value());
    CHECK(run.failure->code == errc::io_failure);
    CHECK_THAT(run.failure->text, ContainsSubstring(d.journal().string()));
    check_refuses(*s, *run.failure);
  }
  // The batch whose commit failed may have reached the disk or not, but only as a whole.
  auto s = opened(d.journal(), integrity::full);
  CHECK((s->last_seq() == run.durable || s->last_seq() == run.durable + batch));
  const auto before = s->last_seq();
  CHECK(put(*s, notice{"goes on", ""}) == before + 1);
}

TEST_CASE("a failed sync of any commit fails it and everything after it") {
  for (int good : {0, 1, 2, 7, 20}) {
    INFO("after " << good << " good syncs");
    check_failure_at(disk_call::sync, good, SQLITE_IOERR_FSYNC);
  }
}

TEST_CASE("a write error at any point fails the batch and everything after it") {
  for (int good : {0, 1, 2, 5, 11, 50}) {
    INFO("after " << good << " good writes");
    check_failure_at(disk_call::write, good, SQLITE_IOERR_WRITE);
  }
}

TEST_CASE("a full disk fails the batch and everything after it") {
  for (int good : {0, 3, 30}) {
    INFO("after " << good << " good writes");
    check_failure_at(disk_call::write, good, SQLITE_FULL);
  }
}

TEST_CASE("a failed sync of a checkpoint is not passed over") {
  // The first is of the commit's frames; then come log and file.
  for (int good : {1, 2}) {
    INFO("after " << good << " good syncs");
    const directory d;
    {
      faulty_disk disk;
      auto s = opened(d.journal());
      for (int i = 0; i < 1'500; ++i)
        put(*s, notice{"test", std::string(4'000, 'x')});
      disk.fail(disk_call::sync, good, SQLITE_IOERR_FSYNC);
      REQUIRE(s->commit().has_value());
      REQUIRE_FALSE(disk.happened());
      const auto moved = s->tidy();
      REQUIRE(disk.happened());
      REQUIRE_FALSE(moved.has_value());
      check_refuses(*s, moved.error());
    }
    CHECK(opened(d.journal(), integrity::full)->last_seq() == 1'500);
  }
}

TEST_CASE("a log that nobody moves into the file is moved by a commit") {
  const directory d;
  auto s = opened(d.journal());
  for (int i = 0; i < 8'000; ++i) {
    put(*s, notice{"test", std::string(4'000, 'x')});
    if (i % 500 == 499)
      REQUIRE(s->commit().has_value());
  }
  // Eight thousand records of more than a page each, in a log of about four thousand pages.
  CHECK(std::filesystem::file_size(d.path() / "journal.db-wal") < 32'000'000);
}

TEST_CASE(
    "a log is laid out before it is used, and what it holds is kept when it is opened again") {
  const directory d;
  const auto log = d.path() / "journal.db-wal";
  auto s = opened(d.journal());
  const auto laid_out = std::filesystem::file_size(log);
  CHECK(laid_out > 4'000'000);
  put_notice(*s, "kept");
  CHECK(std::filesystem::file_size(log) == laid_out);
  // As a crash leaves them: frames of a commit, then zeros.
  const directory copy;
  std::filesystem::copy(d.journal(), copy.journal());
  std::filesystem::copy(log, copy.path() / "journal.db-wal");
  auto again = opened(copy.journal(), integrity::full);
  CHECK(again->last_seq() == 1);
  CHECK(put(*again, notice{"next", ""}) == 2);
  CHECK(again->commit().has_value());
}

TEST_CASE("a journal that cannot be made whole is not made at all") {
  for (int good : {0, 1, 2}) {
    INFO("after " << good << " good syncs");
    const directory d;
    {
      faulty_disk disk;
      disk.fail(disk_call::sync, good, SQLITE_IOERR_FSYNC);
      const auto made = store::open(d.journal());
      REQUIRE(disk.happened());
      REQUIRE_FALSE(made.has_value());
    }
    auto s = opened(d.journal(), integrity::full);
    CHECK(s->last_seq() == 0);
  }
}

TEST_CASE(
    "a kill at any write or sync of the first start leaves a journal that can be read, or none") {
  const directory d;
  std::vector<std::unique_ptr<directory>> left;
  {
    faulty_disk disk;
    disk.before_each_call([&] {
      left.push_back(std::make_unique<directory>());
      for (const auto& file : std::filesystem::directory_iterator(d.path()))
        std::filesystem::copy(file.path(), left.back()->path() / file.path().filename());
    });
    REQUIRE(store::open(d.journal()).has_value());
  }
  REQUIRE(left.size() > 10);
  std::size_t made = 0;
  for (const auto& at : left) {
    INFO("call " << &at - left.data() + 1 << " of " << left.size());
    if (std::filesystem::exists(at->journal())) {
      ++made;
      const auto read = reader::open(at->journal());
      REQUIRE(read.has_value());
    }
    CHECK(opened(at->journal(), integrity::full)->last_seq() == 0);
  }
  CHECK(made > 0);
}

}  // namespace
}  // namespace sluice::journal
