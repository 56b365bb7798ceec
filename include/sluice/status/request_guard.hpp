// A strict look at a request's head and chunks before the parser sees them: refuses what two
// parsers could read in two ways (request smuggling), which tolerant libraries admit.
#pragma once

#include <cstddef>
#include <string_view>

namespace sluice::status {

/// What a head is refused for; each but `none` is answered and the connection closed.
enum class head_fault {
  none,
  request_line,       ///< Not "METHOD SP /target SP HTTP/1.x".
  version,            ///< HTTP, but neither 1.0 nor 1.1: 505.
  line_break,         ///< A CR or LF that is not part of CRLF.
  control_character,  ///< NUL and the like.
  folded_line,        ///< obs-fold: a line that begins with white space.
  field_name,         ///< Empty, or with a space before the colon, or with a bad character.
  host,               ///< None, or more than one.
  content_length,     ///< More than one, or not plain digits.
  transfer_encoding,  ///< More than one, anything but "chunked", or in HTTP/1.0.
  length_conflict,    ///< Content-Length and Transfer-Encoding together.
};

/// How far into a connection's bytes the head of a request goes.
struct head_extent {
  std::size_t size{0};         ///< Of the head with its empty line; 0 while it is not complete.
  std::size_t scanned{0};      ///< Where to go on once more bytes are there.
  bool bare_line_feed{false};  ///< A line ends without CR: refuse instead of waiting for more.
};
/// Looks for the end of a head, from `scanned` of an earlier call on.
[[nodiscard]] head_extent find_head(std::string_view bytes, std::size_t scanned);

/// Checks a whole head: the request line, the fields and the empty line, each ending in CRLF.
[[nodiscard]] head_fault check_head(std::string_view head);
/// One sentence for the problem document.
[[nodiscard]] std::string_view describe(head_fault f);

/// Follows the chunks of a body as their bytes come. Admits a size of at most eight hexadecimal
/// digits, each line ended by CR LF, and nothing else: no extensions, no trailers, which no client
/// of ours sends and which servers disagree about.
class chunk_guard {
 public:
  /// False once something else came. Bytes behind the last chunk are not looked at.
  [[nodiscard]] bool feed(std::string_view bytes);
  [[nodiscard]] bool done() const { return state_ == state::done; }

 private:
  enum class state { size, size_end, data, data_return, data_end, last_return, last_end, done };

  [[nodiscard]] bool step(char c);
  [[nodiscard]] bool expect(char c, char wanted, state next);

  state state_{state::size};
  std::size_t digits_{0};
  std::size_t left_{0};  ///< Of the chunk.
};

}  // namespace sluice::status
