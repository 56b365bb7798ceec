// One connection to a Redis server, for one thread: commands out, replies back, everything within a
// limit of time and size.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sluice/domain/result.hpp"
#include "sluice/domain/time.hpp"
#include "sluice/redis/settings.hpp"

namespace sluice::redis {

/// The name of a command and its arguments; any bytes.
using command = std::vector<std::string>;

enum class reply_kind : std::uint8_t { nil, status, text, integer, array, error };

/// What the server said. An error reply is an answer: the connection is as good as before.
struct reply {
  reply_kind kind{reply_kind::nil};
  std::string text{};  ///< Of status, text and error.
  std::int64_t number{0};
  std::vector<reply> items{};

  [[nodiscard]] bool is_error() const { return kind == reply_kind::error; }
};

/// The first word of an error reply, "WRONGTYPE"; empty for any other reply.
[[nodiscard]] std::string_view error_code(const reply& r);

/// Ends the waiting of a connection from another thread.
class interrupter {
 public:
  /// What the connection waits for fails at once; later connections are refused.
  void fire();
  [[nodiscard]] bool fired() const;

 private:
  friend class client;
  bool watch(int descriptor);
  void release();

  mutable std::mutex mutex_{};
  int descriptor_{-1};
  bool fired_{false};
};

struct client_options {
  endpoint where{};
  std::string_view username{};  ///< Both only while connecting.
  std::string_view password{};
  int database{0};
  milliseconds connect_timeout{2'000};
  milliseconds command_timeout{2'000};
  std::size_t reply_bytes_max{64UL * 1024 * 1024};
  std::shared_ptr<interrupter> stop{};
};

/// Not thread-safe. Every error is a value: io_failure means that the connection is gone and
/// nothing is known of what was asked last; out_of_range the same, because the answer was larger
/// than an answer may be; not_permitted that the server refused name, password or
/// database. A client that has failed once fails at once from then on. SIGPIPE is blocked for the
/// thread that connects.
class client {
 public:
  [[nodiscard]] static result<std::unique_ptr<client>> connect(const client_options& options);
  client(const client&) = delete;
  client& operator=(const client&) = delete;
  ~client();

  /// `waits` is how much longer than usual the server may take: a blocking read's own time.
  [[nodiscard]] result<reply> run(const command& c, milliseconds waits = milliseconds{0});
  /// Sent together, answered in order.
  [[nodiscard]] result<std::vector<reply>> run_all(std::span<const command> commands,
                                                   milliseconds waits = milliseconds{0});

 private:
  struct impl;
  explicit client(std::unique_ptr<impl> state);

  std::unique_ptr<impl> impl_;
};

}  // namespace sluice::redis
