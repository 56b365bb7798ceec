// The client against a real server: what it says is carried over byte by byte, and nothing lets a
// caller wait for ever.
#include "sluice/redis/client.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <thread>

#include "support/catch.hpp"
#include "support/redis_server.hpp"

namespace sluice::redis {
namespace {

#define REDIS_OR_SKIP(server, ...)                      \
  const auto server = redis_server::start(__VA_ARGS__); \
  if (!server) {                                        \
    WARN("skipped: redis-server is not installed");     \
    return;                                             \
  }

/// A peer that takes a connection and says what it was told to, then nothing more.
class mumbling_peer {
 public:
  explicit mumbling_peer(std::string says) {
    std::string pattern = (std::filesystem::temp_directory_path() / "sluice-peer-XXXXXX").string();
    directory_ = ::mkdtemp(pattern.data());
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path().copy(address.sun_path, sizeof(address.sun_path) - 1);
    listener_ = ::socket(AF_UNIX, SOCK_STREAM, 0);
    REQUIRE(::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(::listen(listener_, 1) == 0);
    thread_ = std::jthread([this, text = std::move(says)] {
      const int link = ::accept(listener_, nullptr, nullptr);
      std::array<char, 4'096> heard{};
      while (::read(link, heard.data(), heard.size()) > 0)
        if (::send(link, text.data(), text.size(), MSG_NOSIGNAL) < 0)
          break;
      ::close(link);
    });
  }
  ~mumbling_peer() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
    std::filesystem::remove_all(directory_);
  }
  mumbling_peer(const mumbling_peer&) = delete;
  mumbling_peer& operator=(const mumbling_peer&) = delete;

  [[nodiscard]] std::string path() const { return (directory_ / "s").string(); }

