// status and top: the same picture, once or each second.
#include <fmt/format.h>

#include <cstdio>

#include "live_screen.hpp"
#include "looking.hpp"
#include "sluice/actors/application.hpp"
#include "status_screen.hpp"

namespace sluice::cli {
namespace {

using actors::exit_code;

constexpr status::client_limits one_look{.connect = milliseconds{2'000},
                                         .answer = milliseconds{10'000},
                                         .body_bytes_max = 16UL * 1024 * 1024};
/// A frame that takes longer is told as lost, and q is heard again.
constexpr status::client_limits each_second{.connect = milliseconds{500},
                                            .answer = milliseconds{1'500},
                                            .body_bytes_max = 16UL * 1024 * 1024};
constexpr int period_ms = 1'000;

int told(const look_options& options, const error& e) {
  fmt::print(stderr, "sluice: {}: {}\n", options.whom.url, printable(e.text));
  return static_cast<int>(e.code == errc::io_failure ? exit_code::unavailable : exit_code::usage);
}

std::string frame(const result<picture>& seen, const std::string& last, std::size_t width,
                  const painter& paint, const std::string& url) {
  if (seen)
    return draw(*seen, width, paint);
  const auto lost = fmt::format("NO ANSWER from {}: {}; what follows is old", printable(url),
                                printable(seen.error().text));
  return paint(tone::bad, cut(lost, width)) + "\n" + last;
}

}  // namespace

int show_status(const look_options& options) {
  const auto seen = gather(options.whom, one_look);
  if (!seen)
    return told(options, seen.error());
  const painter paint(wants_color(options.color, color_world_of_stdout()));
  fmt::print("{}",
             options.json ? as_json(*seen) + "\n" : draw(*seen, size_of_stdout().columns, paint));
  return static_cast<int>(is_ready(*seen) ? exit_code::ok : exit_code::failed);
}

int show_top(const look_options& options, bool once) {
  const auto world = color_world_of_stdout();
  if (once || options.json || !world.terminal)
    return show_status(options);
  const auto first = gather(options.whom, one_look);
  if (!first)
    return told(options, first.error());
  const painter paint(wants_color(options.color, world));
  auto last = draw(*first, size_of_stdout().columns, paint);
  live_screen screen;
  screen.show(last);
  while (screen.wait(period_ms) != key_event::quit) {
    const auto seen = gather(options.whom, each_second);
    const auto now = frame(seen, last, size_of_stdout().columns, paint, options.whom.url);
    if (seen)
      last = now;
    screen.show(now);
  }
  return static_cast<int>(exit_code::ok);
}

}  // namespace sluice::cli
