// One request per command.
#include "operator_client.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <cstdio>
#include <cstdlib>

#include "sluice/actors/application.hpp"
#include "sluice/status/readable.hpp"

namespace sluice::cli {
namespace {

using actors::exit_code;

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

answered ask(const client_options& options, const std::string& path, const std::string& body) {
  auto reply = status::ask(options.whom, path, body);
  if (!reply) {
    if (!body.empty() && reply.error().may_have_arrived) {
      fmt::print(stderr, "not confirmed, look before you repeat it: {}: {}\n", options.whom.url,
                 reply.error().text);
      return {std::nullopt, static_cast<int>(exit_code::temporary)};
    }
    const bool usable = reply.error().code == errc::io_failure;
    fmt::print(stderr, "sluice: {}: {}\n", options.whom.url, reply.error().text);
    return {std::nullopt, static_cast<int>(usable ? exit_code::unavailable : exit_code::usage)};
  }
  if (reply->status >= 200 && reply->status < 300)
    return {std::move(reply->body), static_cast<int>(exit_code::ok)};
  if (options.json)
    fmt::print("{}\n", reply->body);
  // What was ordered may be in force although nobody could say so.
  const bool unsure = reply->status >= 500;
  fmt::print(stderr, "{}: {}", unsure ? "not confirmed, look before you repeat it" : "refused",
             status::readable_problem(reply->body));
  return {std::nullopt, static_cast<int>(unsure ? exit_code::temporary : exit_code::failed)};
}

int print(const client_options& options, const answered& got) {
  if (got.body)
    fmt::print("{}", options.json ? *got.body + "\n" : status::readable(*got.body));
  return got.code;
}

std::string body_of(const client_options& options,
                    const std::vector<std::pair<std::string, std::string>>& texts) {
  boost::json::object body{{"author", options.author}, {"reason", options.reason}};
  for (const auto& [key, text] : texts)
    if (!text.empty())
      body[key] = text;
  return boost::json::serialize(body);
}

}  // namespace

std::string default_author() {
  const auto user = variable("USER");
  return user.empty() ? variable("LOGNAME") : user;
}

int show(const client_options& options, const std::string& path) {
  return print(options, ask(options, path, {}));
}

answered fetch(const client_options& options, const std::string& path) {
  return ask(options, path, {});
}

int order(const client_options& options, const std::string& path,
          const std::vector<std::pair<std::string, std::string>>& texts) {
  return print(options, order_quietly(options, path, texts));
}

answered post(const client_options& options, const std::string& path, const std::string& body) {
  return ask(options, path, body);
}

answered order_quietly(const client_options& options, const std::string& path,
                       const std::vector<std::pair<std::string, std::string>>& texts) {
  return ask(options, path, body_of(options, texts));
}

}  // namespace sluice::cli
