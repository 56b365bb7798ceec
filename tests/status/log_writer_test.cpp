// A log file that cannot be opened anew: no line is lost, everybody is told, and it is tried again.
#include "log_writer.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <thread>

#include "support/catch.hpp"
#include "support/temporary_directory.hpp"

using namespace sluice;
using namespace sluice::status;
using namespace sluice::status::testing;

namespace {

/// A log file in a directory of its own, which can be taken away.
struct filed_log {
  temporary_directory directory{};
  log_settings settings{};
  std::mutex mutex{};
  std::vector<bool> told{};

  filed_log() {
    settings.to_stderr = false;
    settings.file = directory / "logs/sluice.log";
  }
  log_writer a_writer(milliseconds retry_pause) {
    return log_writer{log_sinks::open(settings), 100,
                      [this](bool opened) {
                        const std::lock_guard lock(mutex);
                        told.push_back(opened);
                      },
                      retry_pause};
  }
  /// The file of the log lies elsewhere, and another cannot be made under its name.
  void take_away() const {
    std::filesystem::rename(directory / "logs", directory / "moved");
    std::ofstream(directory / "logs") << "in the way";
  }
  void give_back() const { std::filesystem::remove(directory / "logs"); }
  std::vector<bool> outcomes() {
    const std::lock_guard lock(mutex);
    return told;
  }
};

void write(log_writer& writer, std::string line) {
  auto made = std::make_shared<log_entry>();
  made->line = std::move(line);
  writer.push(std::move(made));
  REQUIRE(writer.flush(milliseconds{10'000}));
}

}  // namespace

TEST_CASE("a log that cannot be opened anew goes on in the old file until it can") {
  filed_log log;
  auto writer = log.a_writer(milliseconds{0});
  write(writer, "first");
  log.take_away();
  writer.reopen();
  REQUIRE(writer.flush(milliseconds{10'000}));
  write(writer, "second");
  write(writer, "third");
  CHECK(log.outcomes() == std::vector<bool>{false});
  CHECK(text_of(log.directory / "moved/sluice.log") == "first\nsecond\nthird\n");
  CHECK(writer.write_failures() == 3);
  log.give_back();
  write(writer, "fourth");
  CHECK(log.outcomes() == std::vector<bool>{false, true});
  CHECK(text_of(log.settings.file) == "fourth\n");
  CHECK(writer.write_failures() == 3);
}

TEST_CASE("a log that cannot be opened anew is not tried at every line") {
  filed_log log;
  auto writer = log.a_writer(milliseconds{3'600'000});
  log.take_away();
  writer.reopen();
  for (int i = 0; i < 10; ++i)
    write(writer, "line");
  CHECK(writer.write_failures() == 1);
  log.give_back();
  writer.reopen();  // Asked for again: not a moment is waited.
  write(writer, "last");
  CHECK(log.outcomes() == std::vector<bool>{false, true});
  CHECK(text_of(log.settings.file) == "last\n");
}

TEST_CASE("a log file that cannot be opened at the start is told, and taken up when it can be") {
  filed_log files;
  std::ofstream(files.directory / "logs") << "in the way";
  const auto log = logger::start(files.settings);
  log->info("a", "first");
  REQUIRE(log->flush(milliseconds{10'000}));
  CHECK(log->counts().write_failures >= 2);
  CHECK_THAT(log->recent().front()->line, ContainsSubstring("ERROR log log_file_not_opened why="));
  files.give_back();
  SECTION("when it is asked for") {
    log->reopen();
    log->info("a", "second");
    REQUIRE(log->flush(milliseconds{10'000}));
  }
  SECTION("by itself, and that is told too") {
    const auto told = [&] {
      log->info("a", "second");
      REQUIRE(log->flush(milliseconds{10'000}));
      return std::ranges::any_of(log->recent(), [](const auto& line) {
        return line->line.find("INFO log log_reopened") != std::string::npos;
      });
    };
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{30};
    while (!told() && std::chrono::steady_clock::now() < end)
      std::this_thread::sleep_for(milliseconds{20});
    CHECK(told());
  }
  CHECK_THAT(text_of(files.settings.file), ContainsSubstring("second"));
}

TEST_CASE("the log itself says what became of a reopen") {
  filed_log files;
  const auto log = logger::start(files.settings);
  const auto reopened = [&] {
    log->reopen();
    REQUIRE(log->flush(milliseconds{10'000}));
    return log->recent().back()->line;
  };
  CHECK_THAT(reopened(), ContainsSubstring("INFO log log_reopened"));
  files.take_away();
  CHECK_THAT(reopened(), ContainsSubstring("ERROR log log_reopen_failed"));
  CHECK(log->counts().write_failures == 1);
  files.give_back();
  CHECK_THAT(reopened(), ContainsSubstring("INFO log log_reopened"));
  REQUIRE(log->flush(milliseconds{10'000}));
  CHECK_THAT(text_of(files.settings.file), ContainsSubstring("log_reopened"));
}
