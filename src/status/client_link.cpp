// Looks the name up, connects, and shakes hands.
#include "client_link.hpp"

#include <fmt/format.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <thread>

#include "tls_transport.hpp"

namespace sluice::status {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;

namespace {

constexpr std::string_view too_late{"no answer in time"};
/// For what a close ends at once.
constexpr milliseconds let_go_max{50};

}  // namespace

asio::awaitable<std::string> client_link::open() {
  boost::system::error_code failed;
  const auto found = co_await resolver_.async_resolve(
      at_.host, std::to_string(at_.port), asio::redirect_error(asio::use_awaitable, failed));
  if (closed_)
    co_return std::string{too_late};
  if (failed)
    co_return fmt::format("{} is not found: {}", at_.host, failed.message());
  dialling_ = std::make_shared<tcp::socket>(io_);
  const auto dialled = dialling_;
  co_await asio::async_connect(*dialled, found, asio::redirect_error(asio::use_awaitable, failed));
  if (closed_)
    co_return std::string{too_late};
  if (failed)
    co_return failed.message();
  dialling_.reset();
  if (at_.secure) {
    auto made = make_tls_client_transport(std::move(*dialled), ca_file_, at_.host);
    if (!made)
      co_return made.error().text;
    wire_ = std::move(*made);
  } else {
    wire_ = make_plain_transport(std::move(*dialled));
  }
  failed = co_await wire_->handshake();
  if (closed_)
    co_return std::string{too_late};
  if (!failed)
    co_return std::string{};
  const auto words = wire_->handshake_words();
  co_return words.empty() ? "TLS: " + failed.message() : words;
}

void client_link::close() {
  closed_ = true;
  boost::system::error_code ignored;
  resolver_.cancel();
  if (dialling_)
    dialling_->close(ignored);
  if (wire_)
    wire_->socket().close(ignored);
}

void let_go(std::shared_ptr<void> owner, asio::io_context& io) {
  io.restart();
  io.run_for(let_go_max);
  if (io.stopped())
    return;
  std::thread([owner = std::move(owner), &io]() mutable {
    io.run();
    owner.reset();
  }).detach();
}

std::string request_head(std::string_view method, std::string_view path, const client_address& at,
                         std::string_view token) {
  auto head = fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\n", method, path, host_field(at));
  if (!token.empty())
    head += fmt::format("Authorization: Bearer {}\r\n", token);
  return head;
}

}  // namespace sluice::status
