// Reads the stream over one connection until it fails, and remembers over connections what was too
// large to be read.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <stop_token>
#include <string>

#include "redis_link.hpp"
#include "sluice/redis/client.hpp"
#include "sluice/redis/group.hpp"

namespace sluice::actors {

/// What outlives a connection.
struct reader_memory {
  /// A read has failed, maybe by the size of its answer: what is ours is read one by one, until all
  /// of it was, or until it turns out that we may not.
  bool one_by_one{false};
  /// One of ours is too large and we may not ask for ids: ours and what others left stays unread.
  bool held_up{false};
  /// How many entries the next read takes: one after a failure, then twice as many each time.
  std::size_t count{0};
  std::map<std::string, std::string> unreadable{};  ///< Ids, with what reading them came to.
};

class stream_reader {
 public:
  stream_reader(const redis_link_options& options, redis::client& link, const std::stop_token& stop,
                reader_memory& memory);

  /// Calls `ready` once entries may come, and `proven` each time reading has succeeded. Gives what
  /// failed.
  error run(const std::function<void()>& ready, const std::function<void()>& proven);

 private:
  result<void> read_on(const std::function<void()>& proven);
  result<void> take_what_is_ours();
  result<void> make_group();
  result<void> take_own();
  result<void> take_own_one_by_one();
  result<void> take_one(const std::string& id);
  result<void> turn();
  result<void> take_over();
  result<void> deliver(redis::delivery what, std::vector<unreadable_entry> unreadable = {});

  const redis_link_options& options_;
  const redis::settings& settings_;
  redis::client& link_;
  redis::group group_;
  const std::stop_token& stop_;
  reader_memory& memory_;
  std::chrono::steady_clock::time_point next_claim_{};
};

}  // namespace sluice::actors
