// Reads secret files with suspicion and wipes secrets with a function no optimiser removes.
#include "sluice/exchange/secret.hpp"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace sluice::exchange {
namespace {

constexpr std::size_t secret_bytes_max = 16 * 1024;

/// Closes a file descriptor when it leaves.
class open_file {
 public:
  explicit open_file(int descriptor) : descriptor_(descriptor) {}
  open_file(const open_file&) = delete;
  open_file& operator=(const open_file&) = delete;
  ~open_file() {
    if (descriptor_ >= 0)
      ::close(descriptor_);
  }
  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  int descriptor_{-1};
};

/// What is wrong with kind, owner or mode; empty when nothing is.
std::string objection(const struct stat& found) {
  if (!S_ISREG(found.st_mode))
    return "is not a regular file";
  if (found.st_uid != ::geteuid())
    return "belongs to another user";
  if ((found.st_mode & 07777U & ~0600U) != 0)
    return "may be used by others: its mode must be 0600 or narrower";
  return {};
}

result<secret> read_all(int descriptor, const std::string& name) {
  std::string text(secret_bytes_max + 1, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const auto got = ::read(descriptor, text.data() + size, text.size() - size);
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0) {
      OPENSSL_cleanse(text.data(), text.size());
      return fail(errc::io_failure, name + ": " + std::strerror(errno));
    }
    if (got == 0)
      break;
    size += static_cast<std::size_t>(got);
  }
  const bool too_long = size > secret_bytes_max;
  if (size > 0 && text[size - 1] == '\n')
    --size;
  OPENSSL_cleanse(text.data() + size, text.size() - size);
  text.resize(size);
  secret read(std::move(text));
  if (too_long || read.empty())
    return fail(errc::malformed, name + " is empty or longer than 16 KiB");
  return read;
}

}  // namespace

secret::secret(std::string&& text) : text_(text) {
  OPENSSL_cleanse(text.data(), text.size());
  text.clear();
}

secret::secret(secret&& other) noexcept {
  *this = std::move(other);
}

secret& secret::operator=(secret&& other) noexcept {
  if (this == &other)
    return *this;
  wipe();
  // Short strings live inside the object, so a moved-from one may still hold the bytes: swap, wipe.
  text_.swap(other.text_);
  other.wipe();
  return *this;
}

secret::~secret() {
  wipe();
}

void secret::wipe() {
  OPENSSL_cleanse(text_.data(), text_.size());
  text_.clear();
}

secret joined_secret(std::initializer_list<std::string_view> parts) {
  std::size_t size = 0;
  for (const auto part : parts)
    size += part.size();
  std::string text;
  text.reserve(size);  // A string that grows leaves its old bytes behind.
  for (const auto part : parts)
    text += part;
  return secret(std::move(text));
}

result<secret> load_secret_file(const std::filesystem::path& path) {
  const auto name = path.string();
  const open_file file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (file.descriptor() < 0) {
    if (errno == ENOENT)
      return fail(errc::not_found, name + " does not exist");
    if (errno == ELOOP)
      return fail(errc::not_permitted, name + " is a symbolic link");
    return fail(errc::not_permitted, name + ": " + std::strerror(errno));
  }
  struct stat found {};
  if (::fstat(file.descriptor(), &found) != 0)
    return fail(errc::io_failure, name + ": " + std::strerror(errno));
  if (const auto why = objection(found); !why.empty())
    return fail(errc::not_permitted, name + " " + why);
  return read_all(file.descriptor(), name);
}

}  // namespace sluice::exchange
