// Carries the values of a document into the settings, by the schema, and names all that do not fit.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "check.hpp"
#include "echo.hpp"
#include "nearest.hpp"

namespace sluice::config {
namespace {

constexpr std::string_view credentials_variable = "$CREDENTIALS_DIRECTORY";

std::vector<std::string> names_of(const schema& all) {
  std::vector<std::string> names;
  for (const auto& s : all)
    if (!s.name.empty())
      names.push_back(s.name);
  return names;
}

std::vector<std::string> names_of(const section& s) {
  std::vector<std::string> names;
  for (const auto& k : s.keys)
    names.push_back(k.name);
  for (const auto& f : s.families)
    names.push_back(f.name);
  return names;
}

const section* find_section(const schema& all, std::string_view name) {
  const auto it =
      std::find_if(all.begin(), all.end(), [&](const section& s) { return s.name == name; });
  return it == all.end() || name.empty() ? nullptr : &*it;
}

/// The section of a table that stands in the table of another one.
const section* find_inner(const schema& all, const section& s, std::string_view name) {
  return s.name.empty() ? nullptr : find_section(all, full_name(s.name, name));
}

/// Where a key unknown in its table is known: another table's key of the same name, or a name like
/// it in the same table.
std::string suggestion(const schema& all, const section& here, const std::string& name) {
  if (const auto close = nearest(name, names_of(here)))
    return fmt::format("did you mean {}?", *close);
  for (const auto& s : all)
    if (s.find(name))
      return s.name.empty() ? fmt::format("{} stands before the first table", name)
                            : fmt::format("there is one in [{}]", s.name);
  return fmt::format("{} knows {}", here.name.empty() ? "the top level" : "[" + here.name + "]",
                     fmt::join(names_of(here), ", "));
}

void read_section(const schema& all, const section& s, const node& table, places& given,
                  schema& added, fault_list& out);

void read_inner(const schema& all, const section& inner, const keyed<node>& m, places& given,
                schema& added, fault_list& out) {
  if (m.value.kind != node_kind::table)
    return out.add(m.value.at, inner.name,
                   fmt::format("got {}; takes a table, [{}]", to_string(m.value.kind), inner.name));
  given.emplace(inner.name, m.at);
  read_section(all, inner, m.value, given, added, out);
}

/// Reads [section.family.NAME] for every name, each a section that is added to the schema.
void read_family(const schema& all, const section& s, const table_family& f,
                 const keyed<node>& tables, places& given, schema& added, fault_list& out) {
  const auto family = full_name(s.name, f.name);
  given.emplace(family, tables.at);
  if (tables.value.kind != node_kind::table)
    return out.add(tables.value.at, family,
                   fmt::format("got {}; takes tables, [{}.{}]", to_string(tables.value.kind),
                               family, f.example));
  if (tables.value.members.size() > f.tables_max)
    return out.add(
        tables.at, family,
        fmt::format("has {} tables; allowed are {}", tables.value.members.size(), f.tables_max));
  for (const auto& m : tables.value.members) {
    const auto name = full_name(family, hide_secrets(m.key));
    if (m.value.kind != node_kind::table) {
      out.add(m.value.at, name,
              fmt::format("got {}; takes a table, [{}]", to_string(m.value.kind), name));
    } else if (const auto bad = f.check_name ? f.check_name(m.key) : std::nullopt) {
      out.add(m.at, name, *bad);
    } else {
      given.emplace(name, m.at);
      added.push_back(f.describe(m.key));
      const auto described = added.back();
      read_section(all, described, m.value, given, added, out);
    }
  }
}

/// Reads the members of one table, its own keys before the tables in it; those that are tables at
/// the top level are left to the caller.
void read_section(const schema& all, const section& s, const node& table, places& given,
                  schema& added, fault_list& out) {
  for (const auto& m : table.members) {
    if (s.find_family(m.key) || find_inner(all, s, m.key))
      continue;
    const auto name = full_name(s.name, hide_secrets(m.key));
    const auto* k = s.find(m.key);
    if (!k) {
      if (!names_secret(m.key) && !looks_secret(m.key))
        out.add(m.at, name, fmt::format("unknown key; {}", suggestion(all, s, m.key)));
      continue;
    }
    given.emplace(name, m.at);
    if (const auto bad = k->read(m.value))
      out.add(m.value.at, name, fmt::format("{}; takes {}", *bad, k->takes));
  }
  for (const auto& m : table.members)
    if (const auto* f = s.find_family(m.key))
      read_family(all, s, *f, m, given, added, out);
    else if (const auto* inner = find_inner(all, s, m.key))
      read_inner(all, *inner, m, given, added, out);
}

void unknown_table(const schema& all, const keyed<node>& m, fault_list& out) {
  const auto close = nearest(m.key, names_of(all));
  out.add(m.at, hide_secrets(m.key),
          close ? fmt::format("unknown table; did you mean [{}]?", *close)
                : fmt::format("unknown table; there are {}", fmt::join(names_of(all), ", ")));
}

}  // namespace

places read_values(const node& root, schema& all, fault_list& out) {
  places given;
  schema added;
  node top{.kind = node_kind::table, .at = root.at};
  for (const auto& m : root.members) {
    const auto* s = find_section(all, m.key);
    const bool is_table = m.value.kind == node_kind::table;
    if (s && is_table) {
      given.emplace(s->name, m.at);
      read_section(all, *s, m.value, given, added, out);
    } else if (s) {
      out.add(m.value.at, s->name,
              fmt::format("got {}; takes a table, [{}]", to_string(m.value.kind), s->name));
    } else if (is_table && !all.front().find(m.key)) {
      unknown_table(all, m, out);
    } else {
      top.members.push_back(m);
    }
  }
  read_section(all, all.front(), top, given, added, out);
  all.insert(all.end(), std::make_move_iterator(added.begin()),
             std::make_move_iterator(added.end()));
  return given;
}

std::set<std::string, std::less<>> expand_credentials(schema& all, const environment& from) {
  std::set<std::string, std::less<>> expanded;
  if (!from.credentials_directory)
    return expanded;
  for (auto& s : all) {
    for (auto& k : s.keys) {
      if (!k.file)
        continue;
      auto& name = *k.file;
      const bool whole = name.size() == credentials_variable.size();
      if (name.starts_with(credentials_variable) &&
          (whole || name[credentials_variable.size()] == '/')) {
        name.replace(0, credentials_variable.size(), *from.credentials_directory);
        expanded.insert(full_name(s, k));
      }
    }
  }
  return expanded;
}

}  // namespace sluice::config
