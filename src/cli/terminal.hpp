// What a terminal can show: whether colours are wanted, how wide it is, and texts that fit into it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::cli {

/// The option --color.
enum class color_choice : std::uint8_t { automatic, always, never };

/// What decides about colours beside the option.
struct color_world {
  bool terminal{false};  ///< Standard output is one.
  bool no_color{false};  ///< $NO_COLOR is set and not empty.
  bool dumb{false};      ///< $TERM is "dumb" or not set.
};
[[nodiscard]] color_world color_world_of_stdout();
/// An option that names a choice wins; else colours need a terminal that nobody forbade.
[[nodiscard]] bool wants_color(color_choice chosen, const color_world& world);

/// What a text says beside its words; colour is never the only sign of it.
enum class tone : std::uint8_t { plain, strong, dim, good, warning, bad };

/// Puts the escape sequences of a tone around a text, or none.
class painter {
 public:
  explicit painter(bool colored) : colored_(colored) {}
  [[nodiscard]] std::string operator()(tone how, std::string_view text) const;
  [[nodiscard]] bool colored() const { return colored_; }

 private:
  bool colored_{false};
};

struct terminal_size {
  std::size_t columns{80};
  std::size_t rows{24};
  friend bool operator==(const terminal_size&, const terminal_size&) = default;
};
/// Of standard output when it is a terminal; else $COLUMNS by 24, else 80 by 24. Never narrower
/// than 40 columns or lower than 5 rows.
[[nodiscard]] terminal_size size_of_stdout();

/// The text without control characters: what could drive a terminal does not get there.
[[nodiscard]] std::string printable(std::string_view text);
/// Characters of UTF-8 text, escape sequences not counted.
[[nodiscard]] std::size_t width_of(std::string_view text);
/// At most `width` characters, the last of them "…" when something was left out. Escape sequences
/// are kept, so that no colour runs on.
[[nodiscard]] std::string cut(std::string_view text, std::size_t width);
/// Lines of at most `width` characters, broken at blanks; a word that is longer is broken anywhere.
/// At least one line.
[[nodiscard]] std::vector<std::string> wrapped(std::string_view text, std::size_t width);
/// `head` and beside it the text, wrapped, with further lines indented below its beginning.
[[nodiscard]] std::string hanging(std::string_view head, std::string_view text, std::size_t width);

}  // namespace sluice::cli
