// What every TLS connection of the client insists on: verified peers and at least TLS 1.2.
#pragma once

#include <memory>
#include <string>

#include "sluice/domain/result.hpp"

namespace sluice::exchange {

class tls_context {
 public:
  struct impl;

  /// Trusts only `ca_pem` when given, else only `ca_file` when given, else the system's
  /// authorities. errc::io_failure when what is named cannot be read.
  [[nodiscard]] static result<std::unique_ptr<tls_context>> make(const std::string& ca_file,
                                                                 const std::string& ca_pem);
  explicit tls_context(std::unique_ptr<impl> made);
  tls_context(const tls_context&) = delete;
  tls_context& operator=(const tls_context&) = delete;
  ~tls_context();

  [[nodiscard]] impl& internals() { return *impl_; }

 private:
  std::unique_ptr<impl> impl_;
};

}  // namespace sluice::exchange
