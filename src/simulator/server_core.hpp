// What the server's connections share. Lives on the server's thread only.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string_view>

#include "sluice/simulator/venue.hpp"
#include "tls_contexts.hpp"

namespace sluice::simulator {

class stream_session;

struct server_core {
  settings chosen{};
  std::unique_ptr<venue> exchange{};
  tls_contexts tls{};
  bool offline{false};
  std::uint64_t next_connection{1};
  /// How to reset each open connection.
  std::map<std::uint64_t, std::function<void()>> connections{};
  std::map<stream_id, stream_session*> streams{};
  /// Replies held until the next user event, by the timers that limit their wait.
  std::map<std::uint64_t, boost::asio::steady_timer*> event_waits{};
  std::uint64_t next_wait{1};
  std::uint64_t user_events_told{0};
  /// When the venue's next advance is planned, and how to plan it anew; set by the server.
  instant next_tick{};
  std::function<void()> wake{};
  /// Goes offline for that long, sparing one connection; set by the server.
  std::function<void(milliseconds, std::uint64_t)> leave_for{};

  [[nodiscard]] moment now() const;
  /// Hands on what the venue has for its streams, and tells who waits for events.
  void pump();
  void reset_all(std::uint64_t but = 0);
};

/// Keeps a connection in the core's list for as long as it lives.
class connection_entry {
 public:
  connection_entry(server_core& core, std::function<void()> reset)
      : core_(core), number_(core.next_connection++) {
    core_.connections.emplace(number_, std::move(reset));
  }
  ~connection_entry() { core_.connections.erase(number_); }
  connection_entry(const connection_entry&) = delete;
  connection_entry& operator=(const connection_entry&) = delete;
  [[nodiscard]] std::uint64_t number() const { return number_; }

 private:
  server_core& core_;
  std::uint64_t number_{0};
};

/// Keeps a timer in the core's list of those that a user event cancels.
class event_wait {
 public:
  event_wait(server_core& core, boost::asio::steady_timer& timer)
      : core_(core), number_(core.next_wait++) {
    core_.event_waits.emplace(number_, &timer);
  }
  ~event_wait() { core_.event_waits.erase(number_); }
  event_wait(const event_wait&) = delete;
  event_wait& operator=(const event_wait&) = delete;

 private:
  server_core& core_;
  std::uint64_t number_{0};
};

/// Closes a socket so that its peer sees a reset.
void reset_socket(boost::asio::ip::tcp::socket& socket);

/// Serves one connection until it ends: TLS, then requests, or a stream after an upgrade.
[[nodiscard]] boost::asio::awaitable<void> serve_connection(server_core& core,
                                                            boost::asio::ip::tcp::socket socket);

}  // namespace sluice::simulator
