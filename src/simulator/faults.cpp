// Reads fault-script objects.
#include "sluice/simulator/faults.hpp"

#include <fmt/format.h>

#include "fault_words.hpp"
#include "json_fields.hpp"
#include "known_replies.hpp"
#include "symbol_changes.hpp"

namespace sluice::simulator {
namespace {

constexpr std::int64_t count_max = 1'000'000'000;
constexpr std::int64_t time_max_ms = 7LL * 24 * 3600 * 1000;
constexpr std::int64_t huge_body_bytes = 200'000'000;
constexpr std::int64_t endless_header_bytes = 64'000'000;

/// Takes the fields of a fault, each kind's own and those that kinds share.
class fault_reader {
 public:
  explicit fault_reader(json_fields& in) : in_(in) {}

  [[nodiscard]] std::optional<milliseconds> maybe_time(std::string_view name,
                                                       std::int64_t low = 0) {
    const auto ms = in_.whole(name, low, time_max_ms);
    return ms ? std::optional(milliseconds{*ms}) : std::nullopt;
  }
  void time(std::string_view name, milliseconds& into) { into = maybe_time(name).value_or(into); }
  void text(std::string_view name, std::string& into) { into = in_.text(name).value_or(into); }
  void number(std::string_view name, std::int64_t& into, std::int64_t low, std::int64_t high) {
    into = in_.whole(name, low, high).value_or(into);
  }
  template <class Enum, std::size_t N>
  void word(std::string_view name, const words<Enum, N>& table, Enum& into) {
    const auto given = in_.text(name);
    if (!given)
      return;
    if (auto found = find_word(table, *given)) {
      into = *found;
      return;
    }
    std::string known;
    for (const auto& [text, value] : table)
      known += fmt::format("{}{}", known.empty() ? "" : ", ", text);
    in_.complain(fmt::format("{}: must be one of {}", name, known));
  }
  void window(fault_window& w) {
    time("from_ms", w.from);
    w.until = maybe_time("until_ms");
    w.lasts = maybe_time("for_ms");
    if (w.until && *w.until <= w.from)
      in_.complain("until_ms: must be after from_ms");
  }
  void frequency(std::int64_t& count, std::int64_t& chance) {
    number("count", count, 0, count_max);
    number("chance_percent", chance, 1, 100);
  }
  [[nodiscard]] json_fields& fields() { return in_; }
  template <class Fault>
  [[nodiscard]] result<fault> finish(Fault f) {
    if (auto ok = in_.finish(); !ok)
      return ok.error();
    return fault{std::move(f)};
  }

 private:
  json_fields& in_;
};

void read_answer(fault_reader& read, request_fault& f) {
  auto& in = read.fields();
  if (const auto name = in.text("reply"); name && !fill_known_reply(*name, f))
    in.complain(fmt::format("reply: '{}' is not known", *name));
  f.http_status = static_cast<int>(in.whole("status", 200, 599).value_or(f.http_status));
  read.text("content_type", f.content_type);
  read.text("body", f.body);
  f.retry_after_s = in.whole("retry_after_s", 0, 1'000'000);
  f.executes = in.flag("execute").value_or(false);
  read.time("ban_ms", f.ban);
  if (f.content_type.find_first_of("\r\n") != std::string::npos)
    in.complain("content_type: must be one line");
}

void read_class(fault_reader& read, request_fault& f) {
  auto& in = read.fields();
  read.text("method", f.method);
  read.text("path", f.path);
  f.where = in.texts("where");
  f.unless = in.texts("unless");
  f.spares_reducing = in.flag("spares_reducing").value_or(f.spares_reducing);
  read.number("skip", f.skip, 0, count_max);
  read.frequency(f.count, f.chance_percent);
  read.window(f.window);
}

void read_ramp(fault_reader& read, request_fault& f) {
  f.delay_to = read.maybe_time("delay_to_ms");
  if (f.delay_to && !f.window.until && !f.window.lasts)
    read.fields().complain("delay_to_ms: needs until_ms or for_ms");
}

result<fault> read_request_fault(json_fields& in, request_effect effect) {
  request_fault f;
  f.effect = effect;
  fault_reader read(in);
  read_answer(read, f);
  read_class(read, f);
  read_ramp(read, f);
  read.time("delay_ms", f.delay);
  read.time("delay_jitter_ms", f.delay_jitter);
  read.word("damage", body_damages, f.damage);
  read.text("field", f.field);
  read.number("parts", f.parts, 1, 100);
  read.number("percent", f.percent, 0, 100);
  read.word("framing", framing_faults, f.framing);
  f.bytes = f.framing == reply_framing_fault::huge_body         ? huge_body_bytes
            : f.framing == reply_framing_fault::endless_headers ? endless_header_bytes
                                                                : 1;
  read.number("bytes", f.bytes, 0, count_max);
  read.word("ending", endings, f.ending);
  return read.finish(f);
}

result<fault> read_stream_fault(json_fields& in, stream_effect effect) {
  stream_fault f;
  f.effect = effect;
  fault_reader read(in);
  read.word("stream", stream_kinds, f.kind);
  read.frequency(f.count, f.chance_percent);
  read.text("event", f.event);
  read.text("symbol", f.instrument);
  read.time("delay_ms", f.delay);
  read.time("delay_jitter_ms", f.delay_jitter);
  read.window(f.window);
  return read.finish(f);
}

result<fault> read_connection_fault(json_fields& in, connection_effect effect) {
  connection_fault f;
  f.effect = effect;
  fault_reader read(in);
  read.frequency(f.count, f.chance_percent);
  read.window(f.window);
  read.time("delay_ms", f.delay);
  read.word("identity", identities, f.identity);
  read.text("holds", f.holds);
  read.number("bytes", f.bytes, 0, count_max);
  read.word("ending", endings, f.ending);
  return read.finish(f);
}

result<fault> read_venue_fault(json_fields& in, venue_effect effect) {
  venue_fault f;
  f.effect = effect;
  fault_reader read(in);
  read.window(f.window);
  read.time("time_ms", f.time);
  read.number("account", f.account, 0, 1'000);
  f.silent = in.flag("silent").value_or(false);
  read.text("symbol", f.symbol);
  if (effect == venue_effect::symbol_change)
    f.change = read_symbol_change(in);
  read.number("number", f.number, -count_max, count_max);
  return read.finish(f);
}

}  // namespace

result<fault> parse_fault(std::string_view json) {
  auto object = json_fields::parse(json);
  if (!object)
    return object.error();
  json_fields in(*object);
  const auto name = in.need_text("effect");
  if (name.empty())
    return in.finish().error();
  if (auto effect = find_word(request_effects, name))
    return read_request_fault(in, *effect);
  if (auto effect = find_word(stream_effects, name))
    return read_stream_fault(in, *effect);
  if (auto effect = find_word(connection_effects, name))
    return read_connection_fault(in, *effect);
  if (auto effect = find_word(venue_effects, name))
    return read_venue_fault(in, *effect);
  return fail(errc::invalid_value, "effect: '" + name + "' is not known");
}

result<std::vector<fault>> parse_script(std::string_view text) {
  std::vector<fault> faults;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const auto first = line.find_first_not_of(" \t\r");
    if (first == std::string_view::npos || line[first] == '#')
      continue;
    auto f = parse_fault(line.substr(first));
    if (!f)
      return fail(f.error().code, fmt::format("line {}: {}", number, f.error().text));
    faults.push_back(std::move(*f));
  }
  return faults;
}

}  // namespace sluice::simulator
