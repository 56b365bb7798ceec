// Who may include whom: the layers' direction, and the one home of each third-party library.
#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "rules.hpp"

namespace sluice::structure {
namespace {

using names = std::set<std::string, std::less<>>;

const names pure_layers{"domain", "truth", "gate", "ledger", "execution", "exits", "planning"};
const names all_layers{"domain",  "truth",    "gate",     "ledger", "execution",
                       "exits",   "planning", "exchange", "redis",  "simulator",
                       "journal", "status",   "config",   "actors"};
/// May include every layer: they put the others together.
const names assemblers{"actors",     "cli",     "main", "bench",
                       "end_to_end", "interop", "fuzz", "simulation"};

struct inclusion {
  std::string name{};
  bool quoted{false};
  std::size_t line{0};
};

std::vector<inclusion> inclusions_of(const source_file& f) {
  std::vector<inclusion> found;
  for (std::size_t i = 0; i < f.lines.size(); ++i) {
    const std::string_view line = f.lines[i];
    const auto hash = line.find_first_not_of(" \t");
    if (hash == std::string_view::npos || !line.substr(hash).starts_with("#include"))
      continue;
    const auto open = line.find_first_of("<\"");
    if (open == std::string_view::npos)
      continue;
    const auto close = line.find(line[open] == '<' ? '>' : '"', open + 1);
    if (close != std::string_view::npos)
      found.push_back(
          {std::string{line.substr(open + 1, close - open - 1)}, line[open] == '"', i + 1});
  }
  return found;
}

/// Layers whose headers `layer` may include besides its own.
bool may_include(std::string_view layer, std::string_view other, std::string_view header) {
  if (other == layer || other == "domain" || assemblers.contains(layer))
    return true;
  if (layer == "gate")
    return other == "truth";
  if (layer == "simulator")
    return header.starts_with("sluice/exchange/http");
  if (layer == "config")
    return header.ends_with("settings.hpp") || header == "sluice/truth/freshness.hpp";
  return false;
}

/// The client and the venue are built apart and know nothing of each other; in one place the tests
/// bring them together.
bool is_contract(std::string_view path, std::string_view header) {
  return path.starts_with("tests/exchange/support/") && header.starts_with("sluice/simulator/");
}

std::optional<std::string> direction_fault(std::string_view layer, const inclusion& i) {
  constexpr std::string_view prefix = "sluice/";
  if (i.name.find("..") != std::string::npos)
    return "includes \"" + i.name + "\": a path must not leave its folder";
  if (!i.name.starts_with(prefix))
    return std::nullopt;
  const auto rest = std::string_view{i.name}.substr(prefix.size());
  const auto other = rest.substr(0, rest.find('/'));
  if (!all_layers.contains(other))
    return "includes \"" + i.name + "\": there is no such layer";
  if (!may_include(layer, other, i.name))
    return std::string{layer} + " must not include " + i.name;
  return std::nullopt;
}

struct library {
  std::string_view prefix;  ///< Of what is included.
  std::string_view name;
  names homes;
  bool in_public_headers{false};
};

/// The longest prefix that fits decides.
const std::vector<library>& libraries() {
  static const std::vector<library> all{
      {"toml++/", "toml++", {"config"}, false},
      {"openssl/", "OpenSSL", {"exchange", "simulator", "status"}, false},
      {"simdjson", "simdjson", {"exchange"}, false},
      {"boost/", "Boost", {"exchange", "simulator", "status"}, false},
      {"boost/json",
       "Boost.JSON",
       {"planning", "journal", "status", "simulator", "actors", "cli", "oracle", "simulation"},
       false},
      {"boost/system/", "Boost.System", all_layers, true},
      {"sqlite3", "SQLite", {"journal", "simulation"}, false},
      {"hiredis/", "hiredis", {"redis"}, false},
      {"caf/", "CAF", {"actors", "main", "cli", "simulation"}, true},
      {"CLI/", "CLI11", {"cli"}, false},
      {"spdlog/", "spdlog", {"status"}, false},
      {"fmt/", "fmt", all_layers, true},
      {"catch2/", "Catch2", {"support"}, false},
      {"rapidcheck", "RapidCheck", {}, false},
  };
  return all;
}

const library* library_of(std::string_view name) {
  const library* best = nullptr;
  for (const auto& l : libraries())
    if (name.starts_with(l.prefix) && (!best || l.prefix.size() > best->prefix.size()))
      best = &l;
  return best;
}

bool is_at_home(const library& l, std::string_view path, std::string_view layer) {
  const bool test = path.starts_with("tests/");
  if (l.name == "RapidCheck")
    return test;
  if (l.name == "fmt" || l.name == "Boost.System")
    return true;
  // A test may play the other side of what its layer speaks; whole-program tests speak everything.
  return l.homes.contains(layer) ||
         (test && (layer == "end_to_end" || layer == "support" || layer == "fuzz")) ||
         layer == "bench";
}

}  // namespace

std::string layer_of(std::string_view path) {
  const auto first = path.find('/');
  const auto top = path.substr(0, first);
  if (top == "bench")
    return "bench";
  if (path == "src/main.cpp")
    return "main";
  auto rest = path.substr(first + 1);
  if (top == "include")
    rest = rest.substr(rest.find('/') + 1);
  return std::string{rest.substr(0, rest.find('/'))};
}

violations check_direction(const source_file& f) {
  violations found;
  const auto layer = layer_of(f.path);
  for (const auto& i : inclusions_of(f))
    if (const auto fault = direction_fault(layer, i); fault && !is_contract(f.path, i.name))
      found.push_back({f.path, i.line, *fault});
  return found;
}

violations check_libraries(const source_file& f) {
  violations found;
  const auto layer = layer_of(f.path);
  for (const auto& i : inclusions_of(f)) {
    const auto* l = library_of(i.name);
    if (!l)
      continue;
    if (!is_at_home(*l, f.path, layer))
      found.push_back({f.path, i.line, std::string{l->name} + " does not belong here: " + i.name});
    else if (f.path.starts_with("include/") && !l->in_public_headers)
      found.push_back({f.path, i.line, std::string{l->name} + " in a public header: " + i.name});
  }
  return found;
}

violations check_purity(const source_file& f) {
  violations found;
  if (!pure_layers.contains(layer_of(f.path)) || f.path.starts_with("tests/"))
    return found;
  for (const auto& i : inclusions_of(f))
    if (names{"fstream", "iostream", "filesystem", "random"}.contains(i.name))
      found.push_back({f.path, i.line, "a pure layer includes <" + i.name + ">"});
  const auto code = code_of(f);
  for (std::size_t i = 0; i < code.size(); ++i)
    if (code[i].find("_clock::now") != std::string::npos)
      found.push_back({f.path, i + 1, "a pure layer asks a clock; time comes in as a value"});
  return found;
}

}  // namespace sluice::structure
