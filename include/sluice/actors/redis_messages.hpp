// What the threads that talk to Redis and the bridge tell each other.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sluice/domain/stream_entry.hpp"
#include "sluice/redis/client.hpp"

namespace sluice::actors {

/// An entry that is ours and that no answer of the server can carry within our limits.
struct unreadable_entry {
  std::string id{};
  std::string why{};
};

/// Entries were handed to us. The next ones come after the bridge grants them.
struct stream_batch {
  std::vector<stream_entry> entries{};
  std::vector<std::string> gone{};  ///< Pending for us, though the stream has lost them.
  std::vector<unreadable_entry> unreadable{};
  std::int64_t server_ms{0};  ///< The server's clock when they were read.
};
struct stream_delivered {
  std::shared_ptr<const stream_batch> batch{};
};

/// Commands that belong together: more than one are one transaction.
struct redis_job {
  std::uint64_t number{0};
  std::vector<redis::command> commands{};
};
enum class redis_outcome : std::uint8_t {
  done,
  partly,   ///< Some of it was done, and some was not.
  refused,  ///< The server said no: nothing of it was done.
  lost,     ///< Nobody knows, or it was never sent.
};
struct redis_answer {
  std::uint64_t number{0};
  redis_outcome outcome{redis_outcome::done};
  std::string why{};
};
/// What became of jobs, each answered once.
struct redis_answered {
  std::shared_ptr<const std::vector<redis_answer>> answers{};
};

/// There are two connections, since one of them waits for entries.
enum class redis_connection : std::uint8_t { reading, writing };
/// A connection came about, or was lost, or could not be made.
struct redis_reached {
  redis_connection which{redis_connection::reading};
  bool up{false};
  std::string why{};
  /// Of reading, while it is up: commands that the server's rights refuse us, on both connections.
  std::vector<std::string> denied{};
};

}  // namespace sluice::actors
