// A real redis-server of a test's own: on a socket in a directory of its own, keeping nothing on
// disk, ended by its process id.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "sluice/redis/client.hpp"

namespace sluice::redis {

class redis_server {
 public:
  /// None where redis-server is not installed; the test then says so and is skipped.
  [[nodiscard]] static std::unique_ptr<redis_server> start(std::vector<std::string> more = {});
  redis_server(const redis_server&) = delete;
  redis_server& operator=(const redis_server&) = delete;
  ~redis_server();

  [[nodiscard]] client_options options() const;
  [[nodiscard]] std::unique_ptr<client> connect() const;
  /// Ends it; what it held is gone.
  void stop();
  /// Starts it again on the same socket.
  void restart();
  /// Lets it hang, and go on.
  void pause() const;
  void resume() const;

 private:
  redis_server() = default;
  bool launch();

  std::filesystem::path directory_{};
  std::vector<std::string> more_{};
  pid_t pid_{-1};
};

}  // namespace sluice::redis
