// Every command becomes a line of the script: where it stands, and what may follow it.
#include "shell_completion.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vector>

namespace sluice::cli {
namespace {

/// A command with the words that lead to it, e.g. " hold release".
struct place {
  std::string path{};
  const CLI::App* command{nullptr};
};

void gather(const CLI::App& at, const std::string& path, std::vector<place>& out) {
  out.push_back({path, &at});
  for (const auto* inner : at.get_subcommands([](const CLI::App*) { return true; }))
    gather(*inner, path + " " + inner->get_name(), out);
}

std::vector<place> places_of(const CLI::App& app) {
  std::vector<place> all;
  gather(app, "", all);
  return all;
}

std::vector<std::string> commands_of(const CLI::App& at) {
  std::vector<std::string> names;
  for (const auto* inner : at.get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(inner->get_name());
  return names;
}

std::vector<std::string> options_of(const CLI::App& at) {
  std::vector<std::string> names;
  for (const auto* option : at.get_options([](const CLI::Option* o) { return o->nonpositional(); }))
    for (const auto& name : option->get_lnames())
      names.push_back("--" + name);
  return names;
}

/// The first line of a description, without what would end a quoted text.
std::string first_line(const CLI::App& command) {
  auto line = command.get_description().substr(0, command.get_description().find('\n'));
  std::erase(line, '\'');
  return line;
}

/// The lines of a `case` that turn a path into the words that may follow.
std::string cases(const CLI::App& app) {
  std::string text;
  for (const auto& p : places_of(app))
    text += fmt::format("    '{}') commands='{}' options='{}' ;;\n", p.path,
                        fmt::join(commands_of(*p.command), " "),
                        fmt::join(options_of(*p.command), " "));
  return text;
}

/// Follows the words typed so far as long as they are commands. `words` is how the shell names
/// those between the program and the cursor.
std::string walk(const CLI::App& app, std::string_view words) {
  return fmt::format(
      "  local at='' word commands options\n"
      "  _sluice_at() {{\n"
      "    case \"$1\" in\n"
      "{}"
      "    *) commands='' options='' ;;\n"
      "    esac\n"
      "  }}\n"
      "  _sluice_at ''\n"
      "  for word in {}; do\n"
      "    case \" $commands \" in\n"
      "    *\" $word \"*) at=\"$at $word\"; _sluice_at \"$at\" ;;\n"
      "    esac\n"
      "  done\n",
      cases(app), words);
}

std::string for_bash(const CLI::App& app) {
  return fmt::format(
      "# Completion of sluice for bash: source <(sluice completion bash)\n"
      "_sluice() {{\n"
      "{}"
      "  local typed=${{COMP_WORDS[COMP_CWORD]}}\n"
      "  COMPREPLY=($(compgen -W \"$commands $options\" -- \"$typed\"))\n"
      "}}\n"
      "complete -o default -F _sluice sluice\n",
      walk(app, "\"${COMP_WORDS[@]:1:COMP_CWORD-1}\""));
}

std::string for_zsh(const CLI::App& app) {
  return fmt::format(
      "#compdef sluice\n"
      "# Completion of sluice for zsh: sluice completion zsh > \"${{fpath[1]}}/_sluice\"\n"
      "_sluice() {{\n"
      "{}"
      "  compadd -- ${{=commands}} ${{=options}}\n"
      "  [[ -n $commands ]] || _files\n"
      "}}\n"
      "compdef _sluice sluice\n",
      walk(app, "\"${(@)words[2,CURRENT-1]}\""));
}

std::string for_fish(const CLI::App& app) {
  std::string text =
      "# Completion of sluice for fish: sluice completion fish > "
      "~/.config/fish/completions/sluice.fish\n";
  for (const auto& p : places_of(app)) {
    const bool top = p.path.empty();
    const auto here = top ? std::string{"__fish_use_subcommand"}
                          : fmt::format("__fish_seen_subcommand_from {}", p.command->get_name());
    for (const auto* inner : p.command->get_subcommands([](const CLI::App*) { return true; }))
      text += fmt::format("complete -c sluice -n '{}' -a {} -d '{}'\n", here, inner->get_name(),
                          first_line(*inner));
    for (const auto& option : options_of(*p.command))
      text += fmt::format("complete -c sluice -n '{}' -l {}\n", here, option.substr(2));
  }
  return text;
}

}  // namespace

std::string completion_script(const CLI::App& app, shell of) {
  switch (of) {
    case shell::bash:
      return for_bash(app);
    case shell::zsh:
      return for_zsh(app);
    case shell::fish:
      break;
  }
  return for_fish(app);
}

}  // namespace sluice::cli
