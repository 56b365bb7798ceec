// A disk that may forget: what SQLite wrote since its last sync can be lost in any part when the
// power goes.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "draws.hpp"
#include "sluice/domain/time.hpp"

namespace sluice::simulation {

/// At least so far a log is laid out at a start, past SQLite and in steps of 64 KB; all else that
/// makes a file longer comes by the simulated disk. Less than a real disk is given: six megabytes
/// at each start would be some hundredths of a run.
constexpr std::int64_t log_laid_out = 256 * 1'024;

/// How the process came to its end, as far as the disk can tell.
enum class crash_kind : std::uint8_t {
  process,  ///< It was killed: what was written is there; unsynced, it may be lost with the power
            ///< later.
  power     ///< What was not synced is there in part: whole writes, torn ones, none.
};

/// While it lives it is SQLite's default file system, over real files. The names in a directory
/// (made, renamed) count as durable at once; what is written past SQLite is not seen, but for bytes
/// at the end of a file; and what SQLite writes is in the real file once no writer has it open.
class simulated_disk {
 public:
  explicit simulated_disk(std::uint64_t seed);
  ~simulated_disk();
  simulated_disk(const simulated_disk&) = delete;
  simulated_disk& operator=(const simulated_disk&) = delete;

  /// The crash happens at the end of so many calls (writes and syncs) from now: in the midst of a
  /// commit when it may be.
  void crash_after(std::int64_t calls, crash_kind kind);
  void crash_now(crash_kind kind);
  /// A crash takes the machine with it.
  void lose_power();
  [[nodiscard]] bool crashed() const;
  /// The sync after so many others fails with EIO: what it was for may be lost, and what later ones
  /// of this process are for, whatever they say.
  void fail_sync_after(std::int64_t syncs);
  [[nodiscard]] bool sync_failed() const;
  /// Neither happens any more.
  void disarm();

  /// Until then, in world time, a commit takes so long; whoever runs a process sees to it.
  void slow_down(milliseconds each_commit, instant until);
  [[nodiscard]] milliseconds commit_takes(instant now) const;
  /// Called at the end of each sync that works.
  void when_synced(std::function<void()> done);

  /// Once every connection is gone: the files become what a crash left of them, and the disk works
  /// again. Without a crash nothing changes.
  void restart();

  /// Told the bytes that have just become durable.
  void when_durable(std::function<void(std::string_view)> look);
  [[nodiscard]] std::int64_t syncs() const;
  [[nodiscard]] std::int64_t writes_lost() const;  ///< Or torn, by all crashes so far.
};

}  // namespace sluice::simulation
