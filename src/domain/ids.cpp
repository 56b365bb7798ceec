// What identifiers may look like, and the hash that is kept of them.
#include "sluice/domain/ids.hpp"

#include <algorithm>

namespace sluice {
namespace {

bool is_id_character(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == ':' || c == '-';
}

template <class Name>
result<Name> parse_id(std::string_view text, std::size_t longest, const char* what) {
  if (text.empty() || text.size() > longest || !std::ranges::all_of(text, is_id_character))
    return fail(errc::invalid_value, std::string(what) + " takes 1 to " + std::to_string(longest) +
                                         " characters of A-Z a-z 0-9 . _ : -");
  return Name(std::string(text));
}

bool is_symbol_byte(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte > 0x20 && byte != 0x7f &&
         std::string_view("\"'\\/&?=%#").find(c) == std::string_view::npos;
}

}  // namespace

result<symbol> parse_symbol(std::string_view text) {
  if (text.empty() || text.size() > 32 || !std::ranges::all_of(text, is_symbol_byte))
    return fail(errc::invalid_value,
                "symbol takes 1 to 32 bytes as the venue spells it, e.g. BTCUSDT");
  return symbol(std::string(text));
}

result<plan_id> parse_plan_id(std::string_view text) {
  return parse_id<plan_id>(text, 64, "plan_id");
}

result<source_id> parse_source_id(std::string_view text) {
  return parse_id<source_id>(text, 32, "source");
}

bool is_own_plan_id(const plan_id& id) {
  return id.str().starts_with(exit_plan_prefix) || id.str().starts_with(close_plan_prefix) ||
         id.str().starts_with(flatten_plan_prefix) || id.str().starts_with(supersede_plan_prefix);
}

bool is_own_source(const source_id& s) {
  return s.str() == exit_engine_source || s.str() == reconciler_source ||
         s.str() == flatten_source || s.str() == planner_source;
}

std::uint64_t stable_hash(std::string_view text, std::uint64_t seed) {
  std::uint64_t h = seed;
  for (char c : text) {
    h ^= static_cast<unsigned char>(c);
    h *= 0x100000001b3ULL;
  }
  // FNV-1a spreads its last bytes badly; this finaliser (MurmurHash3's) repairs that.
  h ^= h >> 33;
  h *= 0xff51afd7ed558ccdULL;
  h ^= h >> 33;
  h *= 0xc4ceb9fe1a85ec53ULL;
  h ^= h >> 33;
  return h;
}

}  // namespace sluice
