// Who started the process and watches over it from outside.
#pragma once

#include <memory>
#include <optional>

#include "sluice/domain/time.hpp"
#include "sluice/status/service_socket.hpp"

namespace sluice::actors {

struct service_manager {
  std::shared_ptr<const status::service_socket> socket{};  ///< Null: nobody does.
  std::optional<milliseconds> watchdog{};  ///< Within which time a sign of life is due.
};

}  // namespace sluice::actors
