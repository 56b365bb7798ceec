// The logger: levels, rate limit, file with rotation, ring with subscribers.
#include "sluice/status/logger.hpp"

#include <algorithm>
#include <atomic>
#include <thread>

#include "support/catch.hpp"
#include "support/temporary_directory.hpp"

using namespace sluice;
using namespace sluice::status;
using namespace sluice::status::testing;

namespace {

log_settings quiet() {
  log_settings settings;
  settings.to_stderr = false;
  return settings;
}

std::unique_ptr<logger> started(const log_settings& settings, log_clock clock = {}) {
  return logger::start(settings, std::move(clock));
}

std::vector<std::string> lines_of(const logger& log) {
  std::vector<std::string> lines;
  for (const auto& entry : log.recent())
    lines.push_back(entry->event);
  return lines;
}

}  // namespace

TEST_CASE("a log line is written to its file with the clock it was given") {
  const temporary_directory directory;
  auto settings = quiet();
  settings.file = directory / "sluice.log";
  const auto log = started(settings, [] { return stamp{{}, wall_time{1795398660250}}; });
  log->info("gate", "plan_judged", {{"plan", plan_id{"a1"}}, {"reason", "no\nposition"}});
  REQUIRE(log->flush(milliseconds{10'000}));
  CHECK(text_of(settings.file) == format_rfc3339({1795398660250}) +
                                      " INFO gate plan_judged plan=a1 reason=\"no\\nposition\"\n");
}

TEST_CASE("levels hold for all and for single components, and change at run time") {
  const auto log = started(quiet());
  log->debug("gate", "one");
  log->level("gate", log_level::debug);
  log->debug("gate", "two");
  log->debug("journal", "three");
  log->level(log_level::error);
  log->warn("journal", "four");
  log->error("journal", "five");
  log->debug("gate", "six");
  CHECK(lines_of(*log) == std::vector<std::string>{"two", "five", "six"});
  CHECK(log->enabled(log_level::debug, "gate"));
  CHECK_FALSE(log->enabled(log_level::warn, "journal"));
}

TEST_CASE("a level set at run time goes before the configured one until it is taken back") {
  auto settings = quiet();
  settings.levels[*find_log_component("gate")] = log_level::error;
  const auto log = started(settings);
  const auto of = [&](std::string_view name) {
    return log->levels().components[*find_log_component(name)];
  };
  CHECK_FALSE(log->enabled(log_level::warn, "gate"));
  CHECK(log->enabled(log_level::info, "journal"));
  log->level(log_level::debug);
  CHECK_FALSE(log->enabled(log_level::warn, "gate"));
  CHECK(log->enabled(log_level::debug, "journal"));
  log->level("gate", log_level::debug);
  CHECK(log->enabled(log_level::debug, "gate"));
  CHECK(of("gate").changed);
  CHECK(of("gate").configured == log_level::error);
  CHECK(log->levels().all == log_level::debug);
  CHECK(log->levels().all_configured == log_level::info);
  log->level("gate", std::nullopt);
  log->level(std::nullopt);
  CHECK_FALSE(log->enabled(log_level::warn, "gate"));
  CHECK_FALSE(log->enabled(log_level::debug, "journal"));
  CHECK_FALSE(of("gate").changed);
}

TEST_CASE("other settings of the log hold at once and keep what was set at run time") {
  stamp now{instant{} + std::chrono::hours{1}, {}};
  const auto log = started(quiet(), [&] { return now; });
  log->level("gate", log_level::debug);
  auto other = quiet();
  other.level = log_level::error;
  other.levels[*find_log_component("journal")] = log_level::info;
  other.repeat_period = milliseconds{1'000};
  log->limited("k", log_level::error, "status", "again");
  log->configure(other);
  CHECK(log->enabled(log_level::debug, "gate"));
  CHECK(log->enabled(log_level::info, "journal"));
  CHECK_FALSE(log->enabled(log_level::warn, "status"));
  now.steady += std::chrono::seconds{1};
  log->limited("k", log_level::error, "status", "again");
  CHECK(log->counts().lines == 2);
}

TEST_CASE("lines go to the file as JSON where that is configured, and stay logfmt in the ring") {
  const temporary_directory directory;
  auto settings = quiet();
  settings.file = directory / "sluice.log";
  settings.format = log_format::json;
  const auto log = started(settings);
  log->info("gate", "plan_judged", {{"plan", plan_id{"a1"}}});
  REQUIRE(log->flush(milliseconds{10'000}));
  CHECK_THAT(text_of(settings.file), ContainsSubstring(R"("event":"plan_judged","plan":"a1"})"));
  CHECK(log->recent().front()->line.ends_with("INFO gate plan_judged plan=a1"));
}

TEST_CASE("a repeated line is left out for ten seconds and then says how often") {
  stamp now{instant{} + std::chrono::hours{1}, {}};
  const auto log = started(quiet(), [&] { return now; });
  for (int i = 0; i < 5; ++i)
    log->limited("BTCUSDT", log_level::warn, "snapshot", "read_failed", {{"symbol", "BTCUSDT"}});
  log->limited("ETHUSDT", log_level::warn, "snapshot", "read_failed");
  now.steady += std::chrono::seconds{10};
  log->limited("BTCUSDT", log_level::warn, "snapshot", "read_failed", {{"symbol", "BTCUSDT"}});
  const auto lines = log->recent();
  REQUIRE(lines.size() == 3);
  CHECK(lines[0]->line.ends_with("read_failed symbol=BTCUSDT"));
  CHECK(lines[2]->line.ends_with("read_failed symbol=BTCUSDT suppressed=4"));
  CHECK(log->counts().suppressed == 4);
  CHECK(log->counts().lines == 3);
}

TEST_CASE("the ring keeps the last lines, numbered without gap") {
  auto settings = quiet();
  settings.ring_lines = 3;
  const auto log = started(settings);
  for (int i = 0; i < 5; ++i)
    log->info("a", "event", {{"i", i}});
  const auto lines = log->recent();
  REQUIRE(lines.size() == 3);
  CHECK(lines.front()->seq == 3);
  CHECK(lines.back()->seq == 5);
  CHECK(lines.back()->line.ends_with("i=4"));
}

TEST_CASE("a subscriber gets what it missed and then every line, until it ends") {
  const auto log = started(quiet());
  for (int i = 0; i < 3; ++i)
    log->info("a", "before");
  std::vector<std::uint64_t> seen;
  auto following = log->subscribe(1, [&](std::span<const log_entry_ptr> lines) {
    for (const auto& line : lines)
      seen.push_back(line->seq);
  });
  REQUIRE(following.missed.size() == 2);
  CHECK(following.missed.front()->seq == 2);
  log->info("a", "after");
  CHECK(seen == std::vector<std::uint64_t>{4});
  following.live.end();
  log->info("a", "unseen");
  CHECK(seen.size() == 1);
}

TEST_CASE("a number that was never given gives a subscriber the whole ring") {
  const auto log = started(quiet());
  log->info("a", "one");
  CHECK(log->subscribe(5'000, [](std::span<const log_entry_ptr>) {}).missed.size() == 1);
}

TEST_CASE("the frame of a line is built once, and names the run") {
  const auto log = started(quiet());
  log->info("a", "one");
  const auto line = log->recent().front();
  CHECK(line->run == log->run());
  CHECK(line->frame()->starts_with("id: " + std::to_string(log->run()) + "-1\nevent: log\n"));
  CHECK(line->frame().get() == line->frame().get());
}

TEST_CASE("subscribing while others log misses no line and repeats none") {
  const auto log = started(quiet());
  std::atomic<bool> done{false};
  std::thread writer{[&] {
    for (int i = 0; i < 500; ++i)
      log->info("a", "line");
    done = true;
  }};
  std::vector<std::uint64_t> live;
  auto following = log->subscribe(0, [&](std::span<const log_entry_ptr> lines) {
    for (const auto& line : lines)
      live.push_back(line->seq);
  });
  writer.join();
  following.live.end();
  REQUIRE(done);
  std::vector<std::uint64_t> seen;
  for (const auto& line : following.missed)
    seen.push_back(line->seq);
  seen.insert(seen.end(), live.begin(), live.end());
  REQUIRE(seen.size() == 500);
  for (std::size_t i = 0; i < seen.size(); ++i)
    REQUIRE(seen[i] == i + 1);
}

TEST_CASE("the log file is rotated at its size and only so many are kept") {
  const temporary_directory directory;
  auto settings = quiet();
  settings.file = directory / "sluice.log";
  settings.file_size_max = 64 * 1024;
  settings.files_kept = 2;
  const auto log = started(settings);
  const std::string kilobyte(1'000, 'x');
  for (int i = 0; i < 300; ++i)
    log->info("a", "event", {{"text", kilobyte}});
  REQUIRE(log->flush(milliseconds{10'000}));
  CHECK(log->counts().dropped == 0);
  CHECK(std::filesystem::file_size(settings.file) <= settings.file_size_max);
  CHECK(std::filesystem::exists(directory / "sluice.1.log"));
  CHECK(std::filesystem::exists(directory / "sluice.2.log"));
  CHECK_FALSE(std::filesystem::exists(directory / "sluice.3.log"));
}

TEST_CASE("after reopen the log goes to a new file of the old name") {
  const temporary_directory directory;
  auto settings = quiet();
  settings.file = directory / "sluice.log";
  const auto log = started(settings);
  log->info("a", "first");
  REQUIRE(log->flush(milliseconds{10'000}));
  std::filesystem::rename(settings.file, directory / "moved.log");
  log->reopen();
  log->info("a", "second");
  REQUIRE(log->flush(milliseconds{10'000}));
  CHECK_THAT(text_of(directory / "moved.log"), ContainsSubstring("first"));
  CHECK_THAT(text_of(settings.file), ContainsSubstring("second"));
}

TEST_CASE("lines beyond the queue are dropped, counted, and the log says so") {
  const temporary_directory directory;
  auto settings = quiet();
  settings.file = directory / "sluice.log";
  settings.queue_lines_max = 16;
  settings.ring_lines = 10;
  const auto log = started(settings);
  for (int i = 0; log->counts().dropped == 0 && i < 1'000'000; ++i)
    log->info("a", "event", {{"i", i}});
  REQUIRE(log->counts().dropped > 0);
  REQUIRE(log->flush(milliseconds{10'000}));
  log->info("a", "last");
  log->stop();
  CHECK_THAT(text_of(settings.file), ContainsSubstring("WARN log lines_dropped count="));
  CHECK_THAT(text_of(settings.file), ContainsSubstring("a last\n"));
}

TEST_CASE("lines from many threads stay whole and in the order of their numbers") {
  const temporary_directory directory;
  auto settings = quiet();
  settings.file = directory / "sluice.log";
  settings.ring_lines = 1'000;
  const auto log = started(settings);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&log, t] {
      for (int i = 0; i < 200; ++i)
        log->info("a", "event", {{"thread", t}, {"i", i}});
    });
  for (auto& t : threads)
    t.join();
  log->stop();
  std::string expected;
  for (const auto& entry : log->recent())
    expected += entry->line + "\n";
  CHECK(log->counts().lines == 800);
  CHECK((text_of(settings.file) == expected));
}
