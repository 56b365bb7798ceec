// From text to settings or faults: parse, store, then check relations, each step adding its faults.
#include "sluice/config/config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "check.hpp"
#include "describe.hpp"
#include "echo.hpp"

namespace sluice::config {
namespace {

void require_keys(const schema& all, const places& given, fault_list& out) {
  for (const auto& s : all)
    for (const auto& k : s.keys)
      if (k.required && !given.contains(full_name(s, k)))
        out.add(place{1, 1}, full_name(s, k), fmt::format("is missing; takes {}", k.takes));
}

/// The relations that each layer knows of its own settings.
void check_sections(const schema& all, const places& given, fault_list& out) {
  for (const auto& s : all) {
    if (!s.validate || out.touches(s.name))
      continue;
    for (const auto& f : s.validate()) {
      const auto name = full_name(s.name, f.key);
      out.add(place_of(given, name), name, hide_secrets(f.text));
    }
  }
}

}  // namespace

std::string to_string(const fault& f) {
  std::string text = f.file;
  if (f.at.line != 0)
    text += fmt::format(":{}:{}", f.at.line, f.at.column);
  if (!f.key.empty())
    text += ": " + f.key;
  return text + ": " + f.text;
}

void fault_list::add(place at, std::string key, std::string text) {
  found_.push_back({file_, at, std::move(key), std::move(text)});
}

bool fault_list::touches(std::string_view section_name) const {
  return std::any_of(found_.begin(), found_.end(), [&](const fault& f) {
    if (section_name.empty())
      return f.key.find('.') == std::string::npos;
    const bool begins = f.key.starts_with(section_name);
    return begins && (f.key.size() == section_name.size() || f.key[section_name.size()] == '.');
  });
}

faults fault_list::take() && {
  std::stable_sort(found_.begin(), found_.end(),
                   [](const fault& a, const fault& b) { return a.at < b.at; });
  found_.erase(std::unique(found_.begin(), found_.end()), found_.end());
  return std::move(found_);
}

place place_of(const places& given, std::string_view full_key) {
  for (auto name = full_key;; name = name.substr(0, name.rfind('.'))) {
    if (const auto it = given.find(name); it != given.end())
      return it->second;
    if (name.find('.') == std::string_view::npos)
      return {1, 1};
  }
}

settings::settings() {
  exchange.rest_url.clear();
  exchange.stream_url.clear();
  exchange.recv_window_orders = executor.recv_window;
}

environment process_environment() {
  environment env;
  if (const char* directory = std::getenv("CREDENTIALS_DIRECTORY"))
    env.credentials_directory = directory;
  return env;
}

std::variant<settings, faults> parse(std::string_view text, std::string_view name,
                                     const environment& env) {
  fault_list found{std::string{name}};
  if (text.size() > file_bytes_max) {
    found.add({}, "", fmt::format("has {} bytes; allowed are {}", text.size(), file_bytes_max));
    return std::move(found).take();
  }
  const auto document = read_document(text);
  for (const auto& f : document.faults)
    found.add(f.at, "", f.text);
  settings s;
  auto all = schema_of(s);
  refuse_secrets(document.root, found);
  s.from.file = name;
  s.from.given = read_values(document.root, all, found);
  s.from.expanded = expand_credentials(all, env);
  // A line that was left out may be the very key that is missing or out of proportion.
  if (document.faults.empty()) {
    require_keys(all, s.from.given, found);
    check_sections(all, s.from.given, found);
    cross_check(s, s.from.given, found);
  }
  if (!found.empty())
    return std::move(found).take();
  s.exchange.recv_window_orders = s.executor.recv_window;
  return s;
}

faults check(const settings& s) {
  auto copy = s;
  fault_list found{s.from.file};
  check_sections(schema_of(copy), s.from.given, found);
  cross_check(copy, s.from.given, found);
  return std::move(found).take();
}

std::variant<settings, faults> load(const std::string& path, const environment& env) {
  errno = 0;
  std::ifstream file{path, std::ios::binary};
  std::string text;
  std::error_code not_regular;
  if (file && !std::filesystem::is_directory(path, not_regular)) {
    text.resize(file_bytes_max + 1);
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
  } else {
    const int why = errno == 0 ? EISDIR : errno;
    return faults{{path, {}, "", fmt::format("cannot be read: {}", std::strerror(why))}};
  }
  if (file.bad())
    return faults{{path, {}, "", "cannot be read to its end"}};
  return parse(text, path, env);
}

}  // namespace sluice::config
