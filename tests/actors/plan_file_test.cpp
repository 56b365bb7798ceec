// From where a file of plans is followed: never from before the process could look at it.
#include "plan_file.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <mutex>
#include <thread>
#include <vector>

#include "support/catch.hpp"
#include "support/pipeline_fixture.hpp"

using namespace sluice;
using namespace sluice::actors;
using namespace sluice::testing;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

void write_to(const fs::path& path, const std::string& text) {
  std::ofstream(path, std::ios::app) << text;
}

std::shared_ptr<status::logger> log_to(const fs::path& file) {
  status::log_settings settings;
  settings.to_stderr = false;
  settings.file = file.string();
  return status::logger::start(settings);
}

/// Follows from its construction, when it has looked once, to its destruction.
struct reading {
  reading(const fs::path& path, fs::path log_file)
      : log(std::move(log_file)),
        file(
            path, log_to(log),
            [this](plan_file::line l) {
              const std::lock_guard guard(mutex);
              lines.push_back(std::move(l.text));
              faults.push_back(std::move(l.fault));
              more.notify_all();
            },
            [this](const std::string& why) {
              const std::lock_guard guard(mutex);
              closed_for.push_back(why);
              more.notify_all();
            }) {
    until("plan_file_");
  }

  /// Until its log has this.
  void until(std::string_view word) const {
    for (int i = 0; i < 2'000; ++i) {
      std::ifstream in(log);
      if (std::string(std::istreambuf_iterator<char>(in), {}).find(word) != std::string::npos)
        return;
      std::this_thread::sleep_for(5ms);
    }
    std::ifstream in(log);
    FAIL("its log never said " << word << ", but "
                               << std::string(std::istreambuf_iterator<char>(in), {}));
  }
  /// Whether this is the first line that comes within ten seconds.
  bool begins_with(const std::string& text) {
    std::unique_lock lock(mutex);
    more.wait_for(lock, 10s, [&] { return !lines.empty(); });
    return !lines.empty() && lines.front() == text;
  }

  std::string fault_of(std::size_t at) {
    const std::lock_guard guard(mutex);
    return faults.at(at);
  }

  /// Whether these are the lines, once as many have come within ten seconds.
  bool has(const std::vector<std::string>& expected) {
    std::unique_lock lock(mutex);
    more.wait_for(lock, 10s, [&] { return lines.size() >= expected.size(); });
    return lines == expected;
  }

  /// Whether so many changes of why it is closed come within ten seconds.
  bool told(std::size_t changes) {
    std::unique_lock lock(mutex);
    return more.wait_for(lock, 10s, [&] { return closed_for.size() >= changes; });
  }

  fs::path log;
  std::mutex mutex{};
  std::condition_variable more{};
  std::vector<std::string> lines{};
  std::vector<std::string> faults{};
  std::vector<std::string> closed_for{};
  plan_file file;
};

}  // namespace

TEST_CASE("a file that appears where none was is read from its beginning") {
  pipeline_world world;
  reading r(world.directory / "plans", world.directory / "log");
  write_to(world.directory / "plans", "first\n");
  CHECK(r.begins_with("first"));
}

TEST_CASE("what was written before a file could be opened is never carried out") {
  pipeline_world world;
  const auto folder = world.directory / "mounted";
  const auto path = folder / "plans";
  const auto elsewhere = world.directory / "elsewhere";
  fs::create_directory(elsewhere);
  write_to(elsewhere / "plans", "old\n");
  std::function<void()> appear = [&] { fs::rename(elsewhere, folder); };
  SECTION("because its directory was not there") {}
  SECTION("because its directory was an empty one, on which another is mounted") {
    fs::create_directory(folder);
  }
  SECTION("because its name led nowhere") {
    fs::create_directory(folder);
    fs::create_symlink(world.directory / "nowhere", path);
    appear = [&] { fs::rename(elsewhere / "plans", world.directory / "nowhere"); };
  }
  reading r(path, world.directory / "log");
  appear();
  r.until("skipped");
  write_to(path, "new\n");
  CHECK(r.begins_with("new"));
}

namespace {

/// Stands in the place of a file, and nobody can open it, not even root.
void put_unreadable(const fs::path& path) {
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  REQUIRE(path.string().size() < sizeof name.sun_path);
  path.string().copy(name.sun_path, sizeof name.sun_path - 1);
  const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
  REQUIRE(::bind(socket, reinterpret_cast<const sockaddr*>(&name), sizeof name) == 0);
  ::close(socket);
}

}  // namespace

