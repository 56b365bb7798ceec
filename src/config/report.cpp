// Everything that is told about a configuration, from the same descriptions that parse it.
#include "sluice/config/report.hpp"

#include <fmt/format.h>

#include <map>

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

/// A family's tables have the keys of their section, or keys of their own that are told here.
void append_family(std::string& out, const section& s, const table_family& f) {
  const auto example = f.describe(f.example);
  std::vector<std::string> names;
  for (const auto& k : example.keys)
    names.push_back(k.name);
  append_comment(out, f.help);
  append_comment(out,
                 fmt::format("Takes: tables of a name each, with {}.", fmt::join(names, ", ")));
  out += fmt::format("# [{}]\n", example.name);
  for (const auto& k : example.keys) {
    if (s.find(k.name))
      continue;
    out += "#\n";
    std::string told;
    append_key(told, k);
    std::string_view rest = std::string_view{told}.substr(0, told.size() - 1);
    while (!rest.empty()) {
      const auto line = rest.substr(0, rest.find('\n'));
      out += line.starts_with('#') ? fmt::format("{}\n", line) : fmt::format("# {}\n", line);
      rest.remove_prefix(line.size() + 1);
    }
  }
  out += "\n";
}

}  // namespace

namespace {

std::string source_of(const origin& from, const key_info& k) {
  auto source = k.given_at.line == 0 ? std::string{"default"}
                                     : fmt::format("{}:{}", from.file, k.given_at.line);
  if (from.expanded.contains(k.name))
    source += " with $CREDENTIALS_DIRECTORY";
  return source;
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
      info.source = source_of(s.from, info);
      keys.push_back(std::move(info));
    }
  }
  return keys;
}

std::string show(const settings& s) {
  std::string out;
  for (const auto& k : keys_of(s))
    out += fmt::format("{} = {}  # {}\n", k.name, k.value, k.source);
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
    for (const auto& f : table.families)
      append_family(out, table, f);
  }
  out.pop_back();
  return out;
}

std::vector<change> diff(const settings& before, const settings& after) {
  std::map<std::string, std::string> old_values;
  for (auto& k : keys_of(before))
    old_values.emplace(k.name, k.value);
  std::vector<change> found;
  for (const auto& k : keys_of(after)) {
    const auto old = old_values.extract(k.name);
    const auto was = old.empty() ? std::string{} : old.mapped();
    if (was != k.value)
      found.push_back({k.name, was, k.value, k.when});
  }
  // What is left stands in tables that are gone.
  for (const auto& k : keys_of(before))
    if (old_values.contains(k.name))
      found.push_back({k.name, k.value, {}, k.when});
  return found;
}

}  // namespace sluice::config
