// Everybody who writes log lines is on the list that settings, API and filters know.
#include <filesystem>
#include <regex>
#include <set>
#include <string>

#include "sluice/status/settings.hpp"
#include "support/catch.hpp"
#include "support/temporary_directory.hpp"

using namespace sluice::status;

namespace {

/// The first text of each call that writes a line: the component, unless a key or a level is first.
std::set<std::string> components_in(const std::filesystem::path& sources) {
  const std::regex plain(R"re(log(?:\(\)|_)?(?:\.|->)(?:debug|info|warn|error)\(\s*"(\w+)")re");
  const std::regex limited(R"re(log_level::\w+,\s*"(\w+)",)re");
  std::set<std::string> found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator{sources}) {
    const auto path = entry.path();
    // The exchange's client names events alone; they are logged for it as "exchange".
    if (!entry.is_regular_file() || path.string().find("/src/exchange/") != std::string::npos)
      continue;
    const auto text = testing::text_of(path);
    for (const auto* which : {&plain, &limited})
      for (auto at = std::sregex_iterator(text.begin(), text.end(), *which);
           at != std::sregex_iterator(); ++at)
        found.insert((*at)[1]);
  }
  return found;
}

}  // namespace

TEST_CASE("every component that logs is on the list of components, and nobody else") {
  const auto found = components_in(std::string{SLUICE_SOURCE_DIR} + "/src");
  // The writer's own word when it could not keep up; nobody filters that.
  std::set<std::string> listed{"log"};
  for (const auto name : log_components)
    listed.emplace(name);
  for (const auto& name : found) {
    INFO(name);
    CHECK(listed.contains(name));
  }
  for (const auto& name : listed) {
    INFO(name);
    CHECK(found.contains(name));
  }
}
