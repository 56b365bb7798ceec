// One answer per request, and the responder that gives it.
#include "answer_slot.hpp"

#include "sluice/status/http_server.hpp"
#include "sluice/status/problem.hpp"

namespace sluice::status {

answer_slot::~answer_slot() {
  if (auto* channel = std::get_if<std::shared_ptr<channel_state>>(&answer_))
    (*channel)->end();
}

void answer_slot::put(response given) {
  const std::lock_guard lock(mutex_);
  if (!decided_)
    put_locked(std::move(given));
}

std::shared_ptr<channel_state> answer_slot::open_stream(std::vector<event_frame> initial) {
  const std::lock_guard lock(mutex_);
  if (decided_)
    return std::make_shared<channel_state>();
  if (wish_ == stream_wish::head_only) {
    put_locked(response{200, "text/event-stream", {}, {}});
    return std::make_shared<channel_state>();
  }
  if (!seats_->take()) {
    put_locked(problem_response(503, "there are as many event readers as the settings admit"));
    return std::make_shared<channel_state>();
  }
  auto channel = std::make_shared<channel_state>(seats_, buffer_size_max_, std::move(initial));
  put_locked(channel);
  return channel;
}

bool answer_slot::settled() const {
  const std::lock_guard lock(mutex_);
  return decided_;
}

bool answer_slot::arm(waker* session) {
  const std::lock_guard lock(mutex_);
  session_ = session;
  return std::holds_alternative<std::monostate>(answer_);
}

bool answer_slot::ready() const {
  const std::lock_guard lock(mutex_);
  return !std::holds_alternative<std::monostate>(answer_);
}

any_answer answer_slot::take() {
  const std::lock_guard lock(mutex_);
  decided_ = true;
  session_ = nullptr;
  return std::exchange(answer_, any_answer{});
}

void answer_slot::put_locked(any_answer given) {
  decided_ = true;
  answer_ = std::move(given);
  if (session_)
    session_->wake();
}

/// Shared by all copies of a responder; when the last goes and nobody answered, the client hears
/// so.
struct responder::unused_answer {
  std::shared_ptr<answer_slot> slot{};

  explicit unused_answer(std::shared_ptr<answer_slot> s) : slot(std::move(s)) {}
  unused_answer(const unused_answer&) = delete;
  unused_answer& operator=(const unused_answer&) = delete;
  ~unused_answer() {
    if (!slot->settled())
      slot->put(problem_response(500, "the request was given up without an answer"));
  }
};

responder::responder(std::shared_ptr<answer_slot> slot)
    : right_(std::make_shared<unused_answer>(std::move(slot))) {}

void responder::operator()(response answer) const {
  right_->slot->put(std::move(answer));
}

bool responder::awaited() const {
  return !right_->slot->settled();
}

std::shared_ptr<event_channel> responder::stream(std::vector<event_frame> initial) const {
  return std::make_shared<event_channel>(right_->slot->open_stream(std::move(initial)));
}

}  // namespace sluice::status
