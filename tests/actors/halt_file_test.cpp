// The halt file: that something of its name is there is what counts, whatever it is.
#include "halt_file.hpp"

#include <sys/stat.h>

#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <vector>

#include "support/catch.hpp"
#include "support/pipeline_fixture.hpp"

using namespace sluice;
using namespace sluice::actors;
using namespace sluice::testing;
using namespace std::chrono_literals;

namespace {

void write(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

}  // namespace

TEST_CASE("a halt file halts with its first line as the reason") {
  pipeline_world world;
  const auto path = world.directory / "halt";
  CHECK_FALSE(look_for_halt_file(path));
  write(path, "disk is smoking\nmore\n");
  CHECK(look_for_halt_file(path) == "disk is smoking");
  write(path, "");
  CHECK(look_for_halt_file(path) == path.string() + " is there");
}

TEST_CASE("anything of that name halts") {
  pipeline_world world;
  const auto path = world.directory / "halt";
  SECTION("a directory") {
    std::filesystem::create_directory(path);
  }
  SECTION("a link that leads nowhere") {
    std::filesystem::create_symlink("nowhere", path);
  }
  SECTION("a link to itself") {
    std::filesystem::create_symlink(path, path);
  }
  SECTION("a pipe nobody writes to") {
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  }
  SECTION("binary") {
    write(path, std::string("\0\xff\x01\n", 4));
  }
  CHECK(look_for_halt_file(path));
}

TEST_CASE("a place that cannot be looked at halts") {
  pipeline_world world;
  CHECK_THAT(look_for_halt_file(world.directory / "none" / "halt").value(),
             ContainsSubstring("its directory is not there"));
  write(world.directory / "file", "");
  CHECK_THAT(look_for_halt_file(world.directory / "file" / "halt").value(),
             ContainsSubstring("cannot be looked at"));
  CHECK_THAT(look_for_halt_file(world.directory / std::string(300, 'x')).value(),
             ContainsSubstring("cannot be looked at"));
}

TEST_CASE("a reason is one bounded line without control characters") {
  CHECK(halt_reason("a\x1b[31mb\tc\x7f\r\nsecond") == "a[31mbc");
  CHECK(halt_reason("Pr\xc3\xbc\x66ung \xff!") == "Pr\xc3\xbc\x66ung ?!");
  CHECK(halt_reason(std::string(1'000, 'x')).size() == halt_reason_bytes_max);
  const auto cut = halt_reason(std::string(halt_reason_bytes_max - 1, 'x') + "\xc3\xbc");
  CHECK(cut == std::string(halt_reason_bytes_max - 1, 'x'));
}

TEST_CASE("a file that comes and goes is told each time") {
  pipeline_world world;
  const auto path = world.directory / "halt";
  std::mutex mutex;
  std::condition_variable told;
  std::vector<std::optional<std::string>> seen;
  const halt_file watched(path, std::nullopt, [&](std::optional<std::string> found) {
    const std::lock_guard lock(mutex);
    seen.push_back(std::move(found));
    told.notify_all();
  });
  const auto wait_for = [&](std::size_t count) {
    std::unique_lock lock(mutex);
    return told.wait_for(lock, 20s, [&] { return seen.size() >= count; });
  };
  // Whole at once, so that no look falls between its creation and its content.
  write(world.directory / "prepared", "fire");
  std::filesystem::rename(world.directory / "prepared", path);
  REQUIRE(wait_for(1));
  CHECK(seen[0] == "fire");
  std::filesystem::remove(path);
  REQUIRE(wait_for(2));
  CHECK_FALSE(seen[1]);
}
