// The environment, the options, and the file of the token.
#include "reach.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace sluice::cli {
namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

}  // namespace

reach_options default_reach() {
  reach_options out{variable("SLUICE_URL"), variable("SLUICE_TOKEN_FILE"),
                    variable("SLUICE_CA_FILE")};
  if (out.url.empty())
    out.url = "http://127.0.0.1:8645";
  return out;
}

void add_reach(CLI::App& command, reach_options& options) {
  command.add_option("--url", options.url, "address of the running Sluice ($SLUICE_URL)")
      ->capture_default_str();
  command.add_option("--token-file", options.token_file,
                     "its first line is the token to show; mode 0600 ($SLUICE_TOKEN_FILE)");
  command.add_option("--ca-file", options.ca_file,
                     "with https: authorities to trust, in PEM ($SLUICE_CA_FILE)");
}

result<void> shown_token::read(const std::string& file) {
  auto loaded = exchange::load_secret_file(file);
  if (!loaded)
    return loaded.error();
  lines_ = std::move(*loaded);
  if (text().empty())
    return fail(errc::malformed, file + " holds no token");
  return {};
}

std::string_view shown_token::text() const {
  auto rest = lines_.reveal();
  rest.remove_prefix(std::min(rest.find_first_not_of("\r\n"), rest.size()));
  return rest.substr(0, rest.find_first_of("\r\n"));
}

bool reach(const reach_options& options, shown_token& token, status::target& whom) {
  whom.url = options.url;
  whom.ca_file = options.ca_file;
  if (options.token_file.empty())
    return true;
  if (const auto read = token.read(options.token_file); !read) {
    fmt::print(stderr, "sluice: {}\n", read.error().text);
    return false;
  }
  whom.token = token.text();
  return true;
}

}  // namespace sluice::cli
