// One line in the file "owner". Where it is lost a journal could be anybody's.
#include "state_owner.hpp"

#include <fmt/format.h>

#include <fstream>

#include "durable_file.hpp"

namespace sluice::actors {

std::optional<std::string> claim_state(const std::filesystem::path& directory,
                                       const std::filesystem::path& journal,
                                       const std::string& ours) {
  const auto path = directory / "owner";
  std::string found;
  if (std::ifstream in(path); std::getline(in, found) && !found.empty())
    return found == ours ? std::nullopt
                         : std::optional(fmt::format(
                               "{} belongs to mode and account \"{}\", not \"{}\": use another",
                               directory.string(), found, ours));
  std::error_code code;
  if (std::filesystem::exists(journal, code) || code)
    return fmt::format(
        "{} does not say whose the journal beside it is: if it is that of mode and account \"{}\", "
        "write this as its only line",
        path.string(), ours);
  if (!write_durably(path, ours + "\n"))
    return fmt::format("{} cannot be written: mend the disk or its permissions", path.string());
  return std::nullopt;
}

}  // namespace sluice::actors
