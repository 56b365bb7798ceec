// The connection that writes to Redis, when its server takes no writes any more.
#include "redis_link.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <mutex>
#include <thread>

#include "redis/support/redis_server.hpp"
#include "redis_refusals.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::actors;
using namespace sluice::redis;

namespace {

/// Two servers, and a name that leads to one of them.
class two_servers {
 public:
  two_servers() : first_(redis_server::start()), second_(redis_server::start()) {
    std::string pattern = (std::filesystem::temp_directory_path() / "sluice-name-XXXXXX").string();
    directory_ = ::mkdtemp(pattern.data());
  }
  ~two_servers() { std::filesystem::remove_all(directory_); }
  two_servers(const two_servers&) = delete;
  two_servers& operator=(const two_servers&) = delete;

  [[nodiscard]] bool installed() const { return first_ != nullptr; }
  redis_server& first() { return *first_; }
  redis_server& second() { return *second_; }
  [[nodiscard]] std::string name() const { return (directory_ / "name").string(); }
  void lead_to(const redis_server& server) {
    std::filesystem::create_symlink(server.options().where.path, directory_ / "next");
    std::filesystem::rename(directory_ / "next", directory_ / "name");
  }

 private:
  std::unique_ptr<redis_server> first_;
  std::unique_ptr<redis_server> second_;
  std::filesystem::path directory_{};
};

/// What the link tells of writing, to be waited for.
class heard {
 public:
  redis_sinks sinks() {
    redis_sinks tell;
    tell.delivered = [](const stream_delivered&) {};
    tell.answered = [this](const redis_answered& m) {
      const std::lock_guard lock(mutex_);
      answers_.insert(answers_.end(), m.answers->begin(), m.answers->end());
      changed_.notify_all();
    };
    tell.reached = [this](const redis_reached& m) {
      const std::lock_guard lock(mutex_);
      if (m.which == redis_connection::writing)
        (m.up ? ups_ : downs_).push_back(m.why);
      changed_.notify_all();
    };
    return tell;
  }

  /// At most half a minute; fails the test when they do not come.
  void wait_for_ups(std::size_t n) {
    wait([&] { return ups_.size() >= n; });
  }
  void wait_for_downs(std::size_t n) {
    wait([&] { return downs_.size() >= n; });
  }
  redis_answer answer_to(std::uint64_t job) {
    const auto is_it = [job](const redis_answer& a) { return a.number == job; };
    wait([&] { return std::ranges::any_of(answers_, is_it); });
    const std::lock_guard lock(mutex_);
    CHECK(std::ranges::count_if(answers_, is_it) == 1);
    return *std::ranges::find_if(answers_, is_it);
  }
  std::size_t ups() {
    const std::lock_guard lock(mutex_);
    return ups_.size();
  }
  std::vector<std::string> downs() {
    const std::lock_guard lock(mutex_);
    return downs_;
  }

 private:
  template <class Condition>
  void wait(Condition holds) {
    std::unique_lock lock(mutex_);
    REQUIRE(changed_.wait_for(lock, std::chrono::seconds(30), holds));
  }

  std::mutex mutex_{};
  std::condition_variable changed_{};
  std::vector<redis_answer> answers_{};
  std::vector<std::string> ups_{};
  std::vector<std::string> downs_{};
};

redis_link_options options_for(const std::string& path, heard& hears) {
  redis_link_options o;
  o.settings.address = "unix:" + path;
  o.settings.block = milliseconds{10};
  o.settings.reconnect_min = milliseconds{10};
  o.settings.reconnect_max = milliseconds{50};
  o.outbox = std::make_shared<redis_outbox>();
  o.tell = hears.sinks();
  return o;
}

const command demotion{"REPLICAOF", "127.0.0.1", "1"};

/// How often XACK was refused to a user outside of a transaction.
std::int64_t refused_signs(const redis_server& server) {
  std::int64_t sum = 0;
  const auto log = server.connect()->run({"ACL", "LOG"}).value();
  for (const auto& entry : log.items) {
    const auto of = [&](std::string_view name) {
      for (std::size_t i = 0; i + 1 < entry.items.size(); i += 2)
        if (entry.items[i].text == name)
          return entry.items[i + 1];
      return reply{};
    };
    if (of("object").text == "xack" && of("context").text == "toplevel")
      sum += of("count").number;
  }
  return sum;
}

reply an_error(std::string text) {
  reply r;
  r.kind = reply_kind::error;
  r.text = std::move(text);
  return r;
}

}  // namespace

