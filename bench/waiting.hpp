// What benchmarks of the whole pipeline share: waiting with a limit, and the words of a result.
#pragma once

#include <fmt/format.h>
#include <sys/prctl.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "quantiles.hpp"
#include "sluice/domain/time.hpp"

namespace sluice::bench {

/// Ends the program at once, without taking anything down: nothing measured can be trusted.
[[noreturn]] inline void give_up(const char* what) {
  fmt::print(stderr, "benchmark given up: {}\n", what);
  std::quick_exit(1);
}

/// Naps of this length, not longer, for the calling thread: what polls must not take a core away
/// from what it measures. Found late by no more than a nap and a wake-up.
class short_naps {
 public:
  short_naps() { ::prctl(PR_SET_TIMERSLACK, 1); }
  static void nap() { std::this_thread::sleep_for(std::chrono::microseconds{10}); }
};

/// Polls with naps of ten microseconds.
template <class Condition>
void wait_for(const char* what, milliseconds limit, Condition&& met) {
  const auto until = std::chrono::steady_clock::now() + limit;
  const short_naps naps;
  while (!met()) {
    if (std::chrono::steady_clock::now() > until)
      give_up(what);
    naps.nap();
  }
}

inline double us_between(instant from, instant to) {
  return std::chrono::duration<double, std::micro>(to - from).count();
}

/// "name":{"p50_us":..,"p99_us":..,"max_us":..}
inline std::string text_of_us(const std::string& name, std::vector<double> samples) {
  return fmt::format(R"("{}":{{"p50_us":{:.0f},"p99_us":{:.0f},"max_us":{:.0f}}})", name,
                     quantile(samples, 0.5), quantile(samples, 0.99), quantile(samples, 1.0));
}

}  // namespace sluice::bench
