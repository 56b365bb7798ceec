// TCP alone.
#include "transport.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

namespace sluice::status {
namespace {

namespace asio = boost::asio;

class plain_transport final : public transport {
 public:
  explicit plain_transport(asio::ip::tcp::socket socket) : socket_(std::move(socket)) {}

  asio::ip::tcp::socket& socket() override { return socket_; }

  asio::awaitable<error_code> handshake() override { co_return error_code{}; }

  asio::awaitable<read_result> read_some(asio::mutable_buffer into) override {
    read_result got;
    got.size = co_await socket_.async_read_some(
        into, asio::redirect_error(asio::use_awaitable, got.failed));
    co_return got;
  }

  asio::awaitable<error_code> write(std::array<asio::const_buffer, 2> parts) override {
    error_code failed;
    co_await asio::async_write(socket_, parts, asio::redirect_error(asio::use_awaitable, failed));
    co_return failed;
  }

  asio::awaitable<void> end_sending() override {
    error_code ignored;
    socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    co_return;
  }

 private:
  asio::ip::tcp::socket socket_;
};

}  // namespace

std::unique_ptr<transport> make_plain_transport(asio::ip::tcp::socket socket) {
  return std::make_unique<plain_transport>(std::move(socket));
}

}  // namespace sluice::status
