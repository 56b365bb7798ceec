// Follows the log or the journal's records of a running Sluice.
#pragma once

#include <string>

#include "log_line.hpp"
#include "sluice/status/http_client.hpp"
#include "terminal.hpp"

namespace sluice::cli {

struct tail_wish {
  status::target whom{};
  tail_filter filter{};
  bool events{false};     ///< Records instead of log lines.
  bool json{false};       ///< One JSON object a line.
  bool follow{true};      ///< Go on after what there is.
  std::size_t lines{20};  ///< Of what there is; those that the filters want.
  color_choice color{color_choice::automatic};
};

/// Until Ctrl-C, SIGTERM, or nobody takes the output any more. After a lost connection it comes
/// back with growing waits and goes on after the last line it has shown. Exit codes: 0, 1 when the
/// other side refuses, 2 for a URL that cannot be used, 69 when nobody answers at the beginning.
[[nodiscard]] int tail(const tail_wish& wish);

}  // namespace sluice::cli
