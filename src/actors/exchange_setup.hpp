// The exchange a run trades on: the embedded venue in mode demo, the configured one otherwise.
#pragma once

#include <memory>

#include "sluice/config/config.hpp"
#include "sluice/domain/exchange_port.hpp"
#include "sluice/simulator/server.hpp"
#include "sluice/status/logger.hpp"

namespace sluice::actors {

struct exchange_setup {
  std::unique_ptr<simulator::server> venue{};  ///< Only in mode demo; outlives the client.
  std::shared_ptr<exchange_port> client{};
};

/// errc::not_permitted for secrets that others may touch; not_found and malformed for missing or
/// empty ones; busy and io_failure when the embedded venue cannot start.
[[nodiscard]] result<exchange_setup> make_exchange(const config::settings& chosen,
                                                   std::shared_ptr<status::logger> log);

}  // namespace sluice::actors
