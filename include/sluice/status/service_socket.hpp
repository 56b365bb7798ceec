// What the process tells its service manager (sd_notify(3)), over the datagram socket that it was
// given.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "sluice/domain/result.hpp"

namespace sluice::status {

/// One datagram a call, of lines "READY=1"; never waits. Thread-safe.
class service_socket {
 public:
  /// `address` as $NOTIFY_SOCKET has it: an absolute path, or "@name" in the abstract namespace.
  /// Errors: invalid_value when it is neither or too long, io_failure when there are no sockets.
  [[nodiscard]] static result<std::unique_ptr<service_socket>> open(std::string_view address);
  service_socket(const service_socket&) = delete;
  service_socket& operator=(const service_socket&) = delete;
  ~service_socket();

  /// False when nobody took it; the next one is tried all the same.
  [[nodiscard]] bool tell(std::string_view lines) const;

 private:
  service_socket(int socket, std::string address) : socket_(socket), address_(std::move(address)) {}

  int socket_;
  std::string address_;  ///< Of an abstract name, its first byte is zero.
};

/// As a value of a line: without what would end the line or is no UTF-8, at most 400 bytes.
[[nodiscard]] std::string service_text(std::string_view text);

}  // namespace sluice::status
