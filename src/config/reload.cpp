// Merges two configurations key by key, by the description that says when each takes effect.
#include "sluice/config/reload.hpp"

#include <fmt/format.h>

#include <map>

#include "check.hpp"
#include "describe.hpp"

namespace sluice::config {
namespace {

/// The value as the reader of a key takes it.
node node_of(const std::string& text) {
  return read_document("value = " + text).root.members.front().value;
}

/// Gives every key that needs a restart the value in force. Tables of a family change whole:
/// [intake.sources] at restart, the others by reload.
void keep_until_restart(settings& merged, const settings& in_force) {
  merged.intake.sources = in_force.intake.sources;
  std::map<std::string, key_info> old;
  for (auto& k : keys_of(in_force))
    old.emplace(k.name, std::move(k));
  for (auto& table : schema_of(merged))
    for (auto& k : table.keys) {
      const auto name = full_name(table, k);
      const auto was = old.find(name);
      if (k.when == changes::at_reload || was == old.end() || k.text() == was->second.value)
        continue;
      (void)k.read(node_of(was->second.value));
      if (was->second.given_at.line != 0)
        merged.from.given[name] = was->second.given_at;
      else
        merged.from.given.erase(name);
    }
  merged.exchange.recv_window_orders = merged.executor.recv_window;
}

}  // namespace

std::variant<reload, faults> plan_reload(const settings& in_force, const settings& fresh) {
  reload out{fresh, {}, {}};
  keep_until_restart(out.now, in_force);
  if (auto broken = check(out.now); !broken.empty()) {
    for (auto& f : broken)
      f.text = fmt::format("the file is usable after a restart, but not by reload: {}", f.text);
    return broken;
  }
  out.applied = diff(in_force, out.now);
  out.restart_needed = diff(out.now, fresh);
  return out;
}

}  // namespace sluice::config
