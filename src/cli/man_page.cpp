// Every command becomes a subsection with its help as it stands there, and its options behind it.
#include "man_page.hpp"

#include <fmt/format.h>

#include <string_view>

namespace sluice::cli {
namespace {

/// As it is to be read, also where the language of manual pages would take it for an order.
std::string plain(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool begins_line = out.empty() || out.back() == '\n';
    if (begins_line && (c == '.' || c == '\''))
      out += "\\&";
    if (c == '\\')
      out += "\\e";
    else if (c == '-')
      out += "\\-";
    else
      out += c;
  }
  return out;
}

/// Paragraphs, and lines kept as they are where they are indented.
std::string paragraphs(std::string_view text) {
  std::string out;
  bool kept = false;
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const bool indented = line.starts_with("  ");
    if (indented != kept && !line.empty()) {
      out += indented ? ".PP\n.nf\n" : ".fi\n";
      kept = indented;
    }
    out += line.empty() ? (kept ? "\n" : ".PP\n") : plain(line) + "\n";
  }
  if (kept)
    out += ".fi\n";
  return out;
}

std::string options(const CLI::App& command) {
  std::string out;
  for (const auto* o : command.get_options()) {
    const auto name = o->get_name(true, true);
    out += fmt::format(".TP\n.B {}\n{}\n", plain(name), plain(o->get_description()));
  }
  return out;
}

std::string command_text(const CLI::App& command, const std::string& path) {
  auto out = fmt::format(".SS \"{}\"\n{}{}", plain(path), paragraphs(command.get_description()),
                         options(command));
  for (const auto* inner : command.get_subcommands([](const CLI::App*) { return true; }))
    out += command_text(*inner, path + " " + inner->get_name());
  return out;
}

constexpr std::string_view ending = R"(.SH EXIT STATUS
.TP
.B 0
done
.TP
.B 1
refused, or a stage failed
.TP
.B 2
the words of the command are off
.TP
.B 3
doctor: something fails; flatten: it ended before all was flat
.TP
.B 69
a port is taken, or the process that was asked does not answer
.TP
.B 74
the journal cannot be written or read
.TP
.B 75
another instance runs on the same state, or what was asked is not confirmed
.TP
.B 77
a secret that others may read
.TP
.B 78
a configuration that cannot be used
.SH FILES
.TP
.I /etc/sluice/sluice.toml
the configuration that the packaged service runs with
.TP
.I /var/lib/sluice
its journal
.SH SEE ALSO
The files under
.I /usr/share/doc/sluice
)";

}  // namespace

std::string man_page(const CLI::App& app, const std::string& version) {
  auto out = fmt::format(
      ".TH SLUICE 1 \"\" \"sluice {}\" \"User Commands\"\n"
      ".SH NAME\nsluice \\- the gate in front of a futures account\n"
      ".SH SYNOPSIS\n.B sluice\n.I COMMAND\n.RI [ OPTIONS ]\n"
      ".SH DESCRIPTION\n{}.SH COMMANDS\n",
      version, paragraphs(app.get_description()));
  for (const auto* command : app.get_subcommands([](const CLI::App*) { return true; }))
    out += command_text(*command, "sluice " + command->get_name());
  return out + std::string(ending);
}

}  // namespace sluice::cli
