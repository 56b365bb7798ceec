// A file as SQLite sees it while somebody has it open, with what a loss of power can take away.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

namespace sluice::simulation {

/// One write or cut since the last sync of its file.
struct change {
  std::int64_t at{0};
  std::string before{};  ///< As far as the file reached.
  std::string after{};
  std::int64_t size_before{0};
  bool cut{false};  ///< The file was cut to `at`.
};

/// From byte to byte of a file.
struct stretch {
  std::size_t begin{0};
  std::size_t end{0};
};

/// What is read comes from here; what is written reaches the real file when a writer closes it.
struct file_image {
  std::string bytes{};
  int handles{0};
  std::vector<change> unsynced{};
  std::vector<stretch> unwritten{};  ///< Not in the real file yet; may overlap.

  /// False when the file ends before that many bytes: zeros stand in their place.
  bool read(void* into, std::size_t count, std::size_t at) const {
    const auto there = std::min(bytes.size() - std::min(bytes.size(), at), count);
    std::memcpy(into, bytes.data() + std::min(bytes.size(), at), there);
    std::memset(static_cast<char*>(into) + there, 0, count - there);
    return there == count;
  }

  void write(const char* from, std::size_t count, std::size_t at) {
    auto c = before_change(at, count);
    c.after.assign(from, count);
    bytes.resize(std::max(bytes.size(), at + count));
    std::memcpy(bytes.data() + at, from, count);
    unsynced.push_back(std::move(c));
    if (!unwritten.empty() && unwritten.back().end == at)
      unwritten.back().end = at + count;
    else
      unwritten.push_back({at, at + count});
  }

  void cut(std::size_t size) {
    auto c = before_change(size, bytes.size());
    c.cut = true;
    bytes.resize(size);
    unsynced.push_back(std::move(c));
  }

  /// Each byte once, though a log that begins anew is written over and over.
  std::vector<stretch> take_unwritten() {
    auto parts = std::exchange(unwritten, {});
    std::ranges::sort(parts, {}, &stretch::begin);
    std::size_t taken = 0;
    for (auto& part : parts) {
      part.begin = std::max(part.begin, taken);
      part.end = std::max(part.begin, part.end);
      taken = part.end;
    }
    return parts;
  }

 private:
  [[nodiscard]] change before_change(std::size_t at, std::size_t count) const {
    change c;
    c.at = static_cast<std::int64_t>(at);
    c.size_before = static_cast<std::int64_t>(bytes.size());
    if (at < bytes.size())
      c.before = bytes.substr(at, count);
    return c;
  }
};

}  // namespace sluice::simulation
