// What the operator's commands share: where to ask, how to print, which exit code.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reach.hpp"

namespace sluice::cli {

/// Options that every such command takes.
struct client_options {
  reach_options given{default_reach()};
  status::target whom{};  ///< What follows from it.
  std::string author{};   ///< Who orders it.
  std::string reason{};
  bool json{false};  ///< Print the answer as it came.
};

/// $USER, else $LOGNAME, else empty.
[[nodiscard]] std::string default_author();

/// GETs a document and prints it. Exit codes: 0, 1 with the process's reason, 2 for a URL that
/// cannot be used, 69 when nobody answers.
[[nodiscard]] int show(const client_options& options, const std::string& path);

/// What came of a request: the body of a good answer, or the exit code once its refusal was told.
struct answered {
  std::optional<std::string> body{};
  int code{0};
};
/// GETs a document, and leaves the printing of a good answer to the caller. Exit codes as of show.
[[nodiscard]] answered fetch(const client_options& options, const std::string& path);

/// POSTs these texts with author and reason, and prints the answer. Empty texts are left out. Exit
/// codes as of show, 69 only when nothing was sent, and 75 when nobody knows whether it was taken:
/// the answer got lost, or says so.
[[nodiscard]] int order(const client_options& options, const std::string& path,
                        const std::vector<std::pair<std::string, std::string>>& texts = {});

/// The same as `order`, but leaves the printing of a good answer to the caller.
[[nodiscard]] answered order_quietly(const client_options& options, const std::string& path,
                                     const std::vector<std::pair<std::string, std::string>>& texts);

/// POSTs this body, and leaves the printing of a good answer to the caller.
[[nodiscard]] answered post(const client_options& options, const std::string& path,
                            const std::string& body);

}  // namespace sluice::cli
