// show-config and doctor: what a process runs with, and what is wrong with it.
#include <fmt/format.h>

#include <boost/json.hpp>
#include <cstdio>
#include <filesystem>

#include "file_checks.hpp"
#include "json_view.hpp"
#include "looking.hpp"
#include "operator_client.hpp"
#include "running_checks.hpp"
#include "sluice/actors/application.hpp"
#include "sluice/config/report.hpp"
#include "sluice/status/http_client.hpp"

namespace sluice::cli {
namespace {

namespace json = boost::json;
using actors::exit_code;

int code(exit_code c) {
  return static_cast<int>(c);
}

int show_file(const look_options& options, const std::string& file) {
  auto loaded = config::load(file, config::process_environment());
  const auto* chosen = std::get_if<config::settings>(&loaded);
  if (!chosen) {
    for (const auto& fault : std::get<config::faults>(loaded))
      fmt::print(stderr, "{}\n", config::to_string(fault));
    return code(exit_code::config);
  }
  if (!options.json) {
    fmt::print("{}", config::show(*chosen));
    return code(exit_code::ok);
  }
  json::array keys;
  for (const auto& key : config::keys_of(*chosen))
    keys.push_back(json::object{{"key", key.name}, {"value", key.value}, {"source", key.source}});
  fmt::print("{}\n", json::serialize(json::object{{"file", file}, {"keys", std::move(keys)}}));
  return code(exit_code::ok);
}

/// Errors as of status::ask, and io_failure for a first answer that is none; a document that could
/// not be had alone is left empty.
result<running_view> look_at(const status::target& whom) {
  running_view v;
  const auto ask = [&](const char* path) {
    const auto reply = status::ask(whom, path);
    return reply && reply->status == 200 ? parse_object(reply->body) : json::object{};
  };
  const auto first = status::ask(whom, "/api/v1/status");
  if (!first)
    return first.error();
  if (first->status != 200)
    return fail(errc::io_failure,
                fmt::format("answered {}{}", first->status, status::token_hint(first->status)));
  v.status = parse_object(first->body);
  v.positions = ask("/api/v1/positions");
  v.holds = ask("/api/v1/holds");
  v.reasons = ask("/api/v1/reasons?for=1h");
  v.plans = ask("/api/v1/plans");
  v.config = ask("/api/v1/config");
  return v;
}

int tell(const look_options& options, const diagnosis& found) {
  const painter paint(wants_color(options.color, color_world_of_stdout()));
  fmt::print("{}",
             options.json ? as_json(found) + "\n" : draw(found, size_of_stdout().columns, paint));
  return exit_code_of(found);
}

}  // namespace

int show_config(const look_options& options, const std::string& file) {
  if (!file.empty())
    return show_file(options, file);
  client_options asking;
  asking.whom = options.whom;
  asking.json = options.json;
  const auto got = fetch(asking, "/api/v1/config");
  if (!got.body)
    return got.code;
  if (options.json) {
    fmt::print("{}\n", *got.body);
    return code(exit_code::ok);
  }
  const auto document = parse_object(*got.body);
  for (const auto& value : rows_at(document, "keys")) {
    const auto& row = row_of(value);
    const auto changed = text_at(row, "changed_at");
    fmt::print("{} = {}  # {}{}\n", text_at(row, "key"), text_at(row, "value"),
               text_at(row, "source"), changed.empty() ? "" : ", changed on reload at " + changed);
  }
  for (const auto& value : rows_at(document, "restart_needed"))
    fmt::print("# waits for a restart: {} = {}\n", text_at(row_of(value), "key"),
               text_at(row_of(value), "in_file"));
  return code(exit_code::ok);
}

int doctor(const look_options& options, const doctor_wish& wish) {
  diagnosis found;
  if (!wish.config_file.empty()) {
    const auto chosen = check_file(wish.config_file, found);
    if (chosen)
      check_settings(*chosen, found);
    if (chosen && wish.ask_exchange)
      check_exchange(*chosen, found);
    // A journal that is there belongs to the picture.
    if (chosen && wish.journal_file.empty())
      if (const auto path = journal::journal_path(chosen->journal); std::filesystem::exists(path))
        check_journal(path.string(), found);
  }
  if (!wish.journal_file.empty())
    check_journal(wish.journal_file, found);
  if (!wish.config_file.empty() || !wish.journal_file.empty())
    return tell(options, found);
  const auto seen = look_at(options.whom);
  if (!seen) {
    const bool usable = seen.error().code == errc::io_failure;
    fmt::print(stderr, "sluice: {}: {}{}\n", printable(options.whom.url),
               printable(seen.error().text),
               usable ? "; look at its files: sluice doctor --config FILE" : "");
    return code(usable ? exit_code::unavailable : exit_code::usage);
  }
  return tell(options, diagnose(*seen));
}

}  // namespace sluice::cli
