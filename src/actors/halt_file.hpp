// Looks whether the halt file is there, and hands over what it says; a thread of its own does the
// waiting, since a look may hang on a dead disk.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

namespace sluice::actors {

/// Longest reason taken from a halt file.
inline constexpr std::size_t halt_reason_bytes_max = 200;

/// The first line of a file as a reason: cut to the limit at a character's end, without control
/// characters, bytes that are no UTF-8 replaced.
[[nodiscard]] std::string halt_reason(std::string_view content);

/// What the halt file says, or none when it is not there. That it is there is what counts: a
/// directory, a link that leads nowhere, a file that cannot be read all halt. So does a place that
/// cannot be looked at, for then nobody could halt by it.
[[nodiscard]] std::optional<std::string> look_for_halt_file(const std::string& path);

/// Looks ten times a second and tells every change after `last`.
class halt_file {
 public:
  using sink = std::function<void(std::optional<std::string>)>;

  halt_file(std::string path, std::optional<std::string> last, sink give);
  halt_file(const halt_file&) = delete;
  halt_file& operator=(const halt_file&) = delete;
  ~halt_file();

 private:
  std::jthread thread_{};
};

}  // namespace sluice::actors
