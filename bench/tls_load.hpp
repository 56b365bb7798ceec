// Load without a client library: raw requests over TLS from one thread, and what came of them.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace sluice::bench {

struct load_result {
  double per_second{0};
  std::size_t bytes_of_reply{0};     ///< Of the last one, header included.
  std::vector<double> latency_ms{};  ///< One for each request.
};

/// Sends the same request over and over on kept-alive connections to 127.0.0.1, one at a time on
/// each. Replies must say their Content-Length. Ends the program when the other side fails.
[[nodiscard]] load_result run_load(std::uint16_t port, const std::string& request,
                                   std::size_t connections, std::chrono::milliseconds time);

struct fan_out_result {
  std::size_t frames{0};
  std::size_t bytes{0};
  std::vector<double> age_ms{};  ///< From the event time in the frame to its last byte.
};

/// Opens that many WebSockets on a target and hears for a time.
[[nodiscard]] fan_out_result run_fan_out(std::uint16_t port, const std::string& target,
                                         std::size_t clients, std::chrono::milliseconds time);

/// Answers every request on 127.0.0.1 with the same bytes over TLS: the floor for any server.
class tls_echo {
 public:
  /// With a key and a certificate of its own.
  explicit tls_echo(std::size_t reply_bytes);
  ~tls_echo();
  tls_echo(const tls_echo&) = delete;
  tls_echo& operator=(const tls_echo&) = delete;
  [[nodiscard]] std::uint16_t port() const;

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace sluice::bench