 private:
  std::filesystem::path directory_{};
  int listener_{-1};
  std::jthread thread_{};
};

error failure_with(const std::string& says, std::size_t bytes_max = 1'000'000) {
  const mumbling_peer peer(says);
  client_options o;
  o.where.path = peer.path();
  o.command_timeout = milliseconds{100};
  o.reply_bytes_max = bytes_max;
  const auto made = client::connect(o);
  REQUIRE_FALSE(made);
  return made.error();
}

}  // namespace

TEST_CASE("every byte goes out and comes back") {
  REDIS_OR_SKIP(server);
  const auto link = server->connect();
  std::string value;
  for (int c = 0; c < 256; ++c)
    value += static_cast<char>(c);
  value += "\r\n$5\r\n";
  const std::string key{"key \0 with zero", 15};
  CHECK(link->run({"SET", key, value})->kind == reply_kind::status);
  CHECK(link->run({"GET", key})->text == value);
  CHECK(link->run({"STRLEN", "key "})->number == 0);
  CHECK(link->run({"GET", "no such"})->kind == reply_kind::nil);
  CHECK(link->run({"INCR", "n"})->number == 1);
  CHECK(link->run({"SET", "empty", ""})->kind == reply_kind::status);
  CHECK(link->run({"GET", "empty"})->kind == reply_kind::text);
}

TEST_CASE("an error of the server is an answer, and the connection goes on") {
  REDIS_OR_SKIP(server);
  const auto link = server->connect();
  CHECK(link->run({"SET", "word", "text"}));
  const auto wrong = link->run({"HSET", "word", "a", "b"});
  REQUIRE(wrong);
  CHECK(wrong->is_error());
  CHECK(error_code(*wrong) == "WRONGTYPE");
  CHECK(link->run({"GET", "word"})->text == "text");
  const auto several =
      link->run_all(std::vector<command>{{"MULTI"}, {"HSET", "word", "a", "b"}, {"EXEC"}});
  REQUIRE(several);
  REQUIRE(several->size() == 3);
  CHECK(error_code(several->back().items.at(0)) == "WRONGTYPE");
}

TEST_CASE("a server without our password, and a wrong database, are refused in words") {
  REDIS_OR_SKIP(server, std::vector<std::string>{"--requirepass", "the-word"});
  auto o = server->options();
  auto made = client::connect(o);
  REQUIRE_FALSE(made);
  CHECK(made.error().code == errc::not_permitted);
  o.password = "not-the-word";
  made = client::connect(o);
  REQUIRE_FALSE(made);
  CHECK(made.error().code == errc::not_permitted);
  CHECK(made.error().text.find("not-the-word") == std::string::npos);
  o.password = "the-word";
  CHECK(client::connect(o));
  o.username = "default";
  CHECK(client::connect(o));
  o.database = 999;
  made = client::connect(o);
  REQUIRE_FALSE(made);
  CHECK(made.error().code == errc::not_permitted);
}

TEST_CASE("a refusal that quotes the password is told by its first word alone") {
  for (const auto& [says, told] : {
           std::pair{"-ERR unknown command 'AUTH', with args beginning with: 'the-word'\r\n",
                     "ERR"},
           std::pair{"-WRONGPASS the-word\r\n", "WRONGPASS"},
           std::pair{"-the-word\r\n", "without a usual word"},
           std::pair{"-THEWORDTHEWORDTHEWORD\r\n", "without a usual word"},
       }) {
    mumbling_peer peer(says);
    client_options o;
    o.where.path = peer.path();
    o.password = "the-word";
    const auto made = client::connect(o);
    REQUIRE_FALSE(made);
    CHECK(made.error().code == errc::not_permitted);
    CHECK(made.error().text == o.where.path + ": the password was refused: " + told);
  }
}

TEST_CASE("nobody listening is an error at once") {
  client_options o;
  o.where.path = "/nonexistent/redis.sock";
  CHECK(client::connect(o).error().code == errc::io_failure);
  o.where = {"127.0.0.1", 1, {}};
  CHECK(client::connect(o).error().code == errc::io_failure);
}

TEST_CASE("a server that hangs is given up in time, and the client stays failed") {
  REDIS_OR_SKIP(server);
  auto o = server->options();
  o.command_timeout = milliseconds{100};
  const auto link = client::connect(o).value();
  server->pause();
  const auto late = link->run({"GET", "a"});
  server->resume();
  REQUIRE_FALSE(late);
  CHECK(late.error() == fail(errc::io_failure, "no answer in time"));
  // The answer to the first question must not become that to the second.
  CHECK_FALSE(link->run({"GET", "b"}));
}

TEST_CASE("a server that goes is an error, and writing to it does not end the process") {
  REDIS_OR_SKIP(server);
  const auto link = server->connect();
  server->stop();
  for (int i = 0; i < 3; ++i) {
    const auto lost = link->run({"GET", "a"});
    REQUIRE_FALSE(lost);
    CHECK(lost.error().code == errc::io_failure);
  }
  server->restart();
  CHECK_FALSE(link->run({"PING"}));
  CHECK(server->connect()->run({"PING"})->text == "PONG");
}

TEST_CASE("a peer that speaks no Redis, stops in the middle or never ends is given up") {
  CHECK(failure_with("HTTP/1.1 200 OK\r\n\r\n").code == errc::io_failure);
  CHECK(failure_with("$1000\r\nabc").text.find("in time") != std::string::npos);
  CHECK(failure_with("*2147483647\r\n").code == errc::out_of_range);
  CHECK(failure_with("$-7\r\n").code == errc::io_failure);
  CHECK(failure_with("").code == errc::io_failure);
  const auto endless = failure_with("$400000\r\n" + std::string(300'000, 'a'), 100'000);
  CHECK(endless.code == errc::out_of_range);
  CHECK(endless.text.find("longer than 100000 bytes") != std::string::npos);
}

TEST_CASE("a blocking read ends when another thread says so") {
  REDIS_OR_SKIP(server);
  auto o = server->options();
  o.stop = std::make_shared<interrupter>();
  const auto link = client::connect(o).value();
  std::jthread other([&] {
    // Once the server counts a blocked client, the read is under way.
    const auto asked = server->connect();
    while (asked->run({"INFO", "clients"})->text.find("blocked_clients:1") == std::string::npos)
      std::this_thread::yield();
    o.stop->fire();
  });
  const auto ended = link->run({"BLPOP", "nothing", "60"}, milliseconds{60'000});
  CHECK_FALSE(ended);
  other.join();
  CHECK_FALSE(client::connect(o));
}

}  // namespace sluice::redis
