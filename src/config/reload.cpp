// Merges two configurations key by key, by the description that says when each takes effect.
#include "sluice/config/reload.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
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

/// What tells one process from another. A file that differs there is meant for another account or
/// venue, and its limits and exits are too.
constexpr std::array<std::string_view, 7> identity{"mode",
                                                   "account",
                                                   "exchange.rest_url",
                                                   "exchange.stream_url",
                                                   "exchange.api_key_file",
                                                   "exchange.api_secret_file",
                                                   "journal.state_dir"};

faults of_another_process(const settings& in_force, const settings& fresh) {
  faults out;
  for (const auto& c : diff(in_force, fresh)) {
    if (std::ranges::find(identity, c.name) == identity.end())
      continue;
    const auto given = fresh.from.given.find(c.name);
    out.push_back({fresh.from.file, given == fresh.from.given.end() ? place{} : given->second,
                   c.name,
                   fmt::format("{} here and {} in the running process: nothing of this file is "
                               "taken before a restart",
                               c.after, c.before)});
  }
  return out;
}

/// A file that was cut short between two lines is valid, and its defaults let more be traded.
faults opened_by_silence(const settings& in_force, const settings& fresh) {
  const bool opens = !in_force.universe.allow.empty() && fresh.universe.allow.empty();
  if (!opens || fresh.from.given.contains("universe.allow"))
    return {};
  return {{fresh.from.file,
           {},
           "universe.allow",
           "is not given any more, and without it every symbol may be traded; write [] if that is "
           "meant"}};
}

}  // namespace

std::variant<reload, faults> plan_reload(const settings& in_force, const settings& fresh) {
  for (const auto& refusal : {&of_another_process, &opened_by_silence})
    if (auto wrong = refusal(in_force, fresh); !wrong.empty())
      return wrong;
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
