// Joins a log subscription to an event channel, with filters and resume.
#include "sluice/status/log_stream.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <mutex>
#include <optional>

#include "sluice/status/problem.hpp"

namespace sluice::status {

namespace {

/// The last line that a reader saw.
struct last_seen {
  std::optional<std::int64_t> run{};  ///< None: of this one.
  std::uint64_t seq{0};
};

struct log_filter {
  std::optional<last_seen> after{};
  log_level lowest{log_level::debug};
  std::vector<std::string> components{};  ///< Empty: all.

  [[nodiscard]] bool shows(const log_entry& line) const {
    return line.level >= lowest &&
           (components.empty() ||
            std::ranges::find(components, line.component) != components.end());
  }
};

template <class Number>
bool reads_whole(std::string_view text, Number& out) {
  const auto* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, out);
  return parsed.ec == std::errc{} && parsed.ptr == end;
}

/// "RUN-NUMBER" as the events have it, or a number of this run.
result<last_seen> parse_last_seen(std::string_view text) {
  last_seen out;
  const auto dash = text.rfind('-');
  bool fine = true;
  if (dash != std::string_view::npos) {
    std::int64_t run = 0;
    fine = reads_whole(text.substr(0, dash), run) && run >= 0;
    out.run = run;
    text.remove_prefix(dash + 1);
  }
  if (!fine || !reads_whole(text, out.seq))
    return fail(errc::invalid_value, "takes the id of a log line, RUN-NUMBER");
  return out;
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
    if (const auto parsed = parse_last_seen(last))
      filter.after = *parsed;
    else
      wrong.fields.push_back({"after", parsed.error().text});
  }
  if (!wrong.fields.empty())
    return std::nullopt;
  return filter;
}

event_frame gap_event(std::int64_t run, std::uint64_t to, std::string_view data) {
  return make_event(fmt::format("{}-{}", run, to), "gap", data);
}

/// What the ring still has, with what it has not: all of it at once, beside the channel's bound,
/// which is for live lines.
std::vector<event_frame> backlog_frames(const log_filter& filter, std::int64_t run,
                                        std::uint64_t after,
                                        const std::vector<log_entry_ptr>& missed) {
  std::vector<event_frame> frames;
  if (!missed.empty() && missed.front()->seq <= after)  // A number that was never given.
    after = 0;
  const bool restarted = filter.after && filter.after->run.value_or(run) != run;
  if (restarted)
    frames.push_back(gap_event(run, 0,
                               fmt::format(R"({{"from":{},"to":null,"run":{}}})",
                                           filter.after->seq + 1, *filter.after->run)));
  if (filter.after && !missed.empty() && missed.front()->seq > after + 1)
    frames.push_back(
        gap_event(run, missed.front()->seq - 1,
                  fmt::format(R"({{"from":{},"to":{}}})", after + 1, missed.front()->seq - 1)));
  for (const auto& line : missed)
    if (filter.shows(*line))
      frames.push_back(line->frame());
  return frames;
}

/// Puts live lines behind the backlog, which is sent while they already come.
class log_reader {
 public:
  log_reader(std::shared_ptr<event_channel> channel, log_filter filter)
      : channel_(std::move(channel)), filter_(std::move(filter)) {}

  /// Called by whoever logs.
  void take(std::span<const log_entry_ptr> lines) {
    const std::lock_guard lock(mutex_);
    if (!live_)
      early_.insert(early_.end(), lines.begin(), lines.end());
    else
      send(lines);
  }
  void begin(const std::vector<event_frame>& backlog) {
    channel_->replay(backlog);
    const std::lock_guard lock(mutex_);
    send(early_);
    early_.clear();
    live_ = true;
  }

 private:
  void send(std::span<const log_entry_ptr> lines) {
    for (const auto& line : lines)
      if (filter_.shows(*line))
        channel_->send(line->frame());
  }

  std::shared_ptr<event_channel> channel_;
  log_filter filter_;
  std::mutex mutex_{};
  std::vector<log_entry_ptr> early_{};  ///< Came before the backlog was sent.
  bool live_{false};
};

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
  const bool same_run = filter->after && filter->after->run.value_or(log.run()) == log.run();
  const auto after = same_run ? filter->after->seq : 0;
  const auto reader = std::make_shared<log_reader>(channel, *filter);
  auto following =
      log.subscribe(after, [reader](std::span<const log_entry_ptr> lines) { reader->take(lines); });
  reader->begin(backlog_frames(*filter, log.run(), after, following.missed));
  const auto live = std::make_shared<log_subscription>(std::move(following.live));
  channel->on_closed([live] { live->end(); });
}

}  // namespace sluice::status
