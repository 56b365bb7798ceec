// How the actor system's workers spend their time when there is nothing to do.
#include "sluice/actors/scheduler.hpp"

#include <sys/resource.h>

#include <chrono>
#include <future>

#include "support/catch.hpp"

using namespace std::chrono_literals;

namespace {

struct wake {};

/// How often the process has gone to sleep by itself.
long sleeps_so_far() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  return used.ru_nvcsw;
}

/// Answers once, and once more when a timer has run out.
class sleeper : public caf::event_based_actor {
 public:
  sleeper(caf::actor_config& config, std::promise<long>& first, std::promise<long>& second)
      : event_based_actor(config), first_(first), second_(second) {}
  caf::behavior make_behavior() override {
    delayed_send(this, 200ms, wake{});
    first_.set_value(sleeps_so_far());
    return {[this](wake) {
      second_.set_value(sleeps_so_far());
      quit();
    }};
  }

 private:
  std::promise<long>& first_;
  std::promise<long>& second_;
};

}  // namespace

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wake)

TEST_CASE("workers without work sleep until they are woken instead of napping and looking") {
  std::promise<long> first;
  std::promise<long> second;
  caf::actor_system_config config;
  sluice::actors::configure_scheduler(config);
  caf::actor_system system(config);
  system.spawn<sleeper>(std::ref(first), std::ref(second));
  auto later = second.get_future();
  REQUIRE(later.wait_for(10s) == std::future_status::ready);
  // Twenty timeouts of each worker; with naps it would be a thousand.
  CHECK(later.get() - first.get_future().get() < 300);
}
