// A key or secret that cannot be printed or copied and is wiped when it goes.
#pragma once

#include <filesystem>
#include <initializer_list>
#include <string>
#include <string_view>

#include "sluice/domain/result.hpp"

namespace sluice::exchange {

/// Move-only bytes, overwritten on destruction. It has no formatter and no stream operator; the
/// only way to the bytes is reveal(), so every use can be found by searching for that word.
class secret {
 public:
  secret() = default;
  /// Takes the text over and wipes the argument.
  explicit secret(std::string&& text);
  secret(secret&& other) noexcept;
  secret& operator=(secret&& other) noexcept;
  secret(const secret&) = delete;
  secret& operator=(const secret&) = delete;
  ~secret();

  [[nodiscard]] std::string_view reveal() const { return text_; }
  [[nodiscard]] bool empty() const { return text_.empty(); }

 private:
  void wipe();

  std::string text_{};
};

/// The parts one after the other, with no other copy left behind.
[[nodiscard]] secret joined_secret(std::initializer_list<std::string_view> parts);

/// Reads a secret from a regular file (no symbolic link) of this process's own user that nobody
/// else may touch (mode at most 0600), without one trailing newline. errc::not_permitted when
/// owner, kind or mode are wrong, not_found when it is missing, malformed when empty or over 16
/// KiB.
[[nodiscard]] result<secret> load_secret_file(const std::filesystem::path& path);

}  // namespace sluice::exchange
