// The commands of the binary.
#pragma once

#include <string>

#include "sluice/actors/application.hpp"

namespace sluice::cli {

/// All with `as_json`: what they print on standard output is one JSON object on one line.

/// `sluice run CONFIG`: runs the pipeline until SIGTERM or SIGINT. Mode live is refused with 78
/// unless the command line said that it is understood.
[[nodiscard]] actors::exit_code run(const std::string& config_file, bool understands_live,
                                    bool as_json, const actors::build_info& build);
/// `sluice check CONFIG`: says everything that is wrong with the file.
[[nodiscard]] actors::exit_code check(const std::string& config_file, bool as_json);
/// `sluice sim CONFIG`: runs the simulated exchange alone.
[[nodiscard]] actors::exit_code sim(const std::string& config_file, bool as_json);
/// `sluice version`.
void print_version(const actors::build_info& build, bool as_json);

/// Parses the command line and runs the command it names. Returns the exit code.
[[nodiscard]] int main_of(int argc, char** argv, const actors::build_info& build);

}  // namespace sluice::cli
