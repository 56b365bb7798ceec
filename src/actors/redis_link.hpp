// The two threads that talk to Redis: one waits for entries, one does what the bridge wants done.
#pragma once

#include <functional>
#include <memory>
#include <thread>

#include "sluice/actors/redis_outbox.hpp"
#include "sluice/exchange/secret.hpp"
#include "sluice/redis/settings.hpp"

namespace sluice::actors {

/// Called on the threads of the link.
struct redis_sinks {
  std::function<void(stream_delivered)> delivered{};
  std::function<void(redis_answered)> answered{};
  std::function<void(redis_reached)> reached{};
};

struct redis_link_options {
  redis::settings settings{};
  milliseconds max_age{60'000};  ///< A new group begins with what is younger.
  std::shared_ptr<redis_outbox> outbox{};
  redis_sinks tell{};
};

/// Connects again by itself, with growing pauses. After each connection: first what was ours
/// before, then what others left lying, then what is new. A job is tried once; what became of it is
/// told, also when nobody knows.
class redis_link {
 public:
  redis_link(redis_link_options options, exchange::secret password);
  redis_link(const redis_link&) = delete;
  redis_link& operator=(const redis_link&) = delete;
  /// Ends whatever waits.
  ~redis_link();

 private:
  struct shared;
  std::shared_ptr<shared> shared_;
  std::jthread reader_{};
  std::jthread writer_{};
};

}  // namespace sluice::actors
