// Whether anything that is kept or shown carries what must stay ours: I9.
#include <algorithm>
#include <cstdint>
#include <cstring>

#include "oracle.hpp"
#include "records.hpp"

namespace sluice::oracle {
namespace {

bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

/// Bytes as lower-case hexadecimal digits.
std::string hex_of(const std::string& bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += digits[byte / 16];
    out += digits[byte % 16];
  }
  return out;
}

/// Bytes in base64, without what pads the end.
std::string base64_of(const std::string& bytes) {
  constexpr std::string_view letters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  std::uint32_t held = 0;
  int bits = 0;
  for (const char c : bytes) {
    held = held << 8U | static_cast<unsigned char>(c);
    for (bits += 8; bits >= 6; bits -= 6)
      out += letters[held >> static_cast<unsigned>(bits - 6) & 63U];
  }
  return out;  // Whole groups of six bits: what is left over depends on what follows.
}

/// The name of the parameter with 64 hexadecimal digits behind it.
bool has_signature(std::string_view text) {
  constexpr std::string_view name = "signature=";
  constexpr std::size_t digits = 64;
  for (auto at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1)) {
    const auto rest = text.substr(at + name.size(), digits);
    if (rest.size() == digits && std::ranges::all_of(rest, is_hex))
      return true;
  }
  return false;
}

/// All that is looked at, in one piece: a search has a price of its own, and there are thousands.
std::string all_texts(const history& h) {
  std::string all;
  const auto add = [&](const std::string& text) {
    all += text;
    all += '\n';
  };
  for (const auto& line : h.records)
    add(line.json.str());
  std::ranges::for_each(h.answers, add);
  std::ranges::for_each(h.log, add);
  return all;
}

}  // namespace

std::vector<violation> check_secrets(const history& h) {
  std::vector<std::string> forbidden;
  for (const auto& s : h.secrets) {
    forbidden.push_back(s);
    forbidden.push_back(hex_of(s));
    forbidden.push_back(base64_of(s));
  }
  const auto carries_any = [&](const std::string& text) {
    const bool carries = std::ranges::any_of(forbidden, [&](const std::string& s) {
      // Not text.find, which stops at every first letter of it.
      return !s.empty() && ::memmem(text.data(), text.size(), s.data(), s.size()) != nullptr;
    });
    return carries || has_signature(text);
  };
  std::vector<violation> found;
  if (!carries_any(all_texts(h)))
    return found;
  for (const auto& line : h.records)
    if (carries_any(line.json.str()))
      found.push_back(
          {"I9", "record " + std::to_string(line.seq) + " (" + line.kind + ") carries a secret"});
  for (const auto& line : h.answers)
    if (carries_any(line))
      found.push_back({"I9", "an answer carries a secret"});
  for (const auto& line : h.log)
    if (carries_any(line))
      found.push_back({"I9", "the log carries a secret"});
  return found;
}

}  // namespace sluice::oracle
