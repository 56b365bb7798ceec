// How a character that would end a quoted text, or that nobody sees, stands in a log line.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <iterator>
#include <string>

namespace sluice::status {

/// What is written for a control character that has no short form.
enum class control_form : std::uint8_t {
  hex,      ///< \x1b, as logfmt has it.
  unicode,  ///< \u001b, as JSON has it.
};

inline void append_escaped_ascii(std::string& out, char c, control_form form) {
  switch (c) {
    case '"':
      out += "\\\"";
      break;
    case '\\':
      out += "\\\\";
      break;
    case '\n':
      out += "\\n";
      break;
    case '\r':
      out += "\\r";
      break;
    case '\t':
      out += "\\t";
      break;
    default: {
      const auto byte = static_cast<unsigned char>(c);
      if (byte >= 0x20 && byte != 0x7f)
        out += c;
      else if (form == control_form::unicode)
        fmt::format_to(std::back_inserter(out), "\\u{:04x}", byte);
      else
        fmt::format_to(std::back_inserter(out), "\\x{:02x}", byte);
    }
  }
}

}  // namespace sluice::status
