// What a connection speaks over: TCP alone or TLS above it, in one shape, so that sessions and
// clients are written once.
#pragma once

#include <array>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <string>

namespace sluice::status {

/// One read and one write may be under way at the same time. Closing or cancelling the socket ends
/// both.
class transport {
 public:
  using error_code = boost::system::error_code;
  struct read_result {
    error_code failed{};
    std::size_t size{0};
  };

  transport() = default;
  transport(const transport&) = delete;
  transport& operator=(const transport&) = delete;
  virtual ~transport() = default;

  [[nodiscard]] virtual boost::asio::ip::tcp::socket& socket() = 0;
  /// At once for TCP alone.
  virtual boost::asio::awaitable<error_code> handshake() = 0;
  virtual boost::asio::awaitable<read_result> read_some(boost::asio::mutable_buffer into) = 0;
  /// All of it.
  virtual boost::asio::awaitable<error_code> write(
      std::array<boost::asio::const_buffer, 2> parts) = 0;
  /// Tells the other side that nothing more comes.
  virtual boost::asio::awaitable<void> end_sending() = 0;
  /// Why a handshake failed, where more is known than its error code says; else empty.
  [[nodiscard]] virtual std::string handshake_words() const { return {}; }
};

[[nodiscard]] std::unique_ptr<transport> make_plain_transport(boost::asio::ip::tcp::socket socket);

}  // namespace sluice::status
