// Walks over comments and quotes of a TOML text, and stops at a letter that stands outside of them.
#include "stray_letter.hpp"

#include <algorithm>
#include <cstddef>

namespace sluice::config {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr std::string_view of_words =
    "0123456789+-_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::string_view begins_of_numbers = "0123456789+-";
/// To the parser a number goes on up to one of these, over quotes too.
constexpr std::string_view ends_of_numbers = " \t\r\n\v\f],}#";

class walk {
 public:
  explicit walk(std::string_view text) : left_(text) {}

  std::optional<place> to_stray_letter() {
    if (left_.starts_with(byte_order_mark))
      left_.remove_prefix(byte_order_mark.size());
    while (!left_.empty() && !at_letter()) {
      if (left_.front() == '#')
        step(left_.find('\n'));
      else if (left_.front() == '"' || left_.front() == '\'')
        step_over_quote();
      else
        step_over_word();
    }
    return left_.empty() ? std::nullopt : std::optional{at_};
  }

 private:
  [[nodiscard]] bool at_letter() const {
    return !left_.empty() && static_cast<unsigned char>(left_.front()) >= 0x80;
  }

  /// Over so many bytes, or all that are left.
  void step(std::size_t bytes) {
    bytes = std::min(bytes, left_.size());
    for (const char c : left_.substr(0, bytes))
      if (c == '\n')
        at_ = {at_.line + 1, 1};
      else if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U)  // Begins a letter.
        ++at_.column;
    left_.remove_prefix(bytes);
  }

  /// Up to five: those that end a quote of several lines, with two of its text before them.
  [[nodiscard]] std::size_t marks(char mark) const {
    const auto here = left_.substr(0, 5);
    return std::min(here.find_first_not_of(mark), here.size());
  }

  /// A key, a value or a mark between them; a number with what the parser takes for a part of it.
  void step_over_word() {
    if (begins_of_numbers.find(left_.front()) == std::string_view::npos)
      return step(std::max<std::size_t>(1, left_.find_first_not_of(of_words)));
    while (!left_.empty() && !at_letter() &&
           ends_of_numbers.find(left_.front()) == std::string_view::npos)
      step(1);
  }

  /// Ends behind the quote, or at a letter in it that must not stand there.
  void step_over_quote() {
    const char mark = left_.front();
    // Two marks are an empty quote, three begin one of several lines.
    const bool lines = marks(mark) >= 3;
    step(lines ? 3 : 1);
    while (!left_.empty()) {
      const char c = left_.front();
      if (c == mark) {
        const auto closing = lines ? marks(mark) : 1;
        step(closing);
        if (!lines || closing >= 3)
          return;
      } else if (c == '\\' && mark == '"') {
        step(1);
        const auto blank = left_.find_first_not_of(" \t\r\n\v\f");
        step(blank);
        // Of what follows such white space, the parser skips some that is none.
        if (at_letter())
          return;
        if (blank == 0)
          step(1);
      } else if (c == '\n' && !lines) {
        return;
      } else {
        step(1);
      }
    }
  }

  std::string_view left_;
  place at_{1, 1};
};

}  // namespace

std::optional<place> find_stray_letter(std::string_view text) {
  return walk{text}.to_stray_letter();
}

}  // namespace sluice::config
