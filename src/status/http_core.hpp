// What all sessions of a server share: settings, handler, counts, and the list of sessions.
#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <unordered_set>

#include "channel_state.hpp"
#include "sluice/status/http_server.hpp"
#include "sluice/status/metrics.hpp"

namespace sluice::status {

class http_session;

/// How a connection counts: against connections_max, against event_readers_max, or only as one that
/// is being turned away.
enum class connection_role { serving, reading_events, refused };

/// Lives on the server's thread, but for the counts.
class http_core {
 public:
  http_core(http_settings s, request_handler h, metrics* m, std::shared_ptr<tls_identity> tls);
  http_core(const http_core&) = delete;
  http_core& operator=(const http_core&) = delete;

  boost::asio::io_context& io() { return io_; }
  [[nodiscard]] const http_settings& settings() const { return settings_; }
  [[nodiscard]] const request_handler& handler() const { return handler_; }
  [[nodiscard]] const std::shared_ptr<reader_seats>& seats() const { return seats_; }
  /// In the Host header, beside those that always are.
  [[nodiscard]] const std::vector<std::string>& hosts_allowed() const { return hosts_; }
  [[nodiscard]] bool stopping() const { return stopping_; }
  /// The Date header's value, made once a second.
  [[nodiscard]] const std::string& date();

  /// Binds and listens; the error names the address.
  [[nodiscard]] result<std::uint16_t> listen(const listen_address& address);
  /// Starts accepting and watching deadlines.
  void run();
  /// On the server's thread.
  void begin_stop();

  void joined(http_session* session, connection_role role);
  void changed_role(connection_role from, connection_role to);
  void left(http_session* session, connection_role role);
  void count_answer(int status);
  void count_timeout() { ++timeouts_; }
  [[nodiscard]] http_counts counts() const;

 private:
  boost::asio::awaitable<void> accept();
  boost::asio::awaitable<void> watch();
  void admit(boost::asio::ip::tcp::socket socket);
  /// Closes the connection that has kept us waiting longest, if any does.
  [[nodiscard]] bool make_room();
  void publish();
  [[nodiscard]] std::atomic<std::uint64_t>& count_of(connection_role role);

  http_settings settings_;
  request_handler handler_;
  metrics* metrics_;
  std::shared_ptr<tls_identity> tls_;
  std::vector<std::string> hosts_;
  std::shared_ptr<reader_seats> seats_;
  boost::asio::io_context io_{1};
  boost::asio::ip::tcp::acceptor acceptor_{io_};
  boost::asio::steady_timer watch_timer_{io_};
  boost::asio::steady_timer retry_timer_{io_};
  std::unordered_set<http_session*> sessions_{};
  bool stopping_{false};
  std::chrono::steady_clock::time_point stop_by_{};
  std::int64_t date_second_{-1};
  std::string date_{};

  std::atomic<std::uint64_t> requests_{0};
  std::atomic<std::uint64_t> accepted_{0};
  std::atomic<std::uint64_t> refused_total_{0};
  std::atomic<std::uint64_t> shed_{0};
  std::atomic<std::uint64_t> timeouts_{0};
  std::atomic<std::uint64_t> serving_{0};
  std::atomic<std::uint64_t> reading_{0};
  std::atomic<std::uint64_t> refusing_{0};
};

}  // namespace sluice::status
