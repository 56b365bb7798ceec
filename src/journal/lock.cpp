// The lock on a state directory, by flock: it goes with the process, however that ends.
#include "sluice/journal/lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

namespace sluice::journal {
namespace {

namespace fs = std::filesystem;

error failed_call(const fs::path& path, std::string_view what, int code) {
  const auto kind = code == EACCES || code == EPERM ? errc::not_permitted : errc::io_failure;
  return fail(
      kind, fmt::format("{}: {}: {}", path.string(), what, std::generic_category().message(code)));
}

result<void> make_private_directory(const fs::path& directory) {
  std::error_code code;
  if (fs::is_directory(directory, code))
    return {};
  fs::create_directories(directory, code);
  if (!code)
    fs::permissions(directory, fs::perms::owner_all, code);
  if (code)
    return failed_call(directory, "make", code.value());
  return {};
}

/// What the holder wrote of itself; only for the message.
std::string holder_of(int descriptor) {
  std::array<char, 32> text{};
  const auto size = ::pread(descriptor, text.data(), text.size() - 1, 0);
  const std::string pid(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  return pid.substr(0, pid.find('\n'));
}

/// The number is a courtesy: without it the lock is as good.
void write_holder(int descriptor) {
  const auto pid = fmt::format("{}\n", ::getpid());
  if (::ftruncate(descriptor, 0) == 0)
    static_cast<void>(::pwrite(descriptor, pid.data(), pid.size(), 0) == 0);
}

}  // namespace

result<state_lock> state_lock::acquire(const fs::path& state_dir) {
  if (auto made = make_private_directory(state_dir); !made)
    return made.error();
  const auto path = state_dir / "sluice.lock";
  const int descriptor = ::open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (descriptor < 0)
    return failed_call(path, "open", errno);
  state_lock lock(descriptor);
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    const int code = errno;
    if (code != EWOULDBLOCK)
      return failed_call(path, "lock", code);
    return fail(errc::busy, fmt::format("{}: another Sluice (pid {}) uses this state directory",
                                        path.string(), holder_of(descriptor)));
  }
  write_holder(descriptor);
  return lock;
}

state_lock::state_lock(state_lock&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

state_lock& state_lock::operator=(state_lock&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

state_lock::~state_lock() {
  if (descriptor_ >= 0)
    ::close(descriptor_);
}

}  // namespace sluice::journal
