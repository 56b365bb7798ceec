// A blocking socket client for the tests: sends bytes as they are, well-formed or not, and reads
// with a limit, so that no test can hang.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace sluice::status::testing {

inline constexpr std::chrono::milliseconds patience{10'000};

/// Waits until the condition holds, at most `patience`; the condition is asked every millisecond.
inline bool eventually(const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (std::chrono::steady_clock::now() < end) {
    if (condition())
      return true;
    ::poll(nullptr, 0, 1);
  }
  return condition();
}

class raw_client {
 public:
  explicit raw_client(std::uint16_t port, int receive_buffer = 0)
      : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    if (receive_buffer > 0)
      ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
      throw std::runtime_error("cannot connect");
  }
  raw_client(raw_client&& other) noexcept
      : socket_(std::exchange(other.socket_, -1)), unread_(std::move(other.unread_)) {}
  raw_client(const raw_client&) = delete;
  raw_client& operator=(const raw_client&) = delete;
  raw_client& operator=(raw_client&&) = delete;
  ~raw_client() { close(); }

  void close() {
    if (socket_ >= 0)
      ::close(std::exchange(socket_, -1));
  }

  /// False when the server no longer takes bytes.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0)
        return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  /// Everything up to and with `end`; what came so far when the connection ends or time is up.
  std::string read_until(std::string_view end) {
    while (true) {
      if (const auto at = unread_.find(end); at != std::string::npos)
        return take(at + end.size());
      if (!receive())
        return take(unread_.size());
    }
  }

  /// Everything until the server closes.
  std::string read_to_end() {
    while (receive()) {
    }
    return take(unread_.size());
  }

  /// One answer with its body by Content-Length.
  std::string read_response(bool with_body = true) {
    std::string head = read_until("\r\n\r\n");
    const auto at = head.find("Content-Length: ");
    if (at == std::string::npos || !with_body)
      return head;
    const auto length = static_cast<std::size_t>(std::stoul(head.substr(at + 16)));
    while (unread_.size() < length && receive()) {
    }
    return head + take(length);
  }

  /// True when the server has closed, within the limit, and left nothing unread.
  bool at_end() {
    while (unread_.empty() && receive()) {
    }
    return unread_.empty() && ended_;
  }

 private:
  bool receive() {
    pollfd watched{socket_, POLLIN, 0};
    if (ended_ || ::poll(&watched, 1, static_cast<int>(patience.count())) <= 0)
      return false;
    char buffer[16 * 1024];
    const auto got = ::recv(socket_, buffer, sizeof buffer, 0);
    if (got <= 0) {
      ended_ = true;
      return false;
    }
    unread_.append(buffer, static_cast<std::size_t>(got));
    return true;
  }

  std::string take(std::size_t size) {
    std::string taken = unread_.substr(0, size);
    unread_.erase(0, size);
    return taken;
  }

  int socket_;
  std::string unread_{};
  bool ended_{false};
};

/// "GET /path HTTP/1.1" with a Host the server admits.
inline std::string get(std::string_view path, std::string_view more = {}) {
  return "GET " + std::string{path} + " HTTP/1.1\r\nHost: localhost\r\n" + std::string{more} +
         "\r\n";
}

inline std::string post(std::string_view path, std::string_view body) {
  return "POST " + std::string{path} +
         " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + std::string{body};
}

/// The status of an answer as text: "200".
inline std::string status_of(const std::string& answer) {
  return answer.starts_with("HTTP/1.1 ") ? answer.substr(9, 3) : "";
}

}  // namespace sluice::status::testing
