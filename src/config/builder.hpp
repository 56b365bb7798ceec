// Builds a section's description: one call per key, each binding a member to name, range and
// reason.
#pragma once

#include <fmt/format.h>

#include <concepts>
#include <functional>
#include <limits>
#include <map>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "echo.hpp"
#include "schema.hpp"
#include "sluice/domain/fixed.hpp"
#include "sluice/domain/time.hpp"

namespace sluice::config {

/// What a value may be, both ends included.
template <class T>
struct range {
  T min{};
  T max{};
};

/// What a key is called and what the sample file says of it.
struct about {
  std::string_view name{};
  std::string_view help{};
  changes when{changes::at_restart};
};

/// Words of an enum, as the file spells them.
template <class Enum>
using words = std::vector<std::pair<std::string_view, Enum>>;

/// Says what is wrong with a text, or nothing.
using text_check = std::optional<std::string> (*)(std::string_view);

/// A value of the file as a member stores it, or why it cannot be one.
template <class T>
using reading = result<T>;

// Out of line, so that the templates below stay small. Each refuses a wrong type and a value
// outside the range; the text says what was found.
[[nodiscard]] reading<std::int64_t> read_integer(const node& n, range<std::int64_t> allowed);
[[nodiscard]] reading<milliseconds> read_duration(const node& n, range<milliseconds> allowed);
[[nodiscard]] reading<std::int64_t> read_fixed(const node& n, range<std::int64_t> allowed_raw);
[[nodiscard]] reading<std::uint64_t> read_byte_size(const node& n, range<std::uint64_t> allowed);
[[nodiscard]] reading<bool> read_flag(const node& n);
[[nodiscard]] reading<std::string> read_text(const node& n, text_check check);
[[nodiscard]] reading<std::vector<std::string>> read_list(const node& n, text_check each);
[[nodiscard]] reading<std::vector<milliseconds>> read_durations(const node& n,
                                                                range<milliseconds> each);
[[nodiscard]] reading<std::size_t> read_word(const node& n,
                                             const std::vector<std::string_view>& allowed);

/// A TOML string with its escapes.
[[nodiscard]] std::string toml_text(std::string_view text);
[[nodiscard]] std::string toml_list(const std::vector<std::string>& items);

/// What tables of one form are called, and what their names may be.
struct family_about {
  std::string_view name{};
  std::string_view help{};
  std::string_view example{};
  text_check check_name{nullptr};
  std::size_t tables_max{1'000};
};

/// Lists longer than this are refused: every list is held in memory and walked.
inline constexpr std::size_t list_items_max = 10'000;

class section_builder {
 public:
  section_builder(std::string name, std::string help)
      : section_{.name = std::move(name), .help = std::move(help)} {}

  void flag(about a, bool& member) {
    add(
        a, key_kind::flag, "true or false", [](const node& n) { return read_flag(n); }, member,
        [&member] { return std::string{member ? "true" : "false"}; });
  }

  template <std::integral T>
  void integer(about a, T& member, range<std::type_identity_t<T>> allowed) {
    const range<std::int64_t> wide{clamped(allowed.min), clamped(allowed.max)};
    add(
        a, key_kind::integer, fmt::format("a whole number from {} to {}", wide.min, wide.max),
        [wide](const node& n) { return read_integer(n, wide); }, member,
        [&member] { return std::to_string(member); });
  }

  template <class Duration>
  void duration(about a, Duration& member, range<milliseconds> allowed) {
    add(
        a, key_kind::duration,
        fmt::format("a duration from {} to {}, e.g. {}", format_duration(allowed.min),
                    format_duration(allowed.max), toml_text(format_duration(in_ms(member)))),
        [allowed](const node& n) { return read_duration(n, allowed); }, member,
        [&member] { return toml_text(format_duration(in_ms(member))); });
  }

  /// A list of durations.
  void durations(about a, std::vector<milliseconds>& member, range<milliseconds> each) {
    add(
        a, key_kind::durations,
        fmt::format("a list of durations from {} to {} each", format_duration(each.min),
                    format_duration(each.max)),
        [each](const node& n) { return read_durations(n, each); }, member,
        [&member] {
          std::vector<std::string> items;
          for (const auto d : member)
            items.push_back(format_duration(d));
          return toml_list(items);
        });
  }

  template <std::integral T>
  void byte_size(about a, T& member, range<std::uint64_t> allowed) {
    add(
        a, key_kind::byte_size, size_range(allowed, static_cast<std::uint64_t>(member)),
        [allowed](const node& n) { return read_byte_size(n, allowed); }, member,
        [&member] { return toml_text(size_text(static_cast<std::uint64_t>(member))); });
  }

  template <class Tag>
  void decimal(about a, fixed<Tag>& member, range<fixed<Tag>> allowed) {
    const range<std::int64_t> raw{allowed.min.raw(), allowed.max.raw()};
    add_as(
        a, key_kind::decimal,
        fmt::format("a decimal in quotes from \"{}\" to \"{}\", e.g. \"200.50\"", allowed.min.str(),
                    allowed.max.str()),
        [raw](const node& n) { return read_fixed(n, raw); },
        [&member](std::int64_t value) { member = fixed<Tag>::from_raw(value); },
        [&member] { return toml_text(member.str()); });
  }

