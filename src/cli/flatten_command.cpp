// One order, and then one question after the other until the flatten has ended.
#include "flatten_command.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <chrono>
#include <cstdio>
#include <map>
#include <thread>

#include "sluice/actors/application.hpp"
#include "sluice/status/http_client.hpp"
#include "sluice/status/readable.hpp"

namespace sluice::cli {
namespace {

namespace json = boost::json;
using actors::exit_code;

constexpr std::chrono::milliseconds ask_period{250};
/// A process that is started anew goes on with its flattens; so long it is waited for.
constexpr std::chrono::seconds silence_max{120};

/// What could drive a terminal does not get there.
std::string text_of(const json::object& o, std::string_view key) {
  const auto* value = o.if_contains(key);
  const auto* text = value ? value->if_string() : nullptr;
  std::string out;
  for (const char c : text ? std::string_view{*text} : std::string_view{}) {
    const auto byte = static_cast<unsigned char>(c);
    out += byte < 0x20 || byte == 0x7f ? ' ' : c;
  }
  return out;
}

std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text)
    out += c == '\'' ? std::string{"'\\''"} : std::string(1, c);
  return out + "'";
}

json::object object_of(const std::string& body) {
  boost::system::error_code failed;
  auto document = json::parse(body, failed);
  return failed || !document.is_object() ? json::object{} : std::move(document.get_object());
}

std::string confirm_command(const client_options& options, const flatten_wish& wish,
                            const std::string& token) {
  auto text = fmt::format("sluice flatten {} --author {} --reason {}",
                          wish.all ? "--all" : quoted(wish.symbol), quoted(options.author),
                          quoted(options.reason));
  const auto usual = default_reach();
  for (const auto& [name, given, known] :
       {std::tuple{"url", &options.given.url, &usual.url},
        std::tuple{"token-file", &options.given.token_file, &usual.token_file},
        std::tuple{"ca-file", &options.given.ca_file, &usual.ca_file}})
    if (*given != *known)
      text += fmt::format(" --{} {}", name, quoted(*given));
  return text + " --confirm " + token;
}

int show_dry_run(const client_options& options, const flatten_wish& wish, const std::string& body) {
  if (options.json) {
    fmt::print("{}\n", body);
    return static_cast<int>(exit_code::ok);
  }
  auto document = object_of(body);
  const auto token = text_of(document, "confirm");
  document.erase("confirm");
  fmt::print("{}\nNothing was done. Within a minute, this does it:\n\n{}\n",
             status::readable(json::serialize(document)), confirm_command(options, wish, token));
  return static_cast<int>(exit_code::ok);
}

/// Prints what is new of each position.
class teller {
 public:
  void tell(const json::object& flatten) {
    const auto* rows = flatten.if_contains("positions");
    if (!rows || !rows->is_array())
      return;
    for (const auto& row : rows->get_array())
      if (const auto* o = row.if_object())
        tell_position(*o);
    std::fflush(stdout);
  }

 private:
  void tell_position(const json::object& o) {
    const auto name = text_of(o, "symbol") + " " + text_of(o, "position_side");
    auto words = text_of(o, "state");
    if (const auto why = text_of(o, "reason"); !why.empty())
      words += ": " + why;
    if (std::exchange(told_[name], words) != words)
      fmt::print("{} {}\n", name, words);
  }

  std::map<std::string, std::string> told_{};
};

int tell_end(const client_options& options, const json::object& flatten, const std::string& body) {
  const auto state = text_of(flatten, "state");
  const bool done = state == "done";
  if (options.json)
    fmt::print("{}\n", body);
  else if (done)
    fmt::print("all is flat, and nothing rests\n");
  if (!done)
    fmt::print(stderr, "{}: {}\n", state, text_of(flatten, "left"));
  return static_cast<int>(done ? exit_code::ok : exit_code::left_open);
}

int follow(const client_options& options, std::int64_t id) {
  const auto path = fmt::format("/api/v1/flatten/{}", id);
  if (!options.json)
    fmt::print("flatten {} runs; Ctrl-C stops watching it, not the flatten\n", id);
  teller positions;
  auto heard_at = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() - heard_at < silence_max) {
    const auto reply = status::ask(options.whom, path);
    if (reply && reply->status == 200) {
      heard_at = std::chrono::steady_clock::now();
      const auto flatten = object_of(reply->body);
      if (!options.json)
        positions.tell(flatten);
      if (text_of(flatten, "state") != "running")
        return tell_end(options, flatten, reply->body);
    }
    std::this_thread::sleep_for(ask_period);
  }
  fmt::print(stderr, "nobody answers any more; it goes on when Sluice runs: sluice flatten\n");
  return static_cast<int>(exit_code::temporary);
}

}  // namespace

int flatten(const client_options& options, const flatten_wish& wish) {
  if (!wish.is_order() && wish.token.empty())
    return show(options, "/api/v1/flatten");
  if (wish.all == !wish.symbol.empty()) {
    fmt::print(stderr, "sluice: give a SYMBOL or --all, one of the two\n");
    return static_cast<int>(exit_code::usage);
  }
  const auto answer = order_quietly(
      options, "/api/v1/flatten",
      {{"symbol", wish.symbol}, {"all", wish.all ? "true" : ""}, {"confirm", wish.token}});
  if (!answer.body)
    return answer.code;
  if (wish.token.empty())
    return show_dry_run(options, wish, *answer.body);
  const auto begun = object_of(*answer.body);
  const auto* id = begun.if_contains("id");
  return follow(options, id && id->is_int64() ? id->get_int64() : 0);
}

}  // namespace sluice::cli
