// Where a client of a running Sluice connects to, from the URL a person gave.
#pragma once

#include <string>
#include <string_view>

#include "sluice/status/settings.hpp"

namespace sluice::status {

/// "http://127.0.0.1:8645" and the like. Errors: invalid_value when it is no URL, and those of
/// parse_listen_address, which admits loopback only.
[[nodiscard]] result<listen_address> client_address(std::string_view url);

/// The value of the Host field for it.
[[nodiscard]] std::string host_field(const listen_address& address);

}  // namespace sluice::status