  /// A text that `check` admits; `takes` says in words what that is.
  void text(about a, std::string& member, std::string_view takes, text_check check = nullptr) {
    add(
        a, key_kind::text, std::string{takes},
        [check](const node& n) { return read_text(n, check); }, member,
        [&member] { return toml_text(member); });
  }

  /// The name of a file; "" where there is none.
  void file(about a, std::string& member) {
    text(a, member, "the name of a file in quotes; \"\" for none");
    section_.keys.back().file = &member;
  }

  void list(about a, std::vector<std::string>& member, std::string_view takes,
            text_check each = nullptr) {
    add(
        a, key_kind::list, std::string{takes}, [each](const node& n) { return read_list(n, each); },
        member, [&member] { return toml_list(member); });
  }

  /// A list of texts that a member of another type is made from.
  template <class Item>
  void list_of(about a, std::vector<Item>& member, std::string_view takes,
               result<Item> (*parse)(std::string_view), std::string (*format)(const Item&)) {
    add_as(
        a, key_kind::list, std::string{takes},
        [parse](const node& n) { return items_of(n, parse); },
        [&member](std::vector<Item> value) { member = std::move(value); },
        [&member, format] {
          std::vector<std::string> items;
          for (const auto& item : member)
            items.push_back(format(item));
          return toml_list(items);
        });
  }

  template <class Enum>
  void word(about a, Enum& member, words<Enum> allowed) {
    std::vector<std::string_view> names;
    for (const auto& [name, value] : allowed)
      names.push_back(name);
    add_as(
        a, key_kind::word, one_of(names), [names](const node& n) { return read_word(n, names); },
        [&member, allowed](std::size_t i) { member = allowed[i].second; },
        [&member, allowed] {
          for (const auto& [name, value] : allowed)
            if (value == member)
              return toml_text(name);
          return toml_text("");
        });
  }

  /// Tables [section.family.NAME], one for each member of the map. A new one begins as `start`
  /// gives it, after the section's own keys were read. `describe` adds its keys to a builder.
  template <class Settings>
  void tables(family_about a, std::map<std::string, Settings, std::less<>>& members,
              std::function<Settings()> start,
              std::function<void(section_builder&, Settings&)> describe) {
    table_family f{.name = std::string{a.name},
                   .help = std::string{a.help},
                   .example = std::string{a.example},
                   .tables_max = a.tables_max};
    f.check_name = a.check_name;
    f.names = [&members] {
      std::vector<std::string> names;
      for (const auto& [name, table] : members)
        names.push_back(name);
      return names;
    };
    f.describe = [&members, start, describe,
                  family = full_name(section_.name, a.name)](std::string_view name) {
      auto at = members.find(name);
      if (at == members.end())
        at = members.emplace(std::string{name}, start()).first;
      section_builder b{full_name(family, hide_secrets(name)), {}};
      describe(b, at->second);
      return std::move(b).take();
    };
    section_.families.push_back(std::move(f));
  }

  /// Marks the key described last as one that every file must have.
  void required() { section_.keys.back().required = true; }

  void validate(std::function<std::vector<setting_fault>()> check) {
    section_.validate = std::move(check);
  }

  [[nodiscard]] section take() && { return std::move(section_); }

 private:
  template <std::integral T>
  static std::int64_t clamped(T value) {
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    return std::in_range<std::int64_t>(value) ? static_cast<std::int64_t>(value) : most;
  }
  template <class Duration>
  static milliseconds in_ms(Duration d) {
    return std::chrono::duration_cast<milliseconds>(d);
  }
  [[nodiscard]] static std::string size_text(std::uint64_t bytes);
  [[nodiscard]] static std::string size_range(range<std::uint64_t> allowed, std::uint64_t example);
  [[nodiscard]] static std::string one_of(const std::vector<std::string_view>& names);

  template <class Item>
  static result<std::vector<Item>> items_of(const node& n,
                                            result<Item> (*parse)(std::string_view)) {
    const auto texts = read_list(n, nullptr);
    if (!texts)
      return texts.error();
    std::vector<Item> items;
    for (const auto& text : *texts) {
      auto item = parse(text);
      if (!item)
        return item.error();
      items.push_back(std::move(*item));
    }
    return items;
  }

  /// A key whose reading converts to the member by itself.
  template <class Read, class Member, class Text>
  void add(about a, key_kind kind, std::string takes, Read read, Member& member, Text text) {
    add_as(
        a, kind, std::move(takes), read,
        [&member](auto value) { member = static_cast<Member>(std::move(value)); }, text);
  }

  template <class Read, class Store, class Text>
  void add_as(about a, key_kind kind, std::string takes, Read read, Store store, Text text) {
    key k{.name = std::string{a.name}, .help = std::string{a.help}, .takes = std::move(takes)};
    k.kind = kind;
    k.when = a.when;
    k.read = [read, store](const node& n) -> std::optional<std::string> {
      auto value = read(n);
      if (!value)
        return value.error().text;
      store(std::move(*value));
      return std::nullopt;
    };
    k.text = text;
    section_.keys.push_back(std::move(k));
  }

  section section_;
};

}  // namespace sluice::config
