// Text through the reader of configurations: usable whole or refused with places, never a secret in
// what is said of it, and what is shown of it is the same configuration.
#include <algorithm>
#include <cctype>

#include "sluice/config/config.hpp"
#include "sluice/config/reload.hpp"
#include "sluice/config/report.hpp"
#include "target.hpp"

namespace sluice::fuzz {
namespace {

using namespace sluice::config;

const environment with_credentials{"/run/credentials/sluice.service"};

/// Of letters and digits, of which the venue's keys and secrets have 64.
std::size_t longest_run(std::string_view text) {
  std::size_t longest = 0;
  std::size_t run = 0;
  for (const char c : text) {
    run = std::isalnum(static_cast<unsigned char>(c)) != 0 ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest;
}

void check_faults(const faults& found) {
  require(!found.empty(), "what is refused has a fault");
  require(std::is_sorted(found.begin(), found.end(),
                         [](const fault& a, const fault& b) { return a.at < b.at; }),
          "faults stand in the order of the file");
  for (const auto& f : found) {
    require(f.file == "fuzz.toml" && !f.text.empty(), "a fault has a file and a text");
    const auto said = to_string(f);
    require(longest_run(said) < 64, "a fault tells nothing as long as a secret");
    require(std::none_of(said.begin(), said.end(),
                         [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }),
            "a fault is one line of print");
  }
}

/// Every key with its value, without where it comes from.
std::string values_of(const settings& s) {
  std::string out;
  for (const auto& k : keys_of(s))
    out += k.name + " = " + k.value + "\n";
  return out;
}

void check_settings(const settings& s) {
  const auto shown = show(s);
  const auto again = parse(shown, "fuzz.toml");
  const auto* same = std::get_if<settings>(&again);
  if (!same)
    std::fprintf(stderr, "%s\n", to_string(std::get<faults>(again).front()).c_str());
  require(same != nullptr, "what is shown of a configuration is one");
  require(values_of(*same) == values_of(s), "what is shown of a configuration is the same one");
  if (some_place(shown, 4) != 0)
    return;  // What follows takes longer than all before.
  const auto reloaded = plan_reload(s, *same);
  const auto* done = std::get_if<reload>(&reloaded);
  require(done != nullptr && done->applied.empty() && done->restart_needed.empty(),
          "to read the same again changes nothing");
}

}  // namespace

void check(std::string_view input) {
  const auto first = parse(input, "fuzz.toml", with_credentials);
  const auto* refused = std::get_if<faults>(&first);
  if (refused)
    check_faults(*refused);
  else
    check_settings(std::get<settings>(first));
  if (some_place(input, 8) != 0)
    return;
  const auto second = parse(input, "fuzz.toml", with_credentials);
  require(first.index() == second.index(), "a text is accepted twice or never");
  if (refused)
    require(*refused == std::get<faults>(second), "a text has the same faults twice");
  else
    require(show(std::get<settings>(first)) == show(std::get<settings>(second)),
            "a text is the same configuration twice");
}

}  // namespace sluice::fuzz
