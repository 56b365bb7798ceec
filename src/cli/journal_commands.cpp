// Opens the file for reading, does the one thing, says what was found.
#include "journal_commands.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "replay.hpp"
#include "sluice/actors/application.hpp"

namespace sluice::cli {
namespace {

using actors::exit_code;

constexpr const char* replay_help =
    R"(Makes every verdict of a journal again from the facts it was made from.
Without --set all must be the same. With --set it tells which plans would have been decided
otherwise under other limits, with both verdicts.

Examples:
  sluice replay /var/lib/sluice/journal.db
  sluice replay state/journal.db --set gate.stale_after_entry=3s --set gate.allow_add=true

Exit codes: 0 no verdict differs, 1 some do, 2 a --set that sets no limit, 74 the file cannot be
read.)";

constexpr const char* verify_help =
    R"(Recomputes the checksum chain over all records of a journal, from the first to the last.

Example:
  sluice journal verify /var/lib/sluice/journal.db

Exit codes: 0 every record is as it was written, 1 one is not (it is named), 74 the file cannot be
read.)";

int failed(const error& e) {
  fmt::print(stderr, "sluice: {}\n", e.text);
  return static_cast<int>(e.code == errc::malformed ? exit_code::failed : exit_code::io_error);
}

}  // namespace

journal_commands::journal_commands(CLI::App& app) {
  auto* replayed = app.add_subcommand("replay", replay_help);
  replayed->add_option("FILE", file_, "a journal")->required();
  replayed->add_option("--set", changes_, "a limit to change, key=value; may be given again");
  replayed->add_option("--most", most_, "plans named at the most")->capture_default_str();
  replayed->add_flag("--json", json_, "everything as one JSON object");
  replay_ = replayed;
  auto* group = app.add_subcommand("journal", "Looks after a journal's file.");
  group->require_subcommand(1);
  auto* verified = group->add_subcommand("verify", verify_help);
  verified->add_option("FILE", file_, "a journal")->required();
  verified->add_flag("--json", json_, "the result as one JSON object");
  verify_ = verified;
}

bool journal_commands::parsed() const {
  return replay_->parsed() || verify_->parsed();
}

int journal_commands::run() const {
  return replay_->parsed() ? replay() : verify();
}

int journal_commands::replay() const {
  const auto changes = limit_changes::parse(changes_);
  if (!changes) {
    fmt::print(stderr, "sluice: {}\n", changes.error().text);
    return static_cast<int>(exit_code::usage);
  }
  auto from = journal::reader::open(file_);
  if (!from)
    return failed(from.error());
  const auto report = replay_all(**from, *changes);
  if (!report)
    return failed(report.error());
  fmt::print("{}", json_ ? as_json(*report) + "\n" : in_words(*report, most_));
  return static_cast<int>(report->differing.empty() ? exit_code::ok : exit_code::failed);
}

int journal_commands::verify() const {
  auto from = journal::reader::open(file_);
  if (!from)
    return failed(from.error());
  const auto found = (*from)->verify();
  if (!found)
    return failed(found.error());
  if (json_)
    fmt::print("{{\"records\":{},\"last_seq\":{}}}\n", found->records, found->last_seq);
  else
    fmt::print("{}: {} records, the last is {}, the chain holds\n", file_, found->records,
               found->last_seq);
  return static_cast<int>(exit_code::ok);
}

}  // namespace sluice::cli
