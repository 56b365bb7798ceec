// Every key against every kind of bad value, driven by the descriptions themselves.
#include <fmt/format.h>

#include "sluice/config/report.hpp"
#include "support/outcome.hpp"

namespace sluice::config {
namespace {

/// A file with the least that loads, and one key set to `value`; the key stands in line `line`.
struct one_key {
  std::string text{};
  int line{0};
};

one_key file_with(const std::string& name, const std::string& value) {
  const auto dot = name.find('.');
  if (name == "mode")
    return {fmt::format("\nmode = {}\n", value), 2};
  if (dot == std::string::npos)
    return {fmt::format("mode = \"demo\"\n{} = {}\n", name, value), 2};
  return {fmt::format("mode = \"demo\"\n[{}]\n{} = {}\n", name.substr(0, dot), name.substr(dot + 1),
                      value),
          3};
}

/// True when a fault names the line and the key.
bool refused_at(const one_key& file, const std::string& name) {
  const auto line = fmt::format("test.toml:{}:", file.line);
  for (const auto& fault : faults_of(file.text))
    if (fault.starts_with(line) && fault.find(" " + name + ": ") != std::string::npos)
      return true;
  return false;
}

/// True when a fault names the line; TOML's own faults name no key.
bool refused_on_line(const std::string& text, int line) {
  for (const auto& fault : faults_of(text))
    if (fault.starts_with(fmt::format("test.toml:{}:", line)))
      return true;
  return false;
}

bool is_number(key_kind k) {
  return k == key_kind::integer || k == key_kind::duration || k == key_kind::byte_size ||
         k == key_kind::decimal || k == key_kind::durations;
}

/// The value in the syntax of its kind.
std::string value_of(key_kind k, const std::string& number) {
  switch (k) {
    case key_kind::duration:
      return fmt::format("\"{}s\"", number);
    case key_kind::durations:
      return fmt::format("[\"{}s\"]", number);
    case key_kind::byte_size:
      return fmt::format("\"{}KiB\"", number);
    case key_kind::decimal:
      return fmt::format("\"{}\"", number);
    default:
      return number;
  }
}

const std::vector<key_info>& all_keys() {
  static const auto keys = keys_of(settings{});
  return keys;
}

}  // namespace

TEST_CASE("there are keys to check, each with a reason and what it takes") {
  REQUIRE(all_keys().size() > 100);
  for (const auto& k : all_keys()) {
    INFO(k.name);
    CHECK(k.help.size() > 4);
    CHECK(k.help.back() == '.');
    CHECK_FALSE(k.takes.empty());
  }
}

TEST_CASE("every key may be missing but the mode") {
  CHECK(faults_of("mode = \"demo\"").empty());
  const auto lines = faults_of("");
  REQUIRE(lines.size() == 1);
  CHECK(lines.front() ==
        "test.toml:1:1: mode: is missing; takes one of \"demo\", \"shadow\", \"testnet\" or "
        "\"live\"");
}

TEST_CASE("every key takes its own default") {
  for (const auto& k : all_keys()) {
    INFO(k.name << " = " << k.value);
    CHECK(faults_of(file_with(k.name, k.value).text).empty());
  }
}

TEST_CASE("every key refuses a value of the wrong type, naming its line") {
  for (const auto& k : all_keys()) {
    for (const std::string value : {"1979-05-27", "{ a = 1 }", "[[1]]", "1.5", "nan", "-inf"}) {
      INFO(k.name << " = " << value);
      CHECK(refused_at(file_with(k.name, value), k.name));
    }
    const std::string other = k.kind == key_kind::flag ? "1" : "true";
    INFO(k.name << " = " << other);
    CHECK(refused_at(file_with(k.name, other), k.name));
  }
}

TEST_CASE("every number refuses a negative value, naming its line") {
  for (const auto& k : all_keys())
    if (is_number(k.kind)) {
      INFO(k.name);
      CHECK(refused_at(file_with(k.name, value_of(k.kind, "-1")), k.name));
    }
}

TEST_CASE("every number refuses a huge value, naming its line") {
  for (const auto& k : all_keys())
    if (is_number(k.kind)) {
      INFO(k.name);
      // The seed takes every number that TOML can write.
      if (k.name != "simulator.seed")
        CHECK(refused_at(file_with(k.name, value_of(k.kind, "9223372036854775807")), k.name));
      const auto beyond = file_with(k.name, value_of(k.kind, "99999999999999999999999"));
      CHECK(refused_on_line(beyond.text, beyond.line));
    }
}

TEST_CASE("every duration and size refuses a number without a unit, saying so") {
  for (const auto& k : all_keys()) {
    if (k.kind != key_kind::duration && k.kind != key_kind::byte_size)
      continue;
    for (const std::string value : {"10", "\"10\""}) {
      INFO(k.name << " = " << value);
      const auto file = file_with(k.name, value);
      CHECK(refused_at(file, k.name));
      CHECK(any_contains(faults_of(file.text), "has no unit"));
    }
  }
}

TEST_CASE("every key but a plain text refuses letters of other scripts, naming its line") {
  for (const auto& k : all_keys()) {
    INFO(k.name);
    const auto file = file_with(k.name, "\"１０ｓ测试\"");
    if (k.kind != key_kind::text)
      CHECK(refused_at(file, k.name));
    const auto bare = file_with(k.name, "测试");
    CHECK(refused_on_line(bare.text, bare.line));
  }
}

TEST_CASE("every key refuses to be given twice, naming the second line") {
  for (const auto& k : all_keys()) {
    INFO(k.name);
    auto file = file_with(k.name, k.value);
    file.text += fmt::format("{} = {}\n", k.name.substr(k.name.find('.') + 1), k.value);
    CHECK(refused_on_line(file.text, file.line + 1));
  }
}

TEST_CASE("the ends of every documented range are taken, unless a relation forbids them") {
  for (const auto& k : all_keys()) {
    const auto from = k.takes.find(" from ");
    const auto to = k.takes.find(" to ", from);
    if (!is_number(k.kind) || k.kind == key_kind::durations || k.kind == key_kind::decimal)
      continue;
    REQUIRE(from != std::string::npos);
    const auto end = std::min(k.takes.find(','), k.takes.size());
    const bool text = k.kind != key_kind::integer;
    for (auto value :
         {k.takes.substr(from + 6, to - from - 6), k.takes.substr(to + 4, end - to - 4)}) {
      if (text)
        value = "\"" + value + "\"";
      INFO(k.name << " = " << value);
      for (const auto& fault : faults_of(file_with(k.name, value).text)) {
        INFO(fault);
        // The reading of the value itself never objects; "takes" stands in its faults only.
        CHECK(fault.find("; takes " + k.takes) == std::string::npos);
      }
    }
  }
}

}  // namespace sluice::config
