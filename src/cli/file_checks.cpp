// Looks at what a configuration says and names, the way a start would, and leaves all as it is.
#include "file_checks.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "sluice/actors/access_files.hpp"
#include "sluice/exchange/secret.hpp"
#include "sluice/truth/rounds.hpp"
#include "status_screen.hpp"

namespace sluice::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t symbols_assumed = 566;
constexpr std::uint64_t megabyte = 1024UL * 1024;

void pass(diagnosis& out, std::string step, std::string seen) {
  out.push_back({std::move(step), grade::pass, std::move(seen), {}});
}

void check_strategy(const config::settings& chosen, diagnosis& out) {
  rounds planned(chosen.snapshot);
  const bool demo = chosen.mode == run_mode::demo;
  planned.set_universe(demo ? static_cast<std::size_t>(chosen.simulator.symbols) : symbols_assumed,
                       demo ? chosen.simulator.weight_limit_1m : chosen.exchange.weight_limit_1m);
  const auto& promise = planned.promise();
  auto seen = fmt::format("{} keeps {} with reads of {}, promised are {}",
                          to_string(promise.strategy), short_span(promise.kept.count()),
                          short_span(promise.latency.count()), short_span(promise.bound.count()));
  if (promise.fault.empty())
    pass(out, "strategy", std::move(seen));
  else
    out.push_back({"strategy", grade::fail, seen, promise.fault});
}

void check_intervals(const config::settings& chosen, diagnosis& out) {
  const auto& limits = chosen.gate.limits;
  const auto bound = chosen.snapshot.bound;
  auto seen = fmt::format("truth may be {} old for exits, {} for entries; promised are {}",
                          short_span(limits.stale_after_exit.count()),
                          short_span(limits.stale_after_entry.count()), short_span(bound.count()));
  if (limits.stale_after_exit < bound || limits.stale_after_entry < bound)
    out.push_back({"intervals", grade::warn, seen,
                   "raise gate.stale_after_exit and gate.stale_after_entry above snapshot.bound"});
  else
    pass(out, "intervals", std::move(seen));
  if (!chosen.gate.read_on_demand)
    out.push_back(
        {"intervals", grade::fail,
         "gate.read_on_demand is false: a plan on old truth is denied and nothing is read",
         "remove gate.read_on_demand from the file"});
}

std::string names_of(const std::vector<source_id>& list) {
  std::vector<std::string> names;
  for (const auto& s : list)
    names.push_back(s.str());
  return list.empty() ? "anybody" : fmt::format("{}", fmt::join(names, ", "));
}

void check_sources(const config::settings& chosen, diagnosis& out) {
  const auto& gate = chosen.gate;
  auto seen = fmt::format("exits may come from {}, entries from {}", names_of(gate.exit_sources),
                          names_of(gate.entry_sources));
  if (!gate.exit_sources.empty() || !gate.entry_sources.empty())
    seen += gate.unlisted_source == unlisted_policy::deny
                ? "; others are denied"
                : "; others are judged by the other rules";
  pass(out, "sources", std::move(seen));
}

/// systemd tells the unit alone where its credentials are.
std::string cure_of_key(const std::string& file) {
  if (file.starts_with("$CREDENTIALS_DIRECTORY"))
    return "say where the unit takes them from: CREDENTIALS_DIRECTORY=/etc/sluice sluice doctor "
           "...";
  return fmt::format("the user that runs Sluice must own it, and nobody else read it: chmod 600 {}",
                     file);
}

void check_keys(const config::settings& chosen, diagnosis& out) {
  if (chosen.mode == run_mode::demo)
    return pass(out, "keys", "none needed: mode demo brings its own exchange");
  for (const auto& file : {chosen.keys.api_key_file, chosen.keys.api_secret_file}) {
    const auto loaded = exchange::load_secret_file(file);
    if (loaded)
      pass(out, "keys", file + ": there, ours alone");
    else
      out.push_back({"keys", grade::fail, loaded.error().text, cure_of_key(file)});
  }
}

/// What guards the HTTP server, read the way a start reads it.
void check_access(const config::settings& chosen, diagnosis& out) {
  const auto& s = chosen.status;
  if (const auto read = actors::load_access(chosen); !read) {
    const bool open = read.error().code == errc::not_permitted;
    out.push_back(
        {"http", grade::fail, printable(read.error().text),
         open ? "the user that runs Sluice must own the file, and nobody else read it: chmod 600"
              : "correct the file; config/default.toml says what it holds"});
    return;
  }
  pass(out, "http",
       fmt::format("listens on {}{}; looking {}, orders {}", s.listen,
                   s.tls_certificate_file.empty() ? "" : " with TLS",
                   s.read_token_file.empty() ? "needs no token" : "needs a token",
                   s.write_token_file.empty() ? "need none" : "need a token"));
}

