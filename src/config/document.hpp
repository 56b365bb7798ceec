// A parsed TOML text as plain values with their places in it, so that no other file knows toml++.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sluice/config/fault.hpp"

namespace sluice::config {

enum class node_kind { text, integer, decimal, flag, time, list, table };

/// "a text", "a whole number", ...: how a fault names what was found.
[[nodiscard]] std::string_view to_string(node_kind k);

/// A key of a table with its value.
template <class Value>
struct keyed {
  std::string key{};
  place at{};
  Value value{};
};

/// One value of the document. Only the members of its kind are filled.
struct node {
  node_kind kind{node_kind::table};
  place at{};
  std::string text{};                  ///< Of text; of decimals and times as they would be written.
  std::int64_t integer{0};             ///< Of integer.
  bool flag{false};                    ///< Of flag.
  std::vector<node> items{};           ///< Of list.
  std::vector<keyed<node>> members{};  ///< Of table, in the order of the file.
};

/// Something that is not TOML, and where.
struct syntax_fault {
  place at{};
  std::string text{};
};

struct document {
  node root{};
  std::vector<syntax_fault> faults{};
};

/// Reads TOML. A faulty line that can be left out without changing the meaning of the others is
/// reported and left out, so that one reading finds all of them; at any other fault reading ends.
[[nodiscard]] document read_document(std::string_view text);

}  // namespace sluice::config
