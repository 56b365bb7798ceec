// The strict check of a request's head, line by line, against RFC 9112 without its leniencies.
#include "sluice/status/request_guard.hpp"

#include <algorithm>

namespace sluice::status {

namespace {

/// RFC 9110 section 5.6.2.
bool is_token_character(char c) {
  if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
    return true;
  return std::string_view{"!#$%&'*+-.^_`|~"}.find(c) != std::string_view::npos;
}

constexpr std::size_t chunk_digits_max = 8;

int hex_value(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_token_character);
}

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && byte != '\t') || byte == 0x7f;
}

bool same_word(std::string_view text, std::string_view lower_word) {
  return std::equal(text.begin(), text.end(), lower_word.begin(), lower_word.end(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; });
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos)
    return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// What the fields said so far of the body's length and of the host.
struct framing {
  bool http_1_0{false};
  int hosts{0};
  int lengths{0};
  int encodings{0};
};

head_fault check_request_line(std::string_view line, framing& seen) {
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == std::string_view::npos || first == last)
    return head_fault::request_line;
  const auto target = line.substr(first + 1, last - first - 1);
  if (!is_token(line.substr(0, first)) || target.empty() || target.front() != '/' ||
      target.find_first_of(" \t#") != std::string_view::npos ||
      std::ranges::any_of(target, [](char c) { return static_cast<unsigned char>(c) >= 0x80; }))
    return head_fault::request_line;
  const auto version = line.substr(last + 1);
  seen.http_1_0 = version == "HTTP/1.0";
  if (seen.http_1_0 || version == "HTTP/1.1")
    return head_fault::none;
  return version.starts_with("HTTP/") ? head_fault::version : head_fault::request_line;
}

/// Eighteen digits fit any size we could mean and can't overflow in whoever reads them.
bool is_length(std::string_view value) {
  return !value.empty() && value.size() <= 18 &&
         value.find_first_not_of("0123456789") == std::string_view::npos;
}

head_fault check_field(std::string_view line, framing& seen) {
  if (line.front() == ' ' || line.front() == '\t')
    return head_fault::folded_line;
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon)))
    return head_fault::field_name;
  const auto name = line.substr(0, colon);
  const auto value = trimmed(line.substr(colon + 1));
  if (same_word(name, "host") && (++seen.hosts > 1 || value.empty()))
    return head_fault::host;
  if (same_word(name, "content-length") && (++seen.lengths > 1 || !is_length(value)))
    return head_fault::content_length;
  if (same_word(name, "transfer-encoding") &&
      (++seen.encodings > 1 || seen.http_1_0 || !same_word(value, "chunked")))
    return head_fault::transfer_encoding;
  return head_fault::none;
}

head_fault check_characters(std::string_view line) {
  for (const char c : line) {
    if (c == '\r' || c == '\n')
      return head_fault::line_break;
    if (is_control(c))
      return head_fault::control_character;
  }
  return head_fault::none;
}

}  // namespace

head_extent find_head(std::string_view bytes, std::size_t scanned) {
  head_extent found;
  for (auto at = bytes.find('\n', scanned); at != std::string_view::npos;
       at = bytes.find('\n', at + 1)) {
    if (at == 0 || bytes[at - 1] != '\r') {
      found.bare_line_feed = true;
      return found;
    }
    if (at >= 3 && bytes.substr(at - 3, 4) == "\r\n\r\n") {
      found.size = at + 1;
      return found;
    }
  }
  found.scanned = bytes.size();
  return found;
}

head_fault check_head(std::string_view head) {
  framing seen;
  bool first = true;
  while (true) {
    const auto end = head.find("\r\n");
    if (end == std::string_view::npos)
      return head_fault::line_break;
    const auto line = head.substr(0, end);
    head.remove_prefix(end + 2);
    if (line.empty())
      break;
    if (const auto f = check_characters(line); f != head_fault::none)
      return f;
    const auto f = first ? check_request_line(line, seen) : check_field(line, seen);
    if (f != head_fault::none)
      return f;
    first = false;
  }
  if (first)
    return head_fault::request_line;
  if (!head.empty())
    return head_fault::line_break;
  if (seen.hosts == 0)
    return head_fault::host;
  if (seen.lengths > 0 && seen.encodings > 0)
    return head_fault::length_conflict;
  return head_fault::none;
}

bool chunk_guard::feed(std::string_view bytes) {
  while (!bytes.empty() && !done()) {
    if (state_ == state::data) {
      const auto size = std::min(left_, bytes.size());
      left_ -= size;
      bytes.remove_prefix(size);
      if (left_ == 0)
        state_ = state::data_return;
      continue;
    }
    if (!step(bytes.front()))
      return false;
    bytes.remove_prefix(1);
  }
  return true;
}

bool chunk_guard::step(char c) {
  switch (state_) {
    case state::size: {
      const int digit = hex_value(c);
      if (digit < 0)
        return digits_ > 0 && expect(c, '\r', state::size_end);
      left_ = left_ * 16 + static_cast<std::size_t>(digit);
      return ++digits_ <= chunk_digits_max;
    }
    case state::size_end:
      digits_ = 0;
      return expect(c, '\n', left_ > 0 ? state::data : state::last_return);
    case state::data_return:
      return expect(c, '\r', state::data_end);
    case state::data_end:
      return expect(c, '\n', state::size);
    case state::last_return:
      return expect(c, '\r', state::last_end);
    case state::last_end:
      return expect(c, '\n', state::done);
    case state::data:
    case state::done:
      break;
  }
  return true;
}

bool chunk_guard::expect(char c, char wanted, state next) {
  state_ = next;
  return c == wanted;
}

std::string_view describe(head_fault f) {
  switch (f) {
    case head_fault::none:
      return "nothing is wrong";
    case head_fault::request_line:
      return "the request line must be: method, space, a path that begins with '/', space, version";
    case head_fault::version:
      return "only HTTP/1.0 and HTTP/1.1 are spoken here";
    case head_fault::line_break:
      return "every line of the head must end in CR LF, and neither may stand elsewhere";
    case head_fault::control_character:
      return "the head holds a control character";
    case head_fault::folded_line:
      return "a header line must not be continued on the next one";
    case head_fault::field_name:
      return "a header name is empty, holds a bad character, or is followed by a space";
    case head_fault::host:
      return "exactly one Host header is needed";
    case head_fault::content_length:
      return "Content-Length must be given once, as plain digits";
    case head_fault::transfer_encoding:
      return "Transfer-Encoding must be given once, as 'chunked', and never in HTTP/1.0";
    case head_fault::length_conflict:
      return "Content-Length and Transfer-Encoding exclude each other";
  }
  return "";
}

}  // namespace sluice::status
