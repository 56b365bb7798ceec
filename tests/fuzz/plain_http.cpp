// Reads requests one after another: head up to an empty line, then a body of a length or of chunks.
#include "plain_http.hpp"

#include <cctype>
#include <charconv>
#include <optional>

namespace sluice::fuzz {
namespace {

/// What stands before `end`, which is taken off the bytes with it.
std::optional<std::string_view> take_until(std::string_view& bytes, std::string_view end) {
  const auto at = bytes.find(end);
  if (at == std::string_view::npos)
    return std::nullopt;
  const auto taken = bytes.substr(0, at);
  bytes.remove_prefix(at + end.size());
  return taken;
}

std::optional<std::string_view> take(std::string_view& bytes, std::size_t size) {
  if (size > bytes.size())
    return std::nullopt;
  const auto taken = bytes.substr(0, size);
  bytes.remove_prefix(size);
  return taken;
}

std::optional<std::size_t> number(std::string_view text, int base) {
  std::size_t value = 0;
  const auto* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value, base);
  if (text.empty() || read.ec != std::errc{} || read.ptr != end)
    return std::nullopt;
  return value;
}

std::string lower(std::string_view text) {
  std::string out;
  for (const char c : text)
    out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
    text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
    text.remove_suffix(1);
  return text;
}

std::optional<std::string> take_chunks(std::string_view& bytes) {
  std::string body;
  while (true) {
    const auto line = take_until(bytes, "\r\n");
    const auto size = line ? number(*line, 16) : std::nullopt;
    const auto data = size ? take(bytes, *size) : std::nullopt;
    if (!data || take(bytes, 2) != "\r\n")
      return std::nullopt;
    if (*size == 0)
      return body;
    body += *data;
  }
}

std::optional<plain_request> take_request(std::string_view& bytes) {
  while (bytes.starts_with("\r\n"))
    bytes.remove_prefix(2);
  const auto head = take_until(bytes, "\r\n\r\n");
  if (!head)
    return std::nullopt;
  auto lines = *head;
  auto first = take_until(lines, "\r\n").value_or(*head);
  const auto method = take_until(first, " ");
  const auto target = take_until(first, " ");
  if (!method || !target)
    return std::nullopt;
  plain_request read{std::string{*method}, std::string{target->substr(0, target->find('?'))}, {}};
  std::size_t length = 0;
  bool chunked = false;
  lines = lines.size() == head->size() ? std::string_view{} : lines;
  while (!lines.empty()) {
    auto rest = lines;
    auto line = take_until(rest, "\r\n").value_or(lines);
    lines = line.size() == lines.size() ? std::string_view{} : rest;
    const auto name = lower(take_until(line, ":").value_or(""));
    if (name == "content-length")
      length = number(trimmed(line), 10).value_or(0);
    if (name == "transfer-encoding")
      chunked = true;
  }
  if (chunked) {
    auto body = take_chunks(bytes);
    if (!body)
      return std::nullopt;
    read.body = std::move(*body);
    return read;
  }
  const auto body = take(bytes, length);
  if (!body)
    return std::nullopt;
  read.body = *body;
  return read;
}

}  // namespace

std::vector<plain_request> plain_requests(std::string_view bytes, std::size_t count) {
  std::vector<plain_request> found;
  while (found.size() < count) {
    auto next = take_request(bytes);
    if (!next)
      break;
    found.push_back(std::move(*next));
  }
  return found;
}

}  // namespace sluice::fuzz
