// The steps between a parsed document and settings that may be used, each adding what it finds.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "document.hpp"
#include "schema.hpp"
#include "sluice/config/config.hpp"

namespace sluice::config {

/// Collects faults of one file and remembers which keys and sections have one.
class fault_list {
 public:
  explicit fault_list(std::string file) : file_(std::move(file)) {}

  void add(place at, std::string key, std::string text);
  /// True when a key of the section, the section itself or a table in it has a fault.
  [[nodiscard]] bool touches(std::string_view section_name) const;
  [[nodiscard]] bool empty() const { return found_.empty(); }
  /// Sorted by place, each once.
  [[nodiscard]] faults take() &&;

 private:
  std::string file_;
  faults found_;
};

/// Where keys ("snapshot.bound") and tables ("snapshot") stand in the file.
using places = std::map<std::string, place, std::less<>>;

/// The place of the key, else of the nearest table around it, else the file's first line.
[[nodiscard]] place place_of(const places& given, std::string_view full_key);

/// Finds secrets anywhere in the document, by name and by shape.
void refuse_secrets(const node& root, fault_list& out);

/// Stores every value of the document by the schema; faults for unknown tables and keys, wrong
/// types and values out of range. Tables whose names the file chose are added to the schema.
/// Returns where everything stands.
[[nodiscard]] places read_values(const node& root, schema& keys, fault_list& out);

/// Replaces "$CREDENTIALS_DIRECTORY" at the start of file names, if the environment has one.
/// Returns the keys where it did.
std::set<std::string, std::less<>> expand_credentials(schema& keys, const environment& from);

/// All relations of settings that are there already, each fault at the place of its key.
[[nodiscard]] faults check(const settings& s);

/// Relations between tables, and between mode and tables. Relations of a table that already has a
/// fault are left alone: they would be judged on values nobody chose.
void cross_check(const settings& s, const places& given, fault_list& out);

}  // namespace sluice::config
