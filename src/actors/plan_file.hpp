// Follows a file of JSON lines and hands over each complete line; a thread of its own does the
// waiting.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "sluice/status/logger.hpp"

namespace sluice::actors {

/// Begins at the end of the file as it is when the process starts: a backlog written while nobody
/// looked is never carried out. Starts over at the beginning when the file is replaced or cut.
class plan_file {
 public:
  struct line {
    std::string text{};
    std::uint64_t number{0};  ///< Counted from where following began.
  };
  using sink = std::function<void(line)>;

  plan_file(std::string path, std::shared_ptr<status::logger> log, sink give);
  plan_file(const plan_file&) = delete;
  plan_file& operator=(const plan_file&) = delete;
  ~plan_file();

 private:
  std::jthread thread_{};
};

}  // namespace sluice::actors
