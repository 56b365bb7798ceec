// Keeps trades the ledger lacks in the venue's order, and finds the run that accounts for a drift.
#include "sluice/ledger/evidence.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sluice {
namespace {

/// More trades than this that the ledger lacks, and the oldest are no evidence any more.
constexpr std::size_t evidence_max = 1'000;
/// Trade ids by which a repeated note is recognised.
constexpr std::size_t noted_max = 2'000;
/// Trades named in an evidence text; the rest is counted.
constexpr std::size_t trades_named_max = 5;
constexpr venue_time end_of_time{std::numeric_limits<std::int64_t>::max()};

std::string words_of(const drift_evidence& e) {
  const auto& f = e.what;
  const auto whose = e.ours                              ? std::string_view{"our"}
                     : f.given_by == order_giver::client ? std::string_view{"foreign"}
                                                         : to_string(f.given_by);
  return fmt::format("trade {} {} {} at {} by {} order {}", f.id, to_string(f.direction),
                     f.amount.str(), f.at.str(), whose,
                     f.client_id.empty() ? std::to_string(f.order) : f.client_id.str());
}

constexpr auto id_of = [](const drift_evidence& e) { return e.what.id; };

bool is_timeless(const truth_view& seen, venue_time as_of) {
  return seen.changed_at.ms == 0 && as_of.ms == 0;
}

/// As a start, after which all counts that is not in this truth. Where nothing is known, everything
/// that is noted counts.
trade_cut base_at(const truth_view& seen, venue_time as_of) {
  if (is_timeless(seen, as_of))
    return {};
  auto cut = cut_of(seen, as_of);
  cut.all_until = std::max(cut.all_until, seen.changed_at);
  return cut;
}

bool surely_before(const drift_evidence& e, const trade_cut& cut) {
  return e.what.traded_at <= cut.all_until;
}
bool surely_after(const drift_evidence& e, const trade_cut& cut) {
  return e.what.traded_at > cut.none_after;
}

}  // namespace

trade_cut cut_of(const truth_view& seen, venue_time as_of) {
  if (seen.changed_at.ms != 0)
    return {{seen.changed_at.ms - venue_slack_ms}, {seen.changed_at.ms + venue_slack_ms}};
  if (as_of.ms != 0)
    return {{as_of.ms - clock_slack_ms}, {as_of.ms + clock_slack_ms}};
  return {{}, end_of_time};
}

std::optional<evidence_run> run_explaining(quantity drift,
                                           const std::deque<drift_evidence>& evidence,
                                           const trade_cut& end, venue_time oldest) {
  // The last trade that must be in the run, if any.
  std::size_t needed = 0;
  for (std::size_t i = 0; i < evidence.size(); ++i)
    if (surely_before(evidence[i], end))
      needed = i + 1;
  for (std::size_t first = 0; first < evidence.size(); ++first) {
    quantity sum;
    for (std::size_t i = first; i < evidence.size() && !surely_after(evidence[i], end); ++i) {
      if (evidence[i].what.traded_at < oldest)
        break;
      sum += signed_amount(evidence[i].what);
      if (i + 1 >= needed && sum == drift)
        return evidence_run{first, i};
    }
    if (!evidence[first].maybe_contained)
      return std::nullopt;  // A run that starts later would leave this one out.
  }
  return std::nullopt;
}

bool evidence_book::note(const drift_evidence& e) {
  const auto id = e.what.id;
  if (id <= 0 || id <= spent_up_to_)
    return false;
  const bool is_new = std::ranges::find(noted_, id) == noted_.end();
  // Events repeat. What is read back may have been dropped for a read that lagged behind it.
  if (!is_new && (e.told || std::ranges::find(evidence_, id, id_of) != evidence_.end()))
    return false;
  if (is_new)
    noted_.push_back(id);
  if (noted_.size() > noted_max)
    noted_.pop_front();
  if (stands_before_base(e))
    return is_new;
  const auto place =
      std::ranges::find_if(evidence_, [&](const auto& other) { return other.what.id > id; });
  evidence_.insert(place, e)->maybe_contained = !surely_after(e, base_);
  if (evidence_.size() > evidence_max)
    evidence_.pop_front();
  return is_new;
}

