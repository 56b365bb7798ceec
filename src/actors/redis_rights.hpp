// Asks a Redis server which of our commands it would refuse, and carries none of them out.
#pragma once

#include <string>
#include <vector>

#include "sluice/redis/client.hpp"
#include "sluice/redis/settings.hpp"

namespace sluice::actors {

/// Names of the commands that these settings need and the server's rights refuse, with their keys.
/// They are queued and never run: the end of the connection discards them, so that `link` must be
/// given up afterwards. Errors: those of the client.
[[nodiscard]] result<std::vector<std::string>> denied_commands(redis::client& link,
                                                               const redis::settings& s);

}  // namespace sluice::actors
