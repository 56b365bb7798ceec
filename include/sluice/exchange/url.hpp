// The one kind of address the client accepts: scheme, host and port, nothing else.
#pragma once

#include <string>
#include <string_view>

#include "sluice/domain/result.hpp"

namespace sluice::exchange {

struct web_address {
  std::string host{};  ///< Name or IP literal, without brackets.
  std::string port{"443"};
  [[nodiscard]] std::string authority() const;  ///< For the Host header; port only when not 443.
  friend bool operator==(const web_address&, const web_address&) = default;
};

/// Reads "<scheme>://host[:port]" for exactly that scheme; refuses user names, paths and queries.
[[nodiscard]] result<web_address> parse_address(std::string_view url, std::string_view scheme);

}  // namespace sluice::exchange
