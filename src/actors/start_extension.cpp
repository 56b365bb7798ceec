// A thread of its own, since those that it speaks for are blocked.
#include "start_extension.hpp"

#include <condition_variable>
#include <mutex>
#include <string_view>

namespace sluice::actors {
namespace {

constexpr std::string_view why = "\nSTATUS=opening the journal and what else is needed";

void ask(const status::service_socket& socket, status::logger& log, const std::string& words) {
  if (!socket.tell(words))
    log.limited("start", status::log_level::warn, "service", "manager_not_reached",
                {{"what", "EXTEND_TIMEOUT_USEC"}});
}

}  // namespace

start_extension::start_extension(std::shared_ptr<const status::service_socket> socket,
                                 std::shared_ptr<status::logger> log, milliseconds pause) {
  if (!socket)
    return;
  asking_ = std::jthread{
      [socket = std::move(socket), log = std::move(log), pause](const std::stop_token& ending) {
        std::mutex mutex;
        std::condition_variable_any ended;
        std::unique_lock lock(mutex);
        const auto words = more_time_word(service_talk::extension).append(why);
        // The first word is told however soon it ends.
        do
          ask(*socket, *log, words);
        while (!ended.wait_for(lock, ending, pause, [&] { return ending.stop_requested(); }));
      }};
}

}  // namespace sluice::actors
