// The commands of a stream's consumer group, with their replies as values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sluice/domain/stream_entry.hpp"
#include "sluice/redis/client.hpp"

namespace sluice::redis {

/// Entries that were handed to us, and are ours until they are acknowledged.
struct delivery {
  std::vector<stream_entry> entries{};
  /// Ids that are pending for us though the stream has lost them; only an acknowledgement helps.
  std::vector<std::string> gone{};
};

/// A step of taking over what others left lying.
struct claimed {
  delivery what{};
  std::string next{};  ///< Where the next step begins; "0-0" at the end.
};

/// Reads one stream as one consumer of one group. Errors: those of the client; not_found when the
/// stream or group is gone; not_permitted when our user has no right to the command; malformed for
/// every other error reply and for a reply of another shape.
class group {
 public:
  group(client& link, std::string stream, std::string name, std::string consumer)
      : link_(link),
        stream_(std::move(stream)),
        name_(std::move(name)),
        consumer_(std::move(consumer)) {}

  /// Makes the group, and the stream if there is none, to begin after `after`. One that is there
  /// stays as it is.
  [[nodiscard]] result<void> make(std::string_view after);
  /// Waits up to `block` for entries that nobody has had.
  [[nodiscard]] result<delivery> read_new(std::size_t count, milliseconds block);
  /// What this consumer had before and did not acknowledge, later than `after`.
  [[nodiscard]] result<delivery> read_own(std::string_view after, std::size_t count);
  /// Ids of what this consumer had before and did not acknowledge, later than `after`, in order.
  [[nodiscard]] result<std::vector<std::string>> own_ids(std::string_view after, std::size_t count);
  /// One entry by its id, whoever had it.
  [[nodiscard]] result<delivery> read_one(const std::string& id);
  /// Takes over what has been lying for `idle`, whoever had it.
  [[nodiscard]] result<claimed> claim(milliseconds idle, std::string_view from, std::size_t count);

 private:
  [[nodiscard]] result<delivery> read(command words, milliseconds waits);

  client& link_;
  std::string stream_;
  std::string name_;
  std::string consumer_;
};

/// Whether the id of an entry is the later one. What is no id is earlier than any.
[[nodiscard]] bool is_later(std::string_view id, std::string_view than);

[[nodiscard]] command acknowledge(std::string_view stream, std::string_view group_name,
                                  std::span<const std::string> ids);

/// Milliseconds since 1970 by the server's clock, which also makes the ids of entries.
[[nodiscard]] result<std::int64_t> server_time_ms(client& link);

/// The entries of one stream in a reply, an array of [id, [name, value, ...]]. Errors: malformed.
[[nodiscard]] result<delivery> entries_of(const reply& r);

}  // namespace sluice::redis
