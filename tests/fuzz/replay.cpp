// Looks at the inputs that are kept, without libFuzzer: every file below the folders it is given.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "target.hpp"

namespace {

std::vector<std::filesystem::path> files_below(const std::filesystem::path& root) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator{root})
    if (entry.is_regular_file())
      files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{}};
}

}  // namespace

int main(int argc, char** argv) {
  std::size_t looked_at = 0;
  for (int i = 1; i < argc; ++i)
    for (const auto& file : files_below(argv[i])) {
      // Said before, so that it is known which one ended the process.
      std::printf("%s\n", file.c_str());
      std::fflush(stdout);
      sluice::fuzz::check(bytes_of(file));
      ++looked_at;
    }
  std::printf("%zu inputs\n", looked_at);
  return looked_at == 0 ? 1 : 0;
}
