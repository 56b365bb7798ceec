// The command line: which command, with which file.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "commands.hpp"
#include "journal_commands.hpp"
#include "man_page.hpp"
#include "observer_commands.hpp"
#include "operator_commands.hpp"
#include "shell_completion.hpp"

namespace sluice::cli {
namespace {

constexpr const char* run_help = R"(Runs the pipeline until SIGTERM or SIGINT.
Prints the status address on standard output once it is up.

Examples:
  sluice run config/demo.toml
  sluice run /etc/sluice/live.toml --i-understand-live
  sluice run config/demo.toml --json

Exit codes: 0 ended in order, 1 a stage failed, 2 usage, 69 a port is taken, 74 the journal cannot be
written, 75 another instance runs on the same state, 77 a secret others may read, 78 bad config.)";

constexpr const char* check_help = R"(Says everything that is wrong with a configuration file.

Examples:
  sluice check config/demo.toml
  sluice check config/demo.toml --json

Exit codes: 0 usable, 2 usage, 78 not.)";

constexpr const char* sim_help =
    R"(Runs the simulated exchange alone, on loopback, until SIGTERM or SIGINT.
Prints its address on standard output. Uses the table [simulator] of the file.

Examples:
  sluice sim config/demo.toml
  sluice sim config/demo.toml --json

Exit codes: 0 ended in order, 2 usage, 69 the port is taken, 77 a secret others may read, 78 bad
config.)";

constexpr const char* version_help = R"(Prints version and revision.

Examples:
  sluice version
  sluice version --json

Exit codes: 0 printed, 2 usage.)";

constexpr const char* completion_help =
    R"(Prints a script that completes commands and options in a shell.

Examples:
  source <(sluice completion bash)
  sluice completion zsh > "${fpath[1]}/_sluice"
  sluice completion fish > ~/.config/fish/completions/sluice.fish

Exit codes: 0 printed, 2 usage.)";

constexpr const char* man_help = R"(Prints the manual page.

Examples:
  sluice man | man -l -

Exit codes: 0 printed, 2 usage.)";

}  // namespace

int main_of(int argc, char** argv, const actors::build_info& build) {
  CLI::App app{"Sluice stands between anything that wants to trade and a Binance USD-M account."};
  app.require_subcommand(1);
  std::string file;
  bool json = false;
  const auto with_file = [&](const char* name, const char* help) {
    auto* command = app.add_subcommand(name, help);
    command->add_option("CONFIG", file, "configuration file (TOML)")->required();
    command->add_flag("--json", json, "print it as JSON, on one line");
    return command;
  };
  bool understands_live = false;
  auto* run_command = with_file("run", run_help);
  run_command->add_flag("--i-understand-live", understands_live,
                        "required by mode live, which trades real money");
  const auto* check_command = with_file("check", check_help);
  const auto* sim_command = with_file("sim", sim_help);
  auto* version_command = app.add_subcommand("version", version_help);
  version_command->add_flag("--json", json, "print it as JSON");
  auto of_shell = shell::bash;
  auto* completion_command = app.add_subcommand("completion", completion_help);
  completion_command->add_option("SHELL", of_shell, "bash, zsh or fish")
      ->required()
      ->transform(CLI::Transformer(std::map<std::string, shell>{
          {"bash", shell::bash}, {"zsh", shell::zsh}, {"fish", shell::fish}}));
  const auto* man_command = app.add_subcommand("man", man_help);
  const journal_commands journals(app);
  observer_commands observers(app);
  operator_commands operators(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : static_cast<int>(actors::exit_code::usage);
  }
  if (version_command->parsed()) {
    print_version(build, json);
    return 0;
  }
  if (completion_command->parsed()) {
    fmt::print("{}", completion_script(app, of_shell));
    return 0;
  }
  if (man_command->parsed()) {
    fmt::print("{}", man_page(app, build.version));
    return 0;
  }
  if (journals.parsed())
    return journals.run();
  if (observers.parsed())
    return observers.run();
  if (run_command->parsed())
    return static_cast<int>(run(file, understands_live, json, build));
  if (check_command->parsed())
    return static_cast<int>(check(file, json));
  if (sim_command->parsed())
    return static_cast<int>(sim(file, json));
  return operators.run();
}

}  // namespace sluice::cli
