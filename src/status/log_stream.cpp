// Joins a log subscription to an event channel, with filters and resume.
#include "sluice/status/log_stream.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "sluice/status/problem.hpp"

namespace sluice::status {

namespace {

struct log_filter {
  std::uint64_t after{0};
  log_level lowest{log_level::debug};
  std::vector<std::string> components{};  ///< Empty: all.

  [[nodiscard]] bool shows(const log_entry& line) const {
    return line.level >= lowest &&
           (components.empty() ||
            std::ranges::find(components, line.component) != components.end());
  }
};

result<std::uint64_t> parse_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  if (parsed.ec != std::errc{} || parsed.ptr != end)
    return fail(errc::invalid_value, "the number of a log line is a whole number");
  return number;
}

/// "gate" or "gate,executor". A name that nobody has would be a silence that looks like peace.
void read_components(std::string_view names, log_filter& filter, problem& wrong) {
  while (!names.empty()) {
    const auto name = names.substr(0, names.find(','));
    names.remove_prefix(std::min(name.size() + 1, names.size()));
    if (find_log_component(name))
      filter.components.emplace_back(name);
    else
      wrong.fields.push_back(
          {"component", fmt::format("takes names of {}", fmt::join(log_components, ", "))});
  }
}

/// None, with the fault added to `wrong`, when a filter cannot be read.
std::optional<log_filter> read_filter(const request& asked, problem& wrong) {
  log_filter filter;
  if (const auto level = asked.query.find("level")) {
    if (const auto parsed = parse_log_level(*level))
      filter.lowest = *parsed;
    else
      wrong.fields.push_back({"level", parsed.error().text});
  }
  if (const auto names = asked.query.find("component"))
    read_components(*names, filter, wrong);
  // A browser that reconnects sends the header and repeats the address: the header is newer.
  const auto after = asked.query.find("after");
  const std::string_view last =
      !asked.last_event_id.empty() ? std::string_view{asked.last_event_id} : after.value_or("");
  if (!last.empty()) {
    if (const auto parsed = parse_number(last))
      filter.after = *parsed;
    else
      wrong.fields.push_back({"after", parsed.error().text});
  }
  if (!wrong.fields.empty())
    return std::nullopt;
  return filter;
}

event_frame log_event(const log_entry& line) {
  return make_event(fmt::format_int(line.seq).str(), "log", line.line);
}

/// What the ring still has: all of it at once, beside the channel's bound, which is for live lines.
std::vector<event_frame> backlog_frames(const log_filter& filter,
                                        std::span<const log_entry_ptr> lines) {
  std::vector<event_frame> frames;
  if (filter.after > 0 && lines.front()->seq > filter.after + 1)
    frames.push_back(make_event(
        fmt::format_int(lines.front()->seq - 1).str(), "gap",
        fmt::format(R"({{"from":{},"to":{}}})", filter.after + 1, lines.front()->seq - 1)));
  for (const auto& line : lines)
    if (filter.shows(*line))
      frames.push_back(log_event(*line));
  return frames;
}

}  // namespace

void stream_logs(logger& log, const request& asked, const responder& answer) {
  problem wrong{400, "invalid_filter", {}, "a filter of the log stream cannot be read", {}};
  const auto filter = read_filter(asked, wrong);
  if (!filter) {
    answer(problem_response(wrong));
    return;
  }
  const auto channel = answer.stream();
  if (channel->closed())
    return;
  const auto live = std::make_shared<bool>(false);
  const auto subscription = std::make_shared<log_subscription>(log.subscribe(
      filter->after, [channel, live, f = *filter](std::span<const log_entry_ptr> lines) {
        if (!*live && lines.size() > 0)
          channel->replay(backlog_frames(f, lines));
        else
          for (const auto& line : lines)
            if (f.shows(*line))
              channel->send(log_event(*line));
        *live = true;
      }));
  channel->on_closed([subscription] { subscription->end(); });
}

}  // namespace sluice::status
