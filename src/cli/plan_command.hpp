// `sluice plan`: plans from a file to a running Sluice, for good or as a dry run.
#pragma once

#include <string>

#include "operator_client.hpp"

namespace sluice::cli {

struct plan_wish {
  std::string file{};  ///< "-" is standard input.
  bool dry_run{false};
  std::string wait{};  ///< How long to wait for verdicts, e.g. "5s".
};

/// Posts the file as it is. A dry run prints the verdict with the value of every rule. Exit codes
/// as of other orders, and 1 when a plan was not taken in, or was, or would be, denied or has
/// expired; a file that cannot be read is 2.
[[nodiscard]] int post_plan(const client_options& options, const plan_wish& wish);

}  // namespace sluice::cli
