// Small files of the state directory that must be whole or absent, whenever power goes.
#pragma once

#include <filesystem>
#include <string>

namespace sluice::actors {

/// Replaces the file as a whole (mode 0600), or leaves the old one; true once text and name are on
/// the disk.
[[nodiscard]] bool write_durably(const std::filesystem::path& path, const std::string& text);

}  // namespace sluice::actors
