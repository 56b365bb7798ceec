// Opens the file, does the one thing, says what was found.
#include "journal_commands.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <chrono>
#include <filesystem>

#include "replay.hpp"
#include "sluice/actors/application.hpp"
#include "sluice/journal/archive.hpp"
#include "sluice/journal/lock.hpp"
#include "sluice/journal/store.hpp"

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
    R"(Recomputes the checksum chain over all records of a journal, from the first to the last, and
makes from the records alone the rows of state (orders, ledger, holds, ...) and their kept hashes. Then
compares the rows of plans, verdicts, orders' events and fills with their records, and looks whether
every index has all of its rows.

Examples:
  sluice journal verify /var/lib/sluice/journal.db

Exit codes: 0 every record and row is as it was written, 1 one is not (it is named), 74 the file cannot be
read.)";

constexpr const char* archive_help =
    R"(Moves the records before a day (UTC) into a file of their own, which verify and replay read.
The journal keeps what a start needs of them, and goes on where the archive ends. An interruption
leaves either all in the journal or all moved. Nobody else may run on the journal.

Examples:
  sluice journal archive /var/lib/sluice/journal.db --before 2026-11-01
  sluice journal archive state/journal.db --before 2026-11-01 --to /backup/october.db --json

Exit codes: 0 done or nothing is that old, 1 the journal is damaged or the file is there already, 2 no
day, 74 a file cannot be read or written, 75 a process runs on the journal.)";

constexpr const char* accept_help =
    R"(Takes a journal as it is whose write-ahead log (-wal) was damaged, cut or lost, so that a start no
longer refuses it. What the log held and SQLite does not find is lost for good: plans may be carried
out again, holds and orders to stop may be missing. Look at orders and positions at the exchange
first. A record keeps what was accepted and why. Nobody else may run on the journal.

Examples:
  sluice journal accept /var/lib/sluice/journal.db --reason "disk replaced, positions looked at"

Exit codes: 0 accepted or nothing was lost, 1 the journal itself is damaged, 2 no reason, 74 a file cannot be
read or written, 75 a process runs on the journal.)";

constexpr const char* journal_help = R"(Looks after a journal's file.

Examples:
  sluice journal verify /var/lib/sluice/journal.db
  sluice journal archive /var/lib/sluice/journal.db --before 2026-11-01

Exit codes: those of the command below it; 2 usage.)";

result<journal::verification> verify_file(const std::string& file) {
  auto from = journal::reader::open(file);
  if (!from)
    return from.error();
  return (*from)->verify();
}

/// The beginning of a day, or an instant.
result<wall_time> parse_day(const std::string& text) {
  return parse_rfc3339(text.size() == std::string_view("2026-11-01").size() ? text + "T00:00:00Z"
                                                                            : text);
}

std::string as_json(const journal::verification& v) {
  return fmt::format(
      R"({{"records":{},"last_seq":{},"checkpoints":{},"state_rows":{},"begins_after":{},)"
      R"("begins_with":"{:016x}","ends_with":"{:016x}","archived":{}}})"
      "\n",
      v.records, v.last_seq, v.checkpoints, v.state_rows, v.begins_after, v.begins_with,
      v.ends_with, v.archived);
}

std::string as_json(const journal::archived& moved) {
  return boost::json::serialize(boost::json::object{
      {"file",
       moved.file.empty() ? boost::json::value(nullptr) : boost::json::value(moved.file.string())},
      {"records", moved.records},
      {"last_seq",
       moved.file.empty() ? boost::json::value(nullptr) : boost::json::value(moved.last_seq)}});
}

/// `before` says what was found of the archive that the file goes on from.
std::string in_words(const std::string& file, const journal::verification& v,
                     const std::string& before) {
  auto text = fmt::format("{}: {} records, the last is {}, the chain holds and ends with {:016x}\n",
                          file, v.records, v.last_seq, v.ends_with);
  if (v.begins_after != 0)
    text += fmt::format("it goes on after record {} and its chain value {:016x}{}\n",
                        v.begins_after, v.begins_with,
                        v.archive.empty() ? "" : fmt::format(" ({}: {})", v.archive, before));
  if (v.archived)
    return text + "it is an archive\n";
  return text + fmt::format(
                    "{} rows of state and {} checkpoints are what the records make of "
                    "them\n",
                    v.state_rows, v.checkpoints);
}

int failed(const error& e) {
  fmt::print(stderr, "sluice: {}\n", e.text);
  const bool refused = e.code == errc::malformed || e.code == errc::invalid_value;
  return static_cast<int>(refused ? exit_code::failed : exit_code::io_error);
}

/// For whoever writes into the file.
result<journal::state_lock> lock_of(const std::filesystem::path& file) {
  std::error_code code;
  if (!std::filesystem::exists(file, code))
    return fail(errc::not_found, file.string() + ": there is no journal");
  return journal::state_lock::acquire(file.has_parent_path() ? file.parent_path()
                                                             : std::filesystem::path("."));
}

int not_locked(const error& e) {
  fmt::print(stderr, "sluice: {}\n", e.text);
  return static_cast<int>(e.code == errc::busy ? exit_code::temporary : exit_code::io_error);
}

}  // namespace

