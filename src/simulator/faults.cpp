// Reads fault-script objects.
#include "sluice/simulator/faults.hpp"

#include <array>
#include <utility>

#include "json_fields.hpp"

namespace sluice::simulator {
namespace {

constexpr std::int64_t count_max = 1'000'000'000;
constexpr std::int64_t delay_max_ms = 24LL * 3600 * 1000;

constexpr std::array<std::pair<std::string_view, request_effect>, 9> request_effects{{
    {"delay", request_effect::delay},
    {"delay_before", request_effect::delay_before},
    {"status", request_effect::status},
    {"drop_reply", request_effect::drop_reply},
    {"hang", request_effect::hang},
    {"reset_before", request_effect::reset_before},
    {"reset_after", request_effect::reset_after},
    {"truncate", request_effect::truncate},
    {"malform", request_effect::malform},
}};

constexpr std::array<std::pair<std::string_view, stream_effect>, 4> stream_effects{{
    {"mute", stream_effect::mute},
    {"drop_connection", stream_effect::drop_connection},
    {"drop_events", stream_effect::drop_events},
    {"duplicate_events", stream_effect::duplicate_events},
}};

template <class Table>
auto find_effect(const Table& table, std::string_view name) {
  using effect = typename Table::value_type::second_type;
  for (const auto& [text, value] : table)
    if (text == name)
      return std::optional<effect>(value);
  return std::optional<effect>{};
}

result<fault> read_request_fault(json_fields& in, request_effect effect) {
  request_fault f;
  f.effect = effect;
  f.method = in.text("method").value_or(f.method);
  f.path = in.text("path").value_or(f.path);
  f.delay = milliseconds{in.whole("delay_ms", 0, delay_max_ms).value_or(0)};
  f.http_status = static_cast<int>(in.whole("status", 200, 599).value_or(f.http_status));
  f.content_type = in.text("content_type").value_or(f.content_type);
  f.body = in.text("body").value_or("");
  f.retry_after_s = in.whole("retry_after_s", 0, 1'000'000);
  f.executes = in.flag("execute").value_or(false);
  f.count = in.whole("count", 0, count_max).value_or(1);
  f.chance_percent = in.whole("chance_percent", 1, 100).value_or(100);
  if (f.content_type.find_first_of("\r\n") != std::string::npos)
    in.complain("content_type: must be one line");
  if (auto ok = in.finish(); !ok)
    return ok.error();
  return fault{f};
}

result<fault> read_stream_fault(json_fields& in, stream_effect effect) {
  stream_fault f;
  f.effect = effect;
  const auto kind = in.text("stream").value_or("user");
  f.kind = kind == "market" ? stream_kind::market : stream_kind::user;
  if (kind != "market" && kind != "user")
    in.complain("stream: must be user or market");
  f.count = in.whole("count", 1, count_max).value_or(1);
  if (auto ok = in.finish(); !ok)
    return ok.error();
  return fault{f};
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
  if (auto effect = find_effect(request_effects, name))
    return read_request_fault(in, *effect);
  if (auto effect = find_effect(stream_effects, name))
    return read_stream_fault(in, *effect);
  return fail(errc::invalid_value, "effect: '" + name + "' is not known");
}

}  // namespace sluice::simulator
