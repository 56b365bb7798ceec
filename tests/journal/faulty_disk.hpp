// A disk that fails on demand: stands between SQLite and the real files of this process.
#pragma once

#include <cstdint>
#include <functional>

namespace sluice::journal::test {

enum class disk_call : std::uint8_t { write, sync };

/// While it lives, every newly opened file of SQLite goes through it. One at a time.
class faulty_disk {
 public:
  faulty_disk();
  faulty_disk(const faulty_disk&) = delete;
  faulty_disk& operator=(const faulty_disk&) = delete;
  ~faulty_disk();

  /// Lets `good` more calls of the kind pass and fails the next one, once, with SQLite's `code`.
  void fail(disk_call what, int good, int code);
  /// The next sync fails as a disk with a defect lets it.
  void fail_next_sync();
  /// Called before every write and sync: what stands on the disk then is what a kill would leave.
  void before_each_call(std::function<void()> look);
  /// True once the failure asked for has happened.
  [[nodiscard]] bool happened() const;
};

}  // namespace sluice::journal::test
