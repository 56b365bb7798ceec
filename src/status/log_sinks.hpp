// Where log lines end: stderr and a rotated file, behind a header without spdlog.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "sluice/status/settings.hpp"

namespace sluice::status {

/// Used by one thread at a time.
class log_sinks {
 public:
  /// As long as the file cannot be opened, stderr has the lines, whatever the settings say.
  [[nodiscard]] static std::unique_ptr<log_sinks> open(const log_settings& settings);
  log_sinks(const log_sinks&) = delete;
  log_sinks& operator=(const log_sinks&) = delete;
  ~log_sinks();

  /// Why the file was not there from the start; empty when it was, or when none is wanted.
  [[nodiscard]] const std::string& not_opened() const;
  /// False when the file could not take the line; stderr is tried all the same.
  bool write(std::string_view line, log_level level);
  bool flush();
  /// Opens the file by its name and closes the one that was open. False when that failed; lines go
  /// on into the one that was open, wherever it has been moved.
  bool reopen();

 private:
  struct impl;
  explicit log_sinks(std::unique_ptr<impl> opened);
  std::unique_ptr<impl> impl_;
};

}  // namespace sluice::status
