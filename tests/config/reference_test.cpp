// The page of every key is what the program knows of them. SLUICE_WRITE_DOCS=1 writes it anew.
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "sluice/config/report.hpp"
#include "support/outcome.hpp"

namespace sluice::config {

TEST_CASE("the reference of keys is what the descriptions say") {
  const auto path = source_path("docs/configuration.md");
  const auto page = reference_document();
  if (std::getenv("SLUICE_WRITE_DOCS") != nullptr)
    std::ofstream(path, std::ios::binary) << page;
  std::ifstream in(path, std::ios::binary);
  const std::string found{std::istreambuf_iterator<char>(in), {}};
  INFO("SLUICE_WRITE_DOCS=1 config_tests writes docs/configuration.md anew");
  CHECK(found == page);
}

TEST_CASE("every key of the sample file has a row in the reference, below its own table") {
  const auto page = reference_document();
  for (const auto& k : keys_of(settings{})) {
    INFO(k.name);
    const auto dot = k.name.rfind('.');
    const auto heading = dot == std::string::npos ? std::string{"\n## The top"}
                                                  : "\n## [" + k.name.substr(0, dot) + "]\n";
    const auto table = page.find(heading);
    REQUIRE(table != std::string::npos);
    const auto next = page.find("\n## ", table + 1);
    const auto row =
        page.find("\n| `" + k.name.substr(dot == std::string::npos ? 0 : dot + 1) + "` |", table);
    CHECK(row < next);
  }
}

TEST_CASE("no row of the reference is broken by what stands in it") {
  const auto page = reference_document();
  std::size_t rows = 0;
  for (std::size_t at = 0; (at = page.find("\n| `", at)) != std::string::npos; ++at) {
    const auto line = page.substr(at + 1, page.find('\n', at + 1) - at - 1);
    INFO(line);
    std::size_t bars = 0;
    for (std::size_t i = 0; i < line.size(); ++i)
      bars += line[i] == '|' && (i == 0 || line[i - 1] != '\\') ? 1 : 0;
    CHECK(bars == 5);
    ++rows;
  }
  CHECK(rows >= keys_of(settings{}).size());
}

}  // namespace sluice::config
