// Seeded mutants of the sample file: each loads or is refused with a line, none crashes the reader.
#include <fmt/format.h>

#include <algorithm>
#include <random>

#include "sluice/config/report.hpp"
#include "support/outcome.hpp"

namespace sluice::config {
namespace {

constexpr int mutant_count = 400;
constexpr unsigned seed = 20'261'123;

using generator = std::mt19937;

std::size_t pick(generator& random, std::size_t count) {
  return static_cast<std::size_t>(random() % count);
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines{""};
  for (char c : text)
    if (c == '\n')
      lines.emplace_back();
    else
      lines.back() += c;
  return lines;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const auto& line : lines)
    text += line + "\n";
  return text;
}

void mutate_line(generator& random, std::vector<std::string>& lines) {
  const auto at = pick(random, lines.size());
  const auto there = lines.begin() + static_cast<std::ptrdiff_t>(at);
  switch (pick(random, 4)) {
    case 0:
      lines.erase(there);
      break;
    case 1:
      lines.insert(there, lines[pick(random, lines.size())]);
      break;
    case 2:
      std::swap(lines[at], lines[pick(random, lines.size())]);
      break;
    default:
      lines[at] = lines[at].substr(0, pick(random, lines[at].size() + 1));
  }
}

void mutate_byte(generator& random, std::string& text) {
  const auto at = pick(random, text.size());
  const std::string_view signs = "=[]{}\"'#.,-_\n\t\\09aZ";
  switch (pick(random, 4)) {
    case 0:
      text[at] = static_cast<char>(random() & 0xffU);
      break;
    case 1:
      text.insert(at, 1, signs[pick(random, signs.size())]);
      break;
    case 2:
      text.erase(at, 1 + pick(random, 8));
      break;
    default:
      text[at] = signs[pick(random, signs.size())];
  }
}

/// The sample without its comments, so that every mutation meets something that counts.
std::string bare_sample() {
  auto lines = lines_of(default_document());
  lines.erase(std::remove_if(lines.begin(), lines.end(),
                             [](const std::string& l) { return l.empty() || l[0] == '#'; }),
              lines.end());
  return joined(lines);
}

std::string mutant(generator& random) {
  auto text = bare_sample();
  for (auto count = 1 + pick(random, 3); count > 0; --count) {
    if (pick(random, 2) == 0) {
      auto lines = lines_of(text);
      mutate_line(random, lines);
      text = joined(lines);
    } else {
      mutate_byte(random, text);
    }
  }
  return text;
}

}  // namespace

TEST_CASE("400 mutants of the sample each load, or are refused with a line that exists") {
  generator random{seed};
  int refused = 0;
  for (int i = 0; i < mutant_count; ++i) {
    const auto text = mutant(random);
    INFO("mutant " << i);
    const auto outcome = parse(text, "mutant.toml");
    const auto* found = std::get_if<faults>(&outcome);
    if (!found) {
      // What loads must be shown as values that load again.
      CHECK(keys_of(std::get<settings>(outcome)).size() == keys_of(settings{}).size());
      continue;
    }
    ++refused;
    REQUIRE_FALSE(found->empty());
    const auto lines = static_cast<std::uint32_t>(std::count(text.begin(), text.end(), '\n')) + 1;
    for (const auto& f : *found) {
      INFO(to_string(f));
      CHECK(f.at.line >= 1);
      CHECK(f.at.line <= lines);
      CHECK(f.at.column >= 1);
      CHECK_FALSE(f.text.empty());
    }
    CHECK(std::is_sorted(found->begin(), found->end(),
                         [](const fault& a, const fault& b) { return a.at < b.at; }));
  }
  CHECK(refused > mutant_count / 4);
  CHECK(refused < mutant_count);
}

TEST_CASE("texts that were never TOML are refused") {
  for (const std::string& text :
       {std::string("\0\0\0", 3), std::string("\xff\xfe\x00m", 4), std::string(4'000, '['),
        std::string("a=" + std::string(4'000, '[')), std::string("a.b.c.d = 1\n[a.b]\n"),
        std::string("= 5\n"), std::string("mode = \"\"\"")})
    CHECK_FALSE(faults_of(text).empty());
}

}  // namespace sluice::config
