// Every line that the service manager gets, and the pause before the next of its kind.
#include "service_talk.hpp"

#include <fmt/format.h>

#include "sluice/status/service_socket.hpp"

namespace sluice::actors {
namespace {

std::int64_t in_microseconds(milliseconds d) {
  return std::chrono::duration_cast<std::chrono::microseconds>(d).count();
}

std::string status_line(const std::string& words) {
  return "STATUS=" + status::service_text(words);
}

}  // namespace

bool service_talk::is_over(const std::optional<instant>& last, milliseconds pause,
                           instant now) const {
  return !last || now - *last >= pause;
}

std::vector<std::string> service_talk::look(const service_view& seen) {
  std::vector<std::string> out;
  if (stopping_)
    return out;
  const bool moved = seen.gate_turns > turns_told_;
  const bool becomes_ready = !ready_ && seen.truth_complete && moved;
  if (becomes_ready) {
    ready_ = true;
    out.emplace_back("READY=1");
    alive_told_ = seen.now;
    turns_told_ = seen.gate_turns;
  } else if (!ready_ && moved && is_over(extended_, extension_pause, seen.now)) {
    extended_ = seen.now;
    turns_told_ = seen.gate_turns;
    out.push_back(fmt::format("EXTEND_TIMEOUT_USEC={}", in_microseconds(extension)));
  } else if (ready_ && watchdog_ && moved && is_over(alive_told_, *watchdog_ / 2, seen.now)) {
    alive_told_ = seen.now;
    turns_told_ = seen.gate_turns;
    out.emplace_back("WATCHDOG=1");
  }
  if (seen.words != words_ && (becomes_ready || is_over(words_told_, words_pause, seen.now))) {
    words_ = seen.words;
    words_told_ = seen.now;
    out.push_back(status_line(words_));
  }
  return out;
}

std::vector<std::string> service_talk::reloading(instant now) const {
  if (!ready_ || stopping_)
    return {};
  // The steady clock is the CLOCK_MONOTONIC that the service manager compares this with.
  const auto since = std::chrono::duration_cast<std::chrono::microseconds>(now.time_since_epoch());
  return {fmt::format("RELOADING=1\nMONOTONIC_USEC={}", since.count())};
}

std::vector<std::string> service_talk::reloaded() const {
  if (!ready_ || stopping_)
    return {};
  return {"READY=1"};
}

std::vector<std::string> service_talk::stopping(const std::string& why) {
  if (std::exchange(stopping_, true))
    return {};
  return {"STOPPING=1\n" + status_line("ending: " + why)};
}

}  // namespace sluice::actors
