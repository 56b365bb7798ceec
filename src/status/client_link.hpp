// One connection of a client to a running Sluice: found, opened, and the head of what it asks.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <string>
#include <string_view>

#include "client_address.hpp"
#include "sluice/status/http_client.hpp"
#include "transport.hpp"

namespace sluice::status {

/// Everything happens in `io`; whoever runs it keeps the time.
class client_link {
 public:
  client_link(boost::asio::io_context& io, client_address at, std::string ca_file)
      : io_(io), resolver_(io), at_(std::move(at)), ca_file_(std::move(ca_file)) {}
  client_link(const client_link&) = delete;
  client_link& operator=(const client_link&) = delete;

  /// Empty once it is open, else what was wrong.
  boost::asio::awaitable<std::string> open();
  /// After open().
  [[nodiscard]] transport& wire() { return *wire_; }
  /// Ends whatever is under way, and for good: a lookup of a name cannot be stopped, and what it
  /// still finds is not dialled.
  void close();

 private:
  boost::asio::io_context& io_;
  boost::asio::ip::tcp::resolver resolver_;
  client_address at_;
  std::string ca_file_;
  std::shared_ptr<boost::asio::ip::tcp::socket> dialling_{};
  std::unique_ptr<transport> wire_{};
  bool closed_{false};
};

/// Runs to its end what is left in the `io` of a closed link, which `owner` holds. Where the system
/// still looks a name up, and an io_context waits for that when it goes, both go on a thread of
/// their own: whoever asked is not held up.
void let_go(std::shared_ptr<void> owner, boost::asio::io_context& io);

/// Request line and fields up to where more may be added, each with its line break: an empty line
/// is still missing. A token goes into it as a bearer's.
[[nodiscard]] std::string request_head(std::string_view method, std::string_view path,
                                       const client_address& at, std::string_view token);

}  // namespace sluice::status
