// Follows a file, a pipe or standard input of JSON lines and hands over each complete line; a
// thread of its own does the waiting.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

#include "sluice/status/logger.hpp"

namespace sluice::actors {

/// How many lines may be handed over and not dealt with. A place is free again when the last copy
/// of its ticket is gone.
class line_window {
 public:
  explicit line_window(std::size_t lines_max) : shared_(std::make_shared<state>(lines_max)) {}

  /// Waits for a place; null when `stop` was asked for first.
  [[nodiscard]] std::shared_ptr<const void> enter(const std::stop_token& stop);

 private:
  struct state {
    explicit state(std::size_t places) : free(places) {}
    std::mutex mutex{};
    std::condition_variable_any freed{};
    std::size_t free{0};
  };
  std::shared_ptr<state> shared_;
};

/// A file is followed from its end as it is when the process starts: a backlog written while nobody
/// looked is never carried out. Where it was not there it is read from its beginning; where nobody
/// could say, because it could not be opened or its directory was not there, its end is that of
/// its first opening. It is read from its beginning when it is replaced or cut; what writers add to
/// the four files that were replaced last is read until nothing came for a minute. A pipe is read
/// as it comes, whoever opens it anew, but for what waits in it at the start. Standard input
/// ("-") is read until it ends.
class plan_file {
 public:
  struct line {
    std::string text{};
    std::uint64_t number{0};  ///< In the file, pipe or input as it is now; the first is 1.
    std::string fault{};      ///< Why it is no line that could be read; else empty.
    std::shared_ptr<const void> ticket{};
  };
  using sink = std::function<void(line)>;
  /// Told each change of why no line comes from it; empty once they do.
  using condition = std::function<void(const std::string& why)>;

  static constexpr std::size_t lines_under_way_max = 1'024;

  plan_file(std::string path, std::shared_ptr<status::logger> log, sink give, condition tell);
  plan_file(const plan_file&) = delete;
  plan_file& operator=(const plan_file&) = delete;
  ~plan_file();

 private:
  std::jthread thread_{};
};

}  // namespace sluice::actors
