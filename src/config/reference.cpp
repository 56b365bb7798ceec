// The reference of every key as a page of Markdown, from the same descriptions that parse a file.
#include <fmt/format.h>

#include <cctype>

#include "describe.hpp"
#include "sluice/config/report.hpp"

namespace sluice::config {
namespace {

/// Within a cell of a table.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|')
      out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out;
}

std::string title_of(const section& s) {
  return s.name.empty() ? "The top of the file" : fmt::format("[{}]", s.name);
}

/// As the pages that show Markdown make it of a heading.
std::string anchor_of(const section& s) {
  std::string out;
  for (const char c : title_of(s)) {
    if (c == ' ')
      out += '-';
    else if (c == '_' || std::isalnum(static_cast<unsigned char>(c)) != 0)
      out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return out;
}

void append_row(std::string& out, const key& k) {
  out +=
      fmt::format("| `{}` | {} | {} | {}{} |\n", k.name,
                  k.required ? "must be given" : fmt::format("`{}`", cell(k.text())), cell(k.help),
                  cell(k.takes), k.when == changes::at_reload ? "; by reload" : "");
}

void append_rows(std::string& out, const std::vector<key>& keys) {
  out += "\n| key | default | what it is | takes |\n|---|---|---|---|\n";
  for (const auto& k : keys)
    append_row(out, k);
}

/// The tables whose names the file chooses; keys that their section has too are only named.
void append_family(std::string& out, const section& s, const table_family& f) {
  const auto example = f.describe(f.example);
  std::vector<std::string> same;
  std::vector<key> own;
  for (const auto& k : example.keys)
    if (s.find(k.name))
      same.push_back(fmt::format("`{}`", k.name));
    else
      own.push_back(k);
  out += fmt::format("\n### [{}.{}.NAME]\n\n{} For example `[{}]`.", s.name, f.name, f.help,
                     example.name);
  if (!same.empty())
    out += fmt::format(" As in `[{}]`: {}.", s.name, fmt::join(same, ", "));
  out += "\n";
  if (!own.empty())
    append_rows(out, own);
}

}  // namespace

std::string reference_document() {
  settings defaults;
  const auto all = schema_of(defaults);
  std::string out =
      "# Configuration\n\n"
      "Every key, with its default and what it takes. The page is made by the program from the "
      "same\n"
      "descriptions that read a file (`SLUICE_WRITE_DOCS=1 config_tests` writes it anew), so the "
      "two\n"
      "cannot differ. [config/default.toml](../config/default.toml) is the same as a file.\n\n"
      "A file of your own needs `mode` and what shall differ. Durations and sizes carry their "
      "unit\n"
      "(`\"10s\"`, `\"64KiB\"`), decimals stand in quotes, keys and secrets only in files of their "
      "own.\n"
      "`sluice check FILE` names every fault of a file at once, `sluice show-config` every value "
      "with\n"
      "where it comes from. A change needs a restart where a key does not say \"by reload\".\n\n";
  for (const auto& s : all)
    out += fmt::format("- [{}](#{})\n", title_of(s), anchor_of(s));
  for (const auto& s : all) {
    out += fmt::format("\n## {}\n", title_of(s));
    if (!s.help.empty())
      out += fmt::format("\n{}\n", s.help);
    append_rows(out, s.keys);
    for (const auto& f : s.families)
      append_family(out, s, f);
  }
  return out;
}

}  // namespace sluice::config
