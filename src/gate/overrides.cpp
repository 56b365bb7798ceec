// Values of overrides: read, held to floor and ceiling, put into the settings, written back.
#include "sluice/gate/overrides.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sluice {
namespace {

struct left_out {
  std::string_view key{};
  std::string_view why{};
};

constexpr std::array on_purpose{
    left_out{"gate.hold_blocks_reduce",
             "would lock exits, or open a lock the file asks for: order halted, or release the "
             "hold"},
    left_out{"gate.read_on_demand", "would deny exits that one read cures"},
    left_out{"gate.permit_ttl",
             "would send orders on older decisions; stale truth is not cured "
             "by it"},
    left_out{"gate.unlisted_source", "who may send plans is decided in the file"},
    left_out{"gate.exit_sources", "who may send plans is decided in the file"},
    left_out{"gate.entry_sources", "who may send plans is decided in the file"},
    left_out{"gate.halt_file", "the halt file stays where people look for it"},
};

bool bound_by_promise(const overridable_key& key) {
  return key.watch == override_watch::own_limit;
}

std::optional<std::string> span_fault(const overridable_key& key, milliseconds value,
                                      const override_floors& floors) {
  if (value > key.ceiling)
    return fmt::format("{} is beyond the ceiling of {}, {}", format_duration(value), key.name,
                       format_duration(key.ceiling));
  if (value < key.least)
    return fmt::format("{} is too small; at least {}", format_duration(value),
                       format_duration(key.least));
  if (bound_by_promise(key) && value < floors.promised)
    return fmt::format(
        "{} is shorter than the promised bound, {}: it would refuse truth that is "
        "as fresh as promised",
        format_duration(value), format_duration(floors.promised));
  if (key.name == "gate.park_entry" && value > milliseconds{0} && value < floors.one_read)
    return fmt::format("{} is shorter than one read may take, {}; \"0ms\" for no waiting",
                       format_duration(value), format_duration(floors.one_read));
  return std::nullopt;
}

}  // namespace

const overridable_key* find_overridable(std::string_view name) {
  const auto at = std::ranges::find(overridable_keys, name, &overridable_key::name);
  return at == overridable_keys.end() ? nullptr : &*at;
}

std::string overridable_names() {
  std::string all;
  for (const auto& key : overridable_keys)
    all += (all.empty() ? "" : ", ") + std::string{key.name};
  return all;
}

std::string_view why_not_overridable(std::string_view name) {
  const auto at = std::ranges::find(on_purpose, name, &left_out::key);
  return at == on_purpose.end() ? std::string_view{} : at->why;
}

std::string value_text(const overridable_key& key, const gate_settings& s) {
  auto copy = s;
  if (key.flag)
    return key.flag(copy) ? "true" : "false";
  return format_duration(key.span(copy));
}

std::string ceiling_text(const overridable_key& key) {
  return key.flag ? "true" : format_duration(key.ceiling);
}

std::optional<std::string> apply_override(const overridable_key& key, std::string_view value,
                                          const override_floors& floors, gate_settings& s) {
  if (key.flag) {
    if (value != "true" && value != "false")
      return "takes true or false";
    key.flag(s) = value == "true";
    return std::nullopt;
  }
  const auto parsed = parse_duration(value);
  if (!parsed)
    return fmt::format("takes a duration with its unit from {} to {}, e.g. \"{}\"",
                       format_duration(key.least), format_duration(key.ceiling),
                       format_duration(key.ceiling));
  if (auto fault = span_fault(key, *parsed, floors))
    return fault;
  if (key.name == "gate.stale_after_exit" && *parsed < key.span(s))
    return fmt::format("{} is shorter than the normal {}: exits are only ever given more room",
                       format_duration(*parsed), format_duration(key.span(s)));
  key.span(s) = *parsed;
  return std::nullopt;
}

}  // namespace sluice
