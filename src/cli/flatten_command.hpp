// The flatten command: dry run, confirmation, and watching until all is flat.
#pragma once

#include <string>

#include "operator_client.hpp"

namespace sluice::cli {

struct flatten_wish {
  std::string symbol{};
  bool all{false};
  std::string token{};  ///< Empty: a dry run.
  [[nodiscard]] bool is_order() const { return all || !symbol.empty(); }
};

/// Without scope shows all flattens; without token what one would do and how to confirm it; else
/// orders it and follows until it has ended. Exit codes besides those of order: left_open when it
/// ended before everything was flat, temporary when nobody answers any more.
[[nodiscard]] int flatten(const client_options& options, const flatten_wish& wish);

}  // namespace sluice::cli
