// Records as JSON text, and those that hold state back from it.
#include "sluice/journal/record_json.hpp"

#include <fmt/compile.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "json_records.hpp"

namespace sluice::journal {
namespace {

/// Kinds that change no state row. Every other kind has to be described for reading.
template <class T>
constexpr bool holds_no_state =
    std::is_same_v<T, truth_changed> || std::is_same_v<T, universe_kept> ||
    std::is_same_v<T, settings_changed> || std::is_same_v<T, notice>;

/// Fields that hold ids of the venue, hashes, or nanoseconds: more than 53 bits, now or some day.
bool is_long(std::string_view field) {
  constexpr std::array names{"order_id", "trade_id", "algo_id", "triggered_order_id",
                             "content_hash"};
  return field.ends_with("_ns") || std::ranges::find(names, field) != names.end();
}

/// The text that begins there, with both its quotes.
std::string_view text_at(std::string_view json, std::size_t begin) {
  auto end = begin + 1;
  while (end < json.size() && json[end] != '"')
    end += json[end] == '\\' ? 2 : 1;
  return json.substr(begin, end + 1 - begin);
}

void put(json_writer& w, const described auto& b) {
  describe(w, b);
}

void put(json_writer& w, const truth_changed& b) {
  w("symbol", b.position.instrument);
  w("position_side", b.position.leg);
  w("before", b.before);
  w("after", b.after.content);
  w("as_of_ns", b.after.as_of);
  w("changed_at", b.after.changed_at);
  w("source", b.after.source);
  w("version", b.after.version);
}

void put(json_writer& w, const universe_kept& b) {
  w("read_at", b.read_at);
  w("content_hash", b.content_hash);
  if (b.content)
    describe(w, *b.content);
}

void put(json_writer& w, const notice& b) {
  w("event", b.event);
  w("text", b.text);
}

/// A verdict's instants are relative to the facts it was judged by, all others are as they stand.
json_context context_of(const record_body& b) {
  const auto* judged = judgement_in(b);
  return {.base = judged ? judged->seen.now.steady : instant{}};
}

}  // namespace

std::string body_json(const record_body& b) {
  json_writer writer(context_of(b));
  std::visit([&](const auto& body) { put(writer, body); }, b);
  return boost::json::serialize(writer.take());
}

std::string event_json(const event_head& h, std::string_view body) {
  return fmt::format(FMT_COMPILE(R"({{"seq":{},"kind":"{}","at":"{}","caused_by":{},{})"), h.seq,
                     h.kind, format_rfc3339(h.at), h.caused_by,
                     long_numbers_as_text(body).substr(1));
}

std::string long_numbers_as_text(std::string_view stored) {
  std::string out;
  out.reserve(stored.size() + 32);
  std::size_t copied = 0;
  for (auto at = stored.find('"'); at < stored.size(); at = stored.find('"', at)) {
    const auto text = text_at(stored, at);
    at += text.size();
    if (at == stored.size() || stored[at] != ':')
      continue;
    ++at;
    const auto end = std::min(stored.find_first_not_of("-0123456789", at), stored.size());
    if (end > at && is_long(text.substr(1, text.size() - 2))) {
      out.append(stored.substr(copied, at - copied)).append("\"");
      out.append(stored.substr(at, end - at)).append("\"");
      copied = at = end;
    }
  }
  out.append(stored.substr(copied));
  return out;
}

result<std::string> stored_event_json(const event_head& h, std::string_view body) {
  if (body.size() < 2 || body.front() != '{' || body.back() != '}')
    return fail(errc::malformed, fmt::format("record {}: its body is no object", h.seq));
  return event_json(h, body);
}

std::string to_json(const record& r) {
  return event_json({r.seq, kind_of(r.body), r.at.wall, r.caused_by}, body_json(r.body));
}

result<std::optional<record_body>> parse_state_body(std::string_view kind, std::string_view body) {
  result<std::optional<record_body>> out = std::optional<record_body>{};
  const auto take = [&]<class T>(std::type_identity<T>) {
    static const std::string name(kind_of(record_body(T{})));
    if (name != kind)
      return false;
    if constexpr (!holds_no_state<T>) {
      auto parsed = parse_document<T>(body, kind);
      if (parsed)
        out = std::optional<record_body>(std::move(*parsed));
      else
        out = parsed.error();
    }
    return true;
  };
  const bool known = [&]<class... Ts>(std::type_identity<std::variant<Ts...>>) {
    return (take(std::type_identity<Ts>{}) || ...);
  }(std::type_identity<record_body>{});
  if (!known)
    return fail(errc::malformed, fmt::format("no record is called \"{}\"", kind));
  return out;
}

}  // namespace sluice::journal
