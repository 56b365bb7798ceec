// Every line that the service manager gets, and the pause before the next of its kind.
#include "service_talk.hpp"

#include <fmt/format.h>

#include "sluice/status/service_socket.hpp"

namespace sluice::actors {
namespace {

constexpr std::string_view ready_word = "READY=1";

std::string status_line(const std::string& words) {
  return "STATUS=" + status::service_text(words);
}

}  // namespace

std::string more_time_word(milliseconds asked) {
  const auto wanted = std::chrono::duration_cast<std::chrono::microseconds>(asked);
  return fmt::format("EXTEND_TIMEOUT_USEC={}", wanted.count());
}

bool service_talk::is_over(const std::optional<instant>& last, milliseconds pause,
                           instant now) const {
  return !last || now - *last >= pause;
}

void service_talk::look(const service_view& seen, const service_sender& send) {
  if (stopping_) {
    say_last(send);
    return;
  }
  if (reload_end_due_)
    reload_end_due_ = !send(std::string{ready_word});
  const bool becomes_ready = say_sign(seen, send);
  if (seen.words != words_ && (becomes_ready || is_over(words_told_, words_pause, seen.now)) &&
      send(status_line(seen.words))) {
    words_ = seen.words;
    words_told_ = seen.now;
  }
}

bool service_talk::say_sign(const service_view& seen, const service_sender& send) {
  if (seen.gate_turns <= turns_told_)
    return false;
  std::string word;
  if (!ready_ && seen.truth_complete)
    word = ready_word;
  else if (!ready_ && is_over(extended_, extension_pause, seen.now))
    word = more_time_word(extension);
  else if (ready_ && watchdog_ && is_over(alive_told_, *watchdog_ / signs_each_period, seen.now))
    word = "WATCHDOG=1";
  // What nobody took was not told: the next look tries it again.
  if (word.empty() || !send(word))
    return false;
  turns_told_ = seen.gate_turns;
  const bool becomes_ready = word == ready_word;
  ready_ = ready_ || becomes_ready;
  (ready_ ? alive_told_ : extended_) = seen.now;
  return becomes_ready;
}

void service_talk::say_last(const service_sender& send) {
  if (!last_word_.empty() && send(last_word_))
    last_word_.clear();
}

void service_talk::reloading(instant now, const service_sender& send) {
  if (!ready_ || stopping_)
    return;
  reload_end_due_ = false;
  // The steady clock is the CLOCK_MONOTONIC that the service manager compares this with.
  const auto since = std::chrono::duration_cast<std::chrono::microseconds>(now.time_since_epoch());
  (void)send(fmt::format("RELOADING=1\nMONOTONIC_USEC={}", since.count()));
}

void service_talk::reloaded(const service_sender& send) {
  if (ready_ && !stopping_)
    reload_end_due_ = !send(std::string{ready_word});
}

void service_talk::stopping(const std::string& why, const service_sender& send) {
  if (std::exchange(stopping_, true))
    return;
  last_word_ = "STOPPING=1\n" + status_line("ending: " + why);
  say_last(send);
}

}  // namespace sluice::actors
