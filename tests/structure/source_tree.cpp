// Reads the source tree, and blanks everything in a file that is not code.
#include "source_tree.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>

namespace sluice::structure {
namespace {

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> lines;
  std::istringstream in{std::string{text}};
  for (std::string line; std::getline(in, line);)
    lines.push_back(line);
  return lines;
}

bool is_source(const std::filesystem::path& p) {
  return p.extension() == ".hpp" || p.extension() == ".cpp";
}

/// Walks a text and blanks what is not code, keeping line ends.
class blanker {
 public:
  explicit blanker(std::string text) : text_(std::move(text)) {}

  std::string run() {
    while (at_ < text_.size()) {
      if (starts("//"))
        blank_until("\n", 0);
      else if (starts("/*"))
        blank_until("*/", 2);
      else if (starts("R\"") && !after_name())
        blank_raw();
      else if (text_[at_] == '"' || (text_[at_] == '\'' && !after_name()))
        blank_quoted(text_[at_]);
      else if (text_[at_] == '#' && line_is_blank_before())
        blank_directive();
      else
        ++at_;
    }
    return std::move(text_);
  }

 private:
  [[nodiscard]] bool starts(std::string_view what) const {
    return std::string_view{text_}.substr(at_).starts_with(what);
  }
  /// True inside a number or name: 1'000 holds no character, and xR" begins no raw text.
  [[nodiscard]] bool after_name() const {
    return at_ > 0 &&
           (std::isalnum(static_cast<unsigned char>(text_[at_ - 1])) != 0 || text_[at_ - 1] == '_');
  }
  [[nodiscard]] bool line_is_blank_before() const {
    const auto begin = at_ == 0 ? std::string::npos : text_.rfind('\n', at_ - 1);
    const auto from = begin == std::string::npos ? 0 : begin + 1;
    return text_.find_first_not_of(" \t", from) == at_;
  }
  void blank(std::size_t end) {
    for (; at_ < std::min(end, text_.size()); ++at_)
      if (text_[at_] != '\n')
        text_[at_] = ' ';
  }
  void blank_until(std::string_view end, std::size_t more) {
    const auto found = text_.find(end, at_ + 2);
    blank(found == std::string::npos ? text_.size() : found + more);
  }
  void blank_raw() {
    const auto open = text_.find('(', at_);
    const auto end = open == std::string::npos
                         ? open
                         : text_.find(")" + text_.substr(at_ + 2, open - at_ - 2) + "\"", open);
    blank(end == std::string::npos ? text_.size() : text_.find('"', end) + 1);
  }
  void blank_quoted(char quote) {
    auto end = at_ + 1;
    while (end < text_.size() && text_[end] != quote && text_[end] != '\n')
      end += text_[end] == '\\' ? 2 : 1;
    blank(end + 1);
  }
  void blank_directive() {
    auto end = text_.find('\n', at_);
    while (end != std::string::npos && text_[end - 1] == '\\')
      end = text_.find('\n', end + 1);
    blank(end == std::string::npos ? text_.size() : end);
  }

  std::string text_;
  std::size_t at_{0};
};

}  // namespace

std::string to_string(const violation& v) {
  return v.path + ":" + std::to_string(v.line) + ": " + v.text;
}

source_file make_file(std::string path, std::string_view text) {
  return {std::move(path), split(text)};
}

std::vector<source_file> read_tree(const std::filesystem::path& root) {
  std::vector<source_file> files;
  for (const auto* folder : {"include", "src", "tests", "bench"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator{root / folder}) {
      if (!entry.is_regular_file() || !is_source(entry.path()))
        continue;
      std::ifstream in{entry.path(), std::ios::binary};
      std::ostringstream text;
      text << in.rdbuf();
      files.push_back(
          make_file(entry.path().lexically_relative(root).generic_string(), text.str()));
    }
  }
  std::sort(files.begin(), files.end(),
            [](const source_file& a, const source_file& b) { return a.path < b.path; });
  return files;
}

std::vector<std::string> code_of(const source_file& f) {
  std::string text;
  for (const auto& line : f.lines)
    text += line + "\n";
  return split(blanker{std::move(text)}.run());
}

}  // namespace sluice::structure
