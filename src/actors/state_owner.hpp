// Whose a state directory is: one mode and account, for ever.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace sluice::actors {

/// A demo's journal must never be taken for that of real money. Claims a directory without journal
/// for `ours` ("demo main"), durably; else says why it may not be used, with the cure. The caller
/// holds the state_lock.
[[nodiscard]] std::optional<std::string> claim_state(const std::filesystem::path& directory,
                                                     const std::filesystem::path& journal,
                                                     const std::string& ours);

}  // namespace sluice::actors
