// What the server's connections share. Lives on the server's thread only.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string_view>

#include "sluice/simulator/venue.hpp"

namespace sluice::simulator {

class stream_session;

struct server_core {
  settings chosen{};
  std::unique_ptr<venue> exchange{};
  boost::asio::ssl::context tls{boost::asio::ssl::context::tls_server};
  bool offline{false};
  std::uint64_t next_connection{1};
  /// How to reset each open connection.
  std::map<std::uint64_t, std::function<void()>> connections{};
  std::map<stream_id, stream_session*> streams{};
  /// Goes offline for that long, sparing one connection; set by the server.
  std::function<void(milliseconds, std::uint64_t)> leave_for{};

  [[nodiscard]] moment now() const;
  /// Hands on what the venue has for its streams.
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

/// Closes a socket so that its peer sees a reset.
void reset_socket(boost::asio::ip::tcp::socket& socket);

/// Serves one connection until it ends: TLS, then requests, or a stream after an upgrade.
[[nodiscard]] boost::asio::awaitable<void> serve_connection(server_core& core,
                                                            boost::asio::ip::tcp::socket socket);

}  // namespace sluice::simulator
