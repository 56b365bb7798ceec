// Everything that is told about a configuration, from the same descriptions that parse it.
#include "sluice/config/report.hpp"

#include <fmt/format.h>

#include "describe.hpp"

namespace sluice::config {
namespace {

constexpr std::size_t columns = 100;

/// `text` as comment lines, broken between words.
void append_comment(std::string& out, std::string_view text) {
  std::string line{"#"};
  while (!text.empty()) {
    const auto space = text.find(' ');
    const auto word = text.substr(0, space);
    if (line.size() + 1 + word.size() > columns) {
      out += line + "\n";
      line = "#";
    }
    line += fmt::format(" {}", word);
    text.remove_prefix(space == std::string_view::npos ? text.size() : space + 1);
  }
  out += line + "\n";
}

void append_key(std::string& out, const key& k) {
  append_comment(out, k.help);
  append_comment(out, fmt::format("{}: {}. {}", k.required ? "Required" : "Takes", k.takes,
                                  k.when == changes::at_reload ? "May change by reload."
                                                               : "Changes need a restart."));
  out += fmt::format("{} = {}\n\n", k.name, k.text());
}

}  // namespace

std::vector<key_info> keys_of(const settings& s) {
  settings copy = s;
  std::vector<key_info> keys;
  for (const auto& table : schema_of(copy)) {
    for (const auto& k : table.keys) {
      key_info info{.name = full_name(table, k), .help = k.help, .takes = k.takes, .kind = k.kind};
      info.when = k.when;
      info.required = k.required;
      info.value = k.text();
      if (const auto it = s.from.given.find(info.name); it != s.from.given.end())
        info.given_at = it->second;
      keys.push_back(std::move(info));
    }
  }
  return keys;
}

std::string show(const settings& s) {
  std::string out;
  for (const auto& k : keys_of(s)) {
    const bool given = k.given_at.line != 0;
    out += fmt::format("{} = {}  # {}\n", k.name, k.value,
                       given ? fmt::format("{}:{}", s.from.file, k.given_at.line) : "default");
  }
  return out;
}

std::string default_document() {
  settings defaults;
  std::string out;
  append_comment(out,
                 "Every key of Sluice with its default, its unit and the reason for it. A file of "
                 "your own needs only `mode` and what shall differ. Durations and sizes carry "
                 "their unit, decimals stand in quotes, keys and secrets only in files of their "
                 "own. `sluice check FILE` names every fault of a file at once. This file is "
                 "generated from the program; a test holds the two equal.");
  out += "\n";
  for (const auto& table : schema_of(defaults)) {
    if (!table.name.empty()) {
      append_comment(out, table.help);
      out += fmt::format("[{}]\n\n", table.name);
    }
    for (const auto& k : table.keys)
      append_key(out, k);
  }
  out.pop_back();
  return out;
}

std::vector<change> diff(const settings& before, const settings& after) {
  const auto old_keys = keys_of(before);
  const auto new_keys = keys_of(after);
  std::vector<change> found;
  for (std::size_t i = 0; i < old_keys.size(); ++i)
    if (old_keys[i].value != new_keys[i].value)
      found.push_back({old_keys[i].name, old_keys[i].value, new_keys[i].value, old_keys[i].when});
  return found;
}

}  // namespace sluice::config