TEST_CASE("a server that takes no writes is known by its answers, also inside a transaction") {
  const std::pair<const char*, bool> rows[] = {
      {"READONLY You can't write against a read only replica.", true},
      {"MASTERDOWN Link with MASTER is down", true},
      {"LOADING Redis is loading the dataset in memory", true},
      {"EXECABORT Transaction discarded because of: READONLY You can't write", true},
      {"EXECABORT Transaction discarded because of previous errors.", false},
      {"NOPERM this user has no permissions", false},
      {"WRONGTYPE Operation against a key", false},
      {"ERR READONLY is only quoted here", false},
      {"OOM command not allowed", false},
  };
  for (const auto& [text, refuses] : rows) {
    INFO(text);
    CHECK(refuses_writes(an_error(text)) == refuses);
    reply done;
    done.kind = reply_kind::array;
    done.items = {reply{}, an_error(text)};
    CHECK((refusal_of_writes(std::vector{reply{}, done}) != nullptr) == refuses);
  }
  reply said;
  said.kind = reply_kind::text;
  said.text = "READONLY";
  CHECK(refusal_of_writes(std::vector{said}) == nullptr);
}

TEST_CASE("a job that a demoted master refuses ends the connection, and the next one works") {
  two_servers servers;
  if (!servers.installed()) {
    WARN("skipped: redis-server is not installed");
    return;
  }
  servers.lead_to(servers.first());
  heard hears;
  auto options = options_for(servers.name(), hears);
  const auto outbox = options.outbox;
  // The link takes all three at once: the first one demotes the server that it speaks to.
  REQUIRE(outbox->put({1, {demotion}}));
  REQUIRE(outbox->put({2, {{"SET", "alone", "x"}}}));
  REQUIRE(outbox->put({3, {{"SET", "two", "x"}, {"SET", "three", "x"}}}));
  const redis_link link(std::move(options), {});
  CHECK(hears.answer_to(1).outcome == redis_outcome::done);
  for (const std::uint64_t job : {2, 3}) {
    CHECK(hears.answer_to(job).outcome == redis_outcome::refused);
    CHECK(hears.answer_to(job).why.starts_with("READONLY"));
  }
  // It is left at once, not when the sign of life is next looked for: else this would be refused.
  REQUIRE(outbox->put({4, {{"SET", "four", "x"}}}));
  CHECK(hears.answer_to(4).outcome == redis_outcome::lost);
  hears.wait_for_downs(4);
  CHECK(hears.ups() == 1);  // A replica that is reached again and again does not count.
  for (const auto& why : hears.downs())
    CHECK(why.find("takes no writes: READONLY") != std::string::npos);
  servers.lead_to(servers.second());
  hears.wait_for_ups(2);
  REQUIRE(outbox->put({5, {{"SET", "five", "x"}}}));
  CHECK(hears.answer_to(5).outcome == redis_outcome::done);
  const auto now = servers.second().connect();
  CHECK(now->run({"GET", "five"})->text == "x");
  CHECK(now->run({"EXISTS", "alone", "two", "three"})->number == 0);  // Answered is answered.
  CHECK(servers.first().connect()->run({"EXISTS", "alone", "two", "three"})->number == 0);
}

TEST_CASE("a connection without work leaves a demoted master, too") {
  two_servers servers;
  if (!servers.installed()) {
    WARN("skipped: redis-server is not installed");
    return;
  }
  servers.lead_to(servers.first());
  heard hears;
  auto options = options_for(servers.name(), hears);
  const auto outbox = options.outbox;
  const redis_link link(std::move(options), {});
  hears.wait_for_ups(1);
  REQUIRE(servers.first().connect()->run(demotion)->text == "OK");
  hears.wait_for_downs(3);
  CHECK(hears.ups() == 1);
  servers.lead_to(servers.second());
  hears.wait_for_ups(2);
  REQUIRE(outbox->put({1, {{"SET", "one", "x"}}}));
  CHECK(hears.answer_to(1).outcome == redis_outcome::done);
  CHECK(servers.second().connect()->run({"GET", "one"})->text == "x");
}

TEST_CASE("a user to whom the sign of life is refused keeps the connection") {
  two_servers servers;
  if (!servers.installed()) {
    WARN("skipped: redis-server is not installed");
    return;
  }
  servers.lead_to(servers.first());
  REQUIRE(servers.first()
              .connect()
              ->run({"ACL", "SETUSER", "plans", "on", ">word", "~*", "+@all", "-xack"})
              ->text == "OK");
  heard hears;
  auto options = options_for(servers.name(), hears);
  options.settings.username = "plans";
  const auto outbox = options.outbox;
  const redis_link link(std::move(options), exchange::secret(std::string("word")));
  hears.wait_for_ups(1);
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (refused_signs(servers.first()) < 2) {  // At the connection's beginning, and later.
    REQUIRE(std::chrono::steady_clock::now() < limit);
    std::this_thread::yield();
  }
  REQUIRE(outbox->put({1, {{"SET", "one", "x"}}}));
  CHECK(hears.answer_to(1).outcome == redis_outcome::done);
  CHECK(hears.downs().empty());
  CHECK(hears.ups() == 1);
}
