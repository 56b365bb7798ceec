// The manual page, made from the commands themselves.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace sluice::cli {

/// The page in the language of man(7).
[[nodiscard]] std::string man_page(const CLI::App& app, const std::string& version);

}  // namespace sluice::cli
