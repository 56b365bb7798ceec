// What a journal's file tells about the process that wrote it, living or not.
#include <fmt/format.h>

#include <boost/json.hpp>
#include <filesystem>

#include "file_checks.hpp"
#include "json_view.hpp"
#include "running_checks.hpp"
#include "sluice/journal/reader.hpp"
#include "status_screen.hpp"

namespace sluice::cli {
namespace {

constexpr std::int64_t hour_ms = 3'600'000;

void fault(diagnosis& out, const std::string& file, const error& e) {
  out.push_back(
      {"journal", grade::fail, printable(e.text),
       fmt::format("stop, keep the file as it is, and look: sluice journal verify {}", file)});
}

void check_chain(journal::reader& from, const std::string& file, diagnosis& out) {
  const auto found = from.verify();
  if (!found)
    return fault(out, file, found.error());
  out.push_back({"journal",
                 grade::pass,
                 fmt::format("{} records, {} rows of state, each as it was written",
                             grouped(found->records), grouped(found->state_rows)),
                 {}});
}

/// The hour that ends with the journal's last record.
void check_verdicts(journal::reader& from, const std::string& file, diagnosis& out) {
  const auto seq = from.last_seq();
  const auto last =
      seq ? from.events_after(*seq - 1, 1) : result<std::vector<journal::event>>(seq.error());
  if (!last)
    return fault(out, file, last.error());
  if (last->empty())
    return;
  const auto at = parse_rfc3339(text_at(parse_object(last->front().json), "at"));
  if (!at)
    return;
  const journal::reason_window window{.since = {at->ms - hour_ms}, .until = *at, .instrument = {}};
  const auto shares = from.reasons(window);
  if (!shares)
    return fault(out, file, shares.error());
  for (auto& line : permit_checks(parse_object(journal::to_json(window, *shares)))) {
    line.seen += fmt::format(" (to {})", format_rfc3339(*at));
    out.push_back(std::move(line));
  }
}

void check_state(const journal::recovered& found, diagnosis& out) {
  if (found.state.state == trading_state::active)
    out.push_back({"state", grade::pass, "active when the journal ends", {}});
  else
    out.push_back({"state", grade::warn,
                   fmt::format("{} by {}: {}", to_string(found.state.state),
                               printable(found.state.author), printable(found.state.reason)),
                   "sluice state active --reason \"...\", once it runs and the cause is over"});
  for (const auto& h : found.holds)
    out.push_back({"holds", grade::warn,
                   fmt::format("{}: {}, since {}", h.position.instrument.str(), to_string(h.cause),
                               format_rfc3339(h.since)),
                   release_command(h)});
  for (const auto& o : found.overrides)
    out.push_back({"overrides", grade::warn,
                   fmt::format("{} = {} until {}, by {}: {}", printable(o.key), printable(o.value),
                               format_rfc3339(o.until), printable(o.author), printable(o.reason)),
                   fmt::format("sluice override revert {} --reason \"...\"", printable(o.key))});
  for (const auto& o : found.unresolved_orders)
    out.push_back(
        {"orders", grade::warn,
         fmt::format("{} of {} is {}: nobody could say yet what became of it",
                     printable(o.request.id.str()), o.request.instrument.str(), to_string(o.state)),
         "a start looks it up at the exchange before anything else on its symbol"});
}

bool has_stop(const journal::recovered& found, const position_key& key) {
  const auto is_it = [&](const auto& row) { return row.position == key; };
  return std::ranges::any_of(found.stops, is_it) ||
         std::ranges::any_of(found.exits, [&](const exit_state& e) { return is_it(e) && e.stop; });
}

void check_positions(const journal::recovered& found, diagnosis& out) {
  std::size_t open = 0;
  std::size_t bare = 0;
  for (const auto& line : found.ledger) {
    if (line.amount.is_zero())
      continue;
    ++open;
    if (has_stop(found, line.position))
      continue;
    ++bare;
    const auto name = line.position.instrument.str();
    out.push_back({"positions", grade::warn,
                   fmt::format("{} {} has no stop in this journal", name, line.amount.str()),
                   fmt::format("enable exits or protective_stops, or close it: sluice flatten {} "
                               "--reason \"...\"",
                               name)});
  }
  if (bare == 0)
    out.push_back({"positions",
                   grade::pass,
                   fmt::format("{} open in the ledger, each with a stop", open),
                   {}});
}

}  // namespace

void check_journal(const std::string& file, diagnosis& out) {
  auto from = journal::reader::open(file);
  if (!from)
    return fault(out, file, from.error());
  check_chain(**from, file, out);
  check_verdicts(**from, file, out);
  const auto found = (*from)->state();
  if (!found)
    return fault(out, file, found.error());
  check_state(*found, out);
  check_positions(*found, out);
}

}  // namespace sluice::cli
