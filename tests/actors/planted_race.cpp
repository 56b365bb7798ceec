// Two actors on two threads write one plain integer: what ThreadSanitizer must report, although the
// packaged CAF that runs them is not built for it.
#include <atomic>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <cstdio>

namespace {

std::atomic<int> started{0};
long shared_without_a_lock = 0;

void increment(caf::event_based_actor*) {
  ++started;
  while (started < 2) {
  }
  for (int i = 0; i < 100'000; ++i)
    ++shared_without_a_lock;
}

}  // namespace

int main() {
  caf::actor_system_config config;
  {
    caf::actor_system system(config);
    system.spawn<caf::detached>(increment);
    system.spawn<caf::detached>(increment);
    system.await_all_actors_done();
  }
  std::printf("%ld\n", shared_without_a_lock);
  return 0;
}