TEST_CASE("a file whose successor cannot be opened gathers no backlog to be carried out") {
  pipeline_world world;
  const auto path = world.directory / "plans";
  write_to(path, "before\n");
  reading r(path, world.directory / "log");
  fs::remove(path);
  put_unreadable(path);
  r.until("plan_file_missing");
  std::this_thread::sleep_for(1'300ms);
  write_to(world.directory / "next", "old\n");
  fs::rename(world.directory / "next", path);
  r.until("size=4");
  write_to(path, "new\n");
  CHECK(r.begins_with("new"));
}

TEST_CASE("a file that appears after one that could not be opened is gone is new") {
  pipeline_world world;
  const auto path = world.directory / "plans";
  write_to(path, "before\n");
  reading r(path, world.directory / "log");
  fs::remove(path);
  put_unreadable(path);
  r.until("plan_file_missing");
  std::this_thread::sleep_for(1'300ms);
  fs::remove(path);
  std::this_thread::sleep_for(600ms);
  write_to(world.directory / "next", "first\n");
  fs::rename(world.directory / "next", path);
  CHECK(r.begins_with("first"));
}

TEST_CASE("a pipe's last line counts without an end once nobody writes any more") {
  pipeline_world world;
  const auto path = world.directory / "pipe";
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  reading r(path, world.directory / "log");
  std::ofstream(path) << "first";
  CHECK(r.begins_with("first"));
}

TEST_CASE("what waits in a pipe at the start is no more carried out than what waits in a file") {
  pipeline_world world;
  const auto path = world.directory / "pipe";
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  // A producer that keeps the pipe open needs no reader to write.
  std::fstream producer(path);
  REQUIRE(producer);
  producer << "old\nolder\n" << std::flush;
  reading r(path, world.directory / "log");
  r.until("plan_file_skipped");
  producer << "new\n" << std::flush;
  CHECK(r.begins_with("new"));
}

TEST_CASE("what a producer adds to a file that was replaced is read, with the line it was at") {
  pipeline_world world;
  const auto path = world.directory / "plans";
  write_to(path, "old\n");
  reading r(path, world.directory / "log");
  std::ofstream producer(path, std::ios::app);
  producer << "one\ntwo" << std::flush;
  CHECK(r.has({"one"}));
  std::vector<std::string> expected{"one"};
  for (int times = 1; times <= 4; ++times) {
    fs::rename(path, world.directory / ("rotated " + std::to_string(times)));
    write_to(world.directory / "next", "of another\n");
    fs::rename(world.directory / "next", path);
    expected.emplace_back("of another");
    CHECK(r.has(expected));
  }
  producer << "\nthree\n" << std::flush;
  expected.insert(expected.end(), {"two", "three"});
  CHECK(r.has(expected));
  // Only so many are kept: the oldest ends, with what it has.
  producer << "fo" << std::flush;
  fs::rename(path, world.directory / "rotated 5");
  write_to(path, "of another\n");
  expected.insert(expected.end(), {"fo", "of another"});
  CHECK(r.has(expected));
  CHECK(r.fault_of(expected.size() - 2) == "has no end, and its file was replaced or cut");
}

TEST_CASE("a line that a producer ends after its file was replaced is one line") {
  pipeline_world world;
  const auto path = world.directory / "plans";
  write_to(path, "old\n");
  reading r(path, world.directory / "log");
  std::ofstream producer(path, std::ios::app);
  producer << "one\ntw" << std::flush;
  CHECK(r.has({"one"}));
  fs::rename(path, world.directory / "rotated");
  write_to(path, "of another\n");
  CHECK(r.has({"one", "of another"}));
  producer << "o\nthree\n" << std::flush;
  CHECK(r.has({"one", "of another", "two", "three"}));
  write_to(path, "last\n");
  CHECK(r.has({"one", "of another", "two", "three", "last"}));
}

TEST_CASE("why no plan comes is told while the file is away, and that it is back") {
  pipeline_world world;
  const auto path = world.directory / "plans";
  write_to(path, "old\n");
  reading r(path, world.directory / "log");
  fs::rename(path, world.directory / "rotated");
  REQUIRE(r.told(1));
  write_to(path, "new\n");
  REQUIRE(r.told(2));
  CHECK(r.begins_with("new"));
  CHECK(r.closed_for == std::vector<std::string>{"No such file or directory", ""});
}
