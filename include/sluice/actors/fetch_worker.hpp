// A fetch worker: made for one read, makes one request, passes the reply on and ends.
#pragma once

#include <cstdint>

#include "sluice/actors/interfaces.hpp"
#include "sluice/actors/services.hpp"

namespace sluice::actors {

/// One read to be made. An empty scope means the whole account.
struct fetch_task {
  std::uint64_t job{0};
  symbol scope{};
  read_options options{};
};

/// Sends `manager` one fetch_ended with the task's job, whatever the reply, and ends. If it dies
/// before, the manager learns that by monitoring it.
[[nodiscard]] fetch_worker_actor spawn_fetch_worker(caf::actor_system& system,
                                                    const services& given, fetch_task task,
                                                    snapshot_manager_actor manager);

}  // namespace sluice::actors
