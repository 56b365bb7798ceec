// How a thread outside tells a session, on the server's thread, that something waits for it.
#pragma once

namespace sluice::status {

class waker {
 public:
  waker() = default;
  waker(const waker&) = delete;
  waker& operator=(const waker&) = delete;
  virtual ~waker() = default;
  /// From any thread, also with locks held: only leaves a note.
  virtual void wake() = 0;
};

}  // namespace sluice::status
