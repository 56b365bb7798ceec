// More time to start, asked for beside whatever blocks before there are actors.
#pragma once

#include <memory>
#include <thread>

#include "service_talk.hpp"
#include "sluice/status/logger.hpp"
#include "sluice/status/service_socket.hpp"

namespace sluice::actors {

/// Asks at once, and again each `pause`, as long as it exists. Does nothing without a socket.
/// Opening a large journal, or moving old records out of it, takes longer than a start that only
/// hangs is given.
class start_extension {
 public:
  start_extension(std::shared_ptr<const status::service_socket> socket,
                  std::shared_ptr<status::logger> log,
                  milliseconds pause = service_talk::extension_pause);

 private:
  std::jthread asking_{};  ///< Stopped and joined with this.
};

}  // namespace sluice::actors
