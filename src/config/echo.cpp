// Recognises secrets by their shape and name, and makes text of a file safe to print.
#include "echo.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace sluice::config {
namespace {

constexpr std::size_t secret_length = 64;
constexpr std::size_t hidden_run = 24;
constexpr std::size_t shown_max = 40;

bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_base64(char c) {
  return is_alphanumeric(c) || c == '+' || c == '/' || c == '=' || c == '-' || c == '_';
}

/// Length of the run at the start of `text` whose characters all satisfy `admitted`.
template <class Predicate>
std::size_t run_length(std::string_view text, Predicate admitted) {
  return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), admitted) -
                                  text.begin());
}

/// Paths and URLs are words between slashes; a base64 secret has hardly any.
bool is_path_like(std::string_view run) {
  const auto slashes = std::count(run.begin(), run.end(), '/');
  return slashes > 0 && run.size() / static_cast<std::size_t>(slashes + 1) < 16;
}

/// True for a run of base64 characters that is as long as the venue's keys.
bool is_secret_run(std::string_view run) {
  return run.size() >= secret_length && !is_path_like(run);
}

void append_escaped(std::string& out, std::string_view text) {
  for (char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    else
      out += c;
  }
}

}  // namespace

bool looks_secret(std::string_view text) {
  if (text.find("-----BEGIN") != std::string_view::npos)
    return true;
  for (std::size_t i = 0; i < text.size();) {
    const auto length = run_length(text.substr(i), is_base64);
    if (is_secret_run(text.substr(i, length)))
      return true;
    i += std::max<std::size_t>(length, 1);
  }
  return false;
}

bool names_secret(std::string_view key) {
  std::string lower{key};
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c == '-' ? '_' : c;
  });
  if (lower.ends_with("_file"))
    return false;
  constexpr std::array words{"secret", "api_key", "apikey", "password", "token", "private_key"};
  return std::any_of(words.begin(), words.end(),
                     [&](const char* word) { return lower.find(word) != std::string::npos; });
}

std::string hide_secrets(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const auto rest = text.substr(i);
    auto length = run_length(rest, is_base64);
    if (is_secret_run(rest.substr(0, length))) {
      out += "[hidden]";
    } else {
      length = run_length(rest, is_alphanumeric);
      if (length >= hidden_run)
        out += "[hidden]";
      else
        append_escaped(out, rest.substr(0, std::max<std::size_t>(length, 1)));
    }
    i += std::max<std::size_t>(length, 1);
  }
  return out;
}

std::string echoed(std::string_view text) {
  if (looks_secret(text))
    return "\"[hidden]\"";
  const std::string safe = hide_secrets(text);
  std::string_view shown = std::string_view{safe}.substr(0, shown_max);
  // A cut inside a UTF-8 sequence would make the message invalid text.
  while (shown.size() < safe.size() && !shown.empty() &&
         (static_cast<unsigned char>(safe[shown.size()]) & 0xc0U) == 0x80U)
    shown.remove_suffix(1);
  return "\"" + std::string{shown} + (shown.size() < safe.size() ? "…\"" : "\"");
}

}  // namespace sluice::config
