// A client without a socket: a session reads exactly these packets, and what it writes is kept.
#pragma once

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <cstring>
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "http_session.hpp"

namespace sluice::status::testing {

struct written_answer {
  std::string head{};
  std::string body{};
};
/// What a session has done to its connection.
struct transcript {
  std::vector<written_answer> answers{};  ///< "100 Continue" is not among them.
  bool ended{false};                      ///< It said that nothing more comes.
  bool spoke_after_end{false};
};

/// Takes everything at once; after the last packet the client has hung up.
class scripted_transport final : public transport {
 public:
  scripted_transport(boost::asio::io_context& io, std::deque<std::string> packets, transcript& into)
      : never_opened_(io), packets_(std::move(packets)), into_(into) {}

  boost::asio::ip::tcp::socket& socket() override { return never_opened_; }
  boost::asio::awaitable<error_code> handshake() override { co_return error_code{}; }
  boost::asio::awaitable<read_result> read_some(boost::asio::mutable_buffer into) override {
    if (packets_.empty())
      co_return read_result{boost::asio::error::eof, 0};
    auto& packet = packets_.front();
    const auto size = std::min(packet.size(), into.size());
    std::memcpy(into.data(), packet.data(), size);
    packet.erase(0, size);
    if (packet.empty())
      packets_.pop_front();
    co_return read_result{{}, size};
  }
  boost::asio::awaitable<error_code> write(
      std::array<boost::asio::const_buffer, 2> parts) override {
    const auto text = [](const boost::asio::const_buffer& b) {
      return std::string{static_cast<const char*>(b.data()), b.size()};
    };
    into_.spoke_after_end = into_.spoke_after_end || into_.ended;
    if (written_answer sent{text(parts[0]), text(parts[1])};
        !sent.head.starts_with("HTTP/1.1 100 "))
      into_.answers.push_back(std::move(sent));
    co_return error_code{};
  }
  boost::asio::awaitable<void> end_sending() override {
    into_.ended = true;
    co_return;
  }

 private:
  boost::asio::ip::tcp::socket never_opened_;
  std::deque<std::string> packets_;
  transcript& into_;
};

/// One connection from its first packet to its end. The core's handler must answer at once.
inline transcript converse(http_core& core, std::deque<std::string> packets) {
  transcript held;
  std::make_shared<http_session>(
      core, std::make_unique<scripted_transport>(core.io(), std::move(packets), held),
      connection_role::serving)
      ->start();
  core.io().restart();
  core.io().run();
  return held;
}

}  // namespace sluice::status::testing
