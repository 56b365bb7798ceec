// A desk with a journal, a truth and a clock of its own, for the tests of an entry's way.
#pragma once

#include <map>

#include "sluice/planning/upstream_desk.hpp"
#include "upstream_entries.hpp"

namespace sluice::upstream {

struct scene {
  upstream_settings settings{admitting()};
  intake_settings intake{};
  std::map<plan_id, known_plan> journal{};
  truth_view held{};
  upstream_watch ours{};
  milliseconds passed{0};
  bool judges{true};
  bool may_open{true};
  bool may_be_held{true};
  int entries{0};
  upstream_desk desk{make()};

  upstream_desk make() {
    return {settings, intake, [this](const plan_id& id) {
              const auto at = journal.find(id);
              return at == journal.end() ? std::nullopt : std::optional(at->second);
            }};
  }
  [[nodiscard]] stamp now() const { return {at_noon.steady + passed, {noon.ms + passed.count()}}; }
  upstream_actions deliver(stream_entry e) {
    upstream_actions out;
    desk.deliver(std::move(e), noon.ms + passed.count(), {now(), now().wall}, out);
    return out;
  }
  upstream_actions deliver(stream_fields fields) {
    return deliver(an_entry(std::move(fields), ++entries));
  }
  upstream_actions step() {
    upstream_actions out;
    desk.step(
        {ours, now(), judges, [this](const position_key&) { return held; }, milliseconds{10'000},
         [this](const symbol&) { return may_open; }, [this](const symbol&) { return may_be_held; }},
        out);
    return out;
  }
  upstream_actions taken(const char* id, plan_identity as) {
    upstream_actions out;
    desk.taken(plan_id{id}, as, out);
    return out;
  }
  void hold(const char* amount) {
    held = {position_open{*quantity::parse(amount), price::whole(60'000)},
            now().steady,
            {},
            truth_source::bulk,
            held.version + 1};
  }
};

inline bool nothing(const upstream_actions& a) {
  return a.plans.empty() && a.done.empty() && a.refused.empty() && a.repeated.empty() &&
         a.reads.empty() && a.skipped == 0;
}

inline quantity target_of(const plan& p) {
  return std::get<reduce_plan>(p.body).target;
}

}  // namespace sluice::upstream
