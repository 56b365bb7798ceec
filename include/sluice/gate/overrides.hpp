// Which settings of the gate may be different for a limited time, and how far: one table, with a
// hard ceiling for each.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sluice/gate/settings.hpp"

namespace sluice {

/// What has to be fresh again for the cause of an override to be gone.
enum class override_watch : std::uint8_t {
  promise,    ///< Truth, within what is promised of it.
  own_limit,  ///< Truth, within the normal value of the very key.
  marks,      ///< Mark prices, within the normal value of the very key.
};

/// A row of the table: a span of time or a flag.
struct overridable_key {
  std::string_view name{};  ///< "gate.stale_after_entry".
  milliseconds least{0};    ///< Of a span.
  milliseconds ceiling{0};  ///< Of a span: never more, whatever the reason.
  override_watch watch{override_watch::promise};
  milliseconds& (*span)(gate_settings&){nullptr};  ///< Null for a flag.
  bool& (*flag)(gate_settings&){nullptr};          ///< Null for a span.
};

/// Every setting here loosens or tightens what an open plan needs; exits are only ever given more
/// room (see docs/decisions.md for those that are left out).
inline constexpr std::array overridable_keys{
    overridable_key{
        "gate.stale_after_entry", milliseconds{1}, milliseconds{30'000}, override_watch::own_limit,
        [](gate_settings& s) -> milliseconds& { return s.limits.stale_after_entry; }, nullptr},
    overridable_key{
        "gate.stale_after_exit", milliseconds{1}, milliseconds{60'000}, override_watch::own_limit,
        [](gate_settings& s) -> milliseconds& { return s.limits.stale_after_exit; }, nullptr},
    overridable_key{
        "gate.mark_stale_after", milliseconds{1}, milliseconds{30'000}, override_watch::marks,
        [](gate_settings& s) -> milliseconds& { return s.limits.mark_stale_after; }, nullptr},
    overridable_key{"gate.cooldown", milliseconds{0}, milliseconds{3'600'000},
                    override_watch::promise,
                    [](gate_settings& s) -> milliseconds& { return s.limits.cooldown; }, nullptr},
    overridable_key{"gate.park_entry", milliseconds{0}, milliseconds{60'000},
                    override_watch::promise,
                    [](gate_settings& s) -> milliseconds& { return s.park_entry; }, nullptr},
    overridable_key{"gate.allow_add", milliseconds{0}, milliseconds{0}, override_watch::promise,
                    nullptr, [](gate_settings& s) -> bool& { return s.limits.allow_add; }},
};

/// Null when the key is not in the table.
[[nodiscard]] const overridable_key* find_overridable(std::string_view name);
/// "gate.stale_after_entry, gate.stale_after_exit, ...".
[[nodiscard]] std::string overridable_names();
/// Why a key of the file is left out of the table on purpose; empty when there is nothing to say.
[[nodiscard]] std::string_view why_not_overridable(std::string_view name);
/// The key's value in these settings, as it would stand in the file: "10s", "false".
[[nodiscard]] std::string value_text(const overridable_key& key, const gate_settings& s);
/// "30s"; "true" for a flag.
[[nodiscard]] std::string ceiling_text(const overridable_key& key);

/// What a value must not fall below because of other settings: as the configuration checks it.
struct override_floors {
  milliseconds promised{
      0};  ///< The age promised of truth: a shorter limit refuses what is promised.
  milliseconds one_read{0};  ///< A plan that waits, waits at least for one read.
};

/// Puts the value into `s`; says what is wrong with it, and then leaves `s` as it was.
[[nodiscard]] std::optional<std::string> apply_override(const overridable_key& key,
                                                        std::string_view value,
                                                        const override_floors& floors,
                                                        gate_settings& s);

}  // namespace sluice
