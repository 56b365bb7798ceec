// explain and why: one plan's story, and the shares of reasons; of a process or of a file.
#include <fmt/format.h>

#include <boost/json.hpp>
#include <cstdio>
#include <filesystem>

#include "json_view.hpp"
#include "looking.hpp"
#include "operator_client.hpp"
#include "plan_story.hpp"
#include "reason_screen.hpp"
#include "sluice/actors/application.hpp"
#include "sluice/journal/reader.hpp"
#include "sluice/status/http_client.hpp"
#include "status_screen.hpp"

namespace sluice::cli {
namespace {

namespace json = boost::json;
using actors::exit_code;

int code(exit_code c) {
  return static_cast<int>(c);
}

int unreadable(const error& e) {
  fmt::print(stderr, "sluice: {}\n", printable(e.text));
  return code(exit_code::io_error);
}

client_options asking(const look_options& options) {
  client_options out;
  out.whom = options.whom;
  out.json = options.json;
  return out;
}

result<std::optional<std::string>> story_in(const std::string& file, const std::string& plan) {
  auto from = journal::reader::open(file);
  if (!from)
    return from.error();
  const auto id = parse_plan_id(plan);
  return id ? (*from)->explain(*id)
            : result<std::optional<std::string>>(std::optional<std::string>{});
}

int print_story(const look_options& options, const std::string& story) {
  const painter paint(wants_color(options.color, color_world_of_stdout()));
  fmt::print("{}",
             options.json ? story + "\n" : tell_story(story, size_of_stdout().columns, paint));
  return code(exit_code::ok);
}

/// The hour before the last record, when the hour is what was asked for.
result<std::string> reasons_in(const std::string& file, const why_wish& wish, milliseconds length) {
  auto from = journal::reader::open(file);
  if (!from)
    return from.error();
  const auto seq = (*from)->last_seq();
  if (!seq)
    return seq.error();
  const auto last = (*from)->events_after(*seq - 1, 1);
  if (!last)
    return last.error();
  journal::reason_window window;
  if (!last->empty())
    if (const auto at = parse_rfc3339(text_at(parse_object(last->front().json), "at")))
      window.until = *at;
  window.since = {window.until.ms - length.count()};
  if (!wish.symbol.empty())
    window.instrument = symbol(wish.symbol);
  const auto found = (*from)->reasons(window);
  if (!found)
    return found.error();
  return journal::to_json(window, *found);
}

std::string position_words(const json::object& row) {
  return fmt::format("{} {}, entry {}, mark {}, ledger {}, {} old from {}", text_at(row, "truth"),
                     text_at(row, "amount", "0"), text_at(row, "entry", "-"),
                     text_at(row, "mark", "-"), text_at(row, "ledger", "no line"),
                     short_span(number_at(row, "age_ms").value_or(0)), text_at(row, "source"));
}

/// What is the case now of one symbol: truth, hold, orders.
std::string present_of(const status::target& whom, const std::string& name, std::size_t width) {
  const auto ask = [&](const char* path) {
    const auto reply = status::ask(whom, path);
    return reply && reply->status == 200 ? parse_object(reply->body) : json::object{};
  };
  constexpr std::string_view unread = "could not be read";
  std::string out = "\nnow\n";
  const auto put = [&](std::string_view what, std::string_view text) {
    out += hanging(fmt::format("  {:<10}", what), text, width);
  };
  const auto of_symbol = [&](const json::object& document, const char* list, auto each) {
    for (const auto& value : rows_at(document, list))
      if (text_at(row_of(value), "symbol") == name)
        each(row_of(value));
  };
  bool tracked = false;
  const auto positions = ask("/api/v1/positions?all");
  of_symbol(positions, "positions", [&](const json::object& row) {
    tracked = true;
    put("truth", position_words(row));
  });
  if (!tracked)
    put("truth", positions.empty() ? unread : "not tracked: nothing is known of it");
  bool held = false;
  const auto holds = ask("/api/v1/holds");
  of_symbol(holds, "holds", [&](const json::object& row) {
    held = true;
    put("hold",
        fmt::format("{}; release: {}", text_at(row, "cause"), text_at(row, "release_command")));
  });
  if (!held)
    put("hold", holds.empty() ? unread : "none");
  const auto orders = ask("/api/v1/orders");
  if (orders.empty())
    put("in flight", unread);
  of_symbol(orders, "orders", [&](const json::object& row) {
    const auto state = text_at(row, "state");
    if (state != "filled" && state != "cancelled" && state != "rejected" && state != "expired")
      put("in flight", fmt::format("{} {} {}: {}", text_at(row, "client_order_id"),
                                   text_at(row, "side"), text_at(row, "amount"), state));
  });
  return out;
}

}  // namespace

int explain(const look_options& options, const std::string& plan, const std::string& journal_file) {
  if (journal_file.empty()) {
    const auto got = fetch(asking(options), "/api/v1/plans/" + status::path_segment(plan));
    return got.body ? print_story(options, *got.body) : got.code;
  }
  const auto story = story_in(journal_file, plan);
  if (!story)
    return unreadable(story.error());
  if (!*story) {
    fmt::print(stderr, "sluice: {}: no plan has the id {}\n", journal_file, printable(plan));
    return code(exit_code::failed);
  }
  return print_story(options, **story);
}

int why(const look_options& options, const why_wish& wish) {
  const auto length = parse_duration(wish.window);
  if (!length || *length <= milliseconds{0}) {
    fmt::print(stderr, "sluice: --for {}: takes a duration, e.g. 1h\n", printable(wish.window));
    return code(exit_code::usage);
  }
  std::string document;
  if (wish.journal_file.empty()) {
    auto path = "/api/v1/reasons?for=" + status::path_segment(wish.window);
    if (!wish.symbol.empty())
      path += "&symbol=" + status::path_segment(wish.symbol);
    auto got = fetch(asking(options), path);
    if (!got.body)
      return got.code;
    document = std::move(*got.body);
  } else {
    auto read = reasons_in(wish.journal_file, wish, *length);
    if (!read)
      return unreadable(read.error());
    document = std::move(*read);
  }
  if (options.json) {
    fmt::print("{}\n", document);
    return code(exit_code::ok);
  }
  const painter paint(wants_color(options.color, color_world_of_stdout()));
  const auto width = size_of_stdout().columns;
  fmt::print("{}", draw_reasons(parse_object(document), width, paint));
  if (!wish.symbol.empty() && wish.journal_file.empty())
    fmt::print("{}", present_of(options.whom, wish.symbol, width));
  return code(exit_code::ok);
}

}  // namespace sluice::cli
