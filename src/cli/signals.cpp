// sigtimedwait in short turns, so that wake() needs no signal of its own.
#include "signals.hpp"

#include <pthread.h>

#include <ctime>

namespace sluice::cli {

signal_gate::signal_gate() {
  sigemptyset(&set_);
  sigaddset(&set_, SIGTERM);
  sigaddset(&set_, SIGINT);
  sigaddset(&set_, SIGHUP);
  sigaddset(&set_, SIGURG);
  sigaddset(&set_, SIGUSR1);
  sigaddset(&set_, SIGUSR2);
  pthread_sigmask(SIG_BLOCK, &set_, nullptr);
  // A peer that closes its socket is an error of a write, not the end of the process.
  std::signal(SIGPIPE, SIG_IGN);
}

std::string signal_gate::wait(const actors::signal_sinks& sinks) {
  constexpr timespec turn{0, 50'000'000};
  while (!woken_) {
    const int which = sigtimedwait(&set_, nullptr, &turn);
    if (sinks.restrict && which == SIGUSR1)
      sinks.restrict(trading_state::halted, "SIGUSR1");
    if (sinks.restrict && which == SIGUSR2)
      sinks.restrict(trading_state::reduce_only, "SIGUSR2");
    if (sinks.hang_up && which == SIGHUP)
      sinks.hang_up();
    if (sinks.open_log && which == SIGURG)
      sinks.open_log();
    if (which != SIGTERM && which != SIGINT)
      continue;
    // The next one is for an operator who does not want to wait.
    sigset_t fatal;
    sigemptyset(&fatal);
    for (const int each : {SIGTERM, SIGINT}) {
      sigaddset(&fatal, each);
      sigdelset(&set_, each);
    }
    pthread_sigmask(SIG_UNBLOCK, &fatal, nullptr);
    return which == SIGTERM ? "SIGTERM" : "SIGINT";
  }
  return {};
}

void signal_gate::wake() {
  woken_ = true;
}

}  // namespace sluice::cli
