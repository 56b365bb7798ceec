// Reads the plans, posts them, and prints what came back.
#include "plan_command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>

#include "sluice/actors/application.hpp"
#include "sluice/status/http_client.hpp"
#include "sluice/status/readable.hpp"

namespace sluice::cli {
namespace {

namespace json = boost::json;

std::optional<std::string> read_whole(const std::string& file) {
  const auto all = [](std::istream& in) {
    return std::string(std::istreambuf_iterator<char>(in), {});
  };
  if (file == "-")
    return all(std::cin);
  std::ifstream in(file, std::ios::binary);
  if (!in)
    return std::nullopt;
  return all(in);
}

std::string text_of(const json::value& v) {
  if (v.is_null())
    return "-";
  return v.is_string() ? std::string(v.get_string()) : json::serialize(v);
}

std::string rules_in_words(const json::object& said) {
  auto out = fmt::format(
      "{}: {} (size {}{})\n", text_of(said.at("plan_id")),
      said.at("reason").is_null()
          ? text_of(said.at("verdict"))
          : fmt::format("{}, {}", text_of(said.at("verdict")), text_of(said.at("reason"))),
      text_of(said.at("size")),
      said.at("would_wait").as_bool() ? ", it would wait for a read" : "");
  for (const auto& row : said.at("rules").as_array()) {
    const auto& r = row.as_object();
    out += fmt::format("  {}  {:<34} {:>20}  {:>20}\n", r.at("passes").as_bool() ? "ok" : "NO",
                       text_of(r.at("code")), text_of(r.at("observed")), text_of(r.at("limit")));
  }
  return out;
}

/// A plan that was refused at the door has no verdict, and never will have one.
bool was_taken(std::string_view status) {
  return status == "accepted" || status == "repeated" || status == "duplicate";
}

/// Whether the document of one plan says that it was, or would be, let through or still waits.
bool went_well(const json::object& said) {
  if (const auto* verdict = said.if_contains("verdict"); verdict && verdict->is_string())
    return verdict->get_string() == "allow";
  const auto* judged = said.if_contains("judged");
  if (!judged || !judged->is_object())
    return was_taken(text_of(said.at("status")));
  const auto* outcome = judged->get_object().if_contains("verdict");
  return outcome && outcome->is_object() && outcome->get_object().at("kind") == "allow";
}

int tell(const client_options& options, const std::string& body) {
  auto document = json::parse(body);
  if (!document.is_array())
    document = json::array{document};
  bool well = true;
  for (const auto& one : document.get_array()) {
    const auto& said = one.as_object();
    well = well && went_well(said);
    if (options.json)
      continue;
    fmt::print("{}", said.contains("rules") ? rules_in_words(said)
                                            : status::readable(json::serialize(said)));
  }
  if (options.json)
    fmt::print("{}\n", body);
  return static_cast<int>(well ? actors::exit_code::ok : actors::exit_code::failed);
}

}  // namespace

int post_plan(const client_options& options, const plan_wish& wish) {
  const auto plans = read_whole(wish.file);
  if (!plans || plans->empty()) {
    fmt::print(stderr, "sluice: {} {}\n", wish.file, plans ? "is empty" : "cannot be read");
    return static_cast<int>(actors::exit_code::usage);
  }
  std::string path = "/api/v1/plans";
  if (wish.dry_run)
    path += "?dry_run=true";
  else if (!wish.wait.empty())
    path += "?wait=" + status::path_segment(wish.wait);
  const auto got = post(options, path, *plans);
  return got.body ? tell(options, *got.body) : got.code;
}

}  // namespace sluice::cli
