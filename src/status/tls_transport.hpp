// TLS above TCP, for the server's side of a connection and for the client's.
#pragma once

#include <memory>
#include <string>

#include "sluice/domain/result.hpp"
#include "sluice/status/tls_identity.hpp"
#include "transport.hpp"

namespace sluice::status {

[[nodiscard]] std::unique_ptr<transport> make_tls_transport(boost::asio::ip::tcp::socket socket,
                                                            std::shared_ptr<tls_identity> identity);

/// Whom a client trusts: the authorities of `ca_file` alone, or the system's when it is empty. The
/// other side must prove that it is `host`, a name or a literal address. io_failure when the file
/// cannot be used.
[[nodiscard]] result<std::unique_ptr<transport>> make_tls_client_transport(
    boost::asio::ip::tcp::socket socket, const std::string& ca_file, const std::string& host);

}  // namespace sluice::status
