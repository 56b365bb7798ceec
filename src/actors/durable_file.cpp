// A draft beside it, synced, gets the name; then the directory is synced.
#include "durable_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>

namespace sluice::actors {
namespace {

bool sync_directory(const std::filesystem::path& directory) {
  const int opened = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (opened < 0)
    return false;
  const bool synced = ::fsync(opened) == 0;
  ::close(opened);
  return synced;
}

}  // namespace

bool write_durably(const std::filesystem::path& path, const std::string& text) {
  const auto draft = path.string() + ".new";
  const int file = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0)
    return false;
  const bool whole = ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
                     ::fsync(file) == 0;
  ::close(file);
  return whole && std::rename(draft.c_str(), path.c_str()) == 0 &&
         sync_directory(path.has_parent_path() ? path.parent_path() : ".");
}

}  // namespace sluice::actors
