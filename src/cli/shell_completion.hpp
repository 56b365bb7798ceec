// Completion scripts for shells, made from the commands themselves.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace sluice::cli {

enum class shell { bash, zsh, fish };

/// A script that completes every command and option of the application, and file names elsewhere.
[[nodiscard]] std::string completion_script(const CLI::App& app, shell of);

}  // namespace sluice::cli
