// A client's deadline holds while the system looks a name up, and nothing leaves after it.
#include <arpa/inet.h>
#include <dlfcn.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <condition_variable>
#include <mutex>

#include "client_link.hpp"
#include "sluice/status/event_source.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::status;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view slow_name{"slow.test"};

/// Holds up whoever looks the slow name up.
class slow_lookups {
 public:
  void pass() {
    std::unique_lock lock(mutex_);
    ++inside_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return !held_; });
    --inside_;
    changed_.notify_all();
  }
  void hold() {
    const std::lock_guard lock(mutex_);
    held_ = true;
  }
  void release() {
    const std::lock_guard lock(mutex_);
    held_ = false;
    changed_.notify_all();
  }
  void wait_for_one() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return inside_ > 0; });
  }
  void wait_for_none() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return inside_ == 0; });
  }

 private:
  std::mutex mutex_{};
  std::condition_variable changed_{};
  bool held_{false};
  int inside_{0};
};

slow_lookups& lookups() {
  static slow_lookups all;
  return all;
}

/// Listens, and sees whether anybody came.
class listener {
 public:
  listener() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0)) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    REQUIRE(::bind(socket_, reinterpret_cast<const sockaddr*>(&at), size) == 0);
    REQUIRE(::listen(socket_, 8) == 0);
    REQUIRE(::getsockname(socket_, reinterpret_cast<sockaddr*>(&at), &size) == 0);
    port_ = ntohs(at.sin_port);
  }
  listener(const listener&) = delete;
  listener& operator=(const listener&) = delete;
  ~listener() { ::close(socket_); }

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] bool was_dialled() const {
    const int came = ::accept(socket_, nullptr, nullptr);
    if (came >= 0)
      ::close(came);
    return came >= 0;
  }

 private:
  int socket_;
  std::uint16_t port_{0};
};

}  // namespace

/// In place of the system's for this program.
extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* hints,
                           addrinfo** out) {
  using lookup = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
  static const auto of_system = reinterpret_cast<lookup>(::dlsym(RTLD_NEXT, "getaddrinfo"));
  if (node == nullptr || slow_name != node)
    return of_system(node, service, hints, out);
  lookups().pass();
  return of_system("127.0.0.1", service, hints, out);
}

TEST_CASE("a name that is found after the close is not dialled") {
  const listener there;
  boost::asio::io_context io{1};
  client_link link{io, {false, std::string{slow_name}, there.port()}, {}};
  std::string said;
  lookups().hold();
  boost::asio::co_spawn(io, link.open(),
                        [&](const std::exception_ptr&, std::string words) { said = words; });
  while (io.poll() > 0) {
  }
  lookups().wait_for_one();
  link.close();
  lookups().release();
  io.restart();
  io.run();
  CHECK(said == "no answer in time");
  CHECK_FALSE(there.was_dialled());
}

TEST_CASE("a lookup that hangs holds up neither an order nor a reader of events") {
  const listener there;
  const auto url = "https://" + std::string{slow_name} + ":" + std::to_string(there.port());
  lookups().hold();
  client_limits limits;
  limits.connect = 50ms;
  const auto order = ask(url, "/api/v1/state", "{}", limits);
  REQUIRE_FALSE(order);
  CHECK(order.error().text == "no answer in time");
  CHECK_FALSE(order.error().may_have_arrived);
  event_hooks hooks;
  hooks.take = [](const auto&) { return true; };
  hooks.go_on = [] { return false; };
  const auto end = follow_events({url, "/api/v1/logs", {}}, hooks).value();
  CHECK(end.by_caller);
  // Only now: both came back while the system was still at it.
  lookups().release();
  lookups().wait_for_none();
}