journal_commands::journal_commands(CLI::App& app) {
  auto* replayed = app.add_subcommand("replay", replay_help);
  replayed->add_option("FILE", file_, "a journal")->required();
  replayed->add_option("--set", changes_, "a limit to change, key=value; may be given again");
  replayed->add_option("--most", most_, "plans named at the most")->capture_default_str();
  replayed->add_flag("--json", json_, "everything as one JSON object");
  replay_ = replayed;
  auto* group = app.add_subcommand("journal", journal_help);
  group->require_subcommand(1);
  auto* verified = group->add_subcommand("verify", verify_help);
  verified->add_option("FILE", file_, "a journal")->required();
  verified->add_flag("--json", json_, "the result as one JSON object");
  verify_ = verified;
  auto* archived = group->add_subcommand("archive", archive_help);
  archived->add_option("FILE", file_, "a journal")->required();
  archived->add_option("--before", before_, "the first day that stays")->required();
  archived->add_option("--to", to_,
                       "the archive's file; by default in the folder archive beside it");
  archived->add_flag("--json", json_, "what was moved as one JSON object");
  archive_ = archived;
  auto* accepted = group->add_subcommand("accept", accept_help);
  accepted->add_option("FILE", file_, "a journal")->required();
  accepted->add_option("--reason", reason_, "why what is lost may be lost")->required();
  accepted->add_flag("--json", json_, "the result as one JSON object");
  accept_ = accepted;
}

bool journal_commands::parsed() const {
  return replay_->parsed() || verify_->parsed() || archive_->parsed() || accept_->parsed();
}

int journal_commands::run() const {
  if (archive_->parsed())
    return archive();
  if (accept_->parsed())
    return accept();
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
  const auto found = verify_file(file_);
  if (!found)
    return failed(found.error());
  // The part before it is looked at too, where it still is.
  std::string before;
  std::error_code code;
  if (!found->archive.empty()) {
    before = "not there, not compared";
    if (std::filesystem::exists(found->archive, code)) {
      const auto archive = verify_file(found->archive);
      if (!archive)
        return failed(archive.error());
      if (archive->last_seq != found->begins_after || archive->ends_with != found->begins_with)
        return failed(fail(errc::malformed,
                           fmt::format("{} does not end with record {}, after which {} goes on",
                                       found->archive, found->begins_after, file_)));
      before = "ends with it";
    }
  }
  fmt::print("{}", json_ ? as_json(*found) : in_words(file_, *found, before));
  return static_cast<int>(exit_code::ok);
}

int journal_commands::archive() const {
  const auto before = parse_day(before_);
  if (!before) {
    fmt::print(stderr, "sluice: --before {}: takes a day, 2026-11-01, or an instant of RFC 3339\n",
               before_);
    return static_cast<int>(exit_code::usage);
  }
  const std::filesystem::path file(file_);
  const auto lock = lock_of(file);
  if (!lock)
    return not_locked(lock.error());
  journal::archive_options options{.before = *before};
  if (!to_.empty())
    options.to = to_;
  const auto moved = journal::archive_journal(file, options);
  if (!moved)
    return failed(moved.error());
  if (json_)
    fmt::print("{}\n", as_json(*moved));
  else if (moved->file.empty())
    fmt::print("{}: no record is older than {}\n", file_, before_);
  else
    fmt::print("{}: {} records, the last is {}; the journal goes on after it\n",
               moved->file.string(), moved->records, moved->last_seq);
  return static_cast<int>(exit_code::ok);
}

/// Opened once as a start would, so that only what needs it is accepted.
int journal_commands::accept() const {
  const std::filesystem::path file(file_);
  const auto lock = lock_of(file);
  if (!lock)
    return not_locked(lock.error());
  const auto refused = journal::store::open(file);
  if (refused) {
    if (const auto ended = (*refused)->end(); !ended)
      return failed(ended.error());
    fmt::print("{}", json_ ? R"({"accepted":false})"
                             "\n"
                           : file_ + ": nothing to accept, a start takes it\n");
    return static_cast<int>(exit_code::ok);
  }
  // What passes by itself (busy, a failed read) is nothing to accept.
  if (refused.error().code != errc::malformed)
    return failed(refused.error());
  const auto opened = journal::store::open(file, {.accept_lost_log = true});
  if (!opened)
    return failed(opened.error());
  const wall_time now{
      std::chrono::duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch())
          .count()};
  record accepted{0,
                  {std::chrono::steady_clock::now(), now},
                  notice{"journal_accepted", fmt::format("{}; {}", reason_, refused.error().text)}};
  if (const auto written = (*opened)->append(accepted); !written)
    return failed(written.error());
  if (const auto ended = (*opened)->end(); !ended)
    return failed(ended.error());
  fmt::print("{}", json_
                       ? fmt::format(R"({{"accepted":true,"last_seq":{}}})"
                                     "\n",
                                     accepted.seq)
                       : fmt::format("{}: accepted, the last record is {}\n", file_, accepted.seq));
  return static_cast<int>(exit_code::ok);
}

}  // namespace sluice::cli
