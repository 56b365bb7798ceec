// The file of refused plan lines, written by a thread of its own so that nobody waits for the disk.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "sluice/planning/plan_json.hpp"
#include "sluice/status/logger.hpp"
#include "sluice/status/metrics.hpp"

namespace sluice::actors {

/// A refused line as it is kept: {"time","line","errors":[{"field","reason"}],"text","cut"}, where
/// `text` is at most `letter_text_max` bytes, and bytes that are not UTF-8 are replaced.
inline constexpr std::size_t letter_text_max = 4'096;
[[nodiscard]] std::string letter_json(wall_time at, std::uint64_t line, std::string_view text,
                                      const std::vector<field_fault>& why);

/// Appends to a file of mode 0600; one that would grow past `size_max` is renamed to "<file>.1"
/// first, over the one before. What cannot be written is counted, and told once until it can again.
class dead_letters {
 public:
  /// Letters that wait for the disk; more are lost, and counted.
  static constexpr std::size_t waiting_max = 1'024;

  dead_letters(std::string path, std::size_t size_max, std::shared_ptr<status::logger> log,
               std::shared_ptr<status::metrics> counts);
  dead_letters(const dead_letters&) = delete;
  dead_letters& operator=(const dead_letters&) = delete;
  /// Writes what waits.
  ~dead_letters();

  void add(std::string letter);

 private:
  void run(const std::stop_token& stop);
  void write(const std::string& letter);
  [[nodiscard]] bool open();
  void close();
  void failed(const char* what);

  std::string path_;
  std::size_t size_max_;
  std::shared_ptr<status::logger> log_;
  std::shared_ptr<status::metrics> counts_;
  int descriptor_{-1};
  std::size_t size_{0};
  bool failing_{false};

  std::mutex mutex_{};
  std::condition_variable_any wake_{};
  std::deque<std::string> waiting_{};
  std::jthread thread_{};
};

}  // namespace sluice::actors
