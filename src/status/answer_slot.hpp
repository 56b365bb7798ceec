// Where the answer to one request arrives, from whatever thread, for the session that waits for it.
#pragma once

#include <mutex>
#include <variant>

#include "channel_state.hpp"
#include "sluice/status/http_message.hpp"

namespace sluice::status {

/// Nothing yet, an answer, or an event stream to be written.
using any_answer = std::variant<std::monostate, response, std::shared_ptr<channel_state>>;

enum class stream_wish { admitted, head_only };

/// Thread-safe; the first answer counts.
class answer_slot {
 public:
  answer_slot(std::shared_ptr<reader_seats> seats, std::size_t buffer_size_max, stream_wish wish)
      : seats_(std::move(seats)), buffer_size_max_(buffer_size_max), wish_(wish) {}
  answer_slot(const answer_slot&) = delete;
  answer_slot& operator=(const answer_slot&) = delete;
  ~answer_slot();

  void put(response given);
  /// Never null; closed when no stream can be opened.
  [[nodiscard]] std::shared_ptr<channel_state> open_stream(std::vector<event_frame> initial);

  /// True once answered, or once nobody waits any more.
  [[nodiscard]] bool settled() const;

  /// From now on an answer wakes the session. False when there is one already.
  [[nodiscard]] bool arm(waker* session);
  [[nodiscard]] bool ready() const;
  /// Gives the answer, if any, and closes the slot: later answers go nowhere, nobody is woken.
  [[nodiscard]] any_answer take();

 private:
  void put_locked(any_answer given);

  mutable std::mutex mutex_{};
  std::shared_ptr<reader_seats> seats_;
  std::size_t buffer_size_max_;
  stream_wish wish_;
  bool decided_{false};
  any_answer answer_{};
  waker* session_{nullptr};
};

}  // namespace sluice::status
