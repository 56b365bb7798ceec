// Replies of streams are arrays in arrays: each is checked before anything is taken from it.
#include "sluice/redis/group.hpp"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <utility>

namespace sluice::redis {
namespace {

error malformed(std::string_view what) {
  return fail(errc::malformed, fmt::format("the reply to {} has another shape", what));
}

error refused(const reply& r) {
  const auto code = error_code(r);
  if (code == "NOGROUP")
    return fail(errc::not_found, r.text);
  return fail(code == "NOPERM" ? errc::not_permitted : errc::malformed, r.text);
}

bool is_array(const reply& r, std::size_t least) {
  return r.kind == reply_kind::array && r.items.size() >= least;
}

template <class Number>
std::optional<Number> number_in(std::string_view text) {
  Number value{};
  const auto* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value);
  return parsed.ec == std::errc{} && parsed.ptr == end ? std::optional(value) : std::nullopt;
}

using id_numbers = std::pair<std::uint64_t, std::uint64_t>;

std::optional<id_numbers> numbers_of(std::string_view id) {
  const auto dash = id.find('-');
  const auto first = number_in<std::uint64_t>(id.substr(0, dash));
  const auto second = dash == std::string_view::npos
                          ? std::optional<std::uint64_t>{0}
                          : number_in<std::uint64_t>(id.substr(dash + 1));
  return first && second ? std::optional(id_numbers{*first, *second}) : std::nullopt;
}

}  // namespace

bool is_later(std::string_view id, std::string_view than) {
  const auto a = numbers_of(id);
  const auto b = numbers_of(than);
  return a && (!b || *b < *a);
}

result<delivery> entries_of(const reply& r) {
  if (r.kind == reply_kind::nil)
    return delivery{};
  if (r.kind != reply_kind::array)
    return malformed("a read of entries");
  delivery found;
  for (const auto& item : r.items) {
    // XAUTOCLAIM of old servers gives nil for an entry that is gone, without its id.
    if (item.kind == reply_kind::nil)
      continue;
    if (!is_array(item, 2) || item.items[0].kind != reply_kind::text)
      return malformed("a read of entries");
    const auto& fields = item.items[1];
    if (fields.kind == reply_kind::nil) {
      found.gone.push_back(item.items[0].text);
      continue;
    }
    if (fields.kind != reply_kind::array || fields.items.size() % 2 != 0)
      return malformed("a read of entries");
    stream_entry entry{item.items[0].text, {}};
    for (std::size_t i = 0; i + 1 < fields.items.size(); i += 2)
      entry.fields.emplace_back(fields.items[i].text, fields.items[i + 1].text);
    found.entries.push_back(std::move(entry));
  }
  return found;
}

result<void> group::make(std::string_view after) {
  const auto answer =
      link_.run({"XGROUP", "CREATE", stream_, name_, std::string{after}, "MKSTREAM"});
  if (!answer)
    return answer.error();
  if (answer->is_error() && error_code(*answer) != "BUSYGROUP")
    return refused(*answer);
  return {};
}

result<delivery> group::read(command words, milliseconds waits) {
  const auto answer = link_.run(words, waits);
  if (!answer)
    return answer.error();
  if (answer->is_error())
    return refused(*answer);
  if (answer->kind == reply_kind::nil)
    return delivery{};
  if (!is_array(*answer, 1) || !is_array(answer->items[0], 2))
    return malformed("XREADGROUP");
  return entries_of(answer->items[0].items[1]);
}

result<delivery> group::read_new(std::size_t count, milliseconds block) {
  return read({"XREADGROUP", "GROUP", name_, consumer_, "COUNT", std::to_string(count), "BLOCK",
               std::to_string(block.count()), "STREAMS", stream_, ">"},
              block);
}

result<delivery> group::read_own(std::string_view after, std::size_t count) {
  return read({"XREADGROUP", "GROUP", name_, consumer_, "COUNT", std::to_string(count), "STREAMS",
               stream_, std::string{after}},
              milliseconds{0});
}

result<std::vector<std::string>> group::own_ids(std::string_view after, std::size_t count) {
  const auto from = after.empty() ? std::string{"-"} : "(" + std::string{after};
  const auto answer =
      link_.run({"XPENDING", stream_, name_, from, "+", std::to_string(count), consumer_});
  if (!answer)
    return answer.error();
  if (answer->is_error())
    return refused(*answer);
  if (answer->kind != reply_kind::array)
    return malformed("XPENDING");
  std::vector<std::string> ids;
  for (const auto& item : answer->items) {
    if (!is_array(item, 1) || item.items[0].kind != reply_kind::text)
      return malformed("XPENDING");
    ids.push_back(item.items[0].text);
  }
  return ids;
}

result<delivery> group::read_one(const std::string& id) {
  const auto answer = link_.run({"XRANGE", stream_, id, id});
  if (!answer)
    return answer.error();
  if (answer->is_error())
    return refused(*answer);
  auto found = entries_of(*answer);
  if (found && found->entries.empty())
    found->gone.push_back(id);
  return found;
}

result<claimed> group::claim(milliseconds idle, std::string_view from, std::size_t count) {
  const auto answer =
      link_.run({"XAUTOCLAIM", stream_, name_, consumer_, std::to_string(idle.count()),
                 std::string{from}, "COUNT", std::to_string(count)});
  if (!answer)
    return answer.error();
  if (answer->is_error())
    return refused(*answer);
  if (!is_array(*answer, 2) || answer->items[0].kind != reply_kind::text)
    return malformed("XAUTOCLAIM");
  auto what = entries_of(answer->items[1]);
  if (!what)
    return what.error();
  return claimed{std::move(*what), answer->items[0].text};
}

command acknowledge(std::string_view stream, std::string_view group_name,
                    std::span<const std::string> ids) {
  command words{"XACK", std::string{stream}, std::string{group_name}};
  words.insert(words.end(), ids.begin(), ids.end());
  return words;
}

result<std::int64_t> server_time_ms(client& link) {
  const auto answer = link.run({"TIME"});
  if (!answer)
    return answer.error();
  const auto number = [](const reply& r) { return number_in<std::int64_t>(r.text).value_or(-1); };
  if (!is_array(*answer, 2))
    return malformed("TIME");
  const auto seconds = number(answer->items[0]);
  const auto micros = number(answer->items[1]);
  if (seconds < 0 || micros < 0 || seconds > 100'000'000'000)
    return malformed("TIME");
  return seconds * 1'000 + micros / 1'000;
}

}  // namespace sluice::redis
