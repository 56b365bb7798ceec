// Event frames, the channel's handle, and the bounded queue behind it.
#include "sluice/status/event_channel.hpp"

#include <utility>

#include "channel_state.hpp"

namespace sluice::status {

namespace {

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += ": ";
  for (const char c : value)
    if (c != '\r' && c != '\n' && c != '\0')
      out += c;
  out += '\n';
}

}  // namespace

event_frame make_event(std::string_view id, std::string_view name, std::string_view data) {
  std::string frame;
  frame.reserve(id.size() + name.size() + data.size() + 32);
  if (!id.empty())
    append_field(frame, "id", id);
  if (!name.empty())
    append_field(frame, "event", name);
  while (true) {
    const auto end = data.find_first_of("\r\n");
    append_field(frame, "data", data.substr(0, end));
    if (end == std::string_view::npos)
      break;
    const bool pair = data.substr(end).starts_with("\r\n");
    data.remove_prefix(end + (pair ? 2 : 1));
  }
  frame += '\n';
  return std::make_shared<const std::string>(std::move(frame));
}

bool reader_seats::take() {
  if (taken_.fetch_add(1) < most_)
    return true;
  --taken_;
  return false;
}

void reader_seats::leave() {
  --taken_;
}

channel_state::channel_state(std::shared_ptr<reader_seats> seats, std::size_t buffer_size_max,
                             std::vector<event_frame> initial)
    : phase_(phase::open),
      seats_(std::move(seats)),
      buffer_size_max_(buffer_size_max),
      queue_(std::move(initial)) {}

channel_state::~channel_state() {
  end();
}

bool channel_state::push(event_frame frame) {
  const std::lock_guard lock(mutex_);
  if (phase_ != phase::open || !frame)
    return false;
  if (bytes_queued_ + bytes_under_way_ + frame->size() > buffer_size_max_) {
    phase_ = phase::overflowed;
    queue_.clear();
    seats_->count_dropped();
    woken_ = false;  // The session must hear of it even while it waits for a slow write.
    wake_locked();
    return false;
  }
  bytes_queued_ += frame->size();
  queue_.push_back(std::move(frame));
  wake_locked();
  return true;
}

bool channel_state::push_unbounded(const std::vector<event_frame>& frames) {
  const std::lock_guard lock(mutex_);
  if (phase_ != phase::open)
    return false;
  queue_.insert(queue_.end(), frames.begin(), frames.end());
  wake_locked();
  return true;
}

void channel_state::close() {
  const std::lock_guard lock(mutex_);
  if (phase_ != phase::open)
    return;
  phase_ = phase::closing;
  wake_locked();
}

bool channel_state::closed() const {
  const std::lock_guard lock(mutex_);
  return phase_ != phase::open;
}

void channel_state::on_closed(std::function<void()> callback) {
  {
    const std::lock_guard lock(mutex_);
    if (phase_ != phase::ended) {
      callback_ = std::move(callback);
      return;
    }
  }
  if (callback)
    callback();
}

void channel_state::attach(waker* session) {
  const std::lock_guard lock(mutex_);
  session_ = session;
}

bool channel_state::take(std::string& out) {
  out.clear();
  const std::lock_guard lock(mutex_);
  woken_ = false;
  if (queue_.empty())
    return false;
  for (const auto& frame : queue_)
    out += *frame;
  queue_.clear();
  bytes_under_way_ = std::exchange(bytes_queued_, 0);
  return true;
}

void channel_state::written() {
  const std::lock_guard lock(mutex_);
  bytes_under_way_ = 0;
}

bool channel_state::overflowed() const {
  const std::lock_guard lock(mutex_);
  return phase_ == phase::overflowed;
}

void channel_state::end() {
  std::function<void()> callback;
  {
    const std::lock_guard lock(mutex_);
    if (phase_ == phase::ended)
      return;
    phase_ = phase::ended;
    session_ = nullptr;
    queue_.clear();
    seats_->leave();
    callback.swap(callback_);
  }
  if (callback)
    callback();
}

void channel_state::wake_locked() {
  if (session_ && !std::exchange(woken_, true))
    session_->wake();
}

event_channel::event_channel(std::shared_ptr<channel_state> state) : state_(std::move(state)) {}
event_channel::~event_channel() {
  close();
}

bool event_channel::send(event_frame frame) {
  return state_->push(std::move(frame));
}

bool event_channel::send(std::string_view id, std::string_view name, std::string_view data) {
  return send(make_event(id, name, data));
}

bool event_channel::replay(const std::vector<event_frame>& frames) {
  return state_->push_unbounded(frames);
}

void event_channel::close() {
  state_->close();
}
bool event_channel::closed() const {
  return state_->closed();
}

void event_channel::on_closed(std::function<void()> callback) {
  state_->on_closed(std::move(callback));
}

}  // namespace sluice::status