void check_clock(const config::settings& chosen, diagnosis& out) {
  if (chosen.mode == run_mode::demo)
    return pass(out, "clock", "that of the simulated exchange is ours");
  timex asked{};
  if (::adjtimex(&asked) == TIME_ERROR)
    out.push_back({"clock", grade::warn, "this machine does not say that its clock is synchronised",
                   "set up time synchronisation (chrony, systemd-timesyncd)"});
  else
    pass(out, "clock", "synchronised, as this machine says");
}

void check_space(const fs::path& where, diagnosis& out) {
  struct statvfs disk {};
  if (::statvfs(where.c_str(), &disk) != 0)
    return;
  const auto left = disk.f_bavail * disk.f_frsize / megabyte;
  auto seen =
      fmt::format("{} MiB free where the journal is", grouped(static_cast<std::int64_t>(left)));
  const auto how = left < 100 ? grade::fail : left < 1'024 ? grade::warn : grade::pass;
  out.push_back({"disk", how, std::move(seen),
                 how == grade::pass ? "" : "free some: a full disk halts trading"});
}

void check_state_dir(const config::settings& chosen, diagnosis& out) {
  const fs::path dir(chosen.journal.state_dir);
  struct stat told {};
  if (::stat(dir.c_str(), &told) != 0) {
    const auto above = dir.has_parent_path() ? dir.parent_path() : fs::path(".");
    std::error_code code;
    out.push_back({"state_dir", fs::exists(above, code) ? grade::pass : grade::warn,
                   fmt::format("{} is not there yet; a start makes it", dir.string()),
                   fs::exists(above, code) ? "" : "check the path"});
    return check_space(fs::exists(above, code) ? above : fs::path("."), out);
  }
  const auto mode = told.st_mode & 07777U;
  auto seen = fmt::format("{}: mode {:04o}, owner {}", dir.string(), mode, told.st_uid);
  if (!S_ISDIR(told.st_mode) || ::access(dir.c_str(), W_OK | X_OK) != 0)
    out.push_back({"state_dir", grade::fail, seen + ", not writable for us",
                   "run as its owner, or give it to the user that runs Sluice"});
  else if ((mode & 077U) != 0)
    out.push_back({"state_dir", grade::warn, seen + ": others may look into it",
                   fmt::format("chmod 700 {}, as the user that runs Sluice", dir.string())});
  else if (told.st_uid != ::geteuid() && ::geteuid() != 0)
    out.push_back({"state_dir", grade::warn, seen + ": belongs to another user than we are",
                   "look as the user that runs Sluice, or as root"});
  else
    pass(out, "state_dir", std::move(seen));
  check_space(dir, out);
}

void check_halt_file(const config::settings& chosen, diagnosis& out) {
  const auto path = chosen.gate.halt_file.empty() ? fs::path(chosen.journal.state_dir) / "halt"
                                                  : fs::path(chosen.gate.halt_file);
  std::error_code code;
  if (fs::symlink_status(path, code).type() == fs::file_type::not_found)
    return pass(out, "state", "no halt file");
  std::string why;
  std::ifstream in(path);
  std::getline(in, why);
  out.push_back({"state", grade::fail,
                 fmt::format("the halt file {} is there: {}", path.string(),
                             why.empty() ? "it says no reason" : printable(why)),
                 fmt::format("remove {} once its cause is over", path.string())});
}

}  // namespace

std::optional<config::settings> check_file(const std::string& file, diagnosis& out) {
  auto loaded = config::load(file, config::process_environment());
  if (auto* chosen = std::get_if<config::settings>(&loaded)) {
    pass(out, "config", fmt::format("{}: usable, mode {}", file, to_string(chosen->mode)));
    return std::move(*chosen);
  }
  for (const auto& fault : std::get<config::faults>(loaded))
    out.push_back({"config", grade::fail, printable(config::to_string(fault)),
                   "correct the line; config/default.toml has every key"});
  return std::nullopt;
}

void check_settings(const config::settings& chosen, diagnosis& out) {
  check_strategy(chosen, out);
  check_intervals(chosen, out);
  check_sources(chosen, out);
  check_keys(chosen, out);
  check_access(chosen, out);
  check_clock(chosen, out);
  check_state_dir(chosen, out);
  check_halt_file(chosen, out);
}

}  // namespace sluice::cli
