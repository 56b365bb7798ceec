// A datagram to the service manager; the protocol is stable and this is all of it that is needed.
#include "sluice/status/service_socket.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstring>

#include "sluice/status/utf8.hpp"

namespace sluice::status {

namespace {

constexpr std::size_t text_size_max = 400;

}  // namespace

result<std::unique_ptr<service_socket>> service_socket::open(std::string_view address) {
  const bool known = address.size() > 1 && (address.front() == '/' || address.front() == '@');
  if (!known || address.size() >= sizeof(sockaddr_un::sun_path))
    return fail(errc::invalid_value,
                fmt::format("'{}' is no address of a service manager: NOTIFY_SOCKET takes an "
                            "absolute path or an abstract name",
                            service_text(address)));
  const int made = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (made < 0)
    return fail(errc::io_failure,
                fmt::format("no socket for the service manager: {}", std::strerror(errno)));
  std::string to{address};
  if (to.front() == '@')
    to.front() = '\0';
  return std::unique_ptr<service_socket>{new service_socket{made, std::move(to)}};
}

service_socket::~service_socket() {
  ::close(socket_);
}

bool service_socket::tell(std::string_view lines) const {
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  std::memcpy(to.sun_path, address_.data(), address_.size());
  // An abstract name ends with its last byte, a path with a zero.
  const bool abstract = address_.front() == '\0';
  const auto size = offsetof(sockaddr_un, sun_path) + address_.size() + (abstract ? 0 : 1);
  const auto sent = ::sendto(socket_, lines.data(), lines.size(), MSG_NOSIGNAL,
                             reinterpret_cast<const sockaddr*>(&to), static_cast<socklen_t>(size));
  return sent == static_cast<ssize_t>(lines.size());
}

std::string service_text(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto length = utf8_length(text);
    const auto character = text.substr(0, length == 0 ? 1 : length);
    if (out.size() + character.size() > text_size_max)
      break;
    const bool control =
        length == 1 && (static_cast<unsigned char>(text.front()) < 0x20 || text.front() == 0x7f);
    if (length == 0 || control)
      out += ' ';
    else
      out += character;
    text.remove_prefix(character.size());
  }
  return out;
}

}  // namespace sluice::status
