// One look: whether anything of that name is there, and what it says.
#include "halt_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <filesystem>
#include <mutex>

#include "sluice/domain/time.hpp"
#include "sluice/status/utf8.hpp"

namespace sluice::actors {
namespace {

constexpr milliseconds poll_period{100};

std::string system_words(int code) {
  return std::error_code(code, std::generic_category()).message();
}

/// Never waits for a writer at the other end of a pipe.
std::string read_reason(const std::string& path) {
  const int opened = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (opened < 0)
    return fmt::format("{} is there and cannot be read: {}", path, system_words(errno));
  std::array<char, 2 * halt_reason_bytes_max> block{};
  const auto count = ::read(opened, block.data(), block.size());
  ::close(opened);
  auto reason = count > 0 ? halt_reason({block.data(), static_cast<std::size_t>(count)}) : "";
  return reason.empty() ? fmt::format("{} is there", path) : reason;
}

}  // namespace

std::string halt_reason(std::string_view content) {
  const auto line = content.substr(0, content.find('\n'));
  std::string out;
  for (std::size_t i = 0; i < line.size();) {
    const auto length = std::max<std::size_t>(status::utf8_length(line.substr(i)), 1);
    const auto character = line.substr(i, length);
    i += length;
    const auto first = static_cast<unsigned char>(character.front());
    const bool control =
        first < 0x20 || first == 0x7f ||
        (length == 2 && first == 0xc2 && static_cast<unsigned char>(character[1]) < 0xa0);
    if (control)
      continue;
    if (out.size() + length > halt_reason_bytes_max)
      break;
    out += length == 1 && first >= 0x80 ? std::string_view{"?"} : character;
  }
  return out;
}

std::optional<std::string> look_for_halt_file(const std::string& path) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) == 0)
    return read_reason(path);
  if (errno != ENOENT)
    return fmt::format("{} cannot be looked at: {}", path, system_words(errno));
  const auto folder = std::filesystem::path(path).parent_path();
  if (folder.empty() || (::stat(folder.c_str(), &found) == 0 && S_ISDIR(found.st_mode)))
    return std::nullopt;
  return fmt::format("{} cannot be looked at: its directory is not there", path);
}

halt_file::halt_file(std::string path, std::optional<std::string> last, sink give)
    : thread_([path = std::move(path), last = std::move(last),
               give = std::move(give)](const std::stop_token& stop) mutable {
        std::mutex mutex;
        std::condition_variable_any pause;
        while (!stop.stop_requested()) {
          if (auto now = look_for_halt_file(path); now != last) {
            last = now;
            give(std::move(now));
          }
          std::unique_lock lock(mutex);
          pause.wait_for(lock, stop, poll_period, [] { return false; });
        }
      }) {}

halt_file::~halt_file() = default;

}  // namespace sluice::actors
