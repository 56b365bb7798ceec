// run, check, sim: load the configuration, do the one thing, give the exit code.
#include "commands.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <boost/json.hpp>
#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "signals.hpp"
#include "sluice/config/report.hpp"
#include "sluice/exchange/secret.hpp"
#include "sluice/simulator/server.hpp"

namespace sluice::cli {
namespace {

namespace json = boost::json;
using actors::exit_code;

std::variant<config::settings, exit_code> load(const std::string& file) {
  auto loaded = config::load(file, config::process_environment());
  if (auto* chosen = std::get_if<config::settings>(&loaded))
    return std::move(*chosen);
  for (const auto& fault : std::get<config::faults>(loaded))
    fmt::print(stderr, "{}\n", config::to_string(fault));
  return exit_code::config;
}

/// The address, once somebody listens there.
void tell_address(const std::string& url, bool as_json) {
  fmt::print("{}\n", as_json ? json::serialize(json::object{{"url", url}}) : url);
  std::fflush(stdout);
}

/// Every fault with its place; line and column are null where the file does not name it.
json::array faults_array(const config::faults& faults) {
  const auto counted = [](std::uint32_t n) {
    return n == 0 ? json::value(nullptr) : json::value(n);
  };
  json::array rows;
  for (const auto& f : faults)
    rows.push_back(json::object{{"file", f.file},
                                {"line", counted(f.at.line)},
                                {"column", counted(f.at.column)},
                                {"key", f.key.empty() ? json::value(nullptr) : json::value(f.key)},
                                {"text", f.text}});
  return rows;
}

/// What `check --json` prints.
actors::exit_code check_as_json(const std::string& file) {
  const auto loaded = config::load(file, config::process_environment());
  json::object out{{"file", file}};
  const auto* chosen = std::get_if<config::settings>(&loaded);
  out["usable"] = chosen != nullptr;
  if (chosen) {
    out["mode"] = to_string(chosen->mode);
    out["strategy"] = to_string(chosen->snapshot.strategy);
    out["bound_ms"] = chosen->snapshot.bound.count();
  }
  out["faults"] = chosen ? json::array{} : faults_array(std::get<config::faults>(loaded));
  fmt::print("{}\n", json::serialize(out));
  return chosen ? exit_code::ok : exit_code::config;
}

/// A public key is no secret: whoever may read the file may.
result<std::string> load_public_key(const std::string& file) {
  constexpr std::size_t bytes_max = 16 * 1024;
  std::ifstream in(file, std::ios::binary);
  std::string text(bytes_max, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (in.bad() || text.empty())
    return fail(errc::io_failure, fmt::format("{}: cannot be read, or is empty", file));
  return text;
}

/// The keys of a venue that runs alone come from files, so that its clients can have them too.
result<simulator::settings> venue_settings(const config::settings& chosen) {
  auto out = chosen.simulator;
  const auto& files = chosen.simulator_keys;
  for (const auto& [file, into] : {std::pair{&files.api_key_file, &out.account.api_key},
                                   std::pair{&files.api_secret_file, &out.account.api_secret}}) {
    if (file->empty())
      continue;
    const auto loaded = exchange::load_secret_file(*file);
    if (!loaded)
      return loaded.error();
    *into = std::string(loaded->reveal());
  }
  if (files.api_public_key_file.empty())
    return out;
  auto loaded = load_public_key(files.api_public_key_file);
  if (!loaded)
    return loaded.error();
  out.account.api_public_key = std::move(*loaded);
  return out;
}

exit_code code_of(const error& e) {
  switch (e.code) {
    case errc::not_permitted:
      return exit_code::no_permission;
    case errc::busy:
      return exit_code::unavailable;
    case errc::io_failure:
      return exit_code::io_error;
    default:
      return exit_code::config;
  }
}

/// From the environment that systemd gives; none when nobody did. Somebody who is told nothing ends
/// the process again and again: better that it does not start.
result<actors::service_manager> service_manager_of_environment() {
  actors::service_manager manager;
  const char* address = std::getenv("NOTIFY_SOCKET");
  if (!address || *address == '\0')
    return manager;
  auto socket = status::service_socket::open(address);
  if (!socket)
    return socket.error();
  manager.socket = std::move(*socket);
  const char* limit = std::getenv("WATCHDOG_USEC");
  const char* whose = std::getenv("WATCHDOG_PID");
  const bool ours = !whose || std::strtoll(whose, nullptr, 10) == ::getpid();
  if (const auto usec = limit && ours ? std::strtoll(limit, nullptr, 10) : 0; usec > 0)
    manager.watchdog = milliseconds{usec / 1'000};
  return manager;
}

}  // namespace

actors::exit_code run(const std::string& config_file, bool understands_live, bool as_json,
                      const actors::build_info& build) {
  signal_gate signals;
  auto loaded = load(config_file);
  if (const auto* code = std::get_if<exit_code>(&loaded))
    return *code;
  if (std::get<config::settings>(loaded).mode == run_mode::live && !understands_live) {
    fmt::print(stderr, "sluice: {} trades real money: start it with --i-understand-live as well\n",
               config_file);
    return exit_code::config;
  }
  auto manager = service_manager_of_environment();
  if (!manager) {
    fmt::print(stderr, "sluice: {}\n", manager.error().text);
    return code_of(manager.error());
  }
  actors::run_hooks hooks;
  hooks.manager = std::move(*manager);
  hooks.environment = config::process_environment();
  hooks.wait_for_signal = [&](const actors::signal_sinks& sinks) { return signals.wait(sinks); };
  hooks.stop_waiting = [&] { signals.wake(); };
  hooks.running = [as_json](const std::string& url) { tell_address(url, as_json); };
  return actors::run_application(std::get<config::settings>(loaded), build, hooks);
}

actors::exit_code check(const std::string& config_file, bool as_json) {
  if (as_json)
    return check_as_json(config_file);
  auto loaded = load(config_file);
  if (const auto* code = std::get_if<exit_code>(&loaded))
    return *code;
  const auto& chosen = std::get<config::settings>(loaded);
  fmt::print("{}: usable, mode {}, strategy {}, promised bound {}\n", config_file,
             to_string(chosen.mode), to_string(chosen.snapshot.strategy),
             format_duration(chosen.snapshot.bound));
  return exit_code::ok;
}

actors::exit_code sim(const std::string& config_file, bool as_json) {
  signal_gate signals;
  auto loaded = load(config_file);
  if (const auto* code = std::get_if<exit_code>(&loaded))
    return *code;
  auto chosen = venue_settings(std::get<config::settings>(loaded));
  if (!chosen) {
    fmt::print(stderr, "sluice: {}\n", chosen.error().text);
    return code_of(chosen.error());
  }
  const auto started = simulator::server::start(*chosen);
  if (!started) {
    fmt::print(stderr, "sluice: {}\n", started.error().text);
    return code_of(started.error());
  }
  tell_address((*started)->rest_url(), as_json);
  (void)signals.wait();
  return exit_code::ok;
}

void print_version(const actors::build_info& build, bool as_json) {
  if (as_json)
    fmt::print("{}\n",
               json::serialize(json::object{
                   {"name", "sluice"}, {"version", build.version}, {"revision", build.revision}}));
  else
    fmt::print("sluice {} ({})\n", build.version, build.revision);
}

}  // namespace sluice::cli
