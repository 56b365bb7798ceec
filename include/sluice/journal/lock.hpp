// One process per state directory: a lock that the kernel drops when its holder dies.
#pragma once

#include <filesystem>

#include "sluice/domain/result.hpp"

namespace sluice::journal {

/// Held as long as the object lives. Move-only.
class state_lock {
 public:
  /// Makes the directory (mode 0700) when missing and locks `<state_dir>/sluice.lock`.
  /// Errors: busy when another process holds it (the text names its pid), io_failure and
  /// not_permitted when directory or file cannot be made.
  [[nodiscard]] static result<state_lock> acquire(const std::filesystem::path& state_dir);

  state_lock(state_lock&& other) noexcept;
  state_lock& operator=(state_lock&& other) noexcept;
  state_lock(const state_lock&) = delete;
  state_lock& operator=(const state_lock&) = delete;
  ~state_lock();

 private:
  explicit state_lock(int descriptor) : descriptor_(descriptor) {}

  int descriptor_{-1};
};

}  // namespace sluice::journal
