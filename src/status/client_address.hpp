// Where a client of a running Sluice connects to, from the URL a person gave.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sluice/domain/result.hpp"

namespace sluice::status {

struct client_address {
  bool secure{false};  ///< TLS.
  std::string host{};  ///< A literal address without brackets, or a name.
  std::uint16_t port{0};
};

/// "http://127.0.0.1:8645", "https://trade.example:8645" and the like; https has port 443 where
/// none is given. Errors: invalid_value when it is no URL, not_permitted for plain HTTP to any
/// address but loopback: tokens and answers would be read on the way.
[[nodiscard]] result<client_address> parse_client_url(std::string_view url);

/// The value of the Host field for it.
[[nodiscard]] std::string host_field(const client_address& address);

}  // namespace sluice::status
