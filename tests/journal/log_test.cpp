// A write-ahead log that lost commits is never taken for one that never had them.
#include <fmt/format.h>

#include <fstream>

#include "builders.hpp"
#include "support/catch.hpp"

namespace sluice::journal {
namespace {

using namespace test;
namespace fs = std::filesystem;

constexpr std::int64_t header_bytes = 32;
constexpr std::int64_t frame_bytes = 24 + 4'096;

/// A journal whose process was killed after some commits of one record each.
void leave_journal(const fs::path& path, int commits = 20) {
  auto s = opened(path);
  for (int i = 0; i < commits; ++i) {
    put(*s, notice{"test", "number " + std::to_string(i)});
    REQUIRE(s->commit().has_value());
  }
}

fs::path log_of(const fs::path& path) {
  return path.string() + "-wal";
}

void flip(const fs::path& file, std::int64_t at) {
  std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
  bytes.seekg(at);
  const auto was = static_cast<char>(bytes.get());
  bytes.seekp(at);
  bytes.put(static_cast<char>(was ^ 0x10));
  REQUIRE(bytes.good());
}

/// Frames of the last process: those with the salts of the header.
std::vector<std::int64_t> frames_of(const fs::path& file) {
  std::ifstream bytes(file, std::ios::binary);
  const std::string all(std::istreambuf_iterator<char>(bytes), {});
  std::vector<std::int64_t> at;
  for (auto i = header_bytes; i + frame_bytes <= static_cast<std::int64_t>(all.size());
       i += frame_bytes)
    if (all.compare(static_cast<std::size_t>(i) + 8, 8, all, 16, 8) == 0)
      at.push_back(i);
  return at;
}

std::int64_t records_in(const fs::path& path) {
  const auto s = store::open(path);
  INFO((s ? std::string() : s.error().text));
  REQUIRE(s.has_value());
  return (*s)->last_seq();
}

error refusal_of(const fs::path& path) {
  const auto made = store::open(path);
  REQUIRE_FALSE(made.has_value());
  CHECK(made.error().code == errc::malformed);
  CHECK_THAT(made.error().text, ContainsSubstring(path.string()));
  CHECK_THAT(made.error().text, ContainsSubstring("sluice journal accept"));
  return made.error();
}

TEST_CASE("a journal of a killed process is taken up with all its commits, again and again") {
  const directory d;
  leave_journal(d.journal());
  CHECK(records_in(d.journal()) == 20);
  CHECK(records_in(d.journal()) == 20);
  leave_journal(d.journal());
  CHECK(records_in(d.journal()) == 40);
}

TEST_CASE("a damaged frame before other commits is refused by a start and by a verification") {
  const directory d;
  leave_journal(d.journal());
  const auto frames = frames_of(log_of(d.journal()));
  REQUIRE(frames.size() >= 20);
  const auto in_frame = GENERATE(0, 4, 9, 17, 24, 2'000);
  const bool early = GENERATE(true, false);
  INFO("byte " << in_frame << " of " << (early ? "the first frame" : "a frame in the middle"));
  flip(log_of(d.journal()), (early ? frames.front() : frames[frames.size() / 2]) + in_frame);
  CHECK_THAT(refusal_of(d.journal()).text, ContainsSubstring("commits stand behind it"));
  const auto from = reader::open(d.journal());
  REQUIRE(from.has_value());
  const auto found = (*from)->verify();
  REQUIRE_FALSE(found.has_value());
  CHECK_THAT(found.error().text, ContainsSubstring("-wal"));
}

TEST_CASE("a long log is read to its end, and damage is named where it is") {
  const directory d;
  leave_journal(d.journal(), 300);
  const auto frames = frames_of(log_of(d.journal()));
  REQUIRE(frames.back() > 2 * 1'048'576);
  SECTION("whole") {
    CHECK(records_in(d.journal()) == 300);
  }
  SECTION("damaged near its end") {
    const auto at = frames.size() - 12;
    flip(log_of(d.journal()), frames[at] + 2'000);
    CHECK_THAT(refusal_of(d.journal()).text,
               ContainsSubstring(fmt::format("frame {} is damaged", at + 1)));
  }
}

TEST_CASE("what a power cut leaves of a last commit is no damage") {
  const directory d;
  leave_journal(d.journal());
  const auto frames = frames_of(log_of(d.journal()));
  flip(log_of(d.journal()), frames.back() + 2'000);
  CHECK(records_in(d.journal()) == 19);
  // Nor is it one behind the commits of the next process.
  leave_journal(d.journal());
  CHECK(records_in(d.journal()) == 39);
}

TEST_CASE("a log with a damaged header is refused") {
  const directory d;
  leave_journal(d.journal());
  flip(log_of(d.journal()), GENERATE(0, 9, 17, 25));
  CHECK_THAT(refusal_of(d.journal()).text, ContainsSubstring("header"));
}

TEST_CASE("a log that was cut, emptied or removed is refused after a process that was killed") {
  const directory d;
  leave_journal(d.journal());
  const auto log = log_of(d.journal());
  SECTION("between two frames") {
    fs::resize_file(log, static_cast<std::uintmax_t>(frames_of(log)[9]));
    CHECK_THAT(refusal_of(d.journal()).text, ContainsSubstring("cut"));
  }
  SECTION("to nothing") {
    fs::resize_file(log, 0);
    CHECK_THAT(refusal_of(d.journal()).text, ContainsSubstring("missing"));
  }
  SECTION("to zeros") {
    const auto size = fs::file_size(log);
    fs::resize_file(log, 0);
    fs::resize_file(log, size);
    CHECK_THAT(refusal_of(d.journal()).text, ContainsSubstring("cut"));
  }
  SECTION("whole") {
    fs::remove(log);
    fs::remove(d.journal().string() + "-shm");
    CHECK_THAT(refusal_of(d.journal()).text, ContainsSubstring("missing"));
  }
  // Twice: a refusal leaves the files as they are.
  (void)refusal_of(d.journal());
  auto taken = store::open(d.journal(), {.accept_lost_log = true});
  REQUIRE(taken.has_value());
  put(**taken, notice{"journal_accepted", "seen"});
  REQUIRE((*taken)->end().has_value());
  taken->reset();
  CHECK(records_in(d.journal()) > 0);
}

TEST_CASE("a process that came to its end leaves no log and is followed without one") {
  const directory d;
  {
    auto s = opened(d.journal());
    put(*s, notice{"test", "one"});
    REQUIRE(s->end().has_value());
  }
  CHECK_FALSE(fs::exists(log_of(d.journal())));
  CHECK(records_in(d.journal()) == 1);
  // What is appended after an end needs the log again.
  {
    auto s = opened(d.journal());
    REQUIRE(s->end().has_value());
    put(*s, notice{"test", "two"});
    REQUIRE(s->commit().has_value());
  }
  CHECK(fs::exists(log_of(d.journal())));
  CHECK(records_in(d.journal()) == 2);
}

}  // namespace
}  // namespace sluice::journal
