// Begin and end of overrides, each with its record.
#include "sluice/gate/override_book.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sluice/domain/standing_state.hpp"

namespace sluice {
namespace {

std::string key_fault(std::string_view key) {
  const auto why = why_not_overridable(key);
  return fmt::format("{} may not be overridden{}{}; {} may", key, why.empty() ? "" : ": it ", why,
                     overridable_names());
}

void check_span(std::vector<setting_fault>& faults, const char* field, milliseconds value,
                milliseconds least, milliseconds most) {
  if (value < least || value > most)
    faults.push_back(
        {field, fmt::format("{} is out of range: from {} to {}", format_duration(value),
                            format_duration(least), format_duration(most))});
}

std::vector<setting_fault> faults_of(const override_order& wanted) {
  std::vector<setting_fault> faults;
  check_span(faults, "for", wanted.lasts, milliseconds{1'000}, override_book::lasts_max);
  if (wanted.fresh_for)
    check_span(faults, "until", *wanted.fresh_for, override_book::fresh_for_min,
               std::max(wanted.lasts, override_book::fresh_for_min));
  if (is_own_author(wanted.author))
    faults.push_back({"author", "is nobody's name"});
  return faults;
}

}  // namespace

override_book::override_book(gate_settings normal)
    : normal_(std::move(normal)), in_force_(normal_) {}

std::vector<record_body> override_book::resume(const std::vector<setting_override>& stored,
                                               std::int64_t last_id, const override_floors& floors,
                                               const stamp& now) {
  std::vector<record_body> out;
  last_id_ = last_id;
  for (const auto& o : stored) {
    // A wall clock that was set back must not make it longer than it was ordered.
    const milliseconds ordered{o.until.ms - o.since.ms};
    const auto left = std::min(milliseconds{o.until.ms - now.wall.ms}, ordered);
    if (left <= milliseconds{0}) {
      out.emplace_back(override_ended{o, override_end::expired, std::string{gate_author},
                                      "its time was over before the restart"});
      continue;
    }
    const auto* key = find_overridable(o.key);
    auto tried = normal_;
    auto fault = key ? apply_override(*key, o.value, floors, tried) : key_fault(o.key);
    if (!fault && ordered > lasts_max)
      fault = "lasts longer than a day";
    if (fault) {
      out.emplace_back(
          override_ended{o, override_end::refused, std::string{gate_author}, std::move(*fault)});
      continue;
    }
    if (const auto older = find(o.key); older != standing_.end())
      end(older, override_end::replaced, o.author, o.reason, out);
    standing_.push_back({o, now.steady + left, std::nullopt});
  }
  settle();
  return out;
}

override_outcome override_book::set(const override_order& wanted, const override_floors& floors,
                                    const stamp& now) {
  override_outcome out;
  out.faults = faults_of(wanted);
  const auto* key = find_overridable(wanted.key);
  auto tried = normal_;
  if (!key)
    out.faults.push_back({"key", key_fault(wanted.key)});
  else if (auto fault = apply_override(*key, wanted.value, floors, tried))
    out.faults.push_back({"value", std::move(*fault)});
  if (!out.faults.empty())
    return out;
  if (const auto older = find(wanted.key); older != standing_.end())
    end(older, override_end::replaced, wanted.author, wanted.reason, out.records);
  setting_override o{++last_id_,
                     wanted.key,
                     value_text(*key, tried),
                     wanted.author,
                     wanted.reason,
                     now.wall,
                     wall_time{now.wall.ms + wanted.lasts.count()},
                     wanted.fresh_for};
  standing_.push_back({o, now.steady + wanted.lasts, std::nullopt});
  out.records.emplace_back(override_set{o});
  out.now = std::move(o);
  settle();
  return out;
}

override_outcome override_book::revert(const std::string& key, const std::string& author,
                                       const std::string& reason, const stamp&) {
  override_outcome out;
  const auto at = find(key);
  if (is_own_author(author))
    out.faults.push_back({"author", "is nobody's name"});
  if (at == standing_.end())
    out.faults.push_back({"key", fmt::format("no override of {} is in force", key)});
  if (!out.faults.empty())
    return out;
  out.now = at->what;
  end(at, override_end::reverted, author, reason, out.records);
  settle();
  return out;
}

std::vector<record_body> override_book::tick(const stamp& now, bool machine_slept) {
  std::vector<record_body> out;
  for (std::size_t i = standing_.size(); i-- > 0;)
    if (standing_[i].ends <= now.steady || (machine_slept && standing_[i].what.until <= now.wall))
      end(standing_.begin() + static_cast<std::ptrdiff_t>(i), override_end::expired,
          std::string{gate_author}, "its time is over", out);
  settle();
  return out;
}

std::vector<record_body> override_book::look(const freshness_seen& seen, const stamp& now) {
  std::vector<record_body> out;
  for (std::size_t i = standing_.size(); i-- > 0;) {
    auto& o = standing_[i];
    if (!o.what.fresh_for)
      continue;
    if (!is_fresh(o.what, seen)) {
      o.fresh_since.reset();
      continue;
    }
    o.fresh_since = o.fresh_since.value_or(now.steady);
    if (now.steady - *o.fresh_since >= *o.what.fresh_for)
      end(standing_.begin() + static_cast<std::ptrdiff_t>(i), override_end::cause_gone,
          std::string{gate_author},
          fmt::format("the normal bound was kept for {}", format_duration(*o.what.fresh_for)), out);
  }
  settle();
  return out;
}

bool override_book::is_fresh(const setting_override& o, const freshness_seen& seen) const {
  const auto& key = *find_overridable(o.key);
  auto normal = normal_;
  const auto limit = key.watch == override_watch::promise ? seen.promised : key.span(normal);
  const auto& oldest = key.watch == override_watch::marks ? seen.oldest_mark : seen.oldest_truth;
  return oldest && *oldest <= limit;
}

void override_book::end(list::iterator at, override_end why, std::string author, std::string reason,
                        std::vector<record_body>& out) {
  out.emplace_back(override_ended{std::move(at->what), why, std::move(author), std::move(reason)});
  standing_.erase(at);
}

override_book::list::iterator override_book::find(std::string_view key) {
  return std::ranges::find_if(standing_,
                              [&](const standing_override& o) { return o.what.key == key; });
}

std::vector<record_body> override_book::normal(gate_settings now) {
  normal_ = std::move(now);
  std::vector<record_body> out;
  for (std::size_t i = standing_.size(); i-- > 0;) {
    const auto& o = standing_[i].what;
    auto tried = normal_;
    // Floors bind at the order.
    if (auto fault = apply_override(*find_overridable(o.key), o.value, {}, tried))
      end(standing_.begin() + static_cast<std::ptrdiff_t>(i), override_end::refused,
          std::string{gate_author}, std::move(*fault), out);
  }
  settle();
  return out;
}

void override_book::settle() {
  in_force_ = normal_;
  // Floors bind at the order: a bound that is promised later does not end an override.
  for (const auto& o : standing_)
    (void)apply_override(*find_overridable(o.what.key), o.what.value, {}, in_force_);
}

std::vector<std::int64_t> override_book::ids() const {
  std::vector<std::int64_t> out;
  for (const auto& o : standing_)
    out.push_back(o.what.id);
  std::ranges::sort(out);
  return out;
}

std::vector<setting_override> override_book::standing() const {
  std::vector<setting_override> out;
  for (const auto& o : standing_)
    out.push_back(o.what);
  return out;
}

bool override_book::watches() const {
  return std::ranges::any_of(standing_, [](const auto& o) { return o.what.fresh_for.has_value(); });
}

std::optional<instant> override_book::next_deadline() const {
  const auto first = std::ranges::min_element(standing_, {}, &standing_override::ends);
  return first == standing_.end() ? std::nullopt : std::optional(first->ends);
}

}  // namespace sluice
