// A simulated venue in a process of its own, so that what a benchmark uses is only its own.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "sluice/domain/exchange_port.hpp"
#include "sluice/simulator/settings.hpp"

namespace sluice::bench {

/// A child process, ended with this object. Make it before any thread exists: it is forked. Ends
/// the program when the venue does not start.
class venue_process {
 public:
  /// Of its main account, whatever the settings say.
  static constexpr auto key = "benchKey";
  static constexpr auto secret = "benchSecret";

  /// `faults` is a script as simulator/faults.hpp has it.
  explicit venue_process(simulator::settings s, const std::string& faults = {});
  ~venue_process();
  venue_process(const venue_process&) = delete;
  venue_process& operator=(const venue_process&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] double cpu_seconds() const;
  [[nodiscard]] double resident_mib() const;

  /// The product's client for it.
  [[nodiscard]] std::shared_ptr<exchange_port> client(std::int64_t weight_limit_1m,
                                                      int connections_max) const;

 private:
  [[noreturn]] static void serve(const simulator::settings& s, int told);
  std::string folder_{};  ///< Certificate and script.
  pid_t child_{0};
  std::uint16_t port_{0};
};

/// Does it in a child process and waits for its end; false when that did not end well. For what
/// shall be measured without what was before it. Not from a process with threads.
[[nodiscard]] bool run_apart(const std::function<void()>& what);

/// Memory of this process now and at its highest, and CPU of it and of the calling thread so far.
[[nodiscard]] double own_resident_mib();
[[nodiscard]] double own_resident_mib_max();
[[nodiscard]] double own_cpu_seconds();
[[nodiscard]] double own_thread_cpu_seconds();

}  // namespace sluice::bench
