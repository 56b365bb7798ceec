// What SQLite does not say of a write-ahead log: whether commits stand behind its first bad frame.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "sluice/domain/result.hpp"

namespace sluice::journal {

struct log_state {
  std::int64_t size{0};    ///< Bytes; 0 when there is none.
  bool begun{false};       ///< It has a header that fits its checksum.
  std::int64_t frames{0};  ///< That SQLite takes.
  /// Commits behind the first frame that SQLite does not take. Every commit is durable before the
  /// next one is written, so that a power cut leaves one at the most; more are proof of damage.
  std::int64_t commits_behind{0};
  std::string damage{};  ///< In words; empty when nothing proves any.
};

/// Reads the log beside `journal` while nobody writes it. Errors: io_failure.
[[nodiscard]] result<log_state> look_at_log(const std::filesystem::path& journal);

}  // namespace sluice::journal
