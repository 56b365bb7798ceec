// Follows the format of the log as the recovery of SQLite does, and goes on where that one stops.
#include "log_check.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <span>
#include <system_error>
#include <vector>

namespace sluice::journal {
namespace {

constexpr std::size_t header_bytes = 32;
constexpr std::size_t frame_header_bytes = 24;
/// Without its last bit, which says that checksums are over big-endian words.
constexpr std::uint32_t magic = 0x377f0682;

using bytes = std::span<const unsigned char>;

std::uint32_t big(const unsigned char* at) {
  return std::uint32_t{at[0]} << 24U | std::uint32_t{at[1]} << 16U | std::uint32_t{at[2]} << 8U |
         std::uint32_t{at[3]};
}

std::uint32_t little(const unsigned char* at) {
  return std::uint32_t{at[3]} << 24U | std::uint32_t{at[2]} << 16U | std::uint32_t{at[1]} << 8U |
         std::uint32_t{at[0]};
}

std::uint32_t big(bytes from, std::size_t at) {
  return big(from.subspan(at, 4).data());
}

/// Goes on over all that was before it.
struct checksum {
  bool big_words{false};
  std::uint32_t first{0};
  std::uint32_t second{0};

  void add(bytes data) {
    if (big_words)
      add_words(data, [](const unsigned char* at) { return big(at); });
    else
      add_words(data, [](const unsigned char* at) { return little(at); });
  }
  [[nodiscard]] bool is(bytes stored, std::size_t at) const {
    return big(stored, at) == first && big(stored, at + 4) == second;
  }

 private:
  void add_words(bytes data, auto word) {
    for (; data.size() >= 8; data = data.subspan(8)) {
      first += word(data.data()) + second;
      second += word(data.data() + 4) + first;
    }
  }
};

struct log_header {
  std::size_t page{0};
  std::array<unsigned char, 8> salts{};
  checksum sum{};
};

std::optional<log_header> read_header(bytes from) {
  const auto kind = big(from, 0);
  const std::size_t page = big(from, 8);
  const bool of_a_page = page >= 512 && page <= 65'536 && (page & (page - 1)) == 0;
  if ((kind & ~1U) != magic || !of_a_page)
    return std::nullopt;
  log_header h{.page = page, .salts = {}, .sum = {.big_words = (kind & 1U) != 0}};
  std::copy_n(from.begin() + 16, h.salts.size(), h.salts.begin());
  h.sum.add(from.first(24));
  return h.sum.is(from, 24) ? std::optional(h) : std::nullopt;
}

/// A file that is read from its begin to its end, much of it at once.
class input {
 public:
  explicit input(const std::filesystem::path& path)
      : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  input(const input&) = delete;
  input& operator=(const input&) = delete;
  ~input() {
    if (descriptor_ >= 0)
      ::close(descriptor_);
  }
  [[nodiscard]] bool opened() const { return descriptor_ >= 0; }
  [[nodiscard]] std::int64_t size() const {
    struct stat found {};
    return ::fstat(descriptor_, &found) == 0 ? found.st_size : -1;
  }
  /// False at the end of what is there, and with errno set when it cannot be read.
  bool fill(std::span<unsigned char> out) {
    errno = 0;
    for (std::size_t have = 0; have < out.size();) {
      if (ahead_.empty() && !read_on())
        return false;
      const auto part = ahead_.first(std::min(ahead_.size(), out.size() - have));
      std::memcpy(out.data() + have, part.data(), part.size());
      ahead_ = ahead_.subspan(part.size());
      have += part.size();
    }
    return true;
  }

 private:
  bool read_on() {
    for (;;) {
      const auto got = ::read(descriptor_, buffer_.data(), buffer_.size());
      if (got < 0 && errno == EINTR)
        continue;
      if (got <= 0)
        return false;
      ahead_ = bytes(buffer_).first(static_cast<std::size_t>(got));
      return true;
    }
  }

  std::vector<unsigned char> buffer_ = std::vector<unsigned char>(256 * 1'024);
  int descriptor_;  ///< Opened last, so that errno says why it could not be.
  bytes ahead_{};   ///< Of the buffer: what was read and not yet asked for.
};

bool is_of(const log_header& h, bytes frame) {
  return std::equal(h.salts.begin(), h.salts.end(), frame.begin() + 8);
}

/// Counts good frames, then what stands behind the first other one.
void walk_frames(input& from, log_header h, log_state& out) {
  std::vector<unsigned char> frame(frame_header_bytes + h.page);
  bool good = true;
  while (from.fill(frame)) {
    const bool ours = is_of(h, frame);
    if (good) {
      h.sum.add(bytes(frame).first(8));
      h.sum.add(bytes(frame).subspan(frame_header_bytes));
      good = ours && big(frame, 0) != 0 && h.sum.is(frame, 16);
      if (good) {
        ++out.frames;
        continue;
      }
    }
    const bool commits = big(frame, 4) != 0;
    out.commits_behind += ours && commits ? 1 : 0;
  }
}

}  // namespace

result<log_state> look_at_log(const std::filesystem::path& journal) {
  const auto path = journal.string() + "-wal";
  const auto failed = [&] {
    return fail(errc::io_failure,
                fmt::format("{}: read: {}", path, std::generic_category().message(errno)));
  };
  log_state found;
  input log(path);
  if (!log.opened())
    return errno == ENOENT ? result<log_state>(found) : failed();
  found.size = log.size();
  std::array<unsigned char, header_bytes> head{};
  if (!log.fill(head))
    return errno == 0 ? result<log_state>(found) : failed();
  const auto header = read_header(head);
  found.begun = header.has_value();
  if (!header) {
    if (std::ranges::any_of(head, [](unsigned char c) { return c != 0; }))
      found.damage = "its header is damaged";
    return found;
  }
  walk_frames(log, *header, found);
  if (errno != 0)
    return failed();
  if (found.commits_behind > 1)
    found.damage = fmt::format("frame {} is damaged, and {} commits stand behind it",
                               found.frames + 1, found.commits_behind);
  return found;
}

}  // namespace sluice::journal
