// One stream after the other; what was there before is kept back until it is known to be all.
#include "tail.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json.hpp>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <deque>

#include "json_view.hpp"
#include "live_screen.hpp"
#include "sluice/actors/application.hpp"
#include "sluice/status/event_source.hpp"
#include "sluice/status/readable.hpp"

namespace sluice::cli {
namespace {

using actors::exit_code;
using clock = std::chrono::steady_clock;

/// What is there comes in one go: after such a pause, or so long after the first of it, it was all.
constexpr std::chrono::milliseconds quiet_span{300};
constexpr std::chrono::milliseconds backlog_max{2'000};
constexpr milliseconds wait_min{250};
constexpr milliseconds wait_max{10'000};
/// More of the past than this is not asked for.
constexpr std::size_t past_records_max = 1'000;

int code(exit_code c) {
  return static_cast<int>(c);
}

class follower {
 public:
  follower(const tail_wish& wish, const ending_signals& ending)
      : wish_(wish), ending_(ending), paint_(wants_color(wish.color, color_world_of_stdout())) {}

  int run() {
    while (true) {
      const auto got = one_stream();
      if (!got) {
        fmt::print(stderr, "sluice: {}: {}\n", wish_.whom.url, got.error().text);
        return code(exit_code::usage);
      }
      if (got->by_caller || done_ || ending_.came())
        return finish();
      if (got->http_status >= 400 && got->http_status < 500) {
        fmt::print(stderr, "refused: {}", status::readable_problem(got->text));
        return code(exit_code::failed);
      }
      if (!ever_) {
        fmt::print(stderr, "sluice: {}: {}\n", wish_.whom.url, got->text);
        return code(exit_code::unavailable);
      }
      fmt::print(stderr, "connection lost ({}), trying again\n", got->text);
      if (!pause())
        return finish();
    }
  }

 private:
  [[nodiscard]] std::string path() const {
    if (!wish_.events)
      return "/api/v1/logs";
    const bool all = wish_.filter.plan.empty() && wish_.filter.symbol.empty();
    return fmt::format("/api/v1/events?last={}",
                       all ? std::min(wish_.lines, past_records_max) : past_records_max);
  }

  result<status::event_end> one_stream() {
    began_ = clock::now();
    last_ = began_;
    status::event_hooks hooks;
    hooks.take = [this](const auto& events) { return take(events); };
    hooks.go_on = [this] { return go_on(); };
    return status::follow_events({wish_.whom, path(), last_id_}, hooks);
  }

  bool go_on() {
    if (ending_.came() || !reader_is_there())
      return false;
    const auto now = clock::now();
    if (!live_ && (now - last_ >= quiet_span || now - began_ >= backlog_max)) {
      live_ = true;
      flush_past();
      done_ = !wish_.follow;
    }
    return !done_;
  }

  /// A pipe that nobody reads any more ends the command, also while nothing is to be written.
  static bool reader_is_there() {
    pollfd out{.fd = STDOUT_FILENO, .events = 0, .revents = 0};
    return ::poll(&out, 1, 0) <= 0 || (out.revents & (POLLERR | POLLHUP)) == 0;
  }

  bool take(const std::vector<status::source_event>& events) {
    ever_ = true;
    wait_ = wait_min;
    last_ = clock::now();
    for (const auto& e : events) {
      if (e.name != "gap")
        tell_missing(e);
      if (!e.id.empty())
        last_id_ = e.id;
      if (auto text = line_of(e)) {
        if (!live_)
          keep(std::move(*text));
        else
          fmt::print("{}\n", *text);
      }
    }
    return !live_ || flush();
  }

  /// The other side sends so many past records and no more; what lies between is told.
  void tell_missing(const status::source_event& e) {
    if (!wish_.events || !live_ || last_id_.empty())
      return;
    const auto missing =
        std::strtoll(e.id.c_str(), nullptr, 10) - std::strtoll(last_id_.c_str(), nullptr, 10) - 1;
    if (missing > 0)
      fmt::print("{}\n",
                 paint_(tone::warning, fmt::format("-- {} records are not shown --", missing)));
  }

  [[nodiscard]] std::optional<std::string> line_of(const status::source_event& e) const {
    if (e.name == "gap")
      return gap_line(e.data);
    if (wish_.events) {
      if (!wants_record(wish_.filter, e.data))
        return std::nullopt;
      return wish_.json ? e.data : printable(record_line(e.data));
    }
    const auto line = read_log_line(e.data);
    if (!wants(wish_.filter, line))
      return std::nullopt;
    if (wish_.json)
      return boost::json::serialize(boost::json::object{{"id", e.id}, {"line", e.data}});
    return paint_(tone_of(line.level), printable(e.data));
  }

  /// Whoever reads JSON learns of it as of an event.
  [[nodiscard]] std::string gap_line(const std::string& data) const {
    if (wish_.json)
      return boost::json::serialize(boost::json::object{{"gap", parse_object(data)}});
    const auto gap = parse_object(data);
    if (const auto* to = gap.if_contains("to"); to && to->is_null())
      return paint_(tone::warning,
                    fmt::format("-- lines from {} on of an earlier run are no longer sent --",
                                text_at(gap, "from", "?")));
    return paint_(tone::warning, fmt::format("-- {} {} to {} are no longer sent --",
                                             wish_.events ? "records" : "lines",
                                             text_at(gap, "from", "?"), text_at(gap, "to", "?")));
  }

  void keep(std::string text) {
    past_.push_back(std::move(text));
    if (past_.size() > wish_.lines)
      past_.pop_front();
  }

  void flush_past() {
    for (const auto& text : past_)
      fmt::print("{}\n", text);
    past_.clear();
    (void)flush();
  }

  static bool flush() { return std::fflush(stdout) == 0; }

  int finish() {
    flush_past();
    return code(exit_code::ok);
  }

  /// Longer each time; false when a signal came meanwhile.
  bool pause() {
    const auto until = clock::now() + wait_;
    wait_ = std::min(wait_ * 2, wait_max);
    while (clock::now() < until && !ending_.came() && reader_is_there())
      (void)::poll(nullptr, 0, 50);
    live_ = true;
    flush_past();
    return !ending_.came() && reader_is_there();
  }

  const tail_wish& wish_;
  const ending_signals& ending_;
  painter paint_;
  std::deque<std::string> past_{};
  std::string last_id_{};
  clock::time_point began_{};
  clock::time_point last_{};
  milliseconds wait_{wait_min};
  bool live_{false};
  bool ever_{false};
  bool done_{false};
};

}  // namespace

int tail(const tail_wish& wish) {
  const ending_signals ending;
  // A reader that goes away is an error of a write, not the end of the process.
  std::signal(SIGPIPE, SIG_IGN);
  return follower(wish, ending).run();
}

}  // namespace sluice::cli
