// Walks over the journal's verdicts and counts what would be said today.
#include "replay.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "sluice/config/config.hpp"
#include "sluice/config/report.hpp"
#include "sluice/gate/replay.hpp"

namespace sluice::cli {
namespace {

namespace json = boost::json;

/// Durations, decimals and words need quotes in a file, flags and numbers must not have them: as
/// the default of the key stands there.
std::string as_toml(std::string_view key, std::string_view value) {
  const auto keys = config::keys_of(config::settings{});
  const auto known = std::ranges::find(keys, key, &config::key_info::name);
  const bool quoted = known != keys.end() && known->value.starts_with('"');
  return quoted ? fmt::format("\"{}\"", value) : std::string(value);
}

/// The configuration's own reader says what a value may be.
result<config::settings> with_value(std::string_view key, std::string_view value) {
  const auto dot = key.find('.');
  // What is promised elsewhere must not stand in the way of a question.
  const auto text = fmt::format(
      "mode = \"demo\"\n[snapshot]\nbound = \"100ms\"\nbest_effort = true\n[{}]\n{} = {}\n",
      key.substr(0, dot), key.substr(dot + 1), as_toml(key, value));
  auto parsed = config::parse(text, "--set");
  if (auto* good = std::get_if<config::settings>(&parsed))
    return std::move(*good);
  const auto& fault = std::get<config::faults>(parsed).front();
  return fail(errc::invalid_value, config::to_string(fault));
}

std::string reason_of(const verdict& v) {
  const auto reason = v.reason();
  return reason ? std::string(to_string(*reason)) : "allow";
}

std::string change_of(const flipped_plan& f) {
  return reason_of(f.before) + " -> " + reason_of(f.after);
}

json::array refusals_of(const verdict& v) {
  json::array out;
  for (const auto& r : v.refusals)
    out.push_back(json::object{{"code", to_string(r.code)},
                               {"observed", to_string(r.observed)},
                               {"limit", to_string(r.limit)}});
  return out;
}

json::object verdict_object(const verdict& v) {
  return {{"kind", to_string(v.kind)}, {"refusals", refusals_of(v)}};
}

}  // namespace

result<limit_changes> limit_changes::parse(const std::vector<std::string>& assignments) {
  limit_changes out;
  for (const auto& a : assignments) {
    const auto equals = a.find('=');
    const auto name = std::string_view(a).substr(0, equals);
    const auto found = std::ranges::find(limit_keys, name, &limit_key::name);
    if (equals == std::string::npos || found == limit_keys.end()) {
      std::string known;
      for (const auto& k : limit_keys)
        known += (known.empty() ? "" : ", ") + std::string(k.name);
      return fail(
          errc::invalid_value,
          fmt::format("\"{}\" sets no limit of the gate; key=value with one of {}", a, known));
    }
    auto chosen = with_value(name, std::string_view(a).substr(equals + 1));
    if (!chosen)
      return chosen.error();
    auto limits = chosen->gate.limits;
    limits.drift_tolerance_percent = chosen->reconcile.tolerance_percent;
    limits.risk = chosen->limits.limits;
    found->copy(out.values_, limits);
    out.keys_.push_back(found);
  }
  return out;
}

void limit_changes::apply(gate_limits& limits) const {
  for (const auto* key : keys_)
    key->copy(limits, values_);
}

result<replay_report> replay_all(journal::reader& from, const limit_changes& changes) {
  replay_report out;
  auto walked = from.each_judgement([&](const journal::judgement& j) {
    ++out.verdicts;
    auto seen = j.seen;
    changes.apply(seen.limits);
    auto made = j.times_judged > 0 ? replay(j.what, seen, j.outcome) : replayed{};
    if (made.match == replay_match::outside)
      ++out.outside;
    else if (made.match == replay_match::same ||
             (!changes.empty() && same_outcome(made.again, j.outcome)))
      ++out.same;
    else {
      out.differing.push_back(
          {j.seq, j.what.id, j.what.instrument, lane_of(j.what), j.outcome, std::move(made.again)});
      ++out.by_reason[change_of(out.differing.back())];
    }
  });
  if (!walked)
    return walked.error();
  return out;
}

std::string in_words(const replay_report& r, std::size_t most) {
  auto text = fmt::format("{} verdicts: {} the same, {} not made by the rules, {} differ\n",
                          r.verdicts, r.same, r.outside, r.differing.size());
  for (const auto& [change, count] : r.by_reason)
    text += fmt::format("{:>8}  {}\n", count, change);
  for (const auto& f : r.differing) {
    if (most-- == 0) {
      text += "...\n";
      break;
    }
    text += fmt::format("{} {} {} {}: {}\n", f.seq, f.plan.str(), f.instrument.str(),
                        to_string(f.traffic), change_of(f));
  }
  return text;
}

std::string as_json(const replay_report& r) {
  json::object reasons;
  for (const auto& [change, count] : r.by_reason)
    reasons[change] = count;
  json::array plans;
  for (const auto& f : r.differing)
    plans.push_back(json::object{{"seq", f.seq},
                                 {"plan_id", f.plan.str()},
                                 {"symbol", f.instrument.str()},
                                 {"lane", to_string(f.traffic)},
                                 {"before", verdict_object(f.before)},
                                 {"after", verdict_object(f.after)}});
  return json::serialize(json::object{{"verdicts", r.verdicts},
                                      {"same", r.same},
                                      {"outside", r.outside},
                                      {"differing", std::move(plans)},
                                      {"by_reason", std::move(reasons)}});
}

}  // namespace sluice::cli
