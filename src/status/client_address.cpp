// A URL of this client is a scheme and an address, and nothing else.
#include "client_address.hpp"

#include <fmt/format.h>

namespace sluice::status {

result<listen_address> client_address(std::string_view url) {
  constexpr std::string_view scheme{"http://"};
  auto rest = url;
  if (!rest.starts_with(scheme))
    return fail(errc::invalid_value,
                fmt::format("'{}' is no URL; write http://127.0.0.1:8645", url));
  rest.remove_prefix(scheme.size());
  if (rest.ends_with('/'))
    rest.remove_suffix(1);
  auto address = parse_listen_address(rest);
  if (!address)
    return fail(address.error().code,
                fmt::format("'{}' is not asked; write http://127.0.0.1:8645", url));
  return address;
}

std::string host_field(const listen_address& address) {
  return address.host.find(':') == std::string::npos
             ? fmt::format("{}:{}", address.host, address.port)
             : fmt::format("[{}]:{}", address.host, address.port);
}

}  // namespace sluice::status
