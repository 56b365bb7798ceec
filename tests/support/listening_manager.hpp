// A service manager as far as a process sees it: a datagram socket, and what was sent to it.
#pragma once

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <cstddef>
#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

namespace sluice::testing {

class listening_manager {
 public:
  /// A path, or "@name" in the abstract namespace.
  explicit listening_manager(std::string address) : address_(std::move(address)) {
    sockaddr_un at{};
    at.sun_family = AF_UNIX;
    if (address_.size() >= sizeof at.sun_path)
      throw std::length_error("an address of a socket has 107 characters at most");
    std::memcpy(at.sun_path, address_.data(), address_.size());
    const bool abstract = address_.front() == '@';
    if (abstract)
      at.sun_path[0] = '\0';
    const auto size = offsetof(sockaddr_un, sun_path) + address_.size() + (abstract ? 0 : 1);
    socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (::bind(socket_, reinterpret_cast<const sockaddr*>(&at), static_cast<socklen_t>(size)) != 0)
      throw std::runtime_error(std::strerror(errno));
  }
  listening_manager(const listening_manager&) = delete;
  listening_manager& operator=(const listening_manager&) = delete;
  ~listening_manager() {
    ::close(socket_);
    if (address_.front() == '/')
      ::unlink(address_.c_str());
  }

  [[nodiscard]] const std::string& address() const { return address_; }
  /// All datagrams since the last call, oldest first.
  std::vector<std::string> heard() {
    std::vector<std::string> out;
    std::string text(4'096, '\0');
    for (ssize_t got = 0; (got = ::recv(socket_, text.data(), text.size(), 0)) >= 0;)
      out.push_back(text.substr(0, static_cast<std::size_t>(got)));
    return out;
  }

  /// Until something is there to be heard; false when nothing came within `limit`.
  [[nodiscard]] bool wait(std::chrono::milliseconds limit) const {
    pollfd waiting{socket_, POLLIN, 0};
    return ::poll(&waiting, 1, static_cast<int>(limit.count())) == 1;
  }

 private:
  std::string address_;
  int socket_{-1};
};

}  // namespace sluice::testing
