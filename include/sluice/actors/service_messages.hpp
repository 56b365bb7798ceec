// What the service manager is to hear of, from those who know it.
#pragma once

#include <string>

namespace sluice::actors {

/// How the process stands, as status sees it.
struct standing_told {
  bool truth_complete{false};  ///< Universe and account were read, and no position is unknown.
  std::string words{};         ///< Mode, trading state, oldest age, why not ready.
};
/// The configuration is being read again.
struct reload_begun {};
struct reload_over {};

}  // namespace sluice::actors