/// Events of one millisecond come one by one, and truth may have been read between them.
bool evidence_book::stands_before_base(const drift_evidence& e) const {
  return e.told ? e.what.traded_at.ms < base_.all_until.ms - venue_slack_ms
                : surely_before(e, base_);
}

void evidence_book::claim(order_id order, const plan_id& plan) {
  for (auto& e : evidence_)
    if (e.what.order == order && !e.ours) {
      e.ours = true;
      e.plan = plan;
    }
}

bool evidence_book::forget(trade_id id) {
  const auto at = std::ranges::find(evidence_, id, id_of);
  if (at == evidence_.end())
    return false;
  const bool recorded = at->recorded;
  evidence_.erase(at);
  return recorded;
}

void evidence_book::mark_recorded(const evidence_run& run) {
  for (std::size_t i = run.first; i <= run.last; ++i)
    evidence_[i].recorded = true;
}

std::vector<drift_evidence> evidence_book::take_unrecorded(venue_time oldest) {
  std::vector<drift_evidence> found;
  for (auto& e : evidence_) {
    if (e.ours || e.recorded || e.maybe_contained || e.what.traded_at < oldest)
      continue;
    found.push_back(e);
    e.recorded = true;
  }
  return found;
}

void evidence_book::agree(const truth_view& seen, venue_time as_of) {
  std::erase_if(evidence_, [&](const drift_evidence& e) { return e.seen_at < seen.as_of; });
  begin_at(base_at(seen, as_of));
}

void evidence_book::agree_restored(venue_time first, venue_time last, milliseconds staleness) {
  begin_at({{first.ms - staleness.count() - clock_slack_ms}, {last.ms + clock_slack_ms}});
}

void evidence_book::begin_at(const trade_cut& base) {
  base_ = base;
  std::erase_if(evidence_, [&](const drift_evidence& e) { return stands_before_base(e); });
  for (auto& e : evidence_)
    e.maybe_contained = !surely_after(e, base_);
}

std::optional<evidence_run> evidence_book::explaining(quantity drift, const trade_cut& end,
                                                      venue_time oldest) const {
  return run_explaining(drift, evidence_, end, oldest);
}

void evidence_book::spend(const evidence_run& run, const truth_view& seen, venue_time as_of) {
  spent_up_to_ = evidence_[run.last].what.id;
  std::erase_if(evidence_, [&](const auto& e) { return e.what.id <= spent_up_to_; });
  // The run may have been the wrong one of two that fit: what lies near its end stays in doubt.
  base_ = is_timeless(seen, as_of) ? trade_cut{} : cut_of(seen, as_of);
  for (auto& e : evidence_)
    e.maybe_contained = !surely_after(e, base_);
}

std::vector<drift_evidence> evidence_book::trades_of(const evidence_run& run) const {
  return {evidence_.begin() + std::ptrdiff_t(run.first),
          evidence_.begin() + std::ptrdiff_t(run.last) + 1};
}

bool evidence_book::all_ours(const evidence_run& run) const {
  for (std::size_t i = run.first; i <= run.last; ++i)
    if (!evidence_[i].ours)
      return false;
  return true;
}

std::string evidence_book::in_words(const evidence_run& run) const {
  std::string text;
  const auto count = run.last - run.first + 1;
  for (std::size_t i = 0; i < std::min(count, trades_named_max); ++i)
    text += (i == 0 ? "" : ", ") + words_of(evidence_[run.first + i]);
  if (count > trades_named_max)
    text += fmt::format(" and {} more", count - trades_named_max);
  return text;
}

std::string evidence_book::all_in_words() const {
  return evidence_.empty() ? std::string{} : in_words({0, evidence_.size() - 1});
}

}  // namespace sluice
